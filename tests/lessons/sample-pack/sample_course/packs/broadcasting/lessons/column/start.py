import torch

first = torch.rand(4, 1)
second = torch.rand(4, 1)
