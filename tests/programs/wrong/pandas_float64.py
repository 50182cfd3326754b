import pandas as pd
import torch
import torch.nn as nn

df = pd.DataFrame(
    {"height": [1.6, 1.7, 1.8, 1.5], "weight": [60.0, 72.0, 80.0, 51.0], "sick": [0, 1, 1, 0]}
)
X = torch.tensor(df[["height", "weight"]].values)
y = torch.tensor(df["sick"].values)
model = nn.Linear(2, 2)
out = model(X)
loss = nn.CrossEntropyLoss()(out, y)
print(loss)
