import torch

a = torch.rand(8, 16)
b = torch.rand(8, 4)
both = torch.cat([a, b])
