import torch
from torch import nn

torch.manual_seed(0)
x = torch.rand(32, 2)
y = x @ torch.tensor([[2.0], [-1.0]])

model = nn.Linear(2, 1)
loss_fn = nn.MSELoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.5)

for epoch in range(200):
    guess = model(x)
    loss = loss_fn(guess, y)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()

first = model.weight.detach()[0, 0]
