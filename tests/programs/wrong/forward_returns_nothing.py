import torch
import torch.nn as nn


class Perceptron(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(12, 24)
        self.fc2 = nn.Linear(24, 3)

    def forward(self, x):
        x = torch.relu(self.fc1(x))
        x = self.fc2(x)


model = Perceptron()
x = torch.rand(10, 12)
y = torch.randint(3, (10,))
output = model(x)
loss = nn.CrossEntropyLoss()(output, y)
