"""A claim: what is said, how, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..facts import Span
from .dims import Sizes

Kind = Literal["comment", "annotation", "docstring"]

FAMILIES = {
    "floating": ("float16", "bfloat16", "float32", "float64"),
    "integer": ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    "complex": ("complex64", "complex128"),
    "inexact": ("float16", "bfloat16", "float32", "float64", "complex64", "complex128"),
}
FAMILIES["number"] = FAMILIES["inexact"] + FAMILIES["integer"]
"""Kinds of dtypes that a claim may name instead of one dtype."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What is said of one value.

    sizes: None where nothing is said of the shape, only that it is a tensor.
    dtype: a dtype, one of `FAMILIES`, or "" where nothing is said.
    source: the claim as it is written. certain: it can be nothing but a shape,
    whatever it stands beside; else only beside what is known to be a tensor.
    batched: False where the axis of the samples may have been left out.
    optional: None may stand here as well.
    """

    sizes: Sizes | None
    kind: Kind
    source: str
    dtype: str = ""
    certain: bool = True
    batched: bool = True
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """A claim and where it stands.

    name: of what it speaks, as the program writes it.
    """

    claim: Claim
    span: Span
    name: str = ""
