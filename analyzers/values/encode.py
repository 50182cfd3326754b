"""Abstract values to wire values and back."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from ...runtime.oracle import wire as w
from ..facts import Origin, Text, text
from .model import (
    Alternatives,
    BoundLibrary,
    Const,
    DeviceV,
    DictV,
    DtypeV,
    EnumMember,
    InstanceV,
    Library,
    ListV,
    Mutable,
    Plain,
    RangeV,
    Scalar,
    SetV,
    Sig,
    SliceV,
    SymInt,
    TensorV,
    TupleV,
    Unknown,
    Value,
)

MAX_ELEMENTS = 2_048
"""Longer lists of equal elements are not sent to torch."""


class NotEncodable(Exception):
    """A value that cannot be sent to torch; `reason` says why."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason.template)
        self.reason = reason


class UnknownLength(NotEncodable):
    """A list whose length is not known; `length` is the symbol for it, if there is one."""

    def __init__(self, length: object) -> None:
        super().__init__(text("how many elements a list has is not known"))
        self.length = length if isinstance(length, str) else None


@dataclass
class AssumedLength:
    """How many elements the lists of unknown length are sent with, and which lists those are."""

    counts: tuple[int, ...]
    owners: list[int]


assumed_length: ContextVar[AssumedLength | None] = ContextVar("assumed_length", default=None)


def encode(value: Value) -> w.Wire:
    """The wire value of an abstract value.

    Raises:
        NotEncodable: too little is known of it, or it is the learner's own object.
    """
    encoder = _ENCODERS.get(type(value))
    if encoder is None:
        if isinstance(value, Unknown):
            raise NotEncodable(value.reason)
        raise NotEncodable(text("an object that is not described to torch"))
    return encoder(value)


def _const(value: Const) -> w.Wire:
    return encode_constant(value.value)


def encode_constant(constant: Any) -> w.Wire:
    """The wire value of a Python constant.

    Raises:
        NotEncodable: it is bytes or something else that torch has no use for.
    """
    kind = type(constant)
    if kind is int:
        return constant
    if kind in (float, bool, str):
        return (kind.__name__, constant)
    if constant is None:
        return w.NONE
    if constant is ...:
        return w.ELLIPSIS
    if kind is complex:
        return ("complex", constant.real, constant.imag)
    raise NotEncodable(text("an object that is not described to torch"))


def _tensor(value: TensorV) -> w.Wire:
    sig = value.sig
    if sig.shape is None or sig.dtype is None:
        raise NotEncodable(unknown_parts(value))
    if sig.numpy:
        if sig.shape == () and value.slots.get("scalar"):
            return ("npscalar", sig.dtype, sig.value)
        return ("ndarray", sig.shape, sig.dtype, sig.value)
    flags = (
        (w.REQUIRES_GRAD if sig.requires_grad else 0)
        | (0 if sig.leaf else w.NOT_LEAF)
        | (w.PARAMETER if sig.parameter else 0)
    )
    return w.TensorSig(sig.shape, sig.dtype, flags, sig.stride, sig.value).wire()


def unknown_parts(value: TensorV) -> Text:
    """Why too little is known of a tensor."""
    reason = value.slots.get("reason")
    if isinstance(reason, Text):
        return reason
    return text("the shape of a tensor it uses is not known")


def _list(value: ListV) -> w.Wire:
    items = value.items
    if items.rest is None:
        return ("list", *(encode(item) for item in items.items))
    if isinstance(items.length, int) and items.length <= MAX_ELEMENTS:
        further = items.length - len(items.items)
        return ("list", *(encode(item) for item in items.items), *[encode(items.rest)] * further)
    assumed = assumed_length.get()
    if assumed is None:
        raise UnknownLength(items.length)
    # Two lists need not be equally long: each is tried with lengths of its own.
    if id(value) not in assumed.owners:
        if len(assumed.owners) == len(assumed.counts):
            raise NotEncodable(text("how many elements a list has is not known"))
        assumed.owners.append(id(value))
    count = assumed.counts[assumed.owners.index(id(value))]
    return ("list", *[encode(items.rest)] * count)


