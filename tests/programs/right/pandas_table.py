import numpy as np
import pandas as pd
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

rng = np.random.default_rng(0)
df = pd.DataFrame(
    {
        "age": rng.integers(18, 80, size=120),
        "income": rng.normal(3000, 800, size=120),
        "visits": rng.poisson(3, size=120),
        "city": rng.choice(["Recife", "Natal", "Olinda"], size=120),
    }
)
df["bought"] = ((df["income"] > 3000) & (df["visits"] > 2)).astype(int)
print(df.head())

df = pd.get_dummies(df, columns=["city"])
target = df["bought"]
features = df.drop("bought", axis=1)
features = (features - features.mean()) / features.std()

X = torch.tensor(features.values.astype("float32"))
y = torch.tensor(target.values, dtype=torch.long)
print(X.shape, y.shape)

train_dl = DataLoader(TensorDataset(X[:100], y[:100]), batch_size=20, shuffle=True)
model = nn.Sequential(nn.Linear(X.shape[1], 10), nn.ReLU(), nn.Linear(10, 2))
opt = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(3):
    total = 0
    for xb, yb in train_dl:
        out = model(xb)
        loss = nn.functional.cross_entropy(out, yb)
        opt.zero_grad()
        loss.backward()
        opt.step()
        total += loss.item() * len(xb)
    print(epoch, total / 100)

with torch.no_grad():
    probs = torch.softmax(model(X[100:]), dim=1)
    pred = probs.argmax(dim=1)
    acc = (pred == y[100:]).float().mean()
result = pd.DataFrame({"p": probs[:, 1].numpy(), "pred": pred.numpy()})
print(acc.item(), result.describe().loc["mean"])
