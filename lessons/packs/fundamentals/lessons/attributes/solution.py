import torch

photos = torch.rand(4, 3, 32, 32, dtype=torch.float64)
counts = torch.tensor([1, 2, 3, 4])

mask = torch.ones_like(photos)
factors = counts.to(photos.dtype)
