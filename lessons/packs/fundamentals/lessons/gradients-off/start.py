import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(3, 1)
x = torch.rand(8, 3)
target = torch.rand(8, 1)

prediction = model(x)

loss = ((model(x) - target) ** 2).mean()
number = loss

weights = model.weight
frozen = ...
