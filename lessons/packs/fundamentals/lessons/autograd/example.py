import torch

w = torch.rand(3, requires_grad=True)
errors = (w - 1) ** 2
errors.backward()
