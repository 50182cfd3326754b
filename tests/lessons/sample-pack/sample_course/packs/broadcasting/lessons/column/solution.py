import torch

torch.manual_seed(0)
first = torch.rand(4, 1)
torch.manual_seed(0)
second = torch.rand(4, 1)
