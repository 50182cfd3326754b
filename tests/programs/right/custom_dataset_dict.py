import random

import torch
from torch.utils.data import Dataset, DataLoader


class HousePrices(Dataset):
    """Rows of a made-up table. Every sample is a dict."""

    COLUMNS = ["area", "rooms", "age", "distance"]

    def __init__(self, n_rows=50, transform=None):
        rng = random.Random(12)
        self.rows = []
        for _ in range(n_rows):
            row = {
                "area": rng.uniform(30, 200),
                "rooms": rng.randint(1, 6),
                "age": rng.randint(0, 90),
                "distance": rng.uniform(0, 30),
            }
            row["price"] = 3 * row["area"] + 20 * row["rooms"] - row["age"]
            self.rows.append(row)
        self.transform = transform

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, idx):
        row = self.rows[idx]
        features = torch.tensor([row[c] for c in self.COLUMNS], dtype=torch.float32)
        price = torch.tensor([row["price"]], dtype=torch.float32)
        sample = {"features": features, "price": price, "index": idx}
        if self.transform:
            sample = self.transform(sample)
        return sample


class Scale(object):
    def __init__(self, factor):
        self.factor = factor

    def __call__(self, sample):
        sample["features"] = sample["features"] / self.factor
        return sample


dataset = HousePrices(transform=Scale(torch.tensor([200.0, 6.0, 90.0, 30.0])))
print(len(dataset), dataset[0])

first = dataset[0]
feats = first["features"]
loader = DataLoader(dataset, batch_size=8, shuffle=False, drop_last=True)

weights = torch.zeros(4, 1)
for i_batch, sample_batched in enumerate(loader):
    x = sample_batched["features"]
    y = sample_batched["price"]
    idx = sample_batched["index"]
    guess = x @ weights
    residual = y - guess
    gradient = x.t().mm(residual) / len(x)
    weights = weights + 0.1 * gradient
    print(i_batch, x.size(), y.size(), idx.tolist()[:3], residual.abs().mean().item())
print(weights.flatten())
