import torch

marks = torch.tensor([7, 8, 10])
average = marks.mean()
