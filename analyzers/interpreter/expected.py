"""What functions expect: the search for arguments with which a body works."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from ...runtime.oracle import dims
from ..facts import Signature, Span, TensorFact
from ..values.model import (
    Alternatives,
    ClassV,
    Const,
    DictV,
    FunctionV,
    Hole,
    InstanceV,
    ListV,
    Scalar,
    SymInt,
    TensorV,
    TupleV,
    Unknown,
    Value,
)
from . import claimed, holes, libraries
from .changes import forget_changing_attributes
from .functions import call_uncalled
from .machine import Frame, Machine, OutOfBudget, Raised, SearchTooSlow
from .recorder import Recorder, fact_of
from .search import Rejected, Search

MAX_PASSES = 16
"""Times a function is run before the search for its arguments is given up."""

MAX_STEPS = 60_000
"""Steps that all searches of one analysis may take."""


@dataclass(frozen=True)
class _Pass:
    """One run of a function with holes.

    parameters: what they turned out to be.
    """

    recorder: Recorder
    parameters: dict[str, Value]
    returned: Value


def search_all(
    machine: Machine, own: Sequence[FunctionV | ClassV], made: dict[int, InstanceV]
) -> None:
    """Searches for what the functions and methods of a module expect, callers first.

    Args:
        made: instances of classes that the program makes no instance of, by class id.
    """
    from .uncalled import functions_of

    with suppress(SearchTooSlow):
        _search_each(machine, own, made)
    for value in own:
        functions = [value] if isinstance(value, FunctionV) else [f for _, f in functions_of(value)]
        cls = value if isinstance(value, ClassV) else None
        for function in functions:
            _sign(machine, function, cls)


def _search_each(
    machine: Machine, own: Sequence[FunctionV | ClassV], made: dict[int, InstanceV]
) -> None:
    from .uncalled import functions_of, static_methods

    limit = machine.budget.spent + MAX_STEPS
    for value in reversed(own):
        if isinstance(value, FunctionV):
            if machine.budget.spent < limit:
                _search_function(machine, value, None, None)
        else:
            static = static_methods(value)
            for _, function in functions_of(value):
                if function.name == "__init__" or machine.budget.spent >= limit:
                    continue
                receiver = None if id(function) in static else _receiver(machine, value, made)
                _search_function(machine, function, receiver, value)


def _receiver(machine: Machine, cls: ClassV, made: dict[int, InstanceV]) -> InstanceV:
    """An instance of a class: the program's first one, unless too little is known of that."""
    instance: InstanceV | None = machine.instances.get(id(cls))
    if instance is not None and not _is_vague(instance):
        return instance
    key = -id(cls)
    if key not in made:
        made[key] = _constructed(machine, cls) or instance or made.get(id(cls)) or InstanceV(cls)
    return made[key]


def _is_vague(instance: InstanceV) -> bool:
    """Whether layers of a module are not known."""
    return any(
        isinstance(value, Unknown)
        or (isinstance(value, InstanceV) and isinstance(value.slots.get("$layer"), Unknown))
        for name, value in instance.slots.items()
        if name != "$unknown"
    )


def _constructed(machine: Machine, cls: ClassV) -> InstanceV | None:
    """An instance whose constructor's arguments are symbols; None if that does not work."""
    from . import attributes

    instance = InstanceV(cls)
    if any(libraries.is_layer(machine, base) for base in cls.library_bases()):
        instance.slots["$module"] = True
    instance.slots["$training"] = True
    init = attributes.find_method(instance, "__init__")
    if not isinstance(init, FunctionV):
        return None
    search = Search("init", "cpu")
    for _ in range(MAX_PASSES):
        fresh = InstanceV(cls)
        fresh.slots.update(instance.slots)
        if _pass(machine, search, init, fresh, keep=True) is not None:
            fresh.slots["$symbols"] = search.taken
            return fresh
        if not search.take_back():
            return None
    return None


