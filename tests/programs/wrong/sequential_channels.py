"""A VGG-like stack whose second block expects other channels."""

import torch
from torch import nn


def vgg_block(n_convs, in_channels, out_channels):
    layers = []
    for _ in range(n_convs):
        layers.append(nn.Conv2d(in_channels, out_channels, kernel_size=3, padding=1))
        layers.append(nn.ReLU())
        in_channels = out_channels
    layers.append(nn.MaxPool2d(2, 2))
    return nn.Sequential(*layers)


class VGG(nn.Module):
    def __init__(self, num_classes=10):
        super().__init__()
        self.block1 = vgg_block(1, 3, 16)
        self.block2 = vgg_block(2, 32, 32)
        self.classifier = nn.Sequential(
            nn.Flatten(), nn.Linear(32 * 8 * 8, 64), nn.ReLU(), nn.Linear(64, num_classes)
        )

    def forward(self, x):
        x = self.block1(x)
        x = self.block2(x)
        return self.classifier(x)


model = VGG()
x = torch.randn(4, 3, 32, 32)
print(model(x).shape)
