import torch

table = torch.tensor([[20, 20, 22, 20], [11, 11, 12, 11], [31, 30, 31, 31]])
days = torch.tensor([0, 1, 2, 0])
cities = torch.tensor([1, 2, 3])

by_day = ...
by_city = ...
