import torch

losses = torch.rand(8)
number = losses.item()
