"""Built-in functions of Python on abstract values; those on sequences: `builtin_iteration`."""

from __future__ import annotations

import builtins

from ...runtime.oracle.wire import Error
from ..interpreter import attributes, enums, failures, libraries
from ..interpreter.ask import ask
from ..interpreter.call import Call
from ..interpreter.machine import Machine
from ..interpreter.operators import dim_of, int_value, number_type, truth_of, wide
from ..values.model import (
    NONE,
    Alternatives,
    ClassV,
    Const,
    DictV,
    FunctionV,
    InstanceV,
    IteratorV,
    Library,
    ListV,
    RangeV,
    Scalar,
    SetV,
    SuperV,
    SymInt,
    TensorV,
    TupleV,
    Unknown,
    Value,
)
from .registry import model

_B = "builtins."


def length_of(machine: Machine, value: Value, call: Call | None = None) -> Value:
    """`len(value)`."""
    if isinstance(value, TupleV):
        return Const(len(value.items))
    if isinstance(value, (ListV, IteratorV)):
        items = value.items
        if items.rest is None:
            return Const(len(items.items))
        if items.length is not None:
            return int_value(items.length, ())
        return Scalar("int", machine.fresh("n"))
    if isinstance(value, DictV):
        known = value.slots["rest"] is None and not value.slots.get("$maybe")
        return Const(len(value.slots["items"])) if known else Scalar("int", machine.fresh("n"))
    if isinstance(value, SetV):
        items = value.slots["items"]
        return Const(len(items)) if items is not None else Scalar("int", machine.fresh("n"))
    if isinstance(value, Const) and isinstance(value.value, (str, bytes)):
        return Const(len(value.value))
    if isinstance(value, TensorV):
        if not value.sig.shape:
            return Scalar("int")
        return int_value(value.sig.shape[0], ())
    if isinstance(value, RangeV):
        bounds = (value.start, value.stop, value.step)
        numbers = [bound.value for bound in bounds if isinstance(bound, Const)]
        if len(numbers) == 3 and numbers[2]:
            return Const(len(range(*numbers)))
        return Scalar("int", machine.fresh("n"))
    members = enums.members_of(value)
    if members is not None:
        return Const(len(members.items))
    if isinstance(value, InstanceV) and call is not None:
        return _instance_length(machine, value, call)
    if isinstance(value, Alternatives):
        lengths = {length_of(machine, option, call) for option in value.options}
        if len(lengths) == 1:
            return lengths.pop()
    if isinstance(value, Unknown):
        return Scalar("int", machine.fresh("n"))
    return Scalar("int", machine.fresh("n"))


def _instance_length(machine: Machine, value: InstanceV, call: Call) -> Value:
    from ..interpreter.functions import call_value

    if attributes.find_method(value, "__len__") is not None:
        return attributes.call_method(machine, call.node, value, "__len__", [])
    for cls in value.cls.mro if isinstance(value.cls, ClassV) else (value.cls,):
        if isinstance(cls, Library):
            found = attributes.library_attribute(machine, value, cls.name, "__len__")
            if found is not None and not isinstance(found, Unknown):
                return call_value(Call(machine, call.node, "len"), found)
    return Scalar("int", machine.symbol_for((call.span, "len"), "n"))


@model(_B + "len")
def len_(call: Call) -> Value:
    """`len(x)`."""
    value = call.args[0] if call.args else NONE
    if isinstance(value, TensorV) and value.sig.shape == ():
        return failures.report(call, Error("TypeError", "len() of a 0-d tensor"), "python")
    return length_of(call.machine, value, call)


@model(_B + "print", "builtins.breakpoint", "builtins.help")
def print_(call: Call) -> Value:
    """Prints."""
    return NONE


@model(_B + "int", _B + "float", _B + "bool", _B + "complex")
def number(call: Call) -> Value:
    """Conversions to numbers."""
    kind = call.name.removeprefix(_B)
    if not call.args:
        return Const(getattr(builtins, kind)())
    value = call.args[0]
    if isinstance(value, TensorV) and not value.sig.numpy:
        return ask(call)
    if isinstance(value, TensorV) and isinstance(value.sig.value, (int, float)):
        return Const(getattr(builtins, kind)(value.sig.value))
    if isinstance(value, Const):
        try:
            return Const(getattr(builtins, kind)(value.value))
        except (TypeError, ValueError, OverflowError):
            return Scalar(kind)
    if kind == "bool":
        truth = truth_of(call.machine, None, value)
        return Scalar("bool") if truth is None else Const(truth)
    if kind == "int":
        if dim_of(value) is not None:
            return value
        return Scalar("int", call.machine.symbol_for(call.span, "n"))
    return Scalar(kind)


