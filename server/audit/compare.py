"""Static facts against what a traced run saw, place by place."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from ...analyzers.facts import Analysis, Binding, TensorFact, Text, text
from ...runtime.oracle import dims
from ...runtime.tracing_types import Seen, Signature, TraceReport

_CLAIMS = {"shape": "claimed_shape", "dtype": "dtype", "device": "device"}
ASPECTS = tuple(_CLAIMS)
BINDINGS = ("variable", "parameter", "attribute", "loop", "with", "comprehension")


@dataclass(frozen=True, slots=True)
class Wrong:
    """A place where the analysis said something that was not so."""

    part: int
    line: int
    name: str
    aspect: str
    static: str
    traced: str


@dataclass(slots=True)
class Score:
    """How a program, or several, came out.

    aspects: by aspect how often it `agreed`, was `missing` or `wrong`. errors:
        how often an error `agreed`, was `missed` or `false`. reasons: why
        things are missing.
    """

    aspects: dict[str, Counter[str]] = field(
        default_factory=lambda: {aspect: Counter() for aspect in ASPECTS}
    )
    errors: Counter[str] = field(default_factory=Counter)
    reasons: Counter[Text] = field(default_factory=Counter)
    wrong: list[Wrong] = field(default_factory=list)

    def add(self, other: Score) -> None:
        """Counts another program in."""
        for aspect in ASPECTS:
            self.aspects[aspect] += other.aspects[aspect]
        self.errors += other.errors
        self.reasons += other.reasons
        self.wrong += other.wrong

    @property
    def clean(self) -> bool:
        """Whether nothing is wrong and no error false."""
        return not self.wrong and not self.errors["false"]


def compare(analysis: Analysis, report: TraceReport, file: str) -> Score:
    """The score of one program; `file` is its path as the trace names it."""
    score = Score()
    static = {(b.span.part, b.span.line, b.span.column, b.name): b for b in analysis.bindings}
    why = {(u.span.part, u.span.line, u.span.column, u.name): u.reason for u in analysis.unknowns}
    for seen in report.seen:
        if seen.kind not in BINDINGS or seen.place.file != file:
            continue
        key = (seen.place.part, seen.place.line, seen.place.column, seen.name)
        binding = static.get(key)
        missing = False
        for aspect in ASPECTS:
            if aspect == "device" and seen.signatures[0].kind == "ndarray":
                continue
            outcome = _outcome(aspect, binding, seen)
            score.aspects[aspect][outcome] += 1
            missing = missing or outcome == "missing"
            if outcome == "wrong" and binding is not None:
                score.wrong.append(_wrong(aspect, binding, seen))
        if missing:
            score.reasons[why.get(key, text("no reason is given"))] += 1
    _errors(score, analysis, report, file)
    return score


def _outcome(aspect: str, binding: Binding | None, seen: Seen) -> str:
    if binding is None:
        return "missing"
    facts = [fact for fact in binding.facts if getattr(fact, _CLAIMS[aspect]) is not None]
    open_ended = len(facts) < len(binding.facts)
    if not facts:
        return "missing"
    if all(any(_fits(aspect, fact, sig) for fact in facts) for sig in seen.signatures):
        return "agreed"
    return "missing" if open_ended else "wrong"


def _fits(aspect: str, fact: TensorFact, signature: Signature) -> bool:
    if aspect == "shape":
        shape = fact.claimed_shape
        return shape is not None and fits_shape(shape, signature.shape)
    if aspect == "device":
        return signature.device in (fact.device, fact.accelerated_device)
    return fact.dtype == signature.dtype


def fits_shape(static: tuple[dims.Dim, ...], traced: tuple[int, ...]) -> bool:
    """Whether sizes can be what a shape says: one symbol is one number throughout."""
    if len(static) != len(traced):
        return False
    bound: dict[str, int] = {}
    later: list[tuple[str, int]] = []
    for dim, size in zip(static, traced, strict=True):
        if isinstance(dim, int):
            if dim != size:
                return False
        elif dim.isidentifier():
            if bound.setdefault(dim, size) != size:
                return False
        else:
            later.append((dim, size))
    return all(
        dims.evaluate(dim, bound) == size
        for dim, size in later
        if all(name in bound for name in dims.symbols(dim))
    )


def _wrong(aspect: str, binding: Binding, seen: Seen) -> Wrong:
    return Wrong(
        seen.place.part,
        seen.place.line,
        seen.name,
        aspect,
        " | ".join(str(getattr(fact, aspect)) for fact in binding.facts),
        " | ".join(str(getattr(signature, aspect)) for signature in seen.signatures),
    )


def _errors(score: Score, analysis: Analysis, report: TraceReport, file: str) -> None:
    """The exception of the run against the errors that were reported.

    A report is false only where the run got past it: lines that were never
    reached say nothing.
    """
    reported = {
        (problem.span.part, problem.span.line): problem
        for problem in analysis.problems
        if problem.severity == "error" and not problem.accelerated_only
    }
    raised = None
    if report.failure is not None and report.failure.frames:
        place = report.failure.frames[-1].place
        if place.file == file:
            raised = (place.part, place.line)
            score.errors["agreed" if raised in reported else "missed"] += 1
    visited = {(s.place.part, s.place.line) for s in report.seen if s.place.file == file}
    for place_of_report in reported:
        if place_of_report != raised and place_of_report in visited and raised is None:
            score.errors["false"] += 1
