import torch
from torch import nn

model = nn.Linear(3, 1)
loss_fn = nn.MSELoss()
prediction = model(torch.rand(32, 3))
target = torch.rand(32)
loss = loss_fn(prediction, target)
