import torch
from torch import nn

maps = nn.Conv2d(1, 16, 5, stride=2)(torch.rand(64, 1, 24, 24))
rows = maps.view(-1, 256)
