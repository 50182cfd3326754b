import torch
from torch import nn

guess = torch.tensor([[2.0], [4.0]])
truth = torch.tensor([1.0, 7.0])
error = nn.MSELoss()(guess, truth.unsqueeze(1))

scores = torch.rand(6, 4)
labels = torch.tensor([0, 3, 1, 2, 2, 0])
loss_fn = nn.CrossEntropyLoss()
loss = loss_fn(scores, labels)