def _dict(value: DictV) -> w.Wire:
    if value.slots["rest"] is not None:
        raise NotEncodable(text("which keys a dict has is not known"))
    return (
        "dict",
        *((encode_constant(key), encode(item)) for key, item in value.slots["items"].items()),
    )


def _tuple(value: TupleV) -> w.Wire:
    items = tuple(encode(item) for item in value.items)
    if value.names:
        return ("namedtuple", value.type_name, value.names, *items)
    return ("size" if value.type_name == "size" else "tuple", *items)


def _set(value: SetV) -> w.Wire:
    items = value.slots["items"]
    if items is None:
        raise NotEncodable(text("which elements a set has is not known"))
    return ("set", *(encode(item) for item in items))


def _scalar(value: Scalar) -> w.Wire:
    return ("any", value.type, value.name) if value.name else ("any", value.type)


def _unknown(value: Unknown) -> w.Wire:
    raise NotEncodable(value.reason)


def _instance(value: InstanceV) -> w.Wire:
    layer = value.slots.get("$layer")
    if layer is None or isinstance(layer, Unknown):
        raise NotEncodable(text("an object that is not described to torch"))
    return layer_wire(value)


def layer_wire(value: InstanceV) -> w.Wire:
    """The wire value of an instance of one of torch's own layers."""
    layer = value.slots["$layer"]
    changed = {
        name: tensor
        for name, (tensor, made) in value.slots.get("$tensors", {}).items()
        if (tensor.sig.shape, tensor.sig.requires_grad) != (made.shape, made.requires_grad)
    }
    changed.update(value.slots.get("$overrides", {}))
    overrides = tuple((name, encode(item)) for name, item in sorted(changed.items()))
    return w.layer(
        layer[1],
        layer[2],
        layer[3],
        bool(value.slots.get("$training", True)),
        value.slots.get("$dtype"),
        overrides,
        bool(value.slots.get("$frozen", False)),
    )


def _range(value: RangeV) -> w.Wire:
    bounds = [value.start, value.stop, value.step]
    if not all(isinstance(bound, Const) for bound in bounds):
        raise NotEncodable(text("how many elements a range has is not known"))
    numbers = range(*(bound.value for bound in bounds if isinstance(bound, Const)))
    if len(numbers) > 4096:
        raise NotEncodable(text("a range that is too long to be tried"))
    return ("list", *numbers)


def _one_of(value: Alternatives) -> w.Wire:
    """One of several floats, or of several booleans, is a number that is not known."""
    kinds = {
        option.type if isinstance(option, Scalar) else type(getattr(option, "value", None)).__name__
        for option in value.options
        if isinstance(option, (Const, Scalar))
    }
    if all(isinstance(option, (Const, Scalar)) for option in value.options):
        for kind in ("float", "bool"):
            if kinds == {kind}:
                return _scalar(Scalar(kind))
    raise NotEncodable(text("an object that is not described to torch"))


_ENCODERS: dict[type[Value], Callable[[Any], w.Wire]] = {
    Const: _const,
    EnumMember: _const,
    SymInt: lambda value: ("sym", value.expression),
    Scalar: _scalar,
    Unknown: _unknown,
    Alternatives: _one_of,
    TupleV: _tuple,
    SliceV: lambda value: ("slice", encode(value.start), encode(value.stop), encode(value.step)),
    RangeV: _range,
    DtypeV: lambda value: ("npdtype" if value.numpy else "dtype", value.name),
    DeviceV: lambda value: ("str", value.name),
    Plain: lambda value: value.wire,
    Library: lambda value: ("ref", value.name),
    TensorV: _tensor,
    ListV: _list,
    DictV: _dict,
    SetV: _set,
    InstanceV: _instance,
}


