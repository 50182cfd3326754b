"""Which words are names of axes: `(B, T, C)` is a shape, `(name, score)` is a pair of things."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .dims import Sizes, names_in

_LETTERS = re.compile(r"[A-Z]{1,3}[a-z]?\d*(_[A-Za-z]+\d*)*'?")
_WORDS = frozenset(
    [
        "batch",
        "bs",
        "bsz",
        "bz",
        "seq",
        "seqlen",
        "channel",
        "channels",
        "chan",
        "height",
        "width",
        "hidden",
        "embed",
        "embedding",
        "emb",
        "features",
        "feature",
        "heads",
        "classes",
        "vocab",
        "voc",
        "nh",
        "hs",
        "hd",
        "ns",
        "steps",
        "step",
        "time",
        "timesteps",
        "tokens",
        "samples",
        "nodes",
        "layers",
        "patches",
        "frames",
        "batchsize",
        "dim",
        "dims",
        "hidden_size",
        "examples",
        "instances",
    ]
)
_PARTS = _WORDS | frozenset(
    [
        "len",
        "length",
        "size",
        "num",
        "n",
        "d",
        "class",
        "head",
        "model",
        "state",
        "states",
        "units",
        "directions",
        "token",
        "sample",
        "node",
        "layer",
        "patch",
        "frame",
        "block",
        "context",
        "ctx",
        "filter",
        "filters",
        "kernel",
        "max",
        "word",
        "words",
        "label",
        "labels",
        "input",
        "output",
        "in",
        "out",
        "image",
        "pixels",
        "points",
    ]
)
_BATCHES = re.compile(
    r"(batch|bs|bsz|bz|b|n|nb|num_?samples|n_?samples|m|examples)\d*", re.IGNORECASE
)
_IMAGE = frozenset(["h", "w", "height", "width", "H", "W", "rows", "cols"])


def is_axis(name: str) -> bool:
    """Whether a name is one that people give to axes, and to little else."""
    if _LETTERS.fullmatch(name) or name.lower() in _WORDS:
        return True
    parts = [part for part in re.split(r"_+|\d+", name.lower()) if part]
    return len(parts) > 1 and any(part in _PARTS for part in parts)


def is_batch(name: str) -> bool:
    """Whether a name is one of the axis of the samples, whose size differs from call to call."""
    return bool(_BATCHES.fullmatch(name)) or "batch" in name.lower()


def are_axes(sizes: Sizes) -> bool:
    """Whether a list of names and numbers can only be a shape."""
    names = names_in(sizes)
    if not names or any(len(name) > 1 and not is_axis(name) for name in names):
        return False
    small = [name for name in names if len(name) == 1 and name.islower()]
    if len(small) < len(names):
        return not set(names) <= _IMAGE
    # Lower-case letters alone may be variables: `(x, y)`, `(h, c)`, `(i, j)`.
    return len(sizes) > 1 and names[0] in ("b", "n") and not set(small) & set("xyzij")


def starts_with_batch(sizes: Sizes) -> bool:
    """Whether the first axis is the one of the samples, so that no axis is left out."""
    first = sizes[0] if sizes else None
    if first is None or first.many:
        return True
    return isinstance(first.dim, str) and is_batch(first.dim)


def dtype_of(words: Sequence[str]) -> str:
    """The dtype among some words; "" if there is none."""
    for word in words:
        word = word.removeprefix("torch.").removeprefix("np.").lower()
        if word in _DTYPES:
            return _DTYPES[word]
    return ""


_DTYPES = {
    **{f"float{bits}": f"float{bits}" for bits in (16, 32, 64)},
    **{f"int{bits}": f"int{bits}" for bits in (8, 16, 32, 64)},
    "uint8": "uint8",
    "bfloat16": "bfloat16",
    "bool": "bool",
    "long": "int64",
    "longtensor": "int64",
    "floattensor": "float32",
    "double": "float64",
    "half": "float16",
    "float": "floating",
    "floats": "floating",
    "int": "integer",
    "ints": "integer",
    "integers": "integer",
}
