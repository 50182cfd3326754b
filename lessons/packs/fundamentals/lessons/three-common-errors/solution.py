import torch
from torch import nn

heights = torch.rand(20, 3)
weights = torch.rand(5, 3)
table = heights @ weights.T

counts = torch.tensor([[4, 0, 2], [1, 1, 3]])
layer = nn.Linear(3, 2)
scores = layer(counts.float())

device = "cuda" if torch.cuda.is_available() else "cpu"
model = nn.Linear(3, 1).to(device)
x = torch.rand(10, 3)
x = x.to(device)
guess = model(x)
