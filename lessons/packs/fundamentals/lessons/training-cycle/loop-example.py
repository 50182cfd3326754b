import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

loader = DataLoader(TensorDataset(torch.rand(64, 3), torch.rand(64, 1)), batch_size=16)
loss_fn = nn.MSELoss()
model = nn.Sequential(nn.Linear(3, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
