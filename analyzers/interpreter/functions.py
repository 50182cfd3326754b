"""Calling: the learner's functions and classes, library functions, models."""

from __future__ import annotations

import ast
from collections.abc import Callable

from ..facts import text
from ..values.model import (
    Alternatives,
    BoundLibrary,
    BoundMethod,
    ClassV,
    Const,
    DictV,
    FunctionV,
    Hole,
    InstanceV,
    Items,
    IteratorV,
    Library,
    ListV,
    Native,
    Scope,
    TensorV,
    TupleV,
    Unknown,
    Value,
)
from . import claimed, classes, escapes, libraries, managers, module_hooks, scopes, tensor_names
from .call import Call
from .machine import MAX_CALL_DEPTH, Frame, Machine

MAX_RECURSION = 12


def call_value(call: Call, function: Value) -> Value:
    """The result of calling a value."""
    result = _call_value(call, function)
    if type(result) is Hole and not _hands_on(function):
        # Not the parameter itself, but something that is not known because of it.
        return Unknown(result.reason)
    return result


def _hands_on(function: Value) -> bool:
    """Whether what a function returns may be its argument."""
    if isinstance(function, BoundMethod):
        return _hands_on(function.function)
    if isinstance(function, Native):
        return function.name in tensor_names.SAME_SHAPE
    return isinstance(function, (FunctionV, InstanceV))


def _call_value(call: Call, function: Value) -> Value:
    if isinstance(function, FunctionV):
        if "$manager" in function.slots:
            return managers.make(call, function)
        return call_function(call, function)
    if isinstance(function, BoundMethod):
        return call_value(call.with_receiver(function.receiver, call.name), function.function)
    if isinstance(function, Library):
        return libraries.call_library(call.renamed(function.name))
    if isinstance(function, BoundLibrary):
        return libraries.call_bound(call, function)
    if isinstance(function, Native):
        return function.run(call)
    if isinstance(function, ClassV):
        return classes.instantiate(call, function)
    if isinstance(function, InstanceV):
        return module_hooks.call_module(call, function)
    if isinstance(function, Alternatives):
        if call.machine.search is not None:
            # What goes into one of them need not go into the other.
            call.machine.search.ambiguous = True
        result: Value | None = None
        for option in function.options:
            value = call_value(call, option)
            result = value if result is None else call.machine.joiner.join(result, value)
        return result or Unknown(text("nothing is known of what is called"))
    if isinstance(function, (TensorV, TupleV)):
        return libraries.not_callable(call, function)
    escapes.give_away(call.machine, [*call.args, *call.kwargs.values()])
    _may_change(call)
    if isinstance(function, Unknown):
        return function
    return Unknown(text("nothing is known of what is called"))


def _may_change(call: Call) -> None:
    """A function nobody knows may change the lists and dicts it gets."""
    training = call.machine.recorder.training
    if isinstance(call.node, ast.Call) and isinstance(call.node.func, ast.Attribute):
        training.unseen += "backward" in call.node.func.attr
    for value in [*call.args, *call.kwargs.values()]:
        training.strangers += isinstance(value, (InstanceV, Unknown))
        changed = Unknown(text("a function that is not followed may have changed this list"))
        if isinstance(value, ListV):
            call.machine.trail.set(value.slots, "items", Items((), changed))
        elif isinstance(value, DictV):
            call.machine.trail.set(value.slots, "rest", changed)


def make_function(
    machine: Machine, name: str, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
) -> FunctionV:
    """A function of the learner's, with its defaults evaluated now, as Python does."""
    from .expressions import evaluate

    arguments = node.args
    return FunctionV(
        name,
        node,
        machine.frame.chunk,
        machine.frame.scope,
        tuple(evaluate(machine, default) for default in arguments.defaults),
        tuple(
            evaluate(machine, default) if default is not None else None
            for default in arguments.kw_defaults
        ),
        _is_generator(node),
    )


def _is_generator(node: ast.AST) -> bool:
    pending = list(ast.iter_child_nodes(node))
    while pending:
        child = pending.pop()
        if isinstance(child, (ast.Yield, ast.YieldFrom)):
            return True
        if not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            pending.extend(ast.iter_child_nodes(child))
    return False


def call_function(
    call: Call, function: FunctionV, at_yield: Callable[[Value], None] | None = None
) -> Value:
    """Runs the body of a learner's function on the arguments.

    Args:
        at_yield: runs wherever a generator yields.
    """
    machine = call.machine
    machine.budget.step()
    recursion = sum(1 for frame in machine.frames if frame.function is function)
    if len(machine.frames) > MAX_CALL_DEPTH or recursion > MAX_RECURSION:
        return machine.unknown(
            "`{name}` calls itself too deeply to be followed", name=function.name
        )
    machine.entered.add(id(function.node))
    scope = Scope(function.closure)
    frame = Frame(scope, function.chunk, function, call.node, at_yield=at_yield)
    bound = bind_arguments(call, function)
    if isinstance(bound, Unknown):
        return bound
    machine.frames.append(frame)
    try:
        given = {name: value for name, (value, _) in bound.items()}
        claimed.parameters(machine, frame, given)
        bound = {name: (given[name], node) for name, (_, node) in bound.items()}
        for name, (value, node) in bound.items():
            scope.slots[name] = value
            scopes.record(machine, node, name, "parameter", value)
        with machine.grad_mode(function.slots.get("$grad", machine.modes.grad)):
            result = _run(machine, frame, function)
        arguments = {name: value for name, (value, _) in bound.items()}
        machine.recorder.called(function.node, arguments, result)
        return result
    finally:
        machine.frames.pop()