def _search_function(
    machine: Machine, function: FunctionV, receiver: InstanceV | None, cls: ClassV | None
) -> None:
    if isinstance(function.node, ast.Lambda) or not _is_open(machine, function, receiver):
        return
    search = _search_for(function, receiver)
    claimed.prepare(machine, search, function)
    found = _search(machine, search, function, receiver)
    if found is None and any(stated.shape is not None for stated in search.claims.values()):
        claimed.run_believing(machine, function, receiver)
        search = _search_for(function, receiver)
        found = _search(machine, search, function, receiver)
        if found is not None and not search.chosen:
            claimed.refuted(machine, function, found.parameters)
    if receiver is not None and _report_impossible(machine, search, function, receiver):
        return
    if found is not None:
        other = _of_other_ranks(machine, search, function, receiver)
        certain: _Pass | None = found
        if search.chosen:
            search.forget_chosen()
            certain = _pass(machine, search, function, receiver)
        claimed.judged(machine, search)
        machine.recorder.adopt(
            found.recorder,
            (certain or found).recorder,
            other.recorder if other is not None else None,
        )
        machine.recorder.returned.setdefault(id(function.node), []).append(found.returned)


def _report_impossible(
    machine: Machine, search: Search, function: FunctionV, receiver: InstanceV
) -> bool:
    """Nothing goes through `forward`, whatever its one argument is: that is its mistake.

    Reported is what torch's layers and functions refused, where the input came
    farthest: at least twice at that place, and no tensor may have come beyond it.
    """
    failures = [failed for guess, failed in search.failures if guess.kind == "tensor"]
    parameters = _parameters(function, receiver)
    if search.kind != "forward" or len(parameters) != 1 or not search.exhausted or not failures:
        return False
    if search.ambiguous:
        return False
    farthest = max(depth for _, depth in failures)
    problem = next(problem for problem, depth in failures if depth == farthest)
    if problem.code not in _OF_SHAPES or not problem.torch_message:
        return False
    if any(span.line != problem.span.line for span in search.doubts):
        return False
    machine.recorder.problem(problem)
    return True


_OF_SHAPES = ("SW101", "SW102", "SW103", "SW104", "SW105", "SW108")


def _is_open(machine: Machine, function: FunctionV, receiver: InstanceV | None) -> bool:
    """Whether a parameter has no value, and none is a tensor that is known."""
    partial = machine.recorder.partial.get(id(function.node))
    is_open = False
    for argument in _parameters(function, receiver):
        record = machine.recorder.bindings.get(function.chunk.span(argument))
        if record is not None and record.facts:
            return False
        if partial is None:
            is_open |= record is None and argument.arg not in _with_default(function)
        else:
            is_open |= isinstance(partial.get(argument.arg), Unknown)
    return is_open


def _parameters(function: FunctionV, receiver: Value | None) -> list[ast.arg]:
    arguments = function.node.args
    found = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return found[1:] if receiver is not None else found


def _with_default(function: FunctionV) -> set[str]:
    arguments = function.node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    count = len(function.defaults)
    names = {argument.arg for argument in (positional[-count:] if count else [])}
    pairs = zip(arguments.kwonlyargs, function.kw_defaults, strict=True)
    return names | {argument.arg for argument, default in pairs if default is not None}


def _search_for(function: FunctionV, receiver: InstanceV | None) -> Search:
    is_forward = function.name == "forward" and receiver is not None
    taken = receiver.slots.get("$symbols", ()) if receiver is not None else ()
    return Search("forward" if is_forward else "function", _device(receiver), taken)


def _search(
    machine: Machine, search: Search, function: FunctionV, receiver: InstanceV | None
) -> _Pass | None:
    """The last run of a function whose arguments go through its body; None if none do."""
    doubtful: _Pass | None = None
    for _ in range(MAX_PASSES):
        found = _pass(machine, search, function, receiver)
        if found is not None and search.changed:
            continue
        if found is not None and search.doubtful is None:
            return found
        if found is None:
            search.note_failure()
        elif search.doubtful is not None:
            search.doubts.append(search.doubtful)
            doubtful = doubtful or found
        if not search.take_back():
            search.exhausted = True
            break
    return doubtful


