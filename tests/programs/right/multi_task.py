import torch
import torch.nn as nn


class MultiTask(nn.Module):
    """Shared trunk, one head for each task, in a ModuleDict."""

    def __init__(self, in_dim=20, trunk=32):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(in_dim, trunk), nn.ELU(), nn.LayerNorm(trunk))
        self.heads = nn.ModuleDict(
            {
                "age": nn.Linear(trunk, 1),
                "gender": nn.Linear(trunk, 2),
                "emotion": nn.Sequential(nn.Linear(trunk, 16), nn.ReLU(), nn.Linear(16, 7)),
            }
        )
        self.log_vars = nn.ParameterDict({k: nn.Parameter(torch.zeros(1)) for k in self.heads})

    def forward(self, x, tasks=None):
        features = self.trunk(x)
        wanted = tasks or self.heads.keys()
        return {task: self.heads[task](features) for task in wanted}


LOSSES = {"age": nn.MSELoss(), "gender": nn.CrossEntropyLoss(), "emotion": nn.CrossEntropyLoss()}


def compute_losses(model, outputs, targets):
    total = 0.0
    parts = {}
    for task, out in outputs.items():
        raw = LOSSES[task](out, targets[task])
        precision = torch.exp(-model.log_vars[task])
        weighted = precision * raw + model.log_vars[task]
        parts[task] = raw.item()
        total = total + weighted.mean()
    return total, parts


torch.manual_seed(0)
net = MultiTask()
optim = torch.optim.Adam(net.parameters(), lr=5e-3)
x = torch.randn(30, 20)
targets = {
    "age": torch.rand(30, 1) * 80,
    "gender": torch.randint(2, (30,)),
    "emotion": torch.randint(7, (30,)),
}
for i in range(3):
    outputs = net(x)
    total, parts = compute_losses(net, outputs, targets)
    optim.zero_grad()
    total.backward()
    optim.step()
    print(i, total.item(), parts)

only = net(x[:2], tasks=["emotion"])["emotion"]
ages = outputs["age"].detach().flatten()
