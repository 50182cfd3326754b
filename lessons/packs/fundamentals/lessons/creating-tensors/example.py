import torch

places = torch.Tensor(3)
