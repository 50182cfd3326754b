import torch

photos = torch.rand(4, 20, 30, 3)
one = torch.rand(3, 20, 30)
texts = torch.rand(5, 7, 10)

ready = photos.permute(0, 3, 1, 2)
shown = one.permute(1, 2, 0)
by_step = texts.permute(1, 0, 2)
