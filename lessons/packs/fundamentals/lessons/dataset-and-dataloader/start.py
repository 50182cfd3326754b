import torch
from torch.utils.data import DataLoader, Dataset, TensorDataset

houses = torch.rand(60, 5)
prices = torch.rand(60, 1)

data = TensorDataset(houses, ...)
loader = DataLoader(data, ...)
x, y = next(iter(loader))


class Doubles(Dataset):
    def __len__(self):
        return 40

    def __getitem__(self, index):
        number = torch.tensor([float(index), 2.0 * index])


pairs = next(iter(DataLoader(Doubles(), batch_size=8)))
