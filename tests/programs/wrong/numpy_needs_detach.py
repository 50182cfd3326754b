import torch
import torch.nn as nn
import matplotlib.pyplot as plt

x = torch.linspace(0, 6, 60).reshape(-1, 1)
y = torch.sin(x)
net = nn.Sequential(nn.Linear(1, 20), nn.Tanh(), nn.Linear(20, 1))
opt = torch.optim.Adam(net.parameters(), lr=0.01)
for i in range(20):
    opt.zero_grad()
    loss = ((net(x) - y) ** 2).mean()
    loss.backward()
    opt.step()

pred = net(x)
curve = pred.numpy()
plt.plot(x.numpy(), curve)
plt.show()
