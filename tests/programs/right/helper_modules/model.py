from torch import nn


class ConvClassifier(nn.Module):
    def __init__(self, channels, num_classes):
        super().__init__()
        blocks = []
        for c_in, c_out in zip(channels, channels[1:]):
            blocks.append(self.block(c_in, c_out))
        self.features = nn.Sequential(*blocks)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Linear(channels[-1], num_classes)

    @staticmethod
    def block(c_in, c_out):
        return nn.Sequential(
            nn.Conv2d(c_in, c_out, 3, padding=1), nn.BatchNorm2d(c_out), nn.ReLU(), nn.MaxPool2d(2)
        )

    def forward(self, x):
        h = self.features(x)
        h = self.pool(h).flatten(1)
        return self.classifier(h)


def count_parameters(model):
    return sum(p.numel() for p in model.parameters() if p.requires_grad)
