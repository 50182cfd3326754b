import torch
from collections import Counter
from torch import nn
from torch.utils.data import (
    BatchSampler,
    DataLoader,
    SequentialSampler,
    TensorDataset,
    WeightedRandomSampler,
)

torch.manual_seed(0)
X = torch.cat([torch.randn(90, 8), torch.randn(10, 8) + 2])
y = torch.cat([torch.zeros(90, dtype=torch.long), torch.ones(10, dtype=torch.long)])

class_counts = torch.bincount(y)
class_weights = 1.0 / class_counts.float()
sample_weights = class_weights[y]
sampler = WeightedRandomSampler(sample_weights, num_samples=len(y), replacement=True)
loader = DataLoader(TensorDataset(X, y), batch_size=20, sampler=sampler)

seen = Counter()
model = nn.Linear(8, 2)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
loss_fn = nn.CrossEntropyLoss(weight=class_weights / class_weights.sum())
for xb, yb in loader:
    seen.update(yb.tolist())
    scores = model(xb)
    loss = loss_fn(scores, yb)
    opt.zero_grad()
    loss.backward()
    opt.step()
print(seen, loss.item())

plain = DataLoader(
    TensorDataset(X, y),
    batch_sampler=BatchSampler(SequentialSampler(X), batch_size=30, drop_last=True),
)
for xb, yb in plain:
    probs = torch.softmax(model(xb), 1)
    positives = probs[:, 1] > 0.5
    tp = (positives & (yb == 1)).sum()
focal = ((1 - probs.gather(1, yb.unsqueeze(1))) ** 2).mean()
