import torch

week1 = torch.tensor([21, 22, 20, 19, 23, 24, 22])
week2 = torch.tensor([18, 19, 21, 20, 22, 23, 21])
rain = torch.zeros(2, 7)

table = torch.stack([week1, week2])
days = torch.cat([week1, week2])
both = torch.cat([table, rain], dim=1)
