import torch

prices = torch.tensor([4.0, 2.5, 3.0])
amounts = torch.tensor([2, 4, 1])

costs = prices * amounts
reduced = costs * 0.9
expensive = reduced > 5
