import re
from collections import Counter

import torch
from torch import nn
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader

torch.manual_seed(0)
raw = [
    (1, "Wall St. Bears claw back into the black"),
    (2, "Carlyle looks toward commercial aerospace"),
    (1, "Oil and economy cloud stocks outlook"),
    (3, "New galaxy found by the space telescope"),
    (3, "Scientists build a tiny robot"),
    (2, "Team wins the cup after a long match"),
]


def tokenize(text):
    return re.findall(r"[a-z]+", text.lower())


counter = Counter(tok for _, text in raw for tok in tokenize(text))
itos = ["<unk>"] + [tok for tok, _ in counter.most_common()]
stoi = {tok: i for i, tok in enumerate(itos)}
text_pipeline = lambda x: [stoi.get(tok, 0) for tok in tokenize(x)]
label_pipeline = lambda x: int(x) - 1


def collate_batch(batch):
    label_list, text_list, offsets = [], [], [0]
    for _label, _text in batch:
        label_list.append(label_pipeline(_label))
        processed_text = torch.tensor(text_pipeline(_text), dtype=torch.int64)
        text_list.append(processed_text)
        offsets.append(processed_text.size(0))
    label_list = torch.tensor(label_list, dtype=torch.int64)
    offsets = torch.tensor(offsets[:-1]).cumsum(dim=0)
    text_list = torch.cat(text_list)
    return label_list, text_list, offsets


class TextClassificationModel(nn.Module):
    def __init__(self, vocab_size, embed_dim, num_class):
        super(TextClassificationModel, self).__init__()
        self.embedding = nn.EmbeddingBag(vocab_size, embed_dim, sparse=False)
        self.fc = nn.Linear(embed_dim, num_class)

    def forward(self, text, offsets):
        embedded = self.embedding(text, offsets)
        return self.fc(embedded)


num_class = len(set([label for (label, text) in raw]))
model = TextClassificationModel(len(itos), 16, num_class)
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=5)
dataloader = DataLoader(raw, batch_size=3, shuffle=False, collate_fn=collate_batch)
for label, text, offsets in dataloader:
    optimizer.zero_grad()
    predicted_label = model(text, offsets)
    loss = criterion(predicted_label, label)
    loss.backward()
    optimizer.step()
    print(loss.item())

padded = pad_sequence(
    [torch.tensor(text_pipeline(t)) for _, t in raw], batch_first=True, padding_value=0
)
lengths = (padded != 0).sum(1)
