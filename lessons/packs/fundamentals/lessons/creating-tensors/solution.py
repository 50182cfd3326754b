import torch

board = torch.zeros(8, 8)
evens = torch.arange(2, 12, 2)
photo = torch.rand(3, 32, 32)
black = torch.zeros_like(photo)
