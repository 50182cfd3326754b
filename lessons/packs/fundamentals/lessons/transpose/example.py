import torch

a = torch.rand(5, 3)
b = torch.rand(4, 3)
c = a @ b