def _of_other_ranks(
    machine: Machine, search: Search, function: FunctionV, receiver: InstanceV | None
) -> _Pass | None:
    """A run with tensors of one axis more or less, if that goes through the body too."""
    for other in search.of_other_ranks():
        for _ in range(3):
            found = _pass(machine, other, function, receiver)
            if found is None or other.doubtful is not None:
                break
            if not other.changed:
                return found
    return None


def _device(receiver: InstanceV | None) -> str | None:
    """Where a module's layers are."""
    for value in receiver.slots.values() if receiver is not None else ():
        if isinstance(value, InstanceV) and "$device" in value.slots:
            device: str | None = value.slots["$device"]
            return device
    return "cpu"


def _pass(
    machine: Machine,
    search: Search,
    function: FunctionV,
    receiver: InstanceV | None,
    keep: bool = False,
) -> _Pass | None:
    """Runs a function with what is decided so far; None if that fails.

    Args:
        keep: the holes of this run stay what they are, and its writes too.
    """
    recorder, frames, modes = machine.recorder, machine.frames, machine.modes.grad
    catching, loops = len(machine.catching), list(machine.loops)
    entered = set(machine.entered)
    partial = recorder.partial.get(id(function.node), {})
    machine.recorder = Recorder()
    machine.frames = [Frame(function.closure, function.chunk)]
    machine.search, before = search, machine.search
    depth = machine.trail.depth
    mark = machine.trail.begin()
    search.begin_pass(machine.budget.spent)
    if receiver is not None and not keep:
        forget_changing_attributes(machine, receiver)

    def fill(name: str, unknown: Unknown) -> Value:
        given = partial.get(name)
        return (
            given
            if given is not None and not isinstance(given, Unknown)
            else holes.decided(machine, holes.hole(name, unknown))
        )

    try:
        with machine.grad_mode(function.slots.get("$grad", True)):
            returned, values = call_uncalled(machine, function, receiver, fill)
        for value in values.values():
            holes.decided(machine, value, at_end=True)
        returned = _settled(returned)
        parameters = {name: holes.settled(value) for name, value in values.items()}
        _record(machine, function, receiver, parameters)
        return _Pass(machine.recorder, parameters, returned)
    except (Rejected, Raised, RecursionError):
        return None
    except OutOfBudget:
        raise
    except Exception as error:  # the invariant: analysis never raises
        recorder.notes.append(f"{type(error).__name__}: {error}")
        if machine.debug:
            raise
        return None
    finally:
        if keep:
            machine.trail.settle(depth)
        else:
            search.end_pass()
            machine.trail.unwind(mark, depth)
        machine.search = before
        machine.recorder, machine.frames, machine.modes.grad = recorder, frames, modes
        machine.entered = entered
        del machine.catching[catching:]
        machine.loops[:] = loops


def _record(
    machine: Machine, function: FunctionV, receiver: Value | None, values: dict[str, Value]
) -> None:
    for argument in _parameters(function, receiver):
        value = values.get(argument.arg)
        if isinstance(value, TensorV):
            span = function.chunk.span(argument)
            machine.recorder.bind(span, argument.arg, "parameter", value)


def _settled(value: Value) -> Value:
    value = holes.settled(value)
    if isinstance(value, TupleV):
        return TupleV(tuple(_settled(item) for item in value.items), value.type_name, value.names)
    return Unknown(value.reason) if type(value) is Hole else value


