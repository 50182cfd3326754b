"""The analysis of one document: text in, facts and problems out."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, replace

from .facts import (
    Analysis,
    Binding,
    Problem,
    Severity,
    Span,
    TensorFact,
    Text,
    UnknownFact,
    Value,
    text,
)
from .interpreter.guard import guarded
from .interpreter.machine import Budget, Frame, Machine, OutOfBudget
from .interpreter.recorder import BindingRecord, ValueRecord, add_fact
from .interpreter.statements import run_statement
from .interpreter.summary import summary_of
from .interpreter.uncalled import run_uncalled
from .models import registry
from .models.modules import is_module, weights_of
from .oracle import Oracle
from .rules import watch
from .ruleset import ALL, RuleSet
from .silence import silenced
from .source import Source
from .source.chunks import Chunk
from .source.parse import parse_part
from .values.model import Const, InstanceV, Scope


@dataclass(frozen=True, slots=True)
class Options:
    """How much an analysis may cost.

    seconds, steps: the budget of one world (waiting for the oracle to start is
    not counted). cancelled: asked now and then; True ends the analysis.
    rules: which problems are wanted.
    """

    seconds: float = 2.0
    steps: int = 200_000
    cancelled: Callable[[], bool] | None = None
    rules: RuleSet = ALL


@dataclass(frozen=True)
class _Run:
    """What one world has shown."""

    machine: Machine
    complete: bool
    weights: dict[int, int | None]
    """Of the modules that expressions evaluate to, by `id`."""


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
    run = _believing(source, chunks, oracle, options, here)
    other: _Run | None = None
    if run.machine.asked_accelerator:
        other = _believing(source, chunks, oracle, options, None if here else "cuda")
    found = _combine(run, other, here)
    certain = found.complete and not run.machine.unanswered
    problems, suppressions = silenced(found.problems, chunks, certain=certain)
    return replace(
        found,
        problems=tuple(sorted(options.rules.of(problems), key=lambda p: (p.span, p.code))),
        suppressions=tuple(suppressions),
    )


def _believing(
    source: Source, chunks: list[Chunk], oracle: Oracle, options: Options, world: str | None
) -> _Run:
    """A run that believes comments; what is a problem only because of them is no error."""
    run = _run(source, chunks, oracle, options, world)
    problems = run.machine.recorder.problems
    if run.machine.claims.used and any(code != "SW115" for _, code in problems):
        plain = _run(source, chunks, oracle, options, world, believing=False)
        for place, problem in problems.items():
            if place not in plain.machine.recorder.problems and problem.code != "SW115":
                message = text(
                    "{problem} (if the comments on shapes are right)", problem=problem.message
                )
                severity: Severity = "hint" if problem.severity == "hint" else "warning"
                problems[place] = replace(problem, message=message, severity=severity)
    return run


def _run(
    source: Source,
    chunks: list[Chunk],
    oracle: Oracle,
    options: Options,
    world: str | None,
    believing: bool = True,
) -> _Run:
    budget = Budget(options.steps, options.seconds, options.cancelled)
    machine = Machine(oracle, budget, world, source.path)
    machine.unsaved, machine.arguments = source.unsaved, source.arguments
    machine.claims.trusting = believing
    machine.claims.read(chunks)
    scope = Scope(None, "module")
    scope.slots["__name__"] = Const("__main__")
    scope.slots["__file__"] = Const(str(source.path) if source.path else "program.py")
    complete = True
    try:
        for chunk in chunks:
            machine.frames = [Frame(scope, chunk)]
            for statement in chunk.parsed.body:
                guarded(machine, lambda s=statement: run_statement(machine, s))  # type: ignore[misc]
        run_uncalled(machine, scope)
    except OutOfBudget:
        complete = False
    guarded(machine, lambda: watch.finish(machine, chunks))
    weights: dict[int, int | None] = {}
    with contextlib.suppress(OutOfBudget):
        guarded(machine, lambda: _count_weights(machine, weights))
    return _Run(machine, complete, weights)


def _count_weights(machine: Machine, weights: dict[int, int | None]) -> None:
    for record in machine.recorder.values.values():
        value = record.value
        if isinstance(value, InstanceV) and is_module(value) and id(value) not in weights:
            weights[id(value)] = weights_of(machine, value)


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
        _value(run, span, record, second.values.get(span) if second is not None else None, here)
        for span, record in recorder.values.items()
    ]
    problems = list(recorder.problems.values())
    if other is not None:
        problems = _merge_problems(recorder.problems, other.machine.recorder.problems, here)
    problems = watch.without_echoes(problems)
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
        tuple(sorted(run.machine.signatures, key=lambda s: s.span)),
        tuple(notes),
        imported=tuple(run.machine.modules),
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


def _value(
    run: _Run, span: Span, record: ValueRecord, other: ValueRecord | None, here: str | None
) -> Value:
    summary, lines = ("", ()) if record.value is None else summary_of(record.value)
    facts = _with_world(record.facts, other, here)
    weights = run.weights.get(id(record.value))
    return Value(span, record.source, facts, summary, lines, record.origin, weights)


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
        if problem.severity == "hint" and (span, problem.code) not in mine:
            problems.append(problem)
        if (span.part, span.line) not in lines and problem.code.startswith("SW3"):
            message = text(
                "{problem} (this fails where a GPU is available)", problem=problem.message
            )
            problems.append(
                replace(problem, severity="warning", message=message, accelerated_only=True)
            )
    return problems
