import torch

counts = torch.tensor([[1, 2, 3]])
weights = torch.rand(3, 2)
result = counts @ weights
