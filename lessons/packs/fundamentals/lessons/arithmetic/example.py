import torch

count = torch.tensor([1, 2, 3])
count += 0.5
