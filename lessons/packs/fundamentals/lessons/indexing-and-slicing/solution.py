import torch

marks = torch.tensor([[7, 8, 6, 9], [5, 6, 7, 7], [9, 10, 8, 10]])

last = marks[-1]
second_test = marks[:, 1]
corner = marks[0:2, 0:2]
