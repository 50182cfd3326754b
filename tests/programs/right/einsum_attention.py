"""Multi-head attention with einsum only."""

from math import sqrt

import torch
from torch import einsum, nn


class SelfAttention(nn.Module):
    def __init__(self, embed_size, heads):
        super(SelfAttention, self).__init__()
        self.embed_size = embed_size
        self.heads = heads
        self.head_dim = embed_size // heads
        assert self.head_dim * heads == embed_size, "Embedding size needs to be divisible by heads"
        self.values = nn.Linear(self.head_dim, self.head_dim, bias=False)
        self.keys = nn.Linear(self.head_dim, self.head_dim, bias=False)
        self.queries = nn.Linear(self.head_dim, self.head_dim, bias=False)
        self.fc_out = nn.Linear(heads * self.head_dim, embed_size)

    def forward(self, values, keys, query, mask):
        N = query.shape[0]
        value_len, key_len, query_len = values.shape[1], keys.shape[1], query.shape[1]

        values = values.reshape(N, value_len, self.heads, self.head_dim)
        keys = keys.reshape(N, key_len, self.heads, self.head_dim)
        queries = query.reshape(N, query_len, self.heads, self.head_dim)

        values = self.values(values)
        keys = self.keys(keys)
        queries = self.queries(queries)

        energy = einsum("nqhd,nkhd->nhqk", [queries, keys])
        if mask is not None:
            energy = energy.masked_fill(mask == 0, float("-1e20"))
        attention = torch.softmax(energy / sqrt(self.embed_size), dim=3)
        out = einsum("nhql,nlhd->nqhd", [attention, values]).reshape(
            N, query_len, self.heads * self.head_dim
        )
        out = self.fc_out(out)
        return out


def make_trg_mask(trg):
    N, trg_len = trg.shape
    trg_mask = torch.tril(torch.ones((trg_len, trg_len))).expand(N, 1, trg_len, trg_len)
    return trg_mask


def make_src_mask(src, pad=0):
    return (src != pad).unsqueeze(1).unsqueeze(2)


torch.manual_seed(2)
src = torch.tensor([[1, 5, 6, 4, 3, 9, 5, 2, 0], [1, 8, 7, 3, 4, 5, 6, 7, 2]])
trg = torch.tensor([[1, 7, 4, 3, 5, 9, 2, 0], [1, 5, 6, 2, 4, 7, 6, 2]])

emb = nn.Embedding(10, 24)
attend = SelfAttention(24, 4)
enc = attend(emb(src), emb(src), emb(src), make_src_mask(src))
dec = attend(emb(trg), emb(trg), emb(trg), make_trg_mask(trg))
cross = attend(enc, enc, dec, make_src_mask(src))
print(enc.shape, dec.shape, cross.shape)

# a few others
a, b = torch.randn(3, 4), torch.randn(4, 5)
ab = einsum("ij,jk->ik", a, b)
trace = einsum("ii", torch.eye(4))
outer = torch.einsum("i,j->ij", torch.arange(3.0), torch.arange(2.0))
batch_dot = torch.einsum("bd,bd->b", torch.rand(6, 7), torch.rand(6, 7))
bilinear = torch.einsum("bn,anm,bm->ba", torch.randn(2, 5), torch.randn(3, 5, 4), torch.randn(2, 4))
