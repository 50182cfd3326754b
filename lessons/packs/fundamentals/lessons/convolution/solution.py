import torch
from torch import nn

digits = torch.rand(16, 28, 28)
images = digits.unsqueeze(1)

conv = nn.Conv2d(1, 8, kernel_size=3, padding=1)
maps = conv(images)

pool = nn.MaxPool2d(2)
head = nn.Linear(8 * 14 * 14, 10)
scores = head(pool(maps).flatten(1))
