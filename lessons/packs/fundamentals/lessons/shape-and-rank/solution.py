import torch

photos = torch.rand(16, 3, 32, 48)

axes = photos.ndim
width = photos.shape[-1]
blank = torch.zeros(photos.shape[0])