def _run(machine: Machine, frame: Frame, function: FunctionV) -> Value:
    from .expressions import evaluate
    from .statements import run_block

    if isinstance(function.node, ast.Lambda):
        return evaluate(machine, function.node.body)
    if function.generator:
        frame.yields = []
    # The branches that return early are merged into the state at the end.
    mark = machine.trail.begin()
    try:
        flow = run_block(machine, function.node.body)
    except BaseException:
        machine.trail.commit(mark)
        raise
    if frame.pending:
        final = machine.trail.rollback(mark)
        machine.trail.merge([*frame.pending, final], machine.joiner)
    else:
        machine.trail.commit(mark)
    if frame.yields is not None:
        return IteratorV(_yielded(machine, frame), "generator")
    returns = list(frame.returns)
    if flow.falls_through:
        returns.append(Const(None))
    if not returns:
        return machine.unknown("`{name}` never returns", name=function.name)
    result = returns[0]
    for value in returns[1:]:
        result = machine.joiner.join(result, value)
    return result


def _yielded(machine: Machine, frame: Frame) -> Items:
    found = tuple(frame.yields or ())
    if not frame.endless or not found:
        return Items(found)
    rest = found[0]
    for value in found[1:]:
        rest = machine.joiner.join(rest, value)
    return Items((), rest)


def bind_arguments(call: Call, function: FunctionV) -> dict[str, tuple[Value, ast.arg]] | Unknown:
    """The parameters of a function with their values; unknown where the call is incomplete."""
    arguments = function.node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    missing = call.incomplete
    bound: dict[str, tuple[Value, ast.arg]] = {}
    values = list(call.args)
    kwargs = dict(call.kwargs)
    first_default = len(positional) - len(function.defaults)
    for index, parameter in enumerate(positional):
        name = parameter.arg
        if index < len(values):
            bound[name] = (values[index], parameter)
        elif name in kwargs:
            bound[name] = (kwargs.pop(name), parameter)
        elif missing is not None:
            bound[name] = (missing, parameter)
        elif index >= first_default:
            bound[name] = (function.defaults[index - first_default], parameter)
        else:
            bound[name] = (_not_given(function, name), parameter)
    if arguments.vararg is not None:
        bound[arguments.vararg.arg] = (
            missing or TupleV(tuple(values[len(positional) :])),
            arguments.vararg,
        )
    for parameter, default in zip(arguments.kwonlyargs, function.kw_defaults, strict=True):
        name = parameter.arg
        if name in kwargs:
            bound[name] = (kwargs.pop(name), parameter)
        elif missing is not None:
            bound[name] = (missing, parameter)
        else:
            bound[name] = (default or _not_given(function, name), parameter)
    if arguments.kwarg is not None:
        bound[arguments.kwarg.arg] = (DictV(dict(kwargs), missing), arguments.kwarg)
    return bound


def _not_given(function: FunctionV, name: str) -> Unknown:
    return Unknown(
        text(
            "`{function}` is called without its parameter `{name}`",
            function=function.name,
            name=name,
        )
    )


def call_uncalled(
    machine: Machine,
    function: FunctionV,
    receiver: Value | None = None,
    fill: Callable[[str, Unknown], Value] | None = None,
) -> tuple[Value, dict[str, Value]]:
    """Runs a function that nothing calls, for the facts inside it.

    Args:
        fill: what a parameter gets that has no default: its name, and why it is
            not known. Without it the parameter is unknown.

    Returns:
        What the function returns, and its parameters with their values.
    """
    arguments = function.node.args
    parameters = [*arguments.posonlyargs, *arguments.args]
    scope = Scope(function.closure)
    frame = Frame(scope, function.chunk, function)
    if function.generator:
        frame.yields = []
    machine.entered.add(id(function.node))
    values: dict[str, Value] = {}
    defaults: list[Value | None] = [None] * (len(parameters) - len(function.defaults))
    pairs = [
        *zip(parameters, [*defaults, *function.defaults], strict=True),
        *zip(arguments.kwonlyargs, function.kw_defaults, strict=True),
    ]
    for index, (parameter, default) in enumerate(pairs):
        if index == 0 and receiver is not None and parameters:
            values[parameter.arg] = receiver
            continue
        unknown = machine.unknown(
            "nothing calls `{function}` yet, so its parameter `{name}` is not known",
            function=function.name,
            name=parameter.arg,
        )
        if default is None:
            values[parameter.arg] = fill(parameter.arg, unknown) if fill else unknown
        elif default == Const(None) and fill is None:
            # `None` as a default means that callers give something else, or the body does.
            values[parameter.arg] = unknown
        else:
            values[parameter.arg] = default
    if arguments.vararg is not None:
        values[arguments.vararg.arg] = machine.unknown("nothing calls this function yet")
    if arguments.kwarg is not None:
        values[arguments.kwarg.arg] = DictV({}, machine.unknown("nothing calls this function yet"))
    machine.frames.append(frame)
    try:
        claimed.parameters(machine, frame, values)
        scope.slots.update(values)
        return _run(machine, frame, function), values
    finally:
        machine.frames.pop()