@model(
    _B + "str",
    _B + "repr",
    _B + "format",
    _B + "chr",
    _B + "ascii",
    _B + "hex",
    _B + "bin",
    _B + "input",
)
def text_(call: Call) -> Value:
    """Conversions to text."""
    name = call.name.removeprefix(_B)
    wide_format = name == "format" and any(wide(str(value)) for value in call.args[1:])
    if (
        name != "input"
        and not wide_format
        and call.args
        and all(isinstance(value, Const) for value in call.args)
    ):
        values = [value.value for value in call.args if isinstance(value, Const)]
        try:
            return Const(getattr(builtins, name)(*values))
        except (TypeError, ValueError):
            return Scalar("str")
    return Scalar("str")


@model(_B + "abs", _B + "round", _B + "divmod", _B + "pow", _B + "ord", _B + "hash", _B + "id")
def arithmetic(call: Call) -> Value:
    """Functions of numbers."""
    name = call.name.removeprefix(_B)
    if call.args and isinstance(call.args[0], TensorV):
        replaced = {"abs": "torch.abs", "round": "torch.round", "pow": "operator.pow"}
        return ask(call.renamed(replaced.get(name, call.name)))
    if call.args and all(isinstance(value, Const) for value in call.args):
        values = [value.value for value in call.args if isinstance(value, Const)]
        try:
            result = getattr(builtins, name)(*values)
        except Exception:  # whatever the function would raise
            return Scalar("int")
        if isinstance(result, tuple):
            return TupleV(tuple(Const(item) for item in result))
        return Const(result)
    kind = number_type(call.args[0]) if call.args else None
    return Scalar(kind) if kind in ("int", "float") else call.machine.unknown("a number")


@model(_B + "issubclass")
def issubclass_(call: Call) -> Value:
    """Decided among the learner's own classes."""
    cls, kinds = (*call.args, NONE, NONE)[:2]
    options = kinds.items if isinstance(kinds, TupleV) else (kinds,)
    if isinstance(cls, ClassV):
        if any(option in cls.mro for option in options):
            return Const(True)
        if all(isinstance(option, ClassV) for option in options):
            return Const(False)
    return Scalar("bool")


@model(_B + "isinstance")
def isinstance_(call: Call) -> Value:
    """Decided for tensors, numbers, containers and the learner's classes."""
    if len(call.args) < 2:
        return Scalar("bool")
    value, kinds = call.args[0], call.args[1]
    options = kinds.items if isinstance(kinds, TupleV) else (kinds,)
    results = [_is_instance(call.machine, value, kind) for kind in options]
    if True in results:
        return Const(True)
    return Scalar("bool") if None in results else Const(False)


_PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "list": (ListV,),
    "tuple": (TupleV,),
    "dict": (DictV,),
    "set": (SetV,),
    "range": (RangeV,),
}


def _is_instance(machine: Machine, value: Value, kind: Value) -> bool | None:
    if isinstance(value, (Unknown, Alternatives)) or isinstance(kind, Unknown):
        return None
    if isinstance(kind, ClassV):
        if isinstance(value, InstanceV):
            return isinstance(value.cls, ClassV) and kind in value.cls.mro
        # A named tuple or an enum of the learner's is an object of its own kind.
        return None if isinstance(value, (TupleV, Library)) else False
    if not isinstance(kind, Library):
        return None
    name = kind.name
    if name in ("torch.Tensor", "torch.nn.Parameter", "numpy.ndarray"):
        if not isinstance(value, TensorV):
            return False
        if name == "numpy.ndarray":
            return value.sig.numpy
        return not value.sig.numpy and (value.sig.parameter or name == "torch.Tensor")
    short = name.removeprefix(_B)
    if short in _PYTHON_TYPES:
        return isinstance(value, _PYTHON_TYPES[short])
    if short in ("int", "float", "str", "bool", "complex"):
        if isinstance(value, Const):
            return isinstance(value.value, getattr(builtins, short))
        if isinstance(value, SymInt):
            return short == "int"
        if isinstance(value, Scalar):
            return value.type == short or (short == "int" and value.type == "bool")
        return False
    if isinstance(value, InstanceV):
        bases = value.cls.library_bases() if isinstance(value.cls, ClassV) else (value.cls.name,)
        for base in bases:
            known = libraries.bases_of(machine, base)
            tail = name.rpartition(".")[2]
            if name in known or any(entry.rpartition(".")[2] == tail for entry in known):
                return True
        return False if name.startswith("torch.nn.") else None
    if isinstance(value, (Const, TupleV, ListV, DictV, TensorV)) and name.startswith("torch."):
        return False
    return None


