import torch
from torch import nn

ids = torch.tensor([[1.0, 2.0, 3.0], [1.0, 4.0, 0.0]])
embedding = nn.Embedding(6, 4)
vectors = embedding(ids)