class Decoder:
    """Wire values of one answer to abstract values.

    Args:
        arguments: what `("argument", key)` refers to.
        rename: gives the oracle's own symbols (`_0`) names that are unique here.
        device: where the tensors of the result are; None when not known.
    """

    def __init__(
        self,
        arguments: dict[Any, Value],
        rename: Callable[[str], str],
        device: str | None,
        origin: Origin | None,
        parents: tuple[Mutable, ...] = (),
    ) -> None:
        self._arguments = arguments
        self._rename = rename
        self._device = device
        self._origin = origin
        self._parents = parents

    def value(self, wire: w.Wire) -> Value:
        """The abstract value."""
        if isinstance(wire, int):
            return Const(wire)
        tag = wire[0]
        if tag == "tensor":
            return TensorV(self.sig(wire), self._origin, self._parents)
        if tag in ("float", "bool", "str"):
            return Const(wire[1])
        if tag == "none":
            return Const(None)
        if tag == "ellipsis":
            return Const(...)
        if tag == "complex":
            return Const(complex(wire[1], wire[2]))
        if tag == "sym":
            return SymInt(self.dim(wire[1]))
        if tag == "any":
            name = self._rename("_" + str(wire)) if wire[1] == "int" else ""
            return Scalar(wire[1], name)
        if tag in ("tuple", "size"):
            return TupleV(tuple(self.value(item) for item in wire[1:]), tag)
        if tag == "namedtuple" and wire[1].endswith("PackedSequence"):
            # Whether it fits an RNN depends on its batch sizes, that is on values.
            return self._packed(wire)
        if tag == "namedtuple":
            return TupleV(tuple(self.value(item) for item in wire[3:]), wire[1], wire[2])
        if tag == "list":
            return ListV(tuple(self.value(item) for item in wire[1:]))
        if tag == "set":
            return SetV(tuple(self.value(item) for item in wire[1:]))
        if tag == "dict":
            return DictV({_constant(key): self.value(item) for key, item in wire[1:]})
        if tag == "slice":
            return SliceV(*(self.value(item) for item in wire[1:]))
        if tag in ("dtype", "npdtype"):
            return DtypeV(wire[1], tag == "npdtype")
        if tag == "argument":
            return self._arguments[wire[1]]
        if tag in ("ndarray", "npscalar"):
            return self._array(wire)
        if tag == "ref":
            return Library(wire[1])
        if tag in ("layout", "memory_format"):
            return Plain(wire)
        detail = wire[1] if len(wire) > 1 else tag
        return Unknown(text("an object of type {type} is not followed", type=detail))

    def sig(self, wire: w.Wire) -> Sig:
        """The signature of a tensor's wire value."""
        _, shape, dtype, flags, stride, value = wire
        return Sig(
            shape=tuple(self.dim(dim) for dim in shape),
            dtype=dtype,
            device=self._device,
            requires_grad=bool(flags & w.REQUIRES_GRAD),
            leaf=not flags & w.NOT_LEAF,
            parameter=bool(flags & w.PARAMETER),
            stride=None if stride is None else tuple(self.dim(dim) for dim in stride),
            value=value,
        )

    def dim(self, dim: Any) -> Any:
        """A dim with the oracle's own symbols renamed."""
        return dim if isinstance(dim, int) else self._rename(dim)

    def _packed(self, wire: w.Wire) -> Value:
        sizes = wire[4]
        if sizes[0] == "tensor" and sizes[5] is None:
            return Unknown(text("the lengths of packed sequences are not known"))
        return TupleV(tuple(self.value(item) for item in wire[3:]), wire[1], wire[2])

    def _array(self, wire: w.Wire) -> TensorV:
        if wire[0] == "npscalar":
            tensor = TensorV(Sig((), wire[1], value=wire[2], numpy=True), self._origin)
            tensor.slots["scalar"] = True
            return tensor
        _, shape, dtype, value = wire
        dims = tuple(self.dim(dim) for dim in shape)
        return TensorV(Sig(dims, dtype, value=value, numpy=True), self._origin)


def _constant(wire: w.Wire) -> Any:
    if isinstance(wire, int):
        return wire
    return None if wire[0] == "none" else wire[1]


def receiver_of(value: Value) -> Value:
    """The object a bound method belongs to, else the value itself."""
    return value.receiver if isinstance(value, BoundLibrary) else value
