import torch
import torch.nn as nn
import torch.nn.functional as F


def nt_xent(z1, z2, temperature=0.5):
    """Normalised temperature-scaled cross entropy."""
    n = z1.size(0)
    z = F.normalize(torch.cat([z1, z2], dim=0), dim=1)
    sim = torch.mm(z, z.t()) / temperature
    sim.masked_fill_(torch.eye(2 * n, dtype=torch.bool), -1e9)
    targets = torch.cat([torch.arange(n, 2 * n), torch.arange(n)])
    return F.cross_entropy(sim, targets)


class Augment:
    def __init__(self, strength=0.1):
        self.strength = strength

    def __call__(self, x):
        noise = self.strength * torch.randn_like(x)
        flip = torch.rand(x.size(0)) < 0.5
        x = x + noise
        x[flip] = torch.flip(x[flip], dims=[-1])
        return x


encoder = nn.Sequential(
    nn.Conv2d(3, 16, 3, stride=2, padding=1),
    nn.BatchNorm2d(16),
    nn.ReLU(),
    nn.Conv2d(16, 32, 3, stride=2, padding=1),
    nn.AdaptiveAvgPool2d(1),
    nn.Flatten(),
)
projector = nn.Sequential(nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 8))
augment = Augment()
params = list(encoder.parameters()) + list(projector.parameters())
optimizer = torch.optim.Adam(params, lr=1e-3)

torch.manual_seed(0)
for step in range(3):
    x = torch.rand(6, 3, 20, 20)
    x1, x2 = augment(x), augment(x)
    h1, h2 = encoder(x1), encoder(x2)
    z1, z2 = projector(h1), projector(h2)
    loss = nt_xent(z1, z2)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(step, loss.item())

# a momentum encoder
import copy

ema = copy.deepcopy(encoder)
with torch.no_grad():
    for p, q in zip(ema.parameters(), encoder.parameters()):
        p.mul_(0.9).add_(0.1 * q)
keys = ema(x)
queue = torch.cat([keys.detach(), torch.randn(10, 32)])[:12]
l_pos = torch.einsum("nc,nc->n", h1, keys).unsqueeze(-1)
l_neg = torch.einsum("nc,kc->nk", h1, queue)
moco_logits = torch.cat([l_pos, l_neg], dim=1)
