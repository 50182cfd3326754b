import torch

batch = torch.rand(8, 2, 3)
turned = batch.T
