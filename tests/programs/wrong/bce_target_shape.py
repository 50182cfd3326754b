import torch
import torch.nn as nn

torch.manual_seed(1)
X = torch.randn(60, 4)
y = (X.sum(dim=1) > 0).float()

model = nn.Sequential(nn.Linear(4, 10), nn.ReLU(), nn.Linear(10, 1))
criterion = nn.BCEWithLogitsLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

n_epochs = 5
for epoch in range(n_epochs):
    optimizer.zero_grad()
    logits = model(X)
    loss = criterion(logits, y)
    loss.backward()
    optimizer.step()
    print(f"{epoch}: {loss.item():.3f}")
