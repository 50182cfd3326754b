import torch
from torch import nn

photos = torch.rand(16, 3, 32, 32)

rows = photos.flatten(1)
layer = nn.Linear(3072, 10)
scores = layer(rows)
