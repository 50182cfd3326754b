import torch
import torch.nn as nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(11)


class Sequences(Dataset):
    def __init__(self):
        lengths = [5, 9, 3, 7, 4, 8, 6, 2]
        self.items = [(torch.randn(n, 4), n % 2) for n in lengths]

    def __len__(self):
        return len(self.items)

    def __getitem__(self, i):
        return self.items[i]


def collate(batch):
    batch.sort(key=lambda item: len(item[0]), reverse=True)
    seqs, labels = zip(*batch)
    lengths = torch.tensor([len(s) for s in seqs])
    padded = pad_sequence(seqs, batch_first=True)
    return padded, lengths, torch.tensor(labels)


class Classifier(nn.Module):
    def __init__(self, n_in, n_hidden, n_out):
        super().__init__()
        self.gru = nn.GRU(n_in, n_hidden, batch_first=True, bidirectional=True)
        self.head = nn.Linear(2 * n_hidden, n_out)

    def forward(self, x, lengths):
        packed = pack_padded_sequence(x, lengths, batch_first=True)
        packed_out, h = self.gru(packed)
        out, out_lengths = pad_packed_sequence(packed_out, batch_first=True)
        last = torch.cat([h[-2], h[-1]], dim=1)
        mask = torch.arange(out.size(1))[None, :] < out_lengths[:, None]
        mean = (out * mask.unsqueeze(-1)).sum(1) / out_lengths.unsqueeze(1)
        return self.head(last + mean)


loader = DataLoader(Sequences(), batch_size=4, collate_fn=collate)
model = Classifier(4, 8, 2)
opt = torch.optim.Adam(model.parameters())
for epoch in range(2):
    for padded, lengths, labels in loader:
        logits = model(padded, lengths)
        loss = nn.functional.cross_entropy(logits, labels)
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(epoch, padded.shape, lengths.tolist(), loss.item())
