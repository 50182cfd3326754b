import torch
from torch import nn

conv = nn.Conv2d(3, 16, 3)
photos = torch.rand(8, 32, 48, 3)
maps = conv(photos)
