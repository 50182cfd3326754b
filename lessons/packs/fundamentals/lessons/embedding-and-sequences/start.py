import torch
from torch import nn

ids = torch.tensor([[3, 1, 4, 1], [5, 9, 2, 6], [5, 3, 5, 0]])

embedding = ...
vectors = embedding(ids)

gru = nn.GRU(8, 12)
outputs, last = gru(vectors)

ends = ...
