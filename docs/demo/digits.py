"""A first network for 28 by 28 images of digits, with one mistake."""

import torch
from torch import nn


class Digits(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 32, kernel_size=3)
        self.pool = nn.MaxPool2d(2)
        self.fc = nn.Linear(32 * 14 * 14, 10)

    def forward(self, x):
        x = torch.relu(self.conv(x))
        x = self.pool(x)
        x = x.flatten(1)
        return self.fc(x)


model = Digits()
images = torch.rand(64, 1, 28, 28)
labels = torch.randint(0, 10, (64,))

scores = model(images)
loss = nn.functional.cross_entropy(scores, labels)
loss.backward()
