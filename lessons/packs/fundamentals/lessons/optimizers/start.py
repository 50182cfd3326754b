import torch
from torch import nn

torch.manual_seed(0)
model = nn.Linear(3, 1)
x = torch.rand(16, 3)
y = torch.rand(16, 1)
before = model.weight.detach().clone()

optimizer = torch.optim.SGD(model, lr=0.1)

loss = ((model(x) - y) ** 2).mean()
loss.backward()

change = model.weight.detach() - before
