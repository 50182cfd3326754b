import numpy as np
import torch
import torch.nn as nn

np.random.seed(0)
X = np.random.rand(100, 3)
y = X @ np.array([1.0, 2.0, 3.0]) + 0.5

X_train = torch.from_numpy(X[:80])
y_train = torch.from_numpy(y[:80]).unsqueeze(1)

model = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 1))
loss_fn = nn.MSELoss()
optimizer = torch.optim.Adam(model.parameters())

for epoch in range(10):
    pred = model(X_train)
    loss = loss_fn(pred, y_train)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(epoch, loss.item())
