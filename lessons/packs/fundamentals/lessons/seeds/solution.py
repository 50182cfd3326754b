import torch

torch.manual_seed(42)
first = torch.rand(2, 3)

torch.manual_seed(42)
second = torch.rand(2, 3)

dice = torch.randint(1, 7, (5,))
