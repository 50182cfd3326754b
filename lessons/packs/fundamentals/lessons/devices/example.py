import torch

x = torch.rand(3, 4)
x = x.to("gpu")
