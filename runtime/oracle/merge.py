"""Wire values of several runs to one."""

import re
from typing import Any, Callable, List, Optional, Sequence, Tuple

from .dims import Dim
from .wire import Wire

Number = Callable[[Tuple[int, ...]], Dim]
"""Sizes seen in the runs, one for each, to a dim."""


class Mismatch(Exception):
    """The runs returned different kinds of things."""


def merge(wires: Sequence[Wire], number: Number, scalar: Callable[[Dim], Wire]) -> Wire:
    """One wire value for what several runs returned.

    Args:
        wires: one for each run.
        number: gives the dim that stands for several sizes.
        scalar: the wire value of a Python int that is such a dim.

    Raises:
        Mismatch: they differ in more than sizes and values.
    """
    first = wires[0]
    if all(wire == first for wire in wires):
        return first
    if all(isinstance(wire, int) for wire in wires):
        return scalar(number(tuple(wires)))
    if not all(isinstance(wire, tuple) and wire for wire in wires):
        raise Mismatch("numbers and others")
    tags = {wire[0] for wire in wires}
    if "any" in tags:
        return _any(wires)
    if len(tags) > 1:
        raise Mismatch(" and ".join(sorted(map(str, tags))))
    tag = first[0]
    if tag == "tensor":
        return _tensor(wires, number)
    if tag == "ndarray":
        _same(wires, 2)
        return (tag, _shape([w[1] for w in wires], number), first[2], _value(w[3] for w in wires))
    if tag == "npscalar":
        _same(wires, 1)
        return (tag, first[1], _value(w[2] for w in wires))
    if tag in ("float", "bool", "str", "complex"):
        return ("any", tag)
    if len({len(wire) for wire in wires}) > 1:
        raise Mismatch("different lengths")
    if tag == "dict":
        return _dict(wires, number, scalar)
    if tag == "layer":
        return _layer(wires, number, scalar)
    start = 3 if tag == "namedtuple" else 1
    if any(wire[:start] != first[:start] for wire in wires):
        raise Mismatch(tag)
    if tag not in ("tuple", "list", "set", "size", "slice", "namedtuple"):
        raise Mismatch(tag)
    parts = zip(*(wire[start:] for wire in wires))
    return first[:start] + tuple(merge(part, number, scalar) for part in parts)


def _any(wires: Sequence[Wire]) -> Wire:
    kinds = {"int" if isinstance(w, int) else w[1] if w[0] == "any" else w[0] for w in wires}
    if len(kinds) == 1:
        return ("any", kinds.pop())
    raise Mismatch(" and ".join(sorted(kinds)))


def _dict(wires: Sequence[Wire], number: Number, scalar: Callable[[Dim], Wire]) -> Wire:
    if len({tuple(key for key, _ in wire[1:]) for wire in wires}) > 1:
        raise Mismatch("different keys")
    items = []
    for pairs in zip(*(wire[1:] for wire in wires)):
        items.append((pairs[0][0], merge([item for _, item in pairs], number, scalar)))
    return ("dict",) + tuple(items)


def _layer(wires: Sequence[Wire], number: Number, scalar: Callable[[Dim], Wire]) -> Wire:
    _same(wires, 1)
    _same(wires, 4)
    if len({(len(wire[2]), tuple(name for name, _ in wire[3])) for wire in wires}) > 1:
        raise Mismatch("different layers")
    args = tuple(merge(parts, number, scalar) for parts in zip(*(wire[2] for wire in wires)))
    kwargs = tuple(
        (pairs[0][0], merge([item for _, item in pairs], number, scalar))
        for pairs in zip(*(wire[3] for wire in wires))
    )
    return ("layer", wires[0][1], args, kwargs, wires[0][4])


def _same(wires: Sequence[Wire], index: int) -> None:
    if len({wire[index] for wire in wires}) > 1:
        raise Mismatch("different types")


def _tensor(wires: Sequence[Wire], number: Number) -> Wire:
    _same(wires, 2)
    _same(wires, 3)
    shape = _shape([wire[1] for wire in wires], number)
    stride = _stride([wire[4] for wire in wires], number)
    return ("tensor", shape, wires[0][2], wires[0][3], stride, _value(wire[5] for wire in wires))


def _shape(shapes: List[Tuple[int, ...]], number: Number) -> Tuple[Dim, ...]:
    if len({len(shape) for shape in shapes}) > 1:
        raise Mismatch("different ranks")
    return tuple(number(sizes) for sizes in zip(*shapes))


def _stride(strides: List[Optional[Tuple[int, ...]]], number: Number) -> Any:
    """The strides, where they can be told.

    A tensor whose strides cannot be told counts as contiguous: at worst an
    error of `view` is missed. So does one that is contiguous for some sizes
    only by having them too small.
    """
    present = [stride for stride in strides if stride is not None]
    if len(present) != len(strides):
        return None
    found = tuple(number(sizes) for sizes in zip(*present))
    if any(isinstance(dim, str) and dim.startswith("_") for dim in found):
        return None
    return found


def _value(values: Any) -> Any:
    listed = list(values)
    return listed[0] if all(value == listed[0] for value in listed) else None


_DIGITS = re.compile(r"(?<![\w.])\d+(?![\w.]*\.\d)|(?<=x)\d+|\d+(?=x)")


def template(text: str) -> Tuple[str, Tuple[int, ...]]:
    """A message with its numbers taken out, and the numbers."""
    return _DIGITS.sub("{}", text.replace("{", "{{").replace("}", "}}")), tuple(
        int(found) for found in _DIGITS.findall(text)
    )


def merge_texts(texts: Sequence[str], number: Number) -> Optional[str]:
    """One message for several that differ only in numbers; None if they differ in more."""
    parts = [template(text) for text in texts]
    if len({pattern for pattern, _ in parts}) > 1:
        return None
    pattern = parts[0][0]
    for sizes in zip(*(numbers for _, numbers in parts)):
        before, _, after = pattern.partition("{}")
        text = _written(number(sizes))
        beside = before[-1:] + after[:1]
        if not text.isidentifier() and not text.isdigit() and "x" in beside:
            text = "({})".format(text)
        pattern = before + text.replace("{", "{{") + after
    return pattern.replace("{{", "{").replace("}}", "}")


def _written(dim: Dim) -> str:
    text = str(dim)
    return "?" if text.startswith("_") else text
