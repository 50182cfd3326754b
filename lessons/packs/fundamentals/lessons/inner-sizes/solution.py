import torch
from torch import nn

x = torch.rand(4, 6)

w = torch.rand(6, 7)
layer = nn.Linear(6, 3)
square = x @ x.T
