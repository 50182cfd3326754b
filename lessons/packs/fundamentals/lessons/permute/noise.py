import torch
from torch import nn

photos = torch.rand(8, 32, 32, 3)
x = photos.view(8, 3, 32, 32)
maps = nn.Conv2d(3, 16, 3)(x)
