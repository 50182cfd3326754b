"""Asserts about shapes: `assert x.shape == (64, 784)`, `assert x.ndim == 2`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Aspect = Literal["shape", "size", "rank", "dtype"]


@dataclass(frozen=True, slots=True)
class Asserted:
    """One comparison: of what, which aspect, and with what.

    of: the tensor. axis: for one size, its expression. other: what it must equal.
    """

    of: ast.expr
    aspect: Aspect
    other: ast.expr
    axis: ast.expr | None = None


def of_test(test: ast.expr) -> tuple[Asserted, ...]:
    """What a condition says of shapes, both ways round; empty if it is about something else."""
    return tuple(_asserted(test))


def _asserted(test: ast.expr) -> Iterator[Asserted]:
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        for part in test.values:
            yield from _asserted(part)
    if not isinstance(test, ast.Compare):
        return
    sides = [test.left, *test.comparators]
    for left, operator, right in zip(sides, test.ops, sides[1:], strict=False):
        if isinstance(operator, (ast.Eq, ast.Is)):
            for one, other in ((left, right), (right, left)):
                found = _aspect(one)
                if found is not None:
                    yield Asserted(found[0], found[1], other, found[2])


def is_about_shapes(test: ast.expr) -> bool:
    """Whether every part of a condition is a comparison of shapes, ranks or dtypes."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return all(is_about_shapes(part) for part in test.values)
    return isinstance(test, ast.Compare) and bool(of_test(test))


def subject(test: ast.expr) -> ast.expr | None:
    """The first tensor that a condition speaks of."""
    found = of_test(test)
    return found[0].of if found else None


def _aspect(node: ast.expr) -> tuple[ast.expr, Aspect, ast.expr | None] | None:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        if node.func.id in ("tuple", "list") and len(node.args) == 1 and not node.keywords:
            inner = _aspect(node.args[0])
            return inner if inner is not None and inner[1] == "shape" else None
        if node.func.id == "len" and len(node.args) == 1:
            inner = _aspect(node.args[0])
            return (inner[0], "rank", None) if inner and inner[1] == "shape" else None
    if isinstance(node, ast.Subscript):
        inner = _aspect(node.value)
        whole = inner is not None and inner[1] == "shape" and not isinstance(node.slice, ast.Slice)
        return (inner[0], "size", node.slice) if inner is not None and whole else None
    if isinstance(node, ast.Attribute):
        aspects: dict[str, Aspect] = {"shape": "shape", "ndim": "rank", "dtype": "dtype"}
        aspect = aspects.get(node.attr)
        return (node.value, aspect, None) if aspect is not None else None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.keywords:
        owner = node.func.value
        if node.func.attr == "size":
            if not node.args:
                return owner, "shape", None
            return (owner, "size", node.args[0]) if len(node.args) == 1 else None
        if node.func.attr in ("dim", "ndimension") and not node.args:
            return owner, "rank", None
    return None
