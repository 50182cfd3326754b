"""The operators of random chains: each writes a line for a tensor that is there.

An operator gets the builder of the chain and the name of a tensor, and gives the step, or None
where it makes no sense. Arguments mostly fit; now and then they do not.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Protocol

import torch

from .programs import LAYER, Step


class Builder(Protocol):
    """What an operator may ask of the chain that it is to lengthen."""

    def choose(self, options: Any) -> Any:
        """One of several."""

    def rarely(self) -> bool:
        """Whether to do something that may not fit."""

    def value(self, name: str) -> torch.Tensor:
        """The tensor of that name."""

    def other(self, name: str) -> str:
        """The name of any tensor of the chain."""

    def size(self, name: str, axis: int) -> str:
        """The size of an axis, as a number or as an expression."""

    def fresh(self) -> str:
        """A new name."""

    def bind(self, expression: str, *makes: str, count: int = 1) -> Step:
        """A step that binds the result to a new name, or to several."""


Operator = Callable[[Builder, str], Step | None]

ELEMENTWISE = (
    "{x}.relu()|torch.relu({x})|F.relu({x})|F.gelu({x})|torch.sigmoid({x})|{x}.tanh()|{x}.exp()|{x}.abs()"
    "|-{x}|{x} * 2|{x} / 3|{x} // 2|{x} ** 2|1 - {x}|2.5 * {x}|{x} > 0.5|{x} == 0|{x} % 2|{x}.sqrt()"
    "|{x}.clone()|{x}.detach()|{x}.contiguous()|{x}.clamp(min=0)|torch.clamp({x}, 0, 1)|{x}.round()"
    "|torch.zeros_like({x})|torch.rand_like({x})|{x}.new_zeros(2, 3)|torch.ones_like({x}, dtype=torch.int64)"
    "|{x}.masked_fill({x} > 0, 0)|torch.where({x} > 0, {x}, 0)|torch.where({x} > 0, 1.0, 0.0)"
    "|{x}.logical_not()|~({x} > 0)|torch.log1p({x}.abs())|{x}.sign()|{x}.isnan()|{x}.numel() * {x}"
    "|{x} + torch.tensor(1.5)|torch.full_like({x}, 2)|{x}.sub(1)|torch.add({x}, {x}, alpha=2)"
    "|F.leaky_relu({x}, 0.1)|F.dropout({x}, 0.5)|nn.ReLU()({x})|nn.Dropout(0.1)({x})|nn.Sigmoid()({x})"
).split("|")
DTYPES = (
    "{x}.float()|{x}.double()|{x}.long()|{x}.int()|{x}.bool()|{x}.half()|{x}.to(torch.float64)"
    "|{x}.to({y}.dtype)|{x}.type_as({y})|{x}.to({y})|{x}.to('cpu')|{x}.cpu()|{x}.byte()|{x}.to(torch.bfloat16)"
).split("|")
BINARY = (
    "{x} + {y}|{x} - {y}|{x} * {y}|{x} / {y}|{x} > {y}|torch.maximum({x}, {y})|torch.where({x} > {y}, {x}, {y})"
    "|{x}.expand_as({y})|{x}.view_as({y})|{x}.eq({y})|torch.add({x}, {y})|{x} & {y}|{x} ** {y}"
    "|torch.stack([{x}, {y}])|torch.cat([{x}, {y}])|torch.cat(({x}, {y}), dim=-1)|torch.isclose({x}, {y})"
    "|{x}.reshape({y}.shape)|torch.broadcast_tensors({x}, {y})[0]|torch.dot({x}, {y})|torch.outer({x}, {y})"
    "|F.mse_loss({x}, {y})|nn.MSELoss()({x}, {y})|nn.BCEWithLogitsLoss()({x}, {y})|F.l1_loss({x}, {y})"
    "|F.cosine_similarity({x}, {y})|torch.cdist({x}, {y})|nn.BCELoss()(torch.sigmoid({x}), {y})"
).split("|")
PRODUCTS = (
    "{x} @ {y}|torch.matmul({x}, {y})|{x}.mm({y})|torch.bmm({x}, {y})|{x} @ {x}.mT|{x}.T @ {x}|{x} @ {x}.transpose(-2, -1)"
    "|torch.einsum('ij,jk->ik', {x}, {y})|torch.einsum('...ij,...kj->...ik', {x}, {y})|torch.mv({x}, {y})"
    "|torch.einsum('i,j->ij', {x}, {y})|{x} @ torch.rand({x}.shape[-1], 2)|F.linear({x}, torch.rand(3, {x}.size(-1)))"
    "|torch.einsum('bij->bi', {x})|F.scaled_dot_product_attention({x}, {x}, {x})|torch.tensordot({x}, {y}, dims=1)"
).split("|")
REDUCTIONS = (
    "sum|mean|prod|amax|amin|argmax|argmin|std|var|any|all|norm|logsumexp|median|max|min|cumsum|softmax|log_softmax"
).split("|")
PAIRS = frozenset(["median", "max", "min"])
SHAPES = (
    "{x}.view(-1)|{x}.reshape(-1)|{x}.flatten()|{x}.flatten(1)|torch.flatten({x}, 1)|{x}.squeeze()|{x}.T|{x}.mT|{x}.t()"
    "|{x}.view({x}.size(0), -1)|{x}.reshape({x}.shape[0], -1)|{x}.view({x}.shape)|{x}.unsqueeze(0)|{x}.unsqueeze(-1)"
    "|{x}[None]|{x}[..., None]|{x}[0]|{x}[-1]|{x}[1:]|{x}[:, 0]|{x}[:, -1]|{x}[::2]|{x}[:, :2]|{x}[..., -1]|{x}[:-1]"
    "|{x}[:, None]|{x}[[0, 0]]|{x}[{x} > 0]|{x}[torch.tensor([0, 0, 0])]|{x}[:, [0, 0]]|{x}.nonzero()|{x}.unique()"
    "|{x}.flip(0)|{x}.repeat(2, 1)|{x}.repeat(2, 1, 1)|{x}.expand(2, -1, -1)|{x}.ravel()|torch.tril({x})|{x}.diagonal()"
    "|torch.arange({x}.size(0))|torch.zeros({x}.shape)|torch.rand({x}.size())|torch.eye({x}.shape[-1])"
    "|torch.linspace(0, 1, {x}.shape[0])|torch.tensor({x}.shape)|torch.ones(len({x}), 2)|torch.diag({x})"
    "|F.pad({x}, (1, 1))|F.pad({x}, (0, 1, 2, 0))|F.one_hot({x}.argmax(-1), 40)|{x}.sum()|{x}.mean()|{x}.max()"
    "|torch.randperm({x}.shape[0])|{x}[torch.randperm({x}.size(0))]|{x}.T.contiguous()|{x}.unsqueeze(1).expand(-1, 3, -1)"
    "|F.normalize({x}, dim=-1)|torch.full(({x}.shape[0], 2), 1.0)|{x}.sum().backward()|{x}.mean((0, 1))|{x}.mean(dim=[-1, -2])"
).split("|")
MODULES = (
    "nn.Flatten()|nn.Softmax(dim=1)|nn.Softmax(-1)|nn.MaxPool2d(2)|nn.MaxPool2d(3, stride=2, padding=1)|nn.MaxPool1d(2)"
    "|nn.AvgPool2d(2)|nn.AdaptiveAvgPool2d((1, 1))|nn.AdaptiveAvgPool2d(2)|nn.AdaptiveAvgPool1d(1)|nn.Upsample(scale_factor=2)"
    "|nn.ZeroPad2d(1)|nn.PixelShuffle(2)|nn.Unflatten(1, (2, -1))|nn.LogSoftmax(dim=-1)|nn.ReLU()|nn.Identity()"
    "|nn.Conv2d(3, 4, 3, padding='same')|nn.Linear(5, 2)|nn.LayerNorm(4)|nn.BatchNorm1d(4)|nn.LazyLinear(3)"
    "|nn.MaxPool2d(2, ceil_mode=True)|nn.Dropout2d(0.2)|nn.ELU()|nn.GLU()"
).split("|")


def write(templates: list[str]) -> Operator:
    """One of several lines; `{y}` is any other tensor."""

    def operator(builder: Builder, x: str) -> Step | None:
        template = builder.choose(templates)
        expression = template.format(x=x, y=builder.other(x))
        if ".backward()" in expression:
            return Step((), expression)
        return builder.bind(expression)

    return operator


def axis(builder: Builder, x: str) -> int:
    """An axis of a tensor, rarely one that is not there."""
    rank = builder.value(x).dim()
    if rank == 0 or builder.rarely():
        return int(builder.choose([rank, -rank - 1, 0, -1]))
    return int(builder.choose(range(-rank, rank)))


def reduce(builder: Builder, x: str) -> Step | None:
    """A reduction over one axis."""
    name, dim = builder.choose(REDUCTIONS), axis(builder, x)
    how = builder.choose([f"{dim}", f"dim={dim}"])
    if name == "norm":
        how = f"dim={dim}"
    if name not in ("cumsum", "softmax", "log_softmax"):
        how += builder.choose(["", "", ", keepdim=True"])
    call = builder.choose([f"{x}.{name}({how})", f"torch.{name}({x}, {how})"])
    return builder.bind(call, count=2) if name in PAIRS else builder.bind(call)


def arrange(builder: Builder, x: str) -> Step | None:
    """Axes in another order, gone, or new."""
    t = builder.value(x)
    a, b = axis(builder, x), axis(builder, x)
    order = list(range(t.dim()))
    if order:
        order = order[a % len(order) :] + order[: a % len(order)]
    if builder.rarely():
        order = order[:-1]
    k = builder.choose([1, 2, 3])
    size = builder.value(x).shape[a] if -t.dim() <= a < t.dim() else 3
    return builder.bind(
        builder.choose(
            [
                f"{x}.transpose({a}, {b})",
                f"{x}.permute({', '.join(map(str, order))})",
                f"{x}.permute({tuple(order)})",
                f"torch.permute({x}, {order})",
                f"{x}.unsqueeze({a})",
                f"{x}.squeeze({a})",
                f"{x}.movedim({a}, {b})",
                f"torch.swapaxes({x}, {a}, {b})",
                f"{x}.flatten({min(a % 4, b % 4)}, {max(a % 4, b % 4)})",
                f"{x}.select({a}, 0)",
                f"{x}.narrow({a}, 0, {k})",
                f"{x}.roll(1, {a})",
                f"{x}.index_select({a}, torch.tensor([0, 0]))",
                f"{x}.repeat_interleave({k}, dim={a})",
                f"{x}.gather({a}, torch.zeros_like({x}, dtype=torch.int64))",
                f"torch.cat([{x}, {x}], dim={a})",
                f"torch.stack(({x}, {x}), {a})",
                f"{x}.diff(dim={a})",
                f"{x}.unfold({a}, 2, 1)",
                f"torch.cat([{x}, torch.zeros_like({x})], {a})",
                f"{x}.sort(dim={a})[0]",
                f"{x}.split({k}, dim={a})[0]",
                f"{x}.chunk({k}, {a})[-1]",
                f"torch.split({x}, [1, {size - 1}], {a})[1]",
                f"{x}.unbind({a})[0]",
                f"{x}.topk(1, dim={a}).values",
                f"{x}.argsort({a})",
                f"{x}.cumprod({a})",
                f"torch.tensor_split({x}, {k}, dim={a})[0]",
                f"{x}.scatter({a}, torch.zeros_like({x}, dtype=torch.int64), 1)",
            ]
        )
    )


def divide(builder: Builder, x: str) -> Step | None:
    """Views with other sizes."""
    t = builder.value(x)
    count = math.prod(t.shape)
    divisors = [k for k in range(1, 13) if count and count % k == 0] or [1]
    k = builder.choose(divisors) if not builder.rarely() else builder.choose([5, 7])
    rest = count // k
    call = builder.choose(["view", "reshape"])
    forms = [f"-1, {k}", f"{k}, -1", f"{k}, {rest}", f"({rest}, {k})", f"1, -1, {k}"]
    if t.dim() >= 2:
        last, first = f"{x}.size(-1)", f"{x}.shape[0]"
        forms += [f"-1, {last}", f"{first}, -1, {k}", f"{first} * {t.shape[1]}, -1"]
    return builder.bind(f"{x}.{call}({builder.choose(forms)})")


def unpack(builder: Builder, x: str) -> Step | None:
    """Several results at once."""
    t = builder.value(x)
    a = axis(builder, x)
    size = t.shape[a] if -t.dim() <= a < t.dim() else 2
    k = builder.choose([1, 2, 3])
    pair = builder.choose(
        [
            f"{x}.topk({min(k, size) or 1}, dim={a})",
            f"{x}.sort({a})",
            f"{x}.max({a})",
            f"torch.max({x}, dim={a}, keepdim=True)",
            f"{x}.chunk(2, dim={a})",
            f"torch.split({x}, {(size + 1) // 2 or 1}, dim={a})",
            f"{x}.kthvalue(1, {a})",
            f"torch.meshgrid({x}.view(-1), torch.arange(3), indexing='ij')",
            f"{x}.shape[0] * {x}, {x} + len({x})",
        ]
    )
    return builder.bind(pair, count=2)


def layer(builder: Builder, x: str) -> Step | None:
    """A layer made for the tensor, or nearly."""
    t = builder.value(x)
    rank = t.dim()
    if rank < 1:
        return None
    name = LAYER + builder.fresh()

    def sized(at: int) -> str:
        size = builder.size(x, at)
        return f"{size} + 1" if builder.rarely() else size

    last = sized(-1)
    k, out = builder.choose([1, 2, 3]), builder.choose([2, 4, 6])
    options = [
        (f"nn.Linear({last}, {out})", "{l}({x})", 1),
        (f"nn.Linear({last}, {out}, bias=False)", "{l}({x})", 1),
        (f"nn.LayerNorm({last})", "{l}({x})", 1),
        (f"nn.Sequential(nn.Linear({last}, {out}), nn.ReLU(), nn.Linear({out}, 3))", "{l}({x})", 1),
        (f"nn.Parameter(torch.ones({last}))", "{x} * {l}", 1),
    ]
    if rank >= 2:
        second = sized(1)
        targets = f"torch.zeros({x}.shape[0], dtype=torch.long)"
        options += [
            (f"nn.BatchNorm1d({second})", "{l}({x})", 1),
            (f"nn.Bilinear({last}, {last}, {out})", "{l}({x}, {x})", 1),
            ("nn.CrossEntropyLoss()", "{l}({x}, " + targets + ")", 1),
            ("nn.CrossEntropyLoss()", "{l}({x}, {x}.argmax(1))", 1),
            ("nn.NLLLoss()", "{l}({x}.log_softmax(1), {x}.argmax(1))", 1),
            ("nn.CrossEntropyLoss(reduction='none')", "{l}({x}, {x}.argmax(1))", 1),
            ("nn.MSELoss()", "{l}({x}, torch.zeros_like({x}))", 1),
            (f"nn.RNN({last}, {out})", "{l}({x})", 2),
            (f"nn.LSTM({last}, {out}, batch_first=True)", "{l}({x})", -3),
            (f"nn.GRU({last}, {out}, num_layers=2)", "{l}({x})", 2),
            (f"nn.GRU({last}, {out}, bidirectional=True, batch_first=True)", "{l}({x})", 2),
            (f"nn.LSTM({last}, {out}, 2, dropout=0.1)", "{l}({x})", -3),
            (f"nn.MultiheadAttention({last}, 1, batch_first=True)", "{l}({x}, {x}, {x})", 2),
            (f"nn.TransformerEncoderLayer({last}, 1, 8)", "{l}({x})", 1),
            (f"nn.LSTMCell({last}, {out})", "{l}({x})", 2),
            (f"nn.GRUCell({last}, {out})", "{l}({x})", 1),
        ]
    if rank in (2, 3):
        channels = sized(-2)
        options += [
            (f"nn.Conv1d({channels}, {out}, {k})", "{l}({x})", 1),
            (f"nn.Conv1d({channels}, {out}, {k}, padding={k // 2}, stride=2)", "{l}({x})", 1),
            (f"nn.ConvTranspose1d({channels}, {out}, {k}, stride=2)", "{l}({x})", 1),
        ]
    if rank in (3, 4):
        channels = sized(-3)
        options += [
            (f"nn.Conv2d({channels}, {out}, {k})", "{l}({x})", 1),
            (f"nn.Conv2d({channels}, {out}, kernel_size=({k}, 1))", "{l}({x})", 1),
            (f"nn.Conv2d({channels}, {out}, {k}, stride=2, padding=1)", "{l}({x})", 1),
            (f"nn.Conv2d({channels}, {channels}, 3, padding=1, groups={channels})", "{l}({x})", 1),
            (f"nn.ConvTranspose2d({channels}, {out}, 2, stride=2)", "{l}({x})", 1),
            (f"nn.BatchNorm2d({channels})", "{l}({x})", 1),
            (f"nn.GroupNorm(1, {channels})", "{l}({x})", 1),
            (f"nn.InstanceNorm2d({channels})", "{l}({x})", 1),
        ]
    if rank == 4:
        options += [
            ("'bilinear'", "F.interpolate({x}, scale_factor=2, mode={l})", 1),
            ("(4, 5)", "F.interpolate({x}, size={l})", 1),
            (f"{k}", "F.max_pool2d({x}, {l})", 1),
            (f"{k}", "F.adaptive_avg_pool2d({x}, {l})", 1),
            (f"{k}", "F.unfold({x}, {l})", 1),
        ]
    made, used, count = builder.choose(options)
    return builder.bind(used.format(l=name, x=x), f"{name} = {made}", count=count)


def embed(builder: Builder, x: str) -> Step | None:
    """An embedding of indices that are in range: of booleans and of argmax over few."""
    t = builder.value(x)
    name = LAYER + builder.fresh()
    index = f"({x} > 0).long()"
    if t.dim() >= 1 and builder.choose([True, False]):
        index = f"{x}.argmax(-1)"
    width = builder.choose([3, 4])
    makes = builder.choose(["nn.Embedding(50, {})", "nn.Embedding(50, {}, padding_idx=0)"])
    if builder.rarely():
        index = x
    return builder.bind(f"{name}({index})", f"{name} = {makes.format(width)}")


def ready_layer(builder: Builder, x: str) -> Step | None:
    """A layer whose arguments are not made for the tensor."""
    name = LAYER + builder.fresh()
    return builder.bind(f"{name}({x})", f"{name} = {builder.choose(MODULES)}")


OPERATORS: tuple[Operator, ...] = (
    write(ELEMENTWISE),
    write(DTYPES),
    write(BINARY),
    write(BINARY),
    write(PRODUCTS),
    write(SHAPES),
    write(SHAPES),
    reduce,
    reduce,
    arrange,
    arrange,
    divide,
    unpack,
    layer,
    layer,
    layer,
    embed,
    ready_layer,
)
