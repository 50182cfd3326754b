import torch

x = torch.rand(5, 3)
places = torch.tensor([0.0, 2.0])
picked = x[places]
