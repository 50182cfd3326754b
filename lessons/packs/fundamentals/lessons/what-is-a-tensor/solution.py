import torch

age = torch.tensor(30)
steps = torch.tensor([4000, 9000, 6500])
prices = torch.tensor([[4.5, 3.0, 8.9], [4.7, 3.2, 9.1]])
