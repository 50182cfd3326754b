"""The operators of random chains: each writes a line for a tensor that is there.

An operator gets the builder of the chain and the name of a tensor, and gives the step, or None
where it makes no sense. Arguments mostly fit; now and then they do not.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Protocol

import torch

from .expressions import (
    BINARY,
    DTYPES,
    ELEMENTWISE,
    MODULES,
    PAIRS,
    PRODUCTS,
    REDUCTIONS,
    SHAPES,
)
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
