import torch
from torch import nn

model = nn.Sequential(nn.Linear(3, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
loss_fn = nn.MSELoss()
x, y = torch.rand(16, 3), torch.rand(16, 1)
for epoch in range(10):
    loss = loss_fn(model(x), y)
    loss.backward()
    optimizer.step()
