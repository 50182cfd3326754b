import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset
from tqdm import tqdm, trange

torch.manual_seed(0)
dataset = TensorDataset(torch.randn(90, 3, 16, 16), torch.randint(0, 2, (90, 1)).float())
loader = DataLoader(dataset, batch_size=32)

model = nn.Sequential(
    nn.Conv2d(3, 8, 3, stride=2, padding=1),
    nn.ReLU(),
    nn.Conv2d(8, 16, 3, stride=2, padding=1),
    nn.ReLU(),
    nn.Flatten(),
    nn.LazyLinear(1),
)
criterion = nn.BCEWithLogitsLoss(pos_weight=torch.tensor([2.0]))
model(torch.zeros(1, 3, 16, 16))  # initialise the lazy layer
optimizer = torch.optim.NAdam(model.parameters(), lr=1e-3)

for epoch in trange(2, desc="epochs"):
    loop = tqdm(loader, leave=False)
    for x, y in loop:
        scores = model(x)
        loss = criterion(scores, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        loop.set_description(f"epoch {epoch}")
        loop.set_postfix(loss=loss.item())

preds = []
for x, _ in tqdm(loader):
    with torch.no_grad():
        p = torch.sigmoid(model(x))
    preds.append(p)
preds = torch.cat(preds)
labels = (preds > 0.5).long().squeeze(1)
tqdm.write(str(labels.sum()))
