"""NumPy where the oracle cannot be asked: objects that turn into arrays, and files."""

from __future__ import annotations

from ..interpreter import attributes
from ..interpreter.ask import ask
from ..interpreter.call import Call
from ..interpreter.functions import call_value
from ..values.model import (
    NONE,
    Const,
    DtypeV,
    InstanceV,
    Library,
    ListV,
    Scalar,
    Sig,
    TensorV,
    Unknown,
    Value,
)
from .registry import model


def as_array(call: Call, value: Value) -> Value:
    """What `numpy.asarray(value)` is: objects that have an `__array__` give theirs."""
    if isinstance(value, InstanceV) and isinstance(value.cls, Library):
        found = attributes.library_attribute(call.machine, value, value.cls.name, "__array__")
        if found is not None and not isinstance(found, Unknown):
            return call_value(Call(call.machine, call.node, "__array__"), found)
    return value


_KINDS = {"int": "int64", "float": "float64", "bool": "bool"}


def _of_numbers(call: Call, value: Value) -> Value:
    """A long list of numbers of one type as an array, which can be described to NumPy."""
    if not isinstance(value, ListV) or value.items.rest is None or value.items.length is None:
        return value
    kinds = {
        item.type if isinstance(item, Scalar) else type(getattr(item, "value", None)).__name__
        for item in (*value.items.items, value.items.rest)
    }
    dtype = _KINDS.get(kinds.pop()) if len(kinds) == 1 else None
    if dtype is None:
        return value
    return TensorV(Sig((value.items.length,), dtype, numpy=True), call.origin)


_OBJECTS = Library("objects.ndarray")


def is_object_array(value: Value) -> bool:
    """Whether a value is an array of dtype `object`."""
    return isinstance(value, InstanceV) and value.cls == _OBJECTS


def _of_objects(value: Value | None) -> bool:
    """Whether a `dtype=` argument means Python objects."""
    if isinstance(value, Const):
        return value.value in ("object", "O")
    return isinstance(value, Library) and value.name in (
        "builtins.object",
        "object",
        "numpy.object_",
    )


@model("numpy.array", "numpy.asarray", "numpy.ascontiguousarray", "numpy.asanyarray")
def array(call: Call) -> Value:
    """An array of numbers, of an image, of a data frame."""
    if not call.args or call.incomplete is not None:
        return ask(call)
    if _of_objects(call.argument(1, "dtype")):
        return InstanceV(_OBJECTS, call.origin)
    value = _of_numbers(call, as_array(call, call.args[0]))
    if isinstance(value, Unknown):
        return value
    nodes = call.nodes
    inner = Call(
        call.machine, call.node, call.name, [value, *call.args[1:]], call.kwargs, nodes,
        call.keyword_nodes,
    )  # fmt: skip
    return ask(inner)


@model(
    "numpy.load", "numpy.loadtxt", "numpy.genfromtxt", "numpy.fromfile", "numpy.memmap",
    "numpy.fromregex",
)  # fmt: skip
def load(call: Call) -> Value:
    """Data from a file."""
    return call.machine.unknown("what a file holds is not known before the program runs")


@model("numpy.save", "numpy.savez", "numpy.savez_compressed", "numpy.savetxt")
def save(call: Call) -> Value:
    """Writes a file."""
    return NONE


_LIMITS = ("eps", "max", "min", "tiny", "smallest_normal", "resolution")


@model("numpy.finfo", "torch.finfo")
def finfo(call: Call) -> Value:
    """The limits of a floating-point type: Python floats of torch, scalars of NumPy."""
    instance = InstanceV(Library(call.name), call.origin)
    given = call.args[0] if call.args else NONE
    if isinstance(given, Library):
        given = DtypeV(given.name.rpartition(".")[2], numpy=True)
    for name in _LIMITS:
        limit: Value = Scalar("float")
        if call.name.startswith("numpy"):
            dtype = given.name if isinstance(given, DtypeV) else "float64"
            limit = TensorV(Sig((), dtype, numpy=True), call.origin)
            limit.slots["scalar"] = True
        instance.slots[name] = limit
    instance.slots["bits"] = Scalar("int")
    return instance


@model("numpy.iinfo", "torch.iinfo")
def iinfo(call: Call) -> Value:
    """The limits of an integer type: Python ints."""
    instance = InstanceV(Library(call.name), call.origin)
    for name in ("min", "max", "bits"):
        instance.slots[name] = Scalar("int")
    return instance


_OF_SCALARS = [
    "all",
    "any",
    "astype",
    "clip",
    "copy",
    "flatten",
    "item",
    "max",
    "mean",
    "min",
    "ravel",
    "repeat",
    "reshape",
    "round",
    "squeeze",
    "std",
    "sum",
    "tolist",
    "var",
]


@model(*(f"numpy.ndarray.{name}" for name in _OF_SCALARS))
def of_scalar(call: Call) -> Value:
    """A NumPy scalar has the methods of an array without axes."""
    receiver = call.args[0] if call.args else NONE
    if isinstance(receiver, TensorV) and receiver.slots.get("scalar"):
        call = Call(
            call.machine, call.node, call.name, [TensorV(receiver.sig), *call.args[1:]],
            call.kwargs, call.nodes, call.keyword_nodes, call.incomplete,
        )  # fmt: skip
    return ask(call)
