import torch
from torch import nn

scores = torch.rand(4, 3)
labels = torch.tensor([0.0, 2.0, 1.0, 1.0])
loss_fn = nn.CrossEntropyLoss()
loss = loss_fn(scores, labels)
