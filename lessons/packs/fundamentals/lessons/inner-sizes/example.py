import torch
from torch import nn

rows = torch.rand(64, 20)
layer = nn.Linear(10, 5)
hidden = layer(rows)
