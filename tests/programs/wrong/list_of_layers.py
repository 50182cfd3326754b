import torch
import torch.nn as nn


class DeepNet(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.layers = []
        for a, b in zip(sizes[:-1], sizes[1:]):
            self.layers.append(nn.Linear(a, b))

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = torch.relu(layer(x))
        return self.layers[-1](x)


net = DeepNet([10, 20, 20, 2])
x = torch.rand(5, 10)
y = net(x)
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
loss = y.sum()
loss.backward()
optimizer.step()
