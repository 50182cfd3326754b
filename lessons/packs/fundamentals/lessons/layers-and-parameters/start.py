import torch
from torch import nn

layer = ...

model = nn.Sequential(
    nn.Linear(20, 64),
    nn.ReLU(),
    ...,
)
scores = model(torch.rand(16, 20))

bias = ...
