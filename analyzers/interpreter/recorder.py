"""What a run has seen, place by place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from ..facts import BindingKind, Origin, Problem, Span, TensorFact, Text
from ..values.model import Alternatives, Sig, TensorV, Unknown, Value
from .training import Training

OTHER_FILE = -1
"""The part of spans in imported files: what happens there is shown in those files."""

MAX_FACTS = 8
"""Facts kept for one place; a loop that grows a tensor would make thousands."""


@dataclass
class BindingRecord:
    """All that was bound at one place."""

    name: str
    kind: BindingKind
    facts: list[TensorFact] = field(default_factory=list)
    origin: Origin | None = None
    reason: Text | None = None
    other: bool = False
    """Something that is no tensor was bound here."""


@dataclass
class ValueRecord:
    """All that an expression evaluated to."""

    source: str
    facts: list[TensorFact] = field(default_factory=list)
    value: Value | None = None
    origin: Origin | None = None


class Recorder:
    """Collects facts and problems by span; the same place may be visited often."""

    def __init__(self) -> None:
        self.bindings: dict[Span, BindingRecord] = {}
        self.values: dict[Span, ValueRecord] = {}
        self.problems: dict[tuple[Span, str], Problem] = {}
        self.training = Training()
        self.notes: list[str] = []
        """Mistakes of the interpreter's own; the log shows them."""

    def bind(self, span: Span, name: str, kind: BindingKind, value: Value) -> None:
        """A name at `span` was bound to a value."""
        if span.part == OTHER_FILE:
            return
        record = self.bindings.get(span)
        if record is None:
            record = self.bindings[span] = BindingRecord(name, kind)
        self._bind(record, value)

    def _bind(self, record: BindingRecord, value: Value) -> None:
        if isinstance(value, TensorV):
            add_fact(record.facts, fact_of(value.sig))
            record.origin = record.origin or _here(value.origin)
        elif isinstance(value, Alternatives):
            for option in value.options:
                self._bind(record, option)
        elif isinstance(value, Unknown):
            record.reason = record.reason or value.reason
        else:
            record.other = True

    def evaluate(self, span: Span, source: Callable[[], str], value: Value) -> None:
        """The expression at `span` evaluated to a value."""
        if span.part == OTHER_FILE:
            return
        record = self.values.get(span)
        if record is None:
            record = self.values[span] = ValueRecord(source())
        for option in value.options if isinstance(value, Alternatives) else (value,):
            if isinstance(option, TensorV):
                add_fact(record.facts, fact_of(option.sig))
                record.origin = record.origin or _here(option.origin)
        if record.value is None or isinstance(record.value, Unknown):
            record.value = value

    def problem(self, problem: Problem) -> None:
        """Adds a problem; the first one at a place stands."""
        if problem.span.part == OTHER_FILE:
            return
        here = tuple(place for place in problem.related if place.span.part != OTHER_FILE)
        problem = replace(problem, related=here)
        self.problems.setdefault((problem.span, problem.code), problem)


def _here(origin: Origin | None) -> Origin | None:
    """The provenance, unless it lies in another file."""
    return None if origin is None or origin.span.part == OTHER_FILE else origin


def add_fact(facts: list[TensorFact], fact: TensorFact) -> None:
    """Adds a fact that is not there yet, up to the limit."""
    if fact not in facts and len(facts) < MAX_FACTS:
        facts.append(fact)


def fact_of(sig: Sig) -> TensorFact:
    """A signature as a fact."""
    return TensorFact(
        shape=sig.shape,
        dtype=sig.dtype,
        device=None if sig.numpy else sig.device,
        requires_grad=None if sig.numpy else sig.requires_grad,
        kind="ndarray" if sig.numpy else "parameter" if sig.parameter else "tensor",
    )
