import torch
from torch import nn, optim
from torch.nn import functional as F


class Expert(nn.Module):
    def __init__(self, d_in, d_out, hidden):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(d_in, hidden), nn.ReLU(), nn.Linear(hidden, d_out))

    def forward(self, x):
        return self.net(x)


class MoE(nn.Module):
    def __init__(self, d_in, d_out, n_experts=4, k=2, hidden=16):
        super().__init__()
        self.experts = nn.ModuleList([Expert(d_in, d_out, hidden) for _ in range(n_experts)])
        self.gate = nn.Parameter(torch.zeros(d_in, n_experts))
        self.k = k
        nn.init.normal_(self.gate, std=0.1)

    def gating(self, x):
        clean = x @ self.gate
        top, idx = clean.topk(self.k, dim=1)
        weights = torch.zeros_like(clean).scatter(1, idx, F.softmax(top, dim=1))
        return weights

    def forward(self, x):
        weights = self.gating(x)
        outs = torch.stack([e(x) for e in self.experts], dim=1)
        y = (weights.unsqueeze(-1) * outs).sum(dim=1)
        load = weights.sum(0)
        balance = load.std() / load.mean()
        return y, balance


class Ensemble(nn.Module):
    def __init__(self, *models):
        super().__init__()
        self.models = nn.ModuleList(models)

    def forward(self, x):
        return torch.mean(torch.stack([m(x)[0] for m in self.models]), dim=0)


torch.manual_seed(0)
a, b = MoE(10, 3), MoE(10, 3, n_experts=3, k=1)
x, t = torch.randn(12, 10), torch.randint(3, (12,))
for model in (a, b):
    opt = optim.Adam(model.parameters(), lr=1e-2)
    for _ in range(3):
        y, balance = model(x)
        loss = F.cross_entropy(y, t) + 0.01 * balance
        opt.zero_grad()
        loss.backward()
        opt.step()
both = Ensemble(a, b).eval()
with torch.no_grad():
    final = both(x)
    agreement = (final.argmax(-1) == t).float().mean()
print(final.shape, agreement)
