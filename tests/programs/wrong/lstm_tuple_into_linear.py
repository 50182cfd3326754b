import torch
from torch import nn

torch.manual_seed(0)


class Tagger(nn.Module):
    def __init__(self, vocab, dim, tags):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim)
        self.lstm = nn.LSTM(dim, dim, batch_first=True)
        self.out = nn.Linear(dim, tags)

    def forward(self, tokens):
        e = self.embed(tokens)
        h = self.lstm(e)
        return self.out(h)


tokens = torch.randint(0, 30, (4, 9))
model = Tagger(30, 12, 5)
logits = model(tokens)
print(logits.shape)
