import torch
import torch.nn as nn

torch.manual_seed(0)
x = torch.rand(6, 4)
stars = torch.tensor([1, 5, 3, 2, 4, 5])  # ratings from 1 to 5
model = nn.Sequential(nn.Linear(4, 12), nn.ReLU(), nn.Linear(12, 5))
loss_fn = nn.CrossEntropyLoss()
loss = loss_fn(model(x), stars)
loss.backward()
