"""What the oracle says of one operator is what eager torch does: results and exceptions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from shapewise.runtime.client import OracleClient
from shapewise.runtime.oracle import wire as w
from torch import nn

from .expressions import eager, encode, request, without_values


def _names() -> dict[str, Any]:
    torch.manual_seed(0)
    return {
        "x": torch.rand(3, 4),
        "y": torch.rand(4),
        "m": torch.rand(4, 5),
        "z": torch.rand(5),
        "d": torch.rand(3, 4, dtype=torch.float64),
        "h": torch.rand(3, 4).half(),
        "i": torch.randint(0, 3, (3, 4)),
        "j": torch.randint(0, 3, (4,)),
        "i32": torch.randint(0, 3, (4,), dtype=torch.int32),
        "u": torch.randint(0, 255, (3, 4), dtype=torch.uint8),
        "mask": torch.rand(3, 4) > 0.5,
        "g": torch.rand(3, 4, requires_grad=True),
        "p": nn.Parameter(torch.rand(4, 5)),
        "b": torch.rand(2, 3, 4),
        "image": torch.rand(2, 3, 8, 8),
        "t": torch.rand(4, 3).T,
        "c": torch.rand(2, 2, dtype=torch.complex64),
        "s": torch.tensor(3.0),
        "one": torch.rand(1, 1),
        "labels": torch.randint(0, 4, (3,)),
        "seq": torch.rand(7, 2, 10),
        "a": np.zeros((3, 4)),
        "a32": np.zeros((3, 4), dtype=np.float32),
    }


WORKS = """
x + y
x + 1
x * 2.5
i / 2
i // 2
i + 0.5
x ** 2
x @ m
b @ m
x == x
x > 0.5
-x
~mask
mask & mask
u + 1
x + d
i + x
h + x
g * 2
g @ m
p.sum()
x[0]
x[-1]
x[0, 1]
x[:, 1:3]
x[..., 0]
x[None]
x[:, None, :]
x[::2]
x[[0, 2]]
b[0, 1:, ::2]
x.T
b.mT
x.shape
x.ndim
x.dtype
x.requires_grad
g.is_leaf
x.size()
x.size(0)
x.size(-1)
x.numel()
x.dim()
len(x)
x.sum()
x.sum(0)
x.sum(dim=1, keepdim=True)
x.mean(0)
x.max(1)
x.max()
x.argmax(1)
i.sum()
mask.sum()
x.std(0)
x.view(2, 6)
x.view(-1)
x.reshape(4, -1)
t.reshape(-1)
t.contiguous()
x.flatten()
b.flatten(1)
b.permute(2, 0, 1)
x.transpose(0, 1)
x.unsqueeze(0)
one.squeeze()
x.expand(2, 3, 4)
x.repeat(2, 2)
x.to(torch.float64)
x.double()
x.long()
x.clone()
g.detach()
g.clone()
x.new_zeros(5)
x.is_contiguous()
t.is_contiguous()
x.type()
torch.cat([x, x])
torch.cat([x, x], dim=1)
torch.stack([x, x], dim=1)
torch.zeros(2, 3)
torch.ones(2, 3, dtype=torch.int64)
torch.full((2, 2), 7)
torch.arange(10)
torch.arange(0, 1, 0.25)
torch.linspace(0, 1, 5)
torch.eye(3)
torch.tensor([1, 2, 3])
torch.tensor([[1.0, 2.0]])
torch.tensor(5)
torch.zeros_like(x)
torch.where(mask, x, d)
torch.einsum('ij,jk->ik', x, m)
torch.matmul(b, m)
torch.bmm(b, b.mT)
torch.chunk(x, 2, 1)
torch.split(x, 2, dim=1)
torch.unbind(x)
torch.topk(x, 2)
torch.sort(x)
torch.cumsum(x, 0)
torch.gather(x, 1, i)
torch.broadcast_to(y, (3, 4))
torch.meshgrid(y, z, indexing='ij')
torch.outer(y, z)
torch.tril(x)
torch.norm(x)
torch.linalg.norm(x, dim=1)
torch.linalg.inv(x @ x.T)
torch.linalg.svd(x)
torch.fft.fft(y)
torch.clamp(x, 0, 1)
torch.isnan(x)
torch.abs(c)
torch.from_numpy(a)
torch.tensor(a32)
torch.is_tensor(x)
torch.numel(x)
torch.nn.utils.rnn.pad_sequence([y, z])
torch.Tensor([1, 2])
torch.FloatTensor([1, 2])
torch.LongTensor([1, 2])
F.relu(x)
F.softmax(x, dim=1)
F.one_hot(labels, 4)
F.pad(x, (1, 1))
F.interpolate(image, scale_factor=2)
F.max_pool2d(image, 2)
F.conv2d(image, torch.rand(4, 3, 3, 3))
F.cross_entropy(x, labels)
F.mse_loss(x, x)
F.binary_cross_entropy(x, x)
F.nll_loss(x, labels)
F.dropout(x, 0.5)
F.normalize(x)
F.linear(x, m.T)
F.embedding(labels, m)
F.scaled_dot_product_attention(b, b, b)
F.cosine_similarity(x, x)
F.unfold(image, 2)
nn.Linear(4, 2)(x)
nn.Linear(4, 2, bias=False)(b)
nn.Linear(4, 2).double()(d)
nn.Conv2d(3, 6, 3, padding=1)(image)
nn.Conv2d(3, 6, 3, stride=2, padding='valid')(image)
nn.ConvTranspose2d(3, 6, 2, stride=2)(image)
nn.Conv1d(2, 4, 3)(seq)
nn.MaxPool2d(2)(image)
nn.MaxPool2d(2, return_indices=True)(image)
nn.AdaptiveAvgPool2d((1, 1))(image)
nn.AvgPool2d(3, 1, 1)(image)
nn.BatchNorm2d(3)(image)
nn.BatchNorm2d(3).eval()(image)
nn.BatchNorm1d(4)(x)
nn.LayerNorm(4)(x)
nn.GroupNorm(3, 3)(image)
nn.InstanceNorm2d(3)(image)
nn.Embedding(10, 6)(i)
nn.EmbeddingBag(10, 6)(i)
nn.LSTM(10, 6)(seq)
nn.LSTM(10, 6, num_layers=2, bidirectional=True)(seq)
nn.LSTM(10, 6, batch_first=True)(seq)
nn.GRU(10, 6)(seq)
nn.RNN(10, 6)(seq)
nn.LSTMCell(10, 6)(seq[0])
nn.MultiheadAttention(10, 2)(seq, seq, seq)
nn.MultiheadAttention(10, 2, batch_first=True)(seq, seq, seq, need_weights=False)
nn.TransformerEncoderLayer(10, 2)(seq)
nn.TransformerEncoderLayer(10, 2, batch_first=True).eval()(seq)
nn.TransformerEncoder(nn.TransformerEncoderLayer(10, 2), 2)(seq)
nn.TransformerDecoderLayer(10, 2)(seq, seq)
nn.Transformer(10, 2, 1, 1)(seq, seq)
nn.Sequential(nn.Flatten(), nn.Linear(192, 10), nn.ReLU())(image)
nn.Flatten()(image)
nn.Unflatten(1, (2, 2))(x)
nn.ReLU()(x)
nn.ReLU(inplace=True)(x)
nn.Softmax(dim=1)(x)
nn.Dropout(0.2)(x)
nn.Dropout(0.2).eval()(x)
nn.PReLU()(x)
nn.Upsample(scale_factor=2)(image)
nn.PixelShuffle(1)(image)
nn.CrossEntropyLoss()(x, labels)
nn.CrossEntropyLoss(reduction='none')(x, labels)
nn.MSELoss()(x, x)
nn.BCELoss()(x, x)
nn.BCEWithLogitsLoss()(x, x)
nn.NLLLoss()(x, labels)
nn.L1Loss()(x, x)
nn.SmoothL1Loss()(x, x)
nn.KLDivLoss(reduction='batchmean')(x, x)
nn.CosineEmbeddingLoss()(x, x, torch.ones(3))
nn.TripletMarginLoss()(x, x, x)
nn.LazyLinear(5)(x)
nn.LazyConv2d(5, 3)(image)
nn.Identity()(x)
nn.Bilinear(4, 4, 2)(x, x)
np.zeros((2, 3))
np.arange(5)
np.linspace(0, 1, 4)
np.random.rand(2, 3)
a + 1
a32 * 2.5
a @ a.T
a.reshape(4, 3)
a.shape
a[0]
a.mean(axis=0)
a.astype(np.float32)
np.concatenate([a, a])
np.expand_dims(a, 0)
"""

FAILS = """
x + z
x @ x
x @ d
x @ i
b @ b
x[5]
x[0, 0, 0]
x[x]
s[0]
x.view(5, -1)
x.view(-1, -1)
t.view(-1)
x.reshape(5)
x.permute(1)
x.transpose(0, 2)
x.squeeze(5)
x.expand(3, 5)
x.unsqueeze(4)
x.flatten(3)
x.astype(1)
x.nothing
x.sum(3)
x.mean(dim=2)
i.mean()
mask.mean()
i.std()
x.item()
int(x)
float(x)
bool(x)
x.numpy(1)
g.numpy()
x.index_select(0, x)
x.masked_fill(i, 0)
x.gather(1, x)
x.gather(1, labels)
mask - mask
x & x
x.backward()
i.requires_grad_()
torch.cat([x, z])
torch.cat([x, b])
torch.cat(x, x)
torch.cat([x, y])
torch.stack([x, m])
torch.matmul(x, z)
torch.mm(b, x)
torch.mm(x, d)
torch.bmm(x, x)
torch.bmm(b, b)
torch.bmm(b, b.double())
torch.dot(x, x)
torch.dot(y, z)
torch.mv(x, z)
torch.addmm(x, x, x)
torch.einsum('ijk,jk->i', x, m)
torch.tensor([[1, 2], [3]])
torch.tensor([y, y])
torch.zeros(2.5)
torch.zeros(-1)
torch.zeros('a')
torch.ones(2, 3, dtype='float32')
torch.relu(a)
torch.softmax(i, 1)
torch.full((2,))
torch.arange(0, 5, -1)
torch.chunk(x, 0)
torch.topk(x, 9)
torch.reshape(x, (7, 7))
torch.from_numpy(x)
torch.broadcast_to(x, (4, 4))
torch.linalg.inv(x)
torch.nosuch(x)
F.linear(x, m)
F.relu([1, 2])
F.softmax(i, dim=1)
F.cross_entropy(x, x[0])
F.cross_entropy(x, y)
F.cross_entropy(x, labels.float())
F.cross_entropy(x, labels.int())
F.cross_entropy(x, labels[:, None])
F.cross_entropy(x, labels[:2])
F.cross_entropy(labels, x)
F.nll_loss(x, x[0])
F.mse_loss(x, m)
F.binary_cross_entropy(x, y)
F.binary_cross_entropy(x, i)
F.binary_cross_entropy(x, d)
F.binary_cross_entropy_with_logits(x, i)
F.binary_cross_entropy_with_logits(x, y)
F.conv2d(image, image[0])
F.max_pool2d(x[0], 2)
F.max_pool2d(image, 20)
F.interpolate(x, size=(3, 3))
F.embedding(x, m)
F.one_hot(x)
nn.Linear(5, 2)(x)
nn.Linear(4, 2)(d)
nn.Linear(4, 2)(i)
nn.Linear(4, 2)(u)
nn.Linear(4, 2)(a)
nn.Linear(4, 2)(x, x)
nn.Linear(4, 2)()
nn.Linear(4 / 2, 2)(x)
nn.Conv2d(1, 6, 3)(image)
nn.Conv2d(3, 6, 9)(image)
nn.Conv2d(3, 6, 3)(x)
nn.Conv2d(3, 6, 3)(y)
nn.Conv2d(3, 6, 3)(image.double())
nn.Conv2d(3, 6, 3)(image.byte())
nn.Conv2d(3, 6, 3, groups=2)(image)
nn.Conv2d(3, 6 / 2, 3)(image)
nn.Conv2d(3, 6, 3)([image])
nn.ConvTranspose2d(4, 6, 3)(image)
nn.MaxPool2d(9)(image)
nn.MaxPool2d(2)(x)
nn.BatchNorm2d(4)(image)
nn.BatchNorm2d(4)(x)
nn.BatchNorm1d(5)(x)
nn.BatchNorm1d(3)(image)
nn.BatchNorm1d(4)(x[:1])
nn.BatchNorm1d(4)(d)
nn.LayerNorm(5)(x)
nn.LayerNorm(4)(d)
nn.Embedding(10, 6)(x)
nn.LSTM(9, 6)(seq)
nn.LSTM(10, 6)(seq.double())
nn.LSTM(10, 6)(seq, (torch.zeros(1, 7, 6), torch.zeros(1, 7, 6)))
nn.LSTM(10, 6, num_layers=2)(seq, (torch.zeros(1, 2, 6), torch.zeros(1, 2, 6)))
nn.LSTM(10, 6)(seq, (torch.zeros(2, 6), torch.zeros(2, 6)))
nn.GRU(10, 6)(seq, torch.zeros(1, 7, 6))
nn.MultiheadAttention(10, 3)(seq, seq, seq)
nn.MultiheadAttention(12, 3)(seq, seq, seq)
nn.MultiheadAttention(10, 2)(seq, seq, seq, attn_mask=torch.zeros(9, 9))
nn.TransformerEncoderLayer(12, 2)(seq)
nn.Sequential(nn.Linear(4, 3), nn.Linear(4, 2))(x)
nn.Sequential([nn.Linear(4, 3)])(x)
nn.Sequential(nn.LSTM(10, 6), nn.Linear(6, 2))(seq)
nn.ModuleList([nn.Linear(4, 2)])(x)
nn.Flatten(3)(x)
nn.Unflatten(1, (3, 3))(x)
nn.GroupNorm(2, 3)(image)
nn.CrossEntropyLoss()(x, x[0])
nn.CrossEntropyLoss(weight=torch.ones(2))(x, labels)
nn.CrossEntropyLoss()(x, None)
nn.MSELoss()(x)
nn.BCELoss()(x, labels)
nn.Softmax(dim=3)(x)
nn.Upsample(size=(4, 4))(x)
np.concatenate([a, a[0]])
a + np.zeros(5)
a @ a
a.reshape(5, 5)
a[7]
np.zeros((2, -3))
"""


def _cases(text: str) -> list[str]:
    return [line for line in text.strip().splitlines() if line]


@pytest.mark.parametrize("expression", _cases(WORKS))
def test_a_call_that_works(oracle: OracleClient, expression: str) -> None:
    names = _names()
    asked = request(expression, names)
    real = eager(expression, names)
    answer = oracle.ask(asked)
    assert isinstance(answer, w.Ok), answer
    assert not isinstance(real, Exception), real
    assert _resolved(answer, asked) == encode(real)


@pytest.mark.parametrize("expression", _cases(FAILS))
def test_a_call_that_fails(oracle: OracleClient, expression: str) -> None:
    names = _names()
    real = eager(expression, names)
    assert isinstance(real, Exception), real
    assert oracle.ask(request(expression, names)) == w.Error(type(real).__name__, str(real))


def _resolved(answer: w.Ok, asked: w.Request) -> w.Wire:
    """The result with `("argument", …)` replaced by what that argument is now."""
    changed = dict(answer.changed)
    given = {**dict(enumerate(asked.args)), **dict(asked.kwargs)}

    def resolve(wire: w.Wire) -> w.Wire:
        if isinstance(wire, tuple) and wire:
            if wire[0] == "argument":
                return changed.get(wire[1], given[wire[1]])
            return tuple(resolve(item) for item in wire)
        return wire

    return without_values(resolve(answer.result))
