import torch

times = torch.tensor([[12.1, 13.0, 11.8, 12.5], [11.9, 12.2, 12.4, 12.6], [12.3, 12.8, 11.7, 13.1]])

winners = times.argmin(dim=1)
slowest_race = times.argmax(dim=0)
