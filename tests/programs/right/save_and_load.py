import os
import tempfile

import torch
import torch.nn as nn

torch.manual_seed(0)


class Model(nn.Module):
    def __init__(self, n_input_features):
        super(Model, self).__init__()
        self.linear = nn.Linear(n_input_features, 1)

    def forward(self, x):
        y_pred = torch.sigmoid(self.linear(x))
        return y_pred


folder = tempfile.mkdtemp()
FILE = os.path.join(folder, "model.pth")

model = Model(n_input_features=6)
x = torch.randn(5, 6)
before = model(x)
torch.save(model.state_dict(), FILE)

loaded_model = Model(n_input_features=6)
loaded_model.load_state_dict(torch.load(FILE))
loaded_model.eval()
after = loaded_model(x)
print(torch.equal(before, after))

# checkpoint
learning_rate = 0.01
optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
checkpoint = {
    "epoch": 90,
    "model_state": model.state_dict(),
    "optim_state": optimizer.state_dict(),
    "best": torch.tensor([0.5, 0.25]),
}
torch.save(checkpoint, os.path.join(folder, "checkpoint.pth"))

model = Model(n_input_features=6)
optimizer = torch.optim.SGD(model.parameters(), lr=0)
checkpoint = torch.load(os.path.join(folder, "checkpoint.pth"))
model.load_state_dict(checkpoint["model_state"])
optimizer.load_state_dict(checkpoint["optim_state"])
epoch = checkpoint["epoch"]
again = model(x)
best = checkpoint["best"]
weight = checkpoint["model_state"]["linear.weight"]
for name, value in model.state_dict().items():
    print(name, tuple(value.shape))

os.remove(FILE)
os.remove(os.path.join(folder, "checkpoint.pth"))
os.rmdir(folder)
