import torch
from torch import nn

torch.manual_seed(0)
data = torch.randn(20, 6)
target = torch.randn(20, 2)
weights = torch.rand(20, 1)

net = nn.Linear(6, 2)
loss_fn = nn.MSELoss(reduction="none")
opt = torch.optim.SGD(net.parameters(), lr=0.05)

for step in range(5):
    output = net(data)
    loss = loss_fn(output, target) * weights
    opt.zero_grad()
    loss.backward()
    opt.step()
