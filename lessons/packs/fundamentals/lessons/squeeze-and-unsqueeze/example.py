import torch
from torch import nn

conv = nn.Conv2d(1, 8, 3)
images = torch.rand(64, 28, 28)
maps = conv(images)
