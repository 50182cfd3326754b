"""Functions and classes that nothing uses, or uses only with what is not known.

They are run as well: once with unknown arguments, for what is certain inside
them, and then in a search for the arguments they work with (`expected`).
"""

from __future__ import annotations

from ..values.model import ClassV, Descriptor, FunctionV, InstanceV, Scope, Value
from .changes import forget_changing_attributes
from .expected import search_all
from .functions import call_uncalled
from .guard import guarded
from .machine import Frame, Machine


def run_uncalled(machine: Machine, scope: Scope) -> None:
    """Runs what the module has defined and not called, then searches for what it expects."""
    values = list(scope.slots.values())
    own = [value for value in values if isinstance(value, (FunctionV, ClassV))]
    instances: dict[int, InstanceV] = {}
    for value in own:
        if isinstance(value, FunctionV):
            _uncalled_function(machine, value, None)
        else:
            instance = _uncalled_class(machine, value)
            if instance is not None:
                instances[id(value)] = instance
    search_all(machine, own, instances)


def functions_of(cls: ClassV) -> list[tuple[str, FunctionV]]:
    """The functions in a class body by name, also those under a descriptor."""
    found = (
        (name, value.function if isinstance(value, Descriptor) else value)
        for name, value in cls.slots.items()
    )
    return [(name, value) for name, value in found if isinstance(value, FunctionV)]


def static_methods(cls: ClassV) -> set[int]:
    """The ids of the functions in a class body that get no instance."""
    return {
        id(value.function)
        for value in cls.slots.values()
        if isinstance(value, Descriptor) and value.kind == "staticmethod"
    }


def _uncalled_function(machine: Machine, function: FunctionV, receiver: Value | None) -> None:
    if id(function.node) in machine.entered or function.chunk is None:
        return
    machine.frames = [Frame(function.closure, function.chunk)]
    depth = machine.trail.depth
    mark = machine.trail.begin()
    if isinstance(receiver, InstanceV):
        forget_changing_attributes(machine, receiver)
    machine.uncalled = True

    def step() -> None:
        with machine.grad_mode(function.slots.get("$grad", True)):
            call_uncalled(machine, function, receiver)

    machine.recorder.training.path.append(function)
    guarded(machine, step)
    machine.recorder.training.path.clear()
    machine.uncalled = False
    machine.trail.unwind(mark, depth)


def _uncalled_class(machine: Machine, cls: ClassV) -> InstanceV | None:
    """Runs the methods that nothing calls, on an instance made for the purpose if there is none."""
    functions = functions_of(cls)
    if all(id(function.node) in machine.entered for _, function in functions):
        return None
    instance = machine.instances.get(id(cls))
    made = None
    if instance is None:
        instance = made = InstanceV(cls)
        instance.slots["$training"] = True
        if "torch.nn.Module" in cls.library_bases():
            instance.slots["$module"] = True
            machine.recorder.training.modules.append(instance)
        init = dict(functions).get("__init__")
        if init is not None:
            machine.frames = [Frame(init.closure, init.chunk)]
            machine.uncalled = True
            guarded(machine, lambda: call_uncalled(machine, init, instance))
            machine.uncalled = False
    static = static_methods(cls)
    for _, function in functions:
        _uncalled_function(machine, function, None if id(function) in static else instance)
    return made
