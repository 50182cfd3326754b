import torch

table = torch.tensor([[1, 2, 3], [4, 5, 6]])

row = torch.tensor([10, 20, 30])
total = table + row
