"""Lists whose length is not known: tried with several lengths, and the results fitted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ...runtime.oracle import dims
from ...runtime.oracle.wire import Wire
from ..values import encode

LENGTHS = ((3, 4), (5, 4), (8, 4), (3, 7), (3, 9))
"""Tried instead of the lengths of up to two lists: first one is varied, then the other."""


class Irregular(Exception):
    """The results for different lengths have nothing in common."""


@contextmanager
def assumed(lengths: tuple[int, ...]) -> Iterator[None]:
    """Lists of unknown length are sent to torch with this many elements each."""
    before = encode.assumed_length.set(encode.AssumedLength(lengths, []))
    try:
        yield
    finally:
        encode.assumed_length.reset(before)


def fitted(wires: tuple[Wire, ...], symbols: tuple[str, str]) -> Wire:
    """One wire value for the results with `LENGTHS`, in terms of the symbols of the lengths.

    Raises:
        Irregular: they differ in more than sizes.
    """
    first = wires[0]
    if all(wire == first for wire in wires):
        return first
    if all(isinstance(wire, tuple) and wire and wire[0] == "tensor" for wire in wires):
        return _tensor(wires, symbols)
    if all(isinstance(wire, int) for wire in wires):
        return ("sym", _dim(wires, symbols))
    tuples = all(isinstance(wire, tuple) and len(wire) == len(first) for wire in wires)
    if tuples and len({wire[0] for wire in wires}) == 1 and first[0] in _CONTAINERS:
        return tuple(
            fitted(parts, symbols) if isinstance(parts[0], (tuple, int)) else parts[0]
            for parts in zip(*wires, strict=True)
        )
    raise Irregular


_CONTAINERS = ("tuple", "list", "size", "namedtuple")


def _tensor(wires: tuple[Wire, ...], symbols: tuple[str, str]) -> Wire:
    _, shape, dtype, flags, *_ = wires[0]
    if any(wire[2:4] != (dtype, flags) or len(wire[1]) != len(shape) for wire in wires):
        raise Irregular
    sizes = tuple(_dim(column, symbols) for column in zip(*(w[1] for w in wires), strict=True))
    return ("tensor", sizes, dtype, flags, None, None)


def _dim(column: tuple[Any, ...], symbols: tuple[str, str]) -> Any:
    if all(dim == column[0] for dim in column):
        return column[0]
    if not all(isinstance(dim, int) for dim in column):
        raise Irregular
    first = _line(column[:3], [counts[0] for counts in LENGTHS[:3]], symbols[0])
    others = (column[0], column[3], column[4])
    second = _line(others, [LENGTHS[i][1] for i in (0, 3, 4)], symbols[1])
    if isinstance(second, int):
        return first
    if isinstance(first, int):
        return second
    raise Irregular


def _line(values: tuple[int, ...], lengths: list[int], symbol: str) -> Any:
    """`slope*symbol + offset` through three points."""
    slope, left = divmod(values[1] - values[0], lengths[1] - lengths[0])
    offset = values[0] - slope * lengths[0]
    if left or slope * lengths[2] + offset != values[2]:
        raise Irregular
    return dims.add(dims.mul(slope, symbol), offset)
