import torch
from torch import nn

loss_fn = nn.CrossEntropyLoss()
scores = torch.rand(4, 3)
labels = torch.tensor([0.0, 2.0, 1.0, 1.0])
loss = loss_fn(scores, labels)
