"""NumPy where the oracle cannot be asked: objects that turn into arrays, and files."""

from __future__ import annotations

from ..interpreter import attributes
from ..interpreter.ask import ask
from ..interpreter.call import Call
from ..interpreter.functions import call_value
from ..values.model import NONE, InstanceV, Library, Unknown, Value
from .registry import model


def as_array(call: Call, value: Value) -> Value:
    """What `numpy.asarray(value)` is: objects that have an `__array__` give theirs."""
    if isinstance(value, InstanceV) and isinstance(value.cls, Library):
        found = attributes.library_attribute(call.machine, value, value.cls.name, "__array__")
        if found is not None and not isinstance(found, Unknown):
            return call_value(Call(call.machine, call.node, "__array__"), found)
    return value


@model("numpy.array", "numpy.asarray", "numpy.ascontiguousarray", "numpy.asanyarray")
def array(call: Call) -> Value:
    """An array of numbers, of an image, of a data frame."""
    if not call.args or call.incomplete is not None:
        return ask(call)
    value = as_array(call, call.args[0])
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
