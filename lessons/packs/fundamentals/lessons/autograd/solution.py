import torch

w = torch.tensor([2.0, -1.0, 0.5], requires_grad=True)

errors = (w - 1) ** 2
total = errors.sum()
total.backward()

slope = w.grad
