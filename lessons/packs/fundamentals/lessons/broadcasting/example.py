import torch

table = torch.rand(3, 4)
column = torch.rand(3)
shifted = table + column
