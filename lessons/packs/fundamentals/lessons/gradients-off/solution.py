import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(3, 1)
x = torch.rand(8, 3)
target = torch.rand(8, 1)

with torch.no_grad():
    prediction = model(x)

loss = ((model(x) - target) ** 2).mean()
number = loss.item()

weights = model.weight
frozen = weights.detach()
