"""What a run has seen, place by place."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from ...runtime.oracle.dims import Dim
from ..facts import BindingKind, Origin, Problem, Span, TensorFact, Text
from ..values.model import Alternatives, Sig, TensorV, Unknown, Value
from .training import Training

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

    def __init__(self, files: Mapping[int, Path] | None = None) -> None:
        self.files = files if files is not None else {}
        """The imported files, by the part of the spans in them, which is below 0."""
        self.bindings: dict[Span, BindingRecord] = {}
        self.values: dict[Span, ValueRecord] = {}
        self.problems: dict[tuple[Span, str], Problem] = {}
        self.training = Training()
        self.partial: dict[int, dict[str, Value]] = {}
        """By function node id, the arguments of the first call that had unknown ones."""
        self.returned: dict[int, list[Value]] = {}
        """By function node id, what its first calls returned."""
        self.notes: list[str] = []
        """Mistakes of the interpreter's own; the log shows them."""

    def bind(self, span: Span, name: str, kind: BindingKind, value: Value) -> None:
        """A name at `span` was bound to a value."""
        if in_other_file(span):
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
        if in_other_file(span):
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

    def called(self, node: ast.AST, arguments: dict[str, Value], result: Value) -> None:
        """A function of the learner's was called, and returned."""
        if any(isinstance(value, Unknown) for value in arguments.values()):
            self.partial.setdefault(id(node), arguments)
        results = self.returned.setdefault(id(node), [])
        if len(results) < MAX_FACTS:
            results.append(result)

    def adopt(self, other: Recorder, certain: Recorder, else_: Recorder | None) -> None:
        """Takes over what another run expects at places where nothing is known.

        Args:
            certain: the same run without sizes that are merely usual.
            else_: the run with tensors of other numbers of axes, if that works too.
        """
        for span, record in other.bindings.items():
            known = self.bindings.get(span)
            if record.facts and (known is None or not (known.facts or known.other)):
                shapes = certain.shapes_at(span)
                if else_ is not None and else_.shapes_at(span) != shapes:
                    shapes = []
                shapes += [None] * len(record.facts)
                record.facts = [
                    replace(fact, expected=True, certain_shape=shape)
                    for fact, shape in zip(record.facts, shapes, strict=False)
                ]
                record.reason = None
                self.bindings[span] = record
        for place, value in other.values.items():
            seen = self.values.get(place)
            if seen is None or (not seen.facts and isinstance(seen.value, (Unknown, type(None)))):
                value.facts = [replace(fact, expected=True) for fact in value.facts]
                self.values[place] = value
        for node, results in other.returned.items():
            if all(isinstance(result, Unknown) for result in self.returned.get(node, [])):
                self.returned[node] = results

    def shapes_at(self, span: Span) -> list[tuple[Dim, ...] | None]:
        """The shapes that a place binds."""
        record = self.bindings.get(span)
        return [fact.shape for fact in record.facts] if record is not None else []

    def problem(self, problem: Problem) -> None:
        """Adds a problem; the first one at a place stands."""
        if in_other_file(problem.span):
            return
        related = (replace(r, path=self.files.get(r.span.part)) for r in problem.related)
        problem = replace(problem, related=tuple(dict.fromkeys(related)))
        self.problems.setdefault((problem.span, problem.code), problem)


def in_other_file(span: Span) -> bool:
    """Whether a place lies in an imported file: what happens there is shown in that file."""
    return span.part < 0


def _here(origin: Origin | None) -> Origin | None:
    """The provenance, unless it lies in another file."""
    return None if origin is None or in_other_file(origin.span) else origin


def add_fact(facts: list[TensorFact], fact: TensorFact) -> None:
    """Adds a fact that is not there yet; beyond the limit only that there are others."""
    if fact in facts or _OTHERS in facts:
        return
    facts.append(fact if len(facts) < MAX_FACTS else _OTHERS)


_OTHERS = TensorFact(None, None, None)


def fact_of(sig: Sig) -> TensorFact:
    """A signature as a fact."""
    return TensorFact(
        shape=sig.shape,
        dtype=None if sig.mixed else sig.dtype,
        device=None if sig.numpy else sig.device,
        requires_grad=None if sig.numpy else sig.requires_grad,
        kind="ndarray" if sig.numpy else "parameter" if sig.parameter else "tensor",
    )
