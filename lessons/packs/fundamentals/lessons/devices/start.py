import torch

device = "gpu"

x = torch.rand(3, 4)
moved = ...

ones = torch.ones(4)
total = moved + ones

result = total