@model(_B + "type")
def type_(call: Call) -> Value:
    """The class of an instance."""
    value = call.args[0] if call.args else NONE
    if isinstance(value, InstanceV):
        return value.cls
    if isinstance(value, TensorV):
        return Library("numpy.ndarray" if value.sig.numpy else "torch.Tensor")
    if isinstance(value, Const):
        return Library(_B + type(value.value).__name__)
    for name, kinds in _PYTHON_TYPES.items():
        if isinstance(value, kinds):
            return Library(_B + name)
    return call.machine.unknown("the type of this value is not known")


@model(_B + "getattr")
def getattr_(call: Call) -> Value:
    """`getattr(x, name, default)`."""
    if len(call.args) < 2 or not isinstance(call.args[1], Const):
        return call.machine.unknown("which attribute is read is not known")
    owner, name = call.args[0], str(call.args[1].value)
    if len(call.args) > 2 and _has(call, owner, name) is False:
        return call.args[2]
    return attributes.get_attribute(call.machine, call.node, owner, name)


@model(_B + "hasattr")
def hasattr_(call: Call) -> Value:
    """Whether there is an attribute."""
    if len(call.args) < 2 or not isinstance(call.args[1], Const):
        return Scalar("bool")
    found = _has(call, call.args[0], str(call.args[1].value))
    return Scalar("bool") if found is None else Const(found)


def _has(call: Call, owner: Value, name: str) -> bool | None:
    if isinstance(owner, InstanceV) and isinstance(owner.cls, ClassV):
        if name in owner.slots or attributes.find_method(owner, name) is not None:
            return True
        return False if not owner.cls.library_bases() else None
    if isinstance(owner, Library):
        from ..interpreter.ask import resolve

        kind = resolve(call.machine, f"{owner.name}.{name}").get("kind")
        return None if kind in (None, "unknown") else kind != "missing"
    return None


@model(_B + "setattr")
def setattr_(call: Call) -> Value:
    """`setattr(x, name, value)`."""
    if len(call.args) == 3 and isinstance(call.args[1], Const):
        owner = call.args[0]
        if isinstance(owner, (InstanceV, ClassV)):
            call.machine.trail.set(owner.slots, str(call.args[1].value), call.args[2])
    return NONE


@model(_B + "super")
def super_(call: Call) -> Value:
    """`super()` and `super(Class, self)`."""
    if len(call.args) == 2 and isinstance(call.args[0], ClassV):
        return SuperV(call.args[1], call.args[0])
    for frame in reversed(call.machine.frames):
        function = frame.function
        if function is not None and function.owner is not None:
            arguments = function.node.args
            parameters = [*arguments.posonlyargs, *arguments.args]
            if parameters:
                receiver = frame.scope.slots.get(parameters[0].arg)
                if receiver is not None:
                    return SuperV(receiver, function.owner)
    return call.machine.unknown("`super()` outside of a method")


@model(_B + "callable")
def callable_(call: Call) -> Value:
    """Whether a value can be called."""
    value = call.args[0] if call.args else NONE
    if isinstance(value, (FunctionV, ClassV, InstanceV)):
        return Const(True)
    return Scalar("bool")


@model(
    _B + "vars",
    _B + "dir",
    _B + "locals",
    _B + "globals",
    _B + "eval",
    _B + "exec",
    _B + "open",
    _B + "compile",
    _B + "__import__",
    _B + "memoryview",
    _B + "object",
)
def opaque(call: Call) -> Value:
    """What these give is not known before the program runs."""
    return call.machine.unknown(
        "what `{name}` gives is not known before the program runs", name=call.name.removeprefix(_B)
    )


@model(_B + "slice")
def slice_(call: Call) -> Value:
    """`slice(stop)`, `slice(start, stop, step)`."""
    from ..values.model import SliceV

    values = [*call.args, NONE, NONE, NONE]
    if len(call.args) == 1:
        return SliceV(NONE, values[0], NONE)
    return SliceV(values[0], values[1], values[2])
