import io
import torch
import torch.nn as nn


def make_model(hidden):
    return nn.Sequential(nn.Linear(8, hidden), nn.ReLU(), nn.Linear(hidden, 3))


buffer = io.BytesIO()
torch.save(make_model(16).state_dict(), buffer)
buffer.seek(0)

# I changed the hidden size since then
model = make_model(32)
model.load_state_dict(torch.load(buffer))
print(model(torch.rand(2, 8)).shape)
