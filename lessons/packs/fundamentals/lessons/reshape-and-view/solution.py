import torch

days = torch.arange(28)
by_weekday = days.reshape(4, 7).T

weeks = days.reshape(4, 7)
column = days.reshape(-1, 1)
line = by_weekday.reshape(-1)