def _sign(machine: Machine, function: FunctionV, cls: ClassV | None) -> None:
    """Notes what a function takes and returns, if a tensor is among its parameters."""
    if isinstance(function.node, ast.Lambda) or function.chunk is None:
        return
    parameters = []
    for argument in _parameters(function, None):
        record = machine.recorder.bindings.get(function.chunk.span(argument))
        if record is not None and record.facts:
            fact = joined(record.facts)
            if fact is not None:
                parameters.append((argument.arg, fact))
    results = machine.recorder.returned.get(id(function.node), [])
    if not parameters:
        return
    is_forward = cls is not None and function.name == "forward"
    signature = Signature(
        span=name_span(function),
        name=f"{cls.name}.{function.name}" if cls is not None else function.name,
        parameters=tuple(parameters),
        returns=_returns(results),
        expected=any(fact.expected for _, fact in parameters),
        class_span=class_span(cls) if is_forward and cls is not None else None,
        weights=_weights(machine, cls) if is_forward and cls is not None else None,
    )
    machine.signatures.append(signature)


def joined(facts: Sequence[TensorFact]) -> TensorFact | None:
    """One fact for several of one rank and dtype, with `N` for sizes that differ."""
    first = facts[0]
    if first.shape is None or any(
        fact.shape is None or len(fact.shape) != len(first.shape) or fact.dtype != first.dtype
        for fact in facts
    ):
        return None
    from dataclasses import replace

    columns = zip(*(fact.shape for fact in facts if fact.shape is not None), strict=True)
    shape = tuple(
        sizes[0] if len(set(sizes)) == 1 else "N" if index == 0 else f"N{index}"
        for index, sizes in enumerate(columns)
    )
    return replace(first, shape=shape)


def _returns(results: Sequence[Value]) -> str:
    shapes = {shape for shape in map(shape_code, results) if shape}
    if len(shapes) == 1:
        return shapes.pop()
    tensors = [result for result in results if isinstance(result, TensorV)]
    if len(tensors) == len(results) and tensors:
        fact = joined([fact_of(tensor.sig) for tensor in tensors])
        if fact is not None and fact.shape is not None:
            return _shape(fact.shape)
    return " | ".join(sorted(shapes)[:3]) if len(shapes) <= 3 else ""


def _shape(shape: tuple[dims.Dim, ...]) -> str:
    from ..rules.describe import shape_text

    return shape_text(shape)


def shape_code(value: Value) -> str:
    """The shapes in a value as code; empty where nothing is known."""
    if isinstance(value, TensorV):
        return _shape(value.sig.shape) if value.sig.shape is not None else ""
    if isinstance(value, TupleV):
        parts = [shape_code(item) or "…" for item in value.items]
        return f"({', '.join(parts)})" if any(part != "…" for part in parts) else ""
    if isinstance(value, ListV):
        items = [shape_code(item) for item in value.items.items]
        if items and value.items.rest is None and all(items) and len(items) <= 4:
            return f"[{', '.join(items)}]"
        return f"[{items[0]}, …]" if items and len(set(items)) == 1 and items[0] else ""
    if isinstance(value, Alternatives):
        parts = [shape_code(option) for option in value.options]
        return " | ".join(parts) if all(parts) else ""
    if isinstance(value, Const):
        return repr(value.value)[:40]
    if isinstance(value, (SymInt, Scalar)):
        return value.type if isinstance(value, Scalar) else value.expression
    return "dict" if isinstance(value, DictV) else ""


def name_span(function: FunctionV) -> Span:
    """Where the name of a function stands in its `def`."""
    prefix = "async def " if isinstance(function.node, ast.AsyncFunctionDef) else "def "
    return _name_span(function.chunk.span(function.node), prefix, function.name)


def class_span(cls: ClassV) -> Span:
    """Where the name of a class stands in its definition."""
    return _name_span(cls.chunk.span(cls.node), "class ", cls.name)


def _name_span(whole: Span, prefix: str, name: str) -> Span:
    column = whole.column + len(prefix)
    return Span(whole.part, whole.line, column, whole.line, column + len(name))


def _weights(machine: Machine, cls: ClassV) -> int | None:
    """How many learnable numbers the first instance of a module has."""
    from ..models.modules import weights_of

    instance = machine.instances.get(id(cls))
    return weights_of(machine, instance) if instance is not None else None
