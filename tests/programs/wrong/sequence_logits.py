import torch
import torch.nn as nn
import torch.optim as optim

torch.manual_seed(0)
VOCAB = 40


class CharModel(nn.Module):
    def __init__(self, vocab_size, embed=16, hidden=32):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embed)
        self.rnn = nn.GRU(embed, hidden, batch_first=True)
        self.fc = nn.Linear(hidden, vocab_size)

    def forward(self, x):
        emb = self.embedding(x)
        out, h = self.rnn(emb)
        return self.fc(out)


text = torch.randint(0, VOCAB, (6, 21))
inputs, targets = text[:, :-1], text[:, 1:]
model = CharModel(VOCAB)
criterion = nn.CrossEntropyLoss()
optimizer = optim.Adam(model.parameters())
for epoch in range(2):
    logits = model(inputs)
    loss = criterion(logits, targets)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
