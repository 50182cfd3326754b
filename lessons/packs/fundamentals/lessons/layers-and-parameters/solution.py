import torch
from torch import nn

layer = nn.Linear(6, 3)

model = nn.Sequential(
    nn.Linear(20, 64),
    nn.ReLU(),
    nn.Linear(64, 5),
)
scores = model(torch.rand(16, 20))

bias = model[2].bias
