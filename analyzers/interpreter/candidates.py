"""What an operator may want of an operand of which nothing is known: ranks and kinds to try."""

from __future__ import annotations

from typing import NamedTuple

from ..values.model import InstanceV, Value
from .call import Call


class Guess(NamedTuple):
    """One thing a hole may be.

    kind: `tensor`, or the name of a Python type for a number or text.
    """

    kind: str
    rank: int = 0
    dtype: str = "float32"


def _floats(*ranks: int) -> tuple[Guess, ...]:
    return tuple(Guess("tensor", rank) for rank in ranks)


def _integers(*ranks: int) -> tuple[Guess, ...]:
    return tuple(Guess("tensor", rank, "int64") for rank in ranks)


SIZE = (Guess("int"),)
NUMBERS = (Guess("int"), Guess("float"), Guess("bool"), Guess("str"))
TENSORS = _floats(2, 4, 3, 1, 5)
IMAGES = _floats(4, 3)

_SPATIAL = ("conv", "pool", "batchnorm", "batch_norm", "instancenorm", "dropout", "upsample", "pad")
_SEQUENCES = ("lstm", "gru", "rnn", "transformer", "multiheadattention")
_LOSSES = ("crossentropyloss", "cross_entropy", "nllloss", "nll_loss")
_OF_SIZES = frozenset(
    [
        "view",
        "reshape",
        "repeat",
        "expand",
        "transpose",
        "permute",
        "unsqueeze",
        "squeeze",
        "flatten",
        "chunk",
        "split",
        "sum",
        "mean",
        "topk",
        "narrow",
        "select",
        "size",
        "new_zeros",
        "new_ones",
        "roll",
        "swapaxes",
        "movedim",
        "unflatten",
        "softmax",
        "log_softmax",
        "cumsum",
        "argmax",
        "argmin",
        "max",
        "min",
        "unbind",
    ]
)
_CREATION = frozenset(
    [
        "zeros",
        "ones",
        "rand",
        "randn",
        "empty",
        "full",
        "arange",
        "range",
        "randint",
        "randperm",
        "eye",
        "linspace",
        "manual_seed",
        "set_num_threads",
    ]
)


_FLOATS = ("p", "dropout", "eps", "momentum", "negative_slope", "alpha")
_FLAGS = ("bias", "batch_first", "bidirectional", "affine", "inplace", "norm_first")


def guesses(call: Call, kind: str, index: int, keyword: str = "") -> tuple[Guess, ...]:
    """What the argument with an index (of `call.args`) or a keyword may be, likeliest first."""
    name = call.name.rpartition(".")[2]
    if kind == "layer":
        return _of_constructor(name, keyword)
    if kind == "forward":
        return _of_layer(call.args[0], index)
    if name in _CREATION:
        return NUMBERS
    if call.name.startswith("torch.Tensor.") and index > 0 and name in _OF_SIZES:
        return (*NUMBERS[:2], *TENSORS)
    return _by_name(name.lower(), index)


def _of_constructor(name: str, keyword: str) -> tuple[Guess, ...]:
    if keyword in _FLAGS:
        return (Guess("bool"), *NUMBERS)
    if keyword in _FLOATS or (not keyword and "Dropout" in name):
        return (Guess("float"), *NUMBERS)
    return NUMBERS


def _of_layer(layer: Value, index: int) -> tuple[Guess, ...]:
    if not isinstance(layer, InstanceV):
        return TENSORS
    made = layer.slots.get("$layer")
    if isinstance(made, tuple) and made[1] == "torch.nn.Sequential":
        first = made[2][0] if made[2] else None
        if isinstance(first, tuple) and first and first[0] == "dict" and len(first) > 1:
            first = first[1][1]
        if isinstance(first, tuple) and first[:1] == ("layer",):
            return _by_name(first[1].rpartition(".")[2].lower(), index - 1)
    return _by_name(layer.class_name.lower(), index - 1)


def _by_name(name: str, index: int) -> tuple[Guess, ...]:
    """By the name of a layer or function; index 0 is its input."""
    if name in _LOSSES:
        target = (*_integers(1, 3, 2), *_floats(2, 4))
        return target if index == 1 else (*_floats(2, 4, 3), *_integers(2))
    if name.startswith(("embedding", "one_hot")) and index == 0:
        return _integers(2, 1, 3)
    if name.startswith(_SEQUENCES):
        if name.endswith("cell"):
            return _floats(2, 1)
        return _floats(3, 2) if index == 0 or "transformer" in name or "multi" in name else TENSORS
    if any(part in name for part in _SPATIAL):
        for digit, ranks in (("1d", (3, 2)), ("2d", (4, 3)), ("3d", (5, 4))):
            if digit in name:
                flat = name in ("batchnorm1d", "instancenorm1d")
                return _floats(2, 3) if flat else _floats(*ranks)
    if (name.startswith("masked_") and index == 1) or (name == "where" and index == 0):
        return tuple(Guess("tensor", rank, "bool") for rank in (2, 4, 3, 1))
    if name == "flatten" and index == 0:
        return _floats(4, 3, 2)
    if name.startswith(("layernorm", "layer_norm")):
        return _floats(3, 2, 4, 5)
    if name == "linear" and index == 0:
        return _floats(2, 3, 4, 1)
    return (*TENSORS, *_integers(2, 1), *_floats(0), *NUMBERS)
