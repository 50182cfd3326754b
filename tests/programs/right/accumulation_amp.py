import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
device = "cuda" if torch.cuda.is_available() else "cpu"
accumulation_steps = 2
max_norm = 1.0

ds = TensorDataset(torch.randn(64, 1, 8, 8), torch.randint(0, 4, (64,)))
dl = DataLoader(ds, batch_size=8, shuffle=True, pin_memory=False)

model = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.SiLU(), nn.Linear(32, 4)).to(device)
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
scaler = torch.amp.GradScaler(device, enabled=(device == "cuda"))

model.train()
optimizer.zero_grad(set_to_none=True)
for step, (x, y) in enumerate(dl):
    x = x.to(device, non_blocking=True)
    y = y.to(device, non_blocking=True)
    with torch.autocast(device_type=device, dtype=torch.bfloat16):
        logits = model(x)
        loss = criterion(logits, y) / accumulation_steps
    scaler.scale(loss).backward()
    if (step + 1) % accumulation_steps == 0:
        scaler.unscale_(optimizer)
        grad_norm = nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        scaler.step(optimizer)
        scaler.update()
        optimizer.zero_grad(set_to_none=True)
        print(step, loss.item() * accumulation_steps, grad_norm.item())

half = torch.randn(3, 4).half()
bf = half.to(torch.bfloat16)
back = bf.float()
