import torch

sales = torch.tensor([[3, 4, 6, 3], [4, 5, 9, 6]])

total = sales.sum()
by_shop = sales.sum(dim=1)
daily = sales.float().mean(dim=0)
