import torch

amounts = torch.tensor([[1, 2], [3, 1], [1, 4]])
prices = torch.tensor([[2, 2], [2, 1]])
shop = torch.tensor([2, 2])

total = amounts @ prices
first = amounts @ shop
