import torch as t
import torch.nn as nn

t.manual_seed(4)


def mlp(dim, hidden):
    return nn.Sequential(nn.Linear(dim, hidden), nn.GELU(), nn.Linear(hidden, dim))


class Mixer(nn.Module):
    def __init__(s, patches, dim, depth):
        super().__init__()
        s.norms = nn.ModuleList([nn.LayerNorm(dim) for _ in range(2 * depth)])
        s.tokens = nn.ModuleList([mlp(patches, 2 * patches) for _ in range(depth)])
        s.channels = nn.ModuleList([mlp(dim, 2 * dim) for _ in range(depth)])

    def forward(s, x):
        for i, (tok, ch) in enumerate(zip(s.tokens, s.channels)):
            x = x + tok(s.norms[2 * i](x).mT).mT
            x = x + ch(s.norms[2 * i + 1](x))
        return x.mean(1)


def patchify(x, p):
    b, c, h, w = x.shape
    x = x.reshape(b, c, h // p, p, w // p, p)
    return x.permute(0, 2, 4, 1, 3, 5).flatten(1, 2).flatten(2)


x = t.rand(5, 3, 16, 16)
p = patchify(x, 4)
unf = nn.functional.unfold(x, 4, stride=4).mT
print(t.allclose(p, unf))
m = Mixer(p.size(1), p.size(2), 2)
f = m(p)
o = nn.Linear(f.shape[1], 10)(f)
l = o.logsumexp(1).sub(o[:, 0]).mean()
l.backward()
w, h = t.meshgrid(t.arange(4), t.arange(3), indexing="xy")
r = t.tensor([[1, 2], [3, 4]]).repeat(2, 3).roll(1, 0)
s = t.cat([t.arange(6).view(2, 3), t.full((2, 1), 9)], -1).sort(-1, descending=True)[0]
u, v = s.split([1, 3], 1)
a, *_ = s.unbind(1)
k = s.float().std(dim=1, unbiased=False)[:, None]
tri = t.triu(t.ones(4, 4), diagonal=1).bool()
