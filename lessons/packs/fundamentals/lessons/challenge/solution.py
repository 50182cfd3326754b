import torch

F = torch.rand(10)
W = torch.rand(10, 5)

F_new = F.unsqueeze(0)

output = F_new @ W

table = torch.arange(50.0).view(5, 10)
flat = table.view(-1)
