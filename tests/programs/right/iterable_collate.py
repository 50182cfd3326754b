import torch
from torch.utils.data import DataLoader, Dataset, IterableDataset, default_collate

torch.manual_seed(0)


class Stream(IterableDataset):
    def __init__(self, limit):
        self.limit = limit

    def __iter__(self):
        for i in range(self.limit):
            yield torch.tensor([i, i + 1, i + 2], dtype=torch.float32), i % 2 == 0


class Segments(Dataset):
    """Images with their masks, cropped by a callable."""

    def __init__(self, n, crop):
        self.n = n
        self.crop = crop

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        image = torch.full((3, 20, 24), i / self.n)
        mask = torch.zeros(20, 24, dtype=torch.long)
        mask[5:15, 6:18] = 1
        return self.crop(image), self.crop(mask), {"id": i, "name": f"img{i}"}


def center_crop(size):
    def crop(t):
        h, w = t.shape[-2:]
        top, left = (h - size) // 2, (w - size) // 2
        return t[..., top : top + size, left : left + size]

    return crop


for numbers, even in DataLoader(Stream(10), batch_size=4):
    print(numbers.shape, even)

segments = Segments(7, center_crop(16))
loader = DataLoader(segments, batch_size=3)
head = torch.nn.Conv2d(3, 2, 1)
for image, mask, meta in loader:
    logits = head(image)
    loss = torch.nn.functional.cross_entropy(logits, mask)
    ids = meta["id"]
    pred = logits.argmax(1)
    pixel_acc = (pred == mask).float().mean(dim=(1, 2))
    print(meta["name"], ids, loss.item())

one = default_collate([segments[0][:2], segments[1][:2]])
imgs, masks = one
first_image, first_mask, _ = segments[0]
