"""Python expressions as questions to the oracle, so that torch itself is what tests compare with.

`x.view(B, -1)`, `a @ b`, `x[:, 0]`, `x.T`, `torch.cat([a, b], dim=1)` and
`nn.Linear(4, 2)(x)` become requests; names stand for tensors, symbols or constants.
"""

from __future__ import annotations

import ast
import operator
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from shapewise.runtime.oracle import dims
from shapewise.runtime.oracle import wire as w
from torch import nn

LIBRARIES = {"torch": torch, "nn": nn, "F": F, "np": np, "operator": operator}
ALIASES = {"nn": "torch.nn", "F": "torch.nn.functional", "np": "numpy"}
OPERATORS: dict[type, str] = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "truediv", ast.FloorDiv: "floordiv",
    ast.Mod: "mod", ast.Pow: "pow", ast.MatMult: "matmul", ast.BitAnd: "and_", ast.BitOr: "or_",
    ast.Eq: "eq", ast.Lt: "lt", ast.Gt: "gt", ast.USub: "neg", ast.Invert: "invert",
}  # fmt: skip


@dataclass(frozen=True)
class Symbolic:
    """A dim that is not known, with Python's arithmetic."""

    dim: dims.Dim

    def __add__(self, other: Any) -> Symbolic:
        return Symbolic(dims.add(self.dim, _dim(other)))

    def __sub__(self, other: Any) -> Symbolic:
        return Symbolic(dims.sub(self.dim, _dim(other)))

    def __mul__(self, other: Any) -> Symbolic:
        return Symbolic(dims.mul(self.dim, _dim(other)))

    def __floordiv__(self, other: Any) -> Symbolic:
        return Symbolic(dims.floordiv(self.dim, _dim(other)))

    __radd__, __rmul__ = __add__, __mul__


@dataclass(frozen=True)
class Wired:
    """Something that is already a wire value."""

    wire: w.Wire


def _dim(value: Any) -> dims.Dim:
    return value.dim if isinstance(value, Symbolic) else value


def tensor(*shape: Any, dtype: str = "float32", flags: int = 0, stride: Any = None) -> Wired:
    """A tensor of which the values are not known."""
    strides = None if stride is None else tuple(_dim(step) for step in stride)
    return Wired(w.TensorSig(tuple(_dim(d) for d in shape), dtype, flags, strides).wire())


def encode(value: Any, known: bool = False) -> w.Wire:
    """The wire value of a real object.

    Args:
        value: the object.
        known: whether the values of small tensors are told.
    """
    if isinstance(value, Wired):
        return value.wire
    if isinstance(value, Symbolic):
        return value.dim if isinstance(value.dim, int) else ("sym", value.dim)
    if value is None:
        return w.NONE
    if value is ...:
        return w.ELLIPSIS
    if type(value) is int:
        return value
    if type(value) in (float, bool, str):
        return (type(value).__name__, value)
    if isinstance(value, torch.Tensor):
        return signature(value, known).wire()
    if isinstance(value, torch.dtype):
        return ("dtype", str(value)[6:])
    if isinstance(value, type) and issubclass(value, np.generic):
        return ("npdtype", np.dtype(value).name)
    if isinstance(value, np.ndarray):
        return ("ndarray", value.shape, str(value.dtype), None)
    if isinstance(value, np.generic):
        return ("npscalar", str(value.dtype), None)
    if isinstance(value, torch.Size):
        return ("size", *(encode(item, known) for item in value))
    if isinstance(value, tuple) and hasattr(value, "n_fields"):
        kind = type(value)
        return ("namedtuple", f"torch.return_types.{kind.__name__}", kind.__match_args__,
                *(encode(item, known) for item in value))  # fmt: skip
    if isinstance(value, (tuple, list, set)):
        return (type(value).__name__, *(encode(item, known) for item in value))
    if isinstance(value, dict):
        return ("dict", *((encode(k), encode(v, known)) for k, v in value.items()))
    if isinstance(value, slice):
        return ("slice", encode(value.start), encode(value.stop), encode(value.step))
    raise TypeError(f"not for the oracle: {value!r}")


def signature(value: torch.Tensor, known: bool = False) -> w.TensorSig:
    """What the oracle should say of a real tensor."""
    flags = w.REQUIRES_GRAD if value.requires_grad else 0
    if value.requires_grad and not value.is_leaf:
        flags |= w.NOT_LEAF
    if isinstance(value, nn.Parameter):
        flags |= w.PARAMETER
    stride = None if value.is_contiguous() else tuple(value.stride())
    told = w.freeze(value.tolist()) if known and value.numel() <= w.MAX_VALUE_ELEMENTS else None
    return w.TensorSig(tuple(value.shape), str(value.dtype)[6:], flags, stride, told)


def request(
    expression: str, names: Mapping[str, Any], known: bool = False, grad: bool = True
) -> w.Request:
    """The question that an expression asks; its operands are evaluated in `names`."""
    node = ast.parse(expression, mode="eval").body
    kind, name, args, kwargs = _Reader(names, known).question(node)
    return w.Request(kind, name, tuple(args), tuple(sorted(kwargs)), grad)


