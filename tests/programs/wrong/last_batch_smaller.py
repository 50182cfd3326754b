import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
batch_size = 32
dataset = TensorDataset(torch.rand(50, 1, 28, 28), torch.randint(10, (50,)))
loader = DataLoader(dataset, batch_size=batch_size)

model = nn.Sequential(nn.Linear(784, 30), nn.ReLU(), nn.Linear(30, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for images, labels in loader:
    images = images.view(batch_size, 784)
    outputs = model(images)
    loss = nn.functional.cross_entropy(outputs, labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
