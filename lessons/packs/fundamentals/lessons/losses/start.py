import torch
from torch import nn

guess = torch.tensor([[2.0], [4.0]])
truth = torch.tensor([1.0, 7.0])
error = nn.MSELoss()(guess, ...)

scores = torch.rand(6, 4)
labels = torch.tensor([0.0, 3.0, 1.0, 2.0, 2.0, 0.0])
loss_fn = ...
loss = loss_fn(scores, labels)
