"""Joins: what is known when one of two values is there."""

from __future__ import annotations

from typing import Any

from ...runtime.oracle.dims import Dim
from ..facts import text
from .model import (
    Alternatives,
    Const,
    DictV,
    Items,
    ListV,
    Scalar,
    SetV,
    Sig,
    SymInt,
    TensorV,
    TupleV,
    Unknown,
    Value,
)

MAX_ALTERNATIVES = 4


class Joiner:
    """Joins values; makes fresh symbols where sizes differ.

    widen: join tensors of one rank into one with symbols, instead of keeping
        them as alternatives. Loops need it to come to an end.
    """

    def __init__(self, fresh: Any, widen: bool = False) -> None:
        self._fresh = fresh
        self.widen = widen

    def join(self, a: Value, b: Value) -> Value:
        """The least that is true of both."""
        if a is b or a == b:
            return a
        if isinstance(a, Unknown):
            return a
        if isinstance(b, Unknown):
            return b
        if isinstance(a, TensorV) and isinstance(b, TensorV):
            return self._tensors(a, b)
        if isinstance(a, TupleV) and isinstance(b, TupleV) and _alike(a, b):
            items = tuple(self.join(x, y) for x, y in zip(a.items, b.items, strict=True))
            return TupleV(items, a.type_name, a.names, a.cls)
        scalar = self._scalars(a, b)
        if scalar is not None:
            return scalar
        if isinstance(a, ListV) and isinstance(b, ListV):
            return ListV(self._items(a.items, b.items))
        if isinstance(a, DictV) and isinstance(b, DictV):
            return self._dicts(a, b)
        return self._alternatives(a, b)

    def join_slot(self, a: Any, b: Any) -> Any:
        """The join of two slot contents that are no values (`Sig`, `Items`, dicts)."""
        if a is None or b is None:
            return b if a is None else a
        if isinstance(a, Value) and isinstance(b, Value):
            return self.join(a, b)
        if a == b:
            return a
        if isinstance(a, Sig) and isinstance(b, Sig):
            return self.join_sigs(a, b)
        if isinstance(a, Items) and isinstance(b, Items):
            return self._items(a, b)
        if isinstance(a, dict) and isinstance(b, dict):
            return {key: self._entry(a, b, key) for key in {**a, **b}}
        return b

    def _entry(self, a: dict[Any, Any], b: dict[Any, Any], key: Any) -> Any:
        if key not in a or key not in b:
            return a.get(key, b.get(key))
        if isinstance(a[key], Value) and isinstance(b[key], Value):
            return self.join(a[key], b[key])
        return a[key]

    def join_sigs(self, a: Sig, b: Sig) -> Sig:
        """One signature for both: what differs is not known, or a fresh symbol."""
        shape: tuple[Dim, ...] | None = None
        if a.shape is not None and b.shape is not None and len(a.shape) == len(b.shape):
            shape = tuple(
                x if x == y else self._fresh("N") for x, y in zip(a.shape, b.shape, strict=True)
            )
        return Sig(
            shape=shape,
            dtype=a.dtype if a.dtype == b.dtype else None,
            device=a.device if a.device == b.device else None,
            requires_grad=a.requires_grad if a.requires_grad == b.requires_grad else None,
            leaf=a.leaf and b.leaf,
            parameter=a.parameter and b.parameter,
            stride=a.stride if a.stride == b.stride else None,
            value=a.value if a.value == b.value and a.dtype == b.dtype else None,
            numpy=a.numpy and b.numpy,
            mixed=a.mixed or b.mixed,
        )

    def _tensors(self, a: TensorV, b: TensorV) -> Value:
        left, right = a.sig._replace(value=None), b.sig._replace(value=None)
        if left == right:
            if a.sig.value == b.sig.value:
                return a
            return TensorV(left, a.origin, (*a.parents, *b.parents))
        if self.widen and left.numpy == right.numpy:
            return TensorV(self.join_sigs(left, right), a.origin, (*a.parents, *b.parents))
        return self._alternatives(a, b)

    def _scalars(self, a: Value, b: Value) -> Value | None:
        kinds = {_scalar_type(a), _scalar_type(b)}
        if None in kinds:
            return None
        if isinstance(a, Const) and isinstance(b, Const) and not self.widen:
            return self._alternatives(a, b)
        if len(kinds) == 1:
            (kind,) = kinds
            return Scalar(str(kind), self._fresh("n") if kind == "int" else "")
        if kinds <= {"int", "float"}:
            return self._alternatives(_generalise(a, self._fresh), _generalise(b, self._fresh))
        return None

    def _items(self, a: Items, b: Items) -> Items:
        if a.rest is None and b.rest is None and len(a.items) == len(b.items):
            items = tuple(self.join(x, y) for x, y in zip(a.items, b.items, strict=True))
            return Items(items)
        elements = [*a.items, *b.items]
        elements += [rest for rest in (a.rest, b.rest) if rest is not None]
        if not elements:
            return Items(())
        rest = elements[0]
        for element in elements[1:]:
            rest = self.join(rest, element)
        length = a.length if a.length is not None and a.length == b.length else None
        return Items((), rest, length)

    def _dicts(self, a: DictV, b: DictV) -> Value:
        items = self.join_slot(a.slots["items"], b.slots["items"])
        rest = a.slots["rest"] if a.slots["rest"] is not None else b.slots["rest"]
        return DictV(items, rest, a.type_name)

    def _alternatives(self, a: Value, b: Value) -> Value:
        options: list[Value] = []
        for value in (a, b):
            for option in value.options if isinstance(value, Alternatives) else (value,):
                if not any(_same(option, other) for other in options):
                    options.append(option)
        if len(options) == 1:
            return options[0]
        if len(options) <= MAX_ALTERNATIVES and not self.widen:
            return Alternatives(tuple(options))
        tensors = [option for option in options if isinstance(option, TensorV)]
        if len(tensors) == len(options):
            sig = tensors[0].sig
            for tensor in tensors[1:]:
                sig = self.join_sigs(sig, tensor.sig)
            return TensorV(sig, tensors[0].origin)
        if len(options) <= MAX_ALTERNATIVES:
            return Alternatives(tuple(options))
        types = {_scalar_type(option) for option in options}
        if len(types) == 1 and None not in types:
            return _generalise(options[0], self._fresh)
        return Unknown(text("several kinds of values meet here"))


def _same(a: Value, b: Value) -> bool:
    if isinstance(a, TensorV) and isinstance(b, TensorV):
        return a.sig == b.sig
    if isinstance(a, (SetV, ListV)) and type(a) is type(b):
        return bool(a.slots == b.slots)
    return a is b or a == b


def _alike(a: TupleV, b: TupleV) -> bool:
    return len(a.items) == len(b.items) and a.type_name == b.type_name and a.names == b.names


def _scalar_type(value: Value) -> str | None:
    if isinstance(value, Const) and type(value.value) in (int, float, bool, str, complex):
        return type(value.value).__name__
    if isinstance(value, Scalar):
        return value.type
    if isinstance(value, SymInt):
        return "int"
    return None


def _generalise(value: Value, fresh: Any) -> Value:
    kind = _scalar_type(value)
    if isinstance(value, Const):
        return Scalar(str(kind), fresh("n") if kind == "int" else "")
    return value
