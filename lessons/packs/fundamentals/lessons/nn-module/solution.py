import torch
from torch import nn


class Flowers(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(4, 16)
        self.out = nn.Linear(16, 3)

    def forward(self, x):
        x = torch.relu(self.hidden(x))
        return self.out(x)


model = Flowers()
flowers = torch.rand(5, 4)
scores = model(flowers)
