# my first linear regression
import torch
import torch.nn as nn
import torch.optim as optim

torch.manual_seed(0)

# data: y = 2x + 1 with some noise
x = torch.linspace(-1, 1, 100)
x = x.unsqueeze(1)
y = 2 * x + 1 + 0.1 * torch.randn(x.size())

model = nn.Linear(1, 1)
loss_fn = nn.MSELoss()
optimizer = optim.SGD(model.parameters(), lr=0.1)

losses = []
for epoch in range(200):
    prediction = model(x)
    loss = loss_fn(prediction, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
    if epoch % 50 == 0:
        print("epoch", epoch, "loss", loss.item())

w = model.weight.data
b = model.bias.data
print("w =", w, "b =", b)

test_x = torch.tensor([[0.5], [2.0], [-3.0]])
with torch.no_grad():
    test_y = model(test_x)
print(test_y)
errors = test_y - (2 * test_x + 1)
biggest = errors.abs().max()
print("biggest error: %.3f" % biggest.item())
