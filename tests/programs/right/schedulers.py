import math

import torch
import torch.nn as nn
from torch.optim.lr_scheduler import (
    CosineAnnealingLR,
    LambdaLR,
    OneCycleLR,
    ReduceLROnPlateau,
    StepLR,
)

torch.manual_seed(0)
X = torch.randn(64, 5)
true_w = torch.tensor([[1.0], [-2.0], [0.5], [3.0], [0.0]])
y = X @ true_w + 0.3

schedules = {
    "step": lambda opt: StepLR(opt, step_size=3, gamma=0.1),
    "cosine": lambda opt: CosineAnnealingLR(opt, T_max=10),
    "warmup": lambda opt: LambdaLR(opt, lr_lambda=lambda e: min(1.0, (e + 1) / 5)),
    "onecycle": lambda opt: OneCycleLR(opt, max_lr=0.1, total_steps=10),
    "plateau": lambda opt: ReduceLROnPlateau(opt, patience=2),
}

results = {}
for name, make in schedules.items():
    torch.manual_seed(1)
    model = nn.Linear(5, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=1e-4)
    scheduler = make(optimizer)
    lrs = []
    for epoch in range(10):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(X), y)
        loss.backward()
        optimizer.step()
        if name == "plateau":
            scheduler.step(loss)
        else:
            scheduler.step()
        lrs.append(optimizer.param_groups[0]["lr"])
    results[name] = (loss.item(), torch.tensor(lrs))

for name, (final, lrs) in results.items():
    print(f"{name:>9} {final:.4f} {lrs[-1].item():.5f}")

# different learning rates for different layers
net = nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 1))
optimizer = torch.optim.Adam(
    [
        {"params": net[0].parameters(), "lr": 1e-4},
        {"params": net[2].parameters()},
    ],
    lr=1e-2,
)
out = net(X)
loss = ((out - y) ** 2).mean()
loss.backward()
grad_norm = torch.sqrt(sum((p.grad**2).sum() for p in net.parameters()))
optimizer.step()
