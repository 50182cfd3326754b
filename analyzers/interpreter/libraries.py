"""Library names: what they are, and what calling them gives."""

from __future__ import annotations

import ast
from functools import partial

from ...runtime.oracle.wire import Error, Request
from ..facts import text
from ..models import constants, registry
from ..values.encode import NotEncodable, encode
from ..values.model import (
    Alternatives,
    BoundLibrary,
    InstanceV,
    Library,
    Native,
    TensorV,
    TupleV,
    Unknown,
    Value,
)
from . import checks, devices, escapes, failures, holes
from .ask import ask, combinations, resolve
from .call import Call
from .machine import Machine

ASKED = ("torch", "numpy", "math", "operator")
"""The libraries whose functions the oracle may be asked about."""


def member(machine: Machine, node: ast.expr, owner: str, name: str) -> Value:
    """`owner.name`, where `owner` is a library module or class."""
    return named(machine, f"{owner}.{name}")


def named(machine: Machine, name: str) -> Value:
    """The value of a dotted library name: a constant, or a reference."""
    value = constants.constant(name)
    if value is not None:
        return value
    if registry.function_model(name) is not None or name.partition(".")[0] not in ASKED:
        return Library(name)
    info = resolve(machine, name)
    kind = info.get("kind")
    if kind == "value":
        from ..values.encode import Decoder

        return Decoder({}, lambda dim: dim, None, None).value(info["value"])
    if kind == "missing":
        return machine.unknown("there is no `{name}` in the installed library", name=name)
    return Library(name)


def is_object(library: Library) -> bool:
    """Whether a library name is surely a module, function or class, and no value.

    The values that torch and NumPy have are asked for when they are named; of
    another library only what is written as a class is known to be one.
    """
    top, _, member = library.name.rpartition(".")
    return top.partition(".")[0] in (*ASKED, "builtins") or member[:1].isupper()


def bases_of(machine: Machine, name: str) -> tuple[str, ...]:
    """The dotted names of a library class and of all it inherits from."""
    if name.partition(".")[0] not in ASKED:
        return (name,)
    info = resolve(machine, name)
    bases = info.get("bases") or ()
    if isinstance(bases, tuple) and bases and bases[0] in ("tuple", "list"):
        bases = bases[1:]
    names = [base[1] if isinstance(base, tuple) else base for base in bases]
    return (name, *names)


def is_layer(machine: Machine, name: str) -> bool:
    """Whether a library name is a class that inherits from `torch.nn.Module`."""
    if not name.startswith("torch."):
        return False
    return resolve(machine, name).get("kind") == "layer" or name == "torch.nn.Module"


def call_library(call: Call) -> Value:
    """Calls a library function or class by its dotted name."""
    found = registry.function_model(call.name)
    if found is not None:
        return found(call)
    if call.name.partition(".")[0] not in ASKED:
        escapes.give_to_library(call.machine, [*call.args, *call.kwargs.values()])
        return call.machine.unknown("`{name}` is not followed", name=call.name)
    kind = resolve(call.machine, call.name).get("kind")
    if kind == "layer":
        return construct_layers(call)
    if kind == "missing":
        return call.machine.unknown("there is no `{name}` in the installed library", name=call.name)
    if kind in ("class", "module"):
        return ask(call)
    return ask(call)


def construct_layers(call: Call) -> Value:
    """An instance of one of torch's own layers, for every choice among alternatives."""
    result: Value | None = None
    for combination in combinations(call):
        instance = InstanceV(Library(call.name), call.origin)
        value = init_layer(combination, instance, call.name)
        result = value if result is None else call.machine.joiner.join(result, value)
    return result if result is not None else call.machine.unknown("nothing is known of this layer")


def init_layer(call: Call, instance: InstanceV, class_name: str) -> Value:
    """Runs the constructor of a torch layer on an instance: the instance, or why it fails."""
    machine = call.machine
    if machine.search is not None:
        call = holes.settle_call(call.renamed(class_name), "layer")
    set_ = partial(machine.trail.set, instance.slots)
    set_("$training", True)
    set_("$initialised", True)
    kwargs = {name: value for name, value in call.kwargs.items() if name != "device"}
    set_("$device", devices.named(call.kwargs.get("device"), machine.modes.default_device))
    if call.incomplete is not None:
        set_("$layer", call.incomplete)
        return instance
    try:
        args = tuple(encode(value) for value in call.args)
        named_args = tuple((name, encode(value)) for name, value in sorted(kwargs.items()))
    except NotEncodable as obstacle:
        set_("$layer", Unknown(obstacle.reason))
        return instance
    set_("$layer", ("layer", class_name, args, named_args))
    set_(
        "$dtype", None if machine.modes.default_dtype == "float32" else machine.modes.default_dtype
    )
    if class_name.rpartition(".")[2].startswith("Lazy"):
        # It has no sizes to be described by before its first call.
        return instance
    request = Request("layer", class_name, args, named_args, True, machine.modes.default_dtype)
    answer = machine.ask(request)
    if isinstance(answer, Error):
        set_("$layer", Unknown(text("this layer cannot be made")))
        failures.report(call.renamed(class_name), answer, "layer")
    else:
        checks.after_construction(call.renamed(class_name), instance)
    return instance


def call_bound(call: Call, function: BoundLibrary) -> Value:
    """Calls a method of a library's object."""
    receiver, name = function.receiver, function.name
    found = registry.function_model(name)
    if isinstance(receiver, Alternatives) and found is not None:
        result: Value | None = None
        for option in receiver.options:
            value = call_bound(call, BoundLibrary(option, name))
            result = value if result is None else call.machine.joiner.join(result, value)
        return result or Unknown(text("nothing is known of what is called"))
    full = call.with_receiver(receiver, name)
    if found is not None:
        return found(full)
    if name.partition(".")[0] not in ASKED:
        return call.machine.unknown("`{name}` is not followed", name=name)
    return ask(full)


def not_callable(call: Call, value: TensorV | TupleV) -> Value:
    """Calling a tensor or a shape: `x.shape()`."""
    name = "Tensor" if isinstance(value, TensorV) else "torch.Size"
    if isinstance(value, TupleV) and value.type_name != "size":
        name = "tuple"
    return failures.report(call, Error("TypeError", f"'{name}' object is not callable"), "python")


def bound(receiver: Value, model: registry.Model, name: str) -> Native:
    """A method of a modelled object as a function."""
    return Native(name, lambda call: model(call.with_receiver(receiver, name)))