class _Reader:
    def __init__(self, names: Mapping[str, Any], known: bool) -> None:
        self.names = {**LIBRARIES, **names}
        self.known = known

    def question(self, node: ast.expr) -> tuple[str, str, list[w.Wire], list[tuple[str, w.Wire]]]:
        if isinstance(node, ast.BinOp):
            name = "operator." + OPERATORS[type(node.op)]
            return "call", name, [self.wire(node.left), self.wire(node.right)], []
        if isinstance(node, ast.Compare):
            name = "operator." + OPERATORS[type(node.ops[0])]
            return "call", name, [self.wire(node.left), self.wire(node.comparators[0])], []
        if isinstance(node, ast.UnaryOp):
            return "call", "operator." + OPERATORS[type(node.op)], [self.wire(node.operand)], []
        if isinstance(node, ast.Subscript):
            return "call", "operator.getitem", [self.wire(node.value), self.wire(node.slice)], []
        if isinstance(node, ast.Attribute):
            return "attribute", node.attr, [self.wire(node.value)], []
        assert isinstance(node, ast.Call), ast.dump(node)
        args = [self.wire(arg) for arg in node.args]
        kwargs = [(k.arg or "", self.wire(k.value)) for k in node.keywords]
        if isinstance(node.func, ast.Call):
            return "forward", "", [self.wire(node.func), *args], kwargs
        dotted = self.dotted(node.func)
        if dotted is not None:
            is_layer = dotted.startswith("torch.nn.") and dotted[9:10].isupper()
            return ("layer" if is_layer else "call"), dotted, args, kwargs
        if isinstance(node.func, ast.Name):
            return "call", "builtins." + node.func.id, args, kwargs
        assert isinstance(node.func, ast.Attribute)
        owner = self.wire(node.func.value)
        space = "numpy.ndarray" if owner[0] == "ndarray" else "torch.Tensor"
        return "call", f"{space}.{node.func.attr}", [owner, *args], kwargs

    def dotted(self, node: ast.expr) -> str | None:
        if isinstance(node, ast.Attribute):
            owner = self.dotted(node.value)
            return None if owner is None else f"{owner}.{node.attr}"
        if isinstance(node, ast.Name) and node.id in LIBRARIES:
            return ALIASES.get(node.id, node.id)
        return None

    def wire(self, node: ast.expr) -> w.Wire:
        if isinstance(node, ast.Call):
            kind, name, args, kwargs = self.question(node)
            if kind == "layer":
                return w.layer(name, tuple(args), tuple(sorted(kwargs)))
            if isinstance(node.func, ast.Attribute) and node.func.attr in ("eval", "double"):
                inner = self.wire(node.func.value)
                if inner[0] == "layer":
                    training, dtype, overrides, frozen = inner[4]
                    change = node.func.attr
                    state = (
                        training and change != "eval",
                        "float64" if change == "double" else dtype,
                        overrides,
                        frozen,
                    )
                    return (*inner[:4], state)
        if isinstance(node, (ast.List, ast.Tuple)):
            tag = "list" if isinstance(node, ast.List) else "tuple"
            return (tag, *(self.wire(item) for item in node.elts))
        if isinstance(node, ast.Slice):
            parts = (node.lower, node.upper, node.step)
            return ("slice", *(w.NONE if part is None else self.wire(part) for part in parts))
        return encode(self.value(node), self.known)

    def value(self, node: ast.expr) -> Any:
        code = compile(ast.fix_missing_locations(ast.Expression(node)), "<case>", "eval")
        return eval(code, dict(self.names))


def eager(expression: str, names: Mapping[str, Any]) -> Any:
    """What torch itself says: the value, or the exception."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return eval(expression, {**LIBRARIES, **names})
        except Exception as error:
            return error


def without_values(wire: w.Wire) -> w.Wire:
    """A wire value with the values of its tensors and arrays left out."""
    if isinstance(wire, tuple) and wire:
        if wire[0] in ("tensor", "ndarray", "npscalar"):
            return (*wire[:-1], None)
        return tuple(without_values(item) for item in wire)
    return wire


def bound(wire: w.Wire, bindings: Mapping[str, int]) -> w.Wire:
    """A wire value with its symbols bound."""
    if isinstance(wire, tuple) and wire:
        if wire[0] == "sym" or (wire[0] == "any" and len(wire) == 3):
            return dims.evaluate(wire[1 if wire[0] == "sym" else 2], bindings)
        if wire[0] == "tensor":
            _, shape, dtype, flags, stride, value = wire
            shape = tuple(dims.evaluate(d, bindings) for d in shape)
            if stride is not None:
                stride = tuple(dims.evaluate(d, bindings) for d in stride)
            return ("tensor", shape, dtype, flags, stride, value)
        return tuple(bound(item, bindings) for item in wire)
    return wire
