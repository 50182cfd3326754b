import torch
from torch import nn

images = torch.rand(8, 32, 32, 3)
conv = nn.Conv2d(3, 16, kernel_size=3)
maps = conv(images)
