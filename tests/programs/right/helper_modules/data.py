import torch
from torch.utils.data import DataLoader, TensorDataset


def make_images(n):
    """Bars: horizontal, vertical or none."""
    images = 0.1 * torch.rand(n, 1, 16, 16)
    labels = torch.arange(n) % 3
    for k in range(n):
        if labels[k] == 0:
            images[k, 0, k % 16, :] = 1.0
        elif labels[k] == 1:
            images[k, 0, :, k % 16] = 1.0
    return images, labels


def make_loaders(batch_size):
    train = TensorDataset(*make_images(48))
    test = TensorDataset(*make_images(30))
    return DataLoader(train, batch_size=batch_size, shuffle=True), DataLoader(
        test, batch_size=batch_size
    )
