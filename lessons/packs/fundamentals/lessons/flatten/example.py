import torch
from torch import nn

images = torch.rand(64, 1, 28, 28)
layer = nn.Linear(784, 10)
scores = layer(images)
