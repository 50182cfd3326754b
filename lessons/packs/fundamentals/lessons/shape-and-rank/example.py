import torch

photo = torch.rand(3, 28, 28)
b, c, h, w = photo.shape
