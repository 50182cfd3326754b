"""Sentiment of tiny sentences with an LSTM. The vocabulary is built here."""

import torch
import torch.nn as nn
import torch.optim as optim

torch.manual_seed(7)

sentences = [
    ("i love this movie", 1),
    ("this film was great fun", 1),
    ("what a wonderful story", 1),
    ("i hate this movie", 0),
    ("this film was terrible", 0),
    ("what a boring long story", 0),
]

# vocabulary
word_to_ix = {"<pad>": 0, "<unk>": 1}
for text, _ in sentences:
    for word in text.split():
        if word not in word_to_ix:
            word_to_ix[word] = len(word_to_ix)
vocab_size = len(word_to_ix)
max_len = max(len(text.split()) for text, _ in sentences)


def encode(text):
    ids = [word_to_ix.get(w, 1) for w in text.split()]
    ids += [0] * (max_len - len(ids))
    return ids


inputs = torch.tensor([encode(text) for text, _ in sentences])
targets = torch.tensor([label for _, label in sentences], dtype=torch.float)


class SentimentLSTM(nn.Module):
    def __init__(self, vocab_size, embedding_dim, hidden_dim, n_layers=2):
        super().__init__()
        self.hidden_dim = hidden_dim
        self.n_layers = n_layers
        self.embedding = nn.Embedding(vocab_size, embedding_dim, padding_idx=0)
        self.lstm = nn.LSTM(embedding_dim, hidden_dim, n_layers, batch_first=True, dropout=0.1)
        self.fc = nn.Linear(hidden_dim, 1)
        self.sig = nn.Sigmoid()

    def forward(self, x, hidden):
        batch_size = x.size(0)
        embeds = self.embedding(x)
        lstm_out, hidden = self.lstm(embeds, hidden)
        lstm_out = lstm_out.contiguous().view(-1, self.hidden_dim)
        out = self.fc(lstm_out)
        sig_out = self.sig(out)
        sig_out = sig_out.view(batch_size, -1)
        sig_out = sig_out[:, -1]
        return sig_out, hidden

    def init_hidden(self, batch_size):
        weight = next(self.parameters()).data
        hidden = (
            weight.new(self.n_layers, batch_size, self.hidden_dim).zero_(),
            weight.new(self.n_layers, batch_size, self.hidden_dim).zero_(),
        )
        return hidden


net = SentimentLSTM(vocab_size, 8, 16)
criterion = nn.BCELoss()
optimizer = optim.Adam(net.parameters(), lr=0.01)

batch_size = 3
net.train()
for e in range(3):
    h = net.init_hidden(batch_size)
    for start in range(0, len(inputs), batch_size):
        batch = inputs[start : start + batch_size]
        labels = targets[start : start + batch_size]
        h = tuple([each.data for each in h])
        net.zero_grad()
        output, h = net(batch, h)
        loss = criterion(output.squeeze(), labels)
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 5)
        optimizer.step()
    print(e, loss.item())

net.eval()
h = net.init_hidden(1)
sample = torch.tensor(encode("i love boring film")).unsqueeze(0)
score, _ = net(sample, h)
print("positive" if score.item() > 0.5 else "negative")
