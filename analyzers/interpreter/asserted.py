"""Asserts about shapes: what they say holds behind them, and one that certainly fails."""

from __future__ import annotations

import ast

from ...runtime.oracle.dims import Dim
from ...runtime.oracle.wire import Request
from ..claims.asserts import Asserted, is_about_shapes, of_test
from ..facts import Origin
from ..values.encode import NotEncodable, encode
from ..values.model import (
    Const,
    DtypeV,
    Hole,
    ListV,
    Scalar,
    Sig,
    SymInt,
    TensorV,
    TupleV,
    Unknown,
    Value,
)
from . import operators, scopes
from .machine import Machine, Raised
from .search import Rejected


def holds(machine: Machine, node: ast.Assert) -> None:
    """Takes over what an assert says, as the program goes on behind it."""
    from .expressions import evaluate

    if machine.uncalled and machine.search is None and not machine.claims.alone:
        return
    for asserted in of_test(node.test):
        if not isinstance(asserted.of, (ast.Name, ast.Attribute)):
            continue
        value = evaluate(machine, asserted.of)
        said = evaluate(machine, asserted.other)
        if isinstance(value, TensorV):
            _refine(machine, asserted, value, said)
        elif isinstance(value, Unknown) and type(value) is not Hole:
            sig = _sig(machine, asserted, said)
            if sig is not None and isinstance(asserted.of, ast.Name):
                source = machine.frame.chunk.source(node.test)
                origin = Origin(machine.span(node.test), source, "assert")
                scopes.bind(machine, asserted.of.id, TensorV(sig, origin))


def fails(machine: Machine, node: ast.Assert) -> None:
    """An assert whose condition is certainly false.

    Raises:
        Raised: a `try` of the program's catches it.
        Rejected: what a search has guessed does not go through.
    """
    from ..rules.sw115_claimed_shape import failed_assert
    from .expressions import evaluate

    if not is_about_shapes(node.test):
        return
    if machine.catches("AssertionError"):
        raise Raised("AssertionError")
    if machine.quiet:
        return
    if machine.search is not None:
        raise Rejected
    parts = node.test.values if isinstance(node.test, ast.BoolOp) else [node.test]
    for part in parts:
        if operators.truth_of(machine, part, evaluate(machine, part)) is not False:
            continue
        for asserted in of_test(part):
            value = evaluate(machine, asserted.of)
            if isinstance(value, TensorV):
                name = machine.frame.chunk.source(asserted.of, 40)
                said = node.msg.value if isinstance(node.msg, ast.Constant) else ""
                problem = failed_assert(machine.span(part), name, value, asserted.aspect, said)
                machine.recorder.problem(problem)
                return


def _sig(machine: Machine, asserted: Asserted, said: Value) -> Sig | None:
    """What is known of a tensor of which nothing else is known."""
    shape: tuple[Dim, ...] | None = None
    if asserted.aspect == "shape":
        shape = _shape(machine, asserted, said)
    elif asserted.aspect == "rank" and isinstance(said, Const) and type(said.value) is int:
        if 0 <= said.value <= 8:
            shape = tuple(_symbol(machine, asserted, index) for index in range(said.value))
    elif asserted.aspect == "dtype" and isinstance(said, DtypeV) and not said.numpy:
        return Sig(None, said.name, None, None)
    return Sig(shape, None, None, None) if shape is not None else None


def _shape(machine: Machine, asserted: Asserted, said: Value) -> tuple[Dim, ...] | None:
    if isinstance(said, TupleV):
        values = said.items
    elif isinstance(said, ListV) and said.items.rest is None:
        values = said.items.items
    else:
        return None
    found: list[Dim] = []
    for index, item in enumerate(values):
        dim = _dim(item)
        found.append(_symbol(machine, asserted, index) if dim is None else dim)
    return tuple(found)


def _dim(value: Value) -> Dim | None:
    if isinstance(value, Const) and type(value.value) is int and value.value >= 0:
        return value.value
    if isinstance(value, SymInt):
        return value.expression
    return value.name or None if isinstance(value, Scalar) and value.type == "int" else None


def _symbol(machine: Machine, asserted: Asserted, index: int) -> str:
    return machine.symbol_for((machine.span(asserted.of), "axis", index), "N")


def _refine(machine: Machine, asserted: Asserted, value: TensorV, said: Value) -> None:
    """Sizes of a tensor that were not known are those of the assert from now on."""
    sig = value.sig
    if sig.shape is None:
        known = _sig(machine, asserted, said)
        if known is not None:
            shape, dtype = known.shape or sig.shape, known.dtype or sig.dtype
            machine.trail.set(value.slots, "sig", sig._replace(shape=shape, dtype=dtype))
        return
    if asserted.aspect == "dtype" and sig.dtype is None and isinstance(said, DtypeV):
        machine.trail.set(value.slots, "sig", sig._replace(dtype=said.name))
        return
    wanted: dict[int, Dim] = {}
    if asserted.aspect == "shape":
        shape = _shape(machine, asserted, said)
        if shape is not None and len(shape) == len(sig.shape):
            wanted = {index: dim for index, dim in enumerate(shape) if isinstance(dim, int)}
    elif asserted.aspect == "size" and asserted.axis is not None:
        axis, dim = _axis(asserted.axis), _dim(said)
        if axis is not None and dim is not None and -len(sig.shape) <= axis < len(sig.shape):
            wanted = {axis % len(sig.shape): dim}
    found = list(sig.shape)
    for index, dim in wanted.items():
        if not isinstance(found[index], int):
            _tell_search(machine, value, found[index], dim)
            found[index] = dim
    if tuple(found) != sig.shape:
        machine.trail.set(value.slots, "sig", sig._replace(shape=tuple(found), stride=None))


def _axis(node: ast.expr) -> int | None:
    sign = 1
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        sign, node = -1, node.operand
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return sign * node.value
    return None


def _tell_search(machine: Machine, value: TensorV, symbol: Dim, dim: Dim) -> None:
    """A size that a search has left open is that of the assert."""
    if machine.search is None or not isinstance(symbol, str) or not symbol.isidentifier():
        return
    try:
        wire = encode(value)
    except NotEncodable:
        return
    machine.search.bind(((symbol, dim),), Request("call", "assert", (wire,)))
