# labels were read as floats, CrossEntropyLoss wants class numbers
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

table = torch.tensor(
    [
        [5.1, 3.5, 0.0],
        [4.9, 3.0, 0.0],
        [6.2, 2.9, 1.0],
        [5.9, 3.2, 1.0],
        [6.9, 3.1, 2.0],
        [7.2, 3.0, 2.0],
    ]
)
features = table[:, :2]
labels = table[:, 2]
loader = DataLoader(TensorDataset(features, labels), batch_size=3)

model = nn.Linear(2, 3)
criterion = nn.CrossEntropyLoss()
for xb, yb in loader:
    logits = model(xb)
    loss = criterion(logits, yb)
    print(loss)
