import torch

x = torch.rand(64, 3, 32, 32)
rows = x.view(64, 1024)
