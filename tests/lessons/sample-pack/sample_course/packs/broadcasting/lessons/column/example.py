import torch

table = torch.rand(4, 3)
offsets = torch.rand(4)
moved = table + offsets
