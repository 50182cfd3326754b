import torch
import torch.nn as nn


class Mixer(nn.Module):
    """Joins the heads again after attention."""

    def __init__(self, heads, dim):
        super().__init__()
        self.heads, self.dim = heads, dim
        self.qkv = nn.Linear(dim, 3 * dim)

    def forward(self, x):
        b, n, c = x.shape
        qkv = self.qkv(x).reshape(b, n, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        q, k, v = qkv.unbind(0)
        att = (q @ k.transpose(-2, -1)).softmax(-1)
        y = att @ v
        y = y.transpose(1, 2).view(b, n, c)
        return y


out = Mixer(4, 32)(torch.rand(2, 10, 32))
print(out.shape)
