import torch
from torch import nn

x = torch.tensor([[1, 2], [3, 4]])
layer = nn.Linear(2, 5)
y = layer(x)
