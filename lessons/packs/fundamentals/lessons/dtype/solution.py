import torch
from torch import nn

layer = nn.Linear(3, 2)
ages = torch.tensor([[30, 12, 45], [8, 61, 19]])
raw = torch.tensor([0.0, 2.0, 1.0])

x = ages.float()
labels = raw.long()
adult = ages >= 18
