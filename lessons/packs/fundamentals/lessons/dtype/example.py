import torch
from torch import nn

layer = nn.Linear(3, 2)
ages = torch.tensor([[30, 12, 45], [8, 61, 19]])
scores = layer(ages)
