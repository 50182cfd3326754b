import torch
from torch.utils.data import DataLoader, TensorDataset, random_split

data = TensorDataset(torch.rand(105, 4), torch.randint(2, (105,)))
train_size = int(0.8 * 105)
train_set, val_set = random_split(data, [train_size, 20])
loader = DataLoader(train_set, batch_size=16)
for x, y in loader:
    print(x.shape, y.shape)
