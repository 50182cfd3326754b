import torch
from torch.utils.data import DataLoader, Dataset


class Sentences(Dataset):
    def __init__(self, texts):
        self.vocab = {c: i for i, c in enumerate(sorted(set("".join(texts))))}
        self.texts = texts

    def __len__(self):
        return len(self.texts)

    def __getitem__(self, i):
        return torch.tensor([self.vocab[c] for c in self.texts[i]])


dataset = Sentences(["hello", "hi there", "good morning", "bye"])
loader = DataLoader(dataset, batch_size=2)
for batch in loader:
    print(batch.shape)
