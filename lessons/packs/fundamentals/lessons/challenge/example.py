import torch

table = torch.rand(4, 3)
column = torch.rand(4, 1)
good = column @ table
