import torch
from torch import nn

model = nn.Sequential(nn.Linear(10, 1))
optimizer = torch.optim.SGD(model, lr=0.01)
