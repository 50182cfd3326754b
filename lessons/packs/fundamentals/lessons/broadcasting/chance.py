import torch
from torch import nn

model = nn.Linear(3, 1)
prediction = model(torch.rand(32, 3))
prices = torch.rand(32)
loss = ((prediction - prices) ** 2).mean()
