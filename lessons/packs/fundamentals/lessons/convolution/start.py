import torch
from torch import nn

digits = torch.rand(16, 28, 28)
images = ...

conv = ...
maps = conv(images)

pool = nn.MaxPool2d(2)
head = ...
scores = head(pool(maps).flatten(1))
