"""The analysis of one document: text in, facts and problems out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from .facts import (
    Analysis,
    Binding,
    Problem,
    Span,
    TensorFact,
    Text,
    UnknownFact,
    Value,
    text,
)
from .interpreter.changes import forget_changing_attributes
from .interpreter.functions import call_uncalled
from .interpreter.machine import Budget, Frame, Machine, OutOfBudget, Raised
from .interpreter.recorder import BindingRecord, ValueRecord, add_fact
from .interpreter.statements import run_statement
from .interpreter.summary import summary_of
from .models import registry
from .oracle import Oracle
from .source import Source
from .source.chunks import Chunk
from .source.parse import parse_part
from .values.model import ClassV, Const, Descriptor, FunctionV, InstanceV, Scope
from .values.model import Value as AbstractValue


@dataclass(frozen=True, slots=True)
class Options:
    """How much an analysis may cost.

    seconds, steps: the budget of one world (waiting for the oracle to start is
    not counted). cancelled: asked now and then; True ends the analysis.
    """

    seconds: float = 2.0
    steps: int = 200_000
    cancelled: Callable[[], bool] | None = None


@dataclass(frozen=True)
class _Run:
    """What one world has shown."""

    machine: Machine
    complete: bool


def analyze(source: Source, oracle: Oracle, options: Options | None = None) -> Analysis:
    """Everything that can be known of a document without running it. Never raises."""
    options = options or Options()
    registry.load()
    try:
        chunks = [
            chunk
            for index, part in enumerate(source.parts)
            for chunk in parse_part(index, part.text)
        ]
    except RecursionError:
        return Analysis(complete=False, notes=(text("the program is nested too deeply"),))
    here = oracle.accelerator
    run = _run(source, chunks, oracle, options, here)
    other: _Run | None = None
    if run.machine.asked_accelerator:
        other = _run(source, chunks, oracle, options, None if here else "cuda")
    return _combine(run, other, here)


def _run(
    source: Source, chunks: list[Chunk], oracle: Oracle, options: Options, world: str | None
) -> _Run:
    budget = Budget(options.steps, options.seconds, options.cancelled)
    machine = Machine(oracle, budget, world, source.path)
    scope = Scope(None, "module")
    scope.slots["__name__"] = Const("__main__")
    scope.slots["__file__"] = Const(str(source.path) if source.path else "program.py")
    complete = True
    try:
        for chunk in chunks:
            machine.frames = [Frame(scope, chunk)]
            for statement in chunk.parsed.body:
                _guarded(machine, lambda s=statement: run_statement(machine, s))  # type: ignore[misc]
        _run_uncalled(machine, scope)
    except OutOfBudget:
        complete = False
    return _Run(machine, complete)


def _guarded(machine: Machine, step: Callable[[], object]) -> None:
    """One step; a mistake of ours must not cost the learner the rest of the file."""
    frames, depth = list(machine.frames), len(machine.catching)
    try:
        step()
    except Raised:
        pass
    except RecursionError:
        machine.recorder.notes.append("RecursionError")
    except OutOfBudget:
        raise
    except Exception as error:  # the invariant: analysis never raises
        machine.recorder.notes.append(f"{type(error).__name__}: {error}")
        if machine.debug:
            raise
    machine.frames = frames
    del machine.catching[depth:]
    machine.trail.reset()
    machine.loops.clear()


def _run_uncalled(machine: Machine, scope: Scope) -> None:
    """Functions and classes that nothing uses are run too, for the facts inside them."""
    for value in list(scope.slots.values()):
        if isinstance(value, FunctionV):
            _uncalled_function(machine, value, None)
        elif isinstance(value, ClassV):
            _uncalled_class(machine, value)


def _uncalled_function(
    machine: Machine, function: FunctionV, receiver: AbstractValue | None
) -> None:
    if id(function.node) in machine.entered or function.chunk is None:
        return
    machine.frames = [Frame(function.closure, function.chunk)]
    mark = machine.trail.begin()

    if isinstance(receiver, InstanceV):
        forget_changing_attributes(machine, receiver)
    machine.uncalled = True

    def step() -> None:
        with machine.grad_mode(function.slots.get("$grad", True)):
            call_uncalled(machine, function, receiver)

    machine.recorder.training.path.append(function)
    _guarded(machine, step)
    machine.recorder.training.path.clear()
    machine.uncalled = False
    machine.trail.abandon(mark)


def _uncalled_class(machine: Machine, cls: ClassV) -> None:
    methods = [
        (name, value.function if isinstance(value, Descriptor) else value)
        for name, value in cls.slots.items()
    ]
    functions = [(name, value) for name, value in methods if isinstance(value, FunctionV)]
    if all(id(function.node) in machine.entered for _, function in functions):
        return
    instance = machine.instances.get(id(cls))
    if instance is None:
        instance = InstanceV(cls)
        instance.slots["$training"] = True
        init = dict(functions).get("__init__")
        if init is not None:
            _uncalled_init(machine, init, instance)
    static = {
        id(value.function)
        for value in cls.slots.values()
        if isinstance(value, Descriptor) and value.kind == "staticmethod"
    }
    for _, function in functions:
        _uncalled_function(machine, function, None if id(function) in static else instance)


def _uncalled_init(machine: Machine, init: FunctionV, instance: InstanceV) -> None:
    machine.frames = [Frame(init.closure, init.chunk)]
    machine.uncalled = True
    _guarded(machine, lambda: call_uncalled(machine, init, instance))
    machine.uncalled = False


def _combine(run: _Run, other: _Run | None, here: str | None) -> Analysis:
    recorder = run.machine.recorder
    second = other.machine.recorder if other is not None else None
    bindings, unknowns = [], []
    for span, record in recorder.bindings.items():
        facts = _with_world(
            record.facts, second.bindings.get(span) if second is not None else None, here
        )
        if facts and record.reason is not None:
            # Another visit of the same place saw something about which nothing is known.
            facts = (*facts, TensorFact(None, None, None))
        if facts:
            bindings.append(Binding(span, record.name, record.kind, facts, record.origin))
        elif record.reason is not None and not record.other:
            unknowns.append(UnknownFact(span, record.name, record.reason))
    values = [
        _value(span, record, second.values.get(span) if second is not None else None, here)
        for span, record in recorder.values.items()
    ]
    problems = list(recorder.problems.values())
    if other is not None:
        problems = _merge_problems(recorder.problems, other.machine.recorder.problems, here)
    notes: list[Text] = []
    complete = run.complete and (other is None or other.complete)
    if not complete:
        notes.append(text("the analysis ran out of time; what is known so far is shown"))
    return Analysis(
        tuple(sorted(bindings, key=lambda b: (b.span, b.name))),
        tuple(sorted(values, key=lambda v: v.span)),
        tuple(sorted(problems, key=lambda p: (p.span, p.code))),
        tuple(sorted(unknowns, key=lambda u: (u.span, u.name))),
        complete,
        tuple(notes),
    )


def _with_world(
    facts: list[TensorFact], other: BindingRecord | ValueRecord | None, here: str | None
) -> tuple[TensorFact, ...]:
    """The facts of this machine, with the device an accelerator would give beside them."""
    if other is None or here is not None:
        return tuple(facts)
    result: list[TensorFact] = []
    for index, fact in enumerate(facts):
        twin = other.facts[index] if index < len(other.facts) else None
        if twin is not None and twin.device != fact.device and twin.shape == fact.shape:
            fact = replace(fact, accelerated_device=twin.device)
        add_fact(result, fact)
    return tuple(result)


def _value(span: Span, record: ValueRecord, other: ValueRecord | None, here: str | None) -> Value:
    summary, lines = ("", ()) if record.value is None else summary_of(record.value)
    facts = _with_world(record.facts, other, here)
    return Value(span, record.source, facts, summary, lines, record.origin)


def _merge_problems(
    mine: dict[tuple[Span, str], Problem],
    others: dict[tuple[Span, str], Problem],
    here: str | None,
) -> list[Problem]:
    """Problems of both worlds; those of the accelerated one alone are warnings that say so."""
    problems = list(mine.values())
    if here is not None:
        return problems
    lines = {(span.part, span.line) for span, _ in mine}
    for (span, _), problem in others.items():
        if (span.part, span.line) not in lines and problem.code.startswith("SW3"):
            message = text(
                "{problem} (this fails where a GPU is available)", problem=problem.message
            )
            problems.append(
                replace(problem, severity="warning", message=message, accelerated_only=True)
            )
    return problems
