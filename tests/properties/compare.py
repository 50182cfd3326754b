"""Where an analysis and a real run do not agree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from shapewise.analyzers.facts import Analysis, Binding, Problem, TensorFact
from shapewise.runtime.oracle import dims

from .programs import Fact, Run

BY_VALUE = re.compile(
    "index out of range|out of bounds|Class values must be|negative integer powers"
    "|between 0 and 1|negative values|division by zero|ZeroDivision"
)
"""What torch says where it does not like the numbers in a tensor: no analysis knows them."""


@dataclass
class Numbers:
    """What the symbols of an analysis stand for in one real run."""

    of: dict[str, int] = field(default_factory=dict)

    def fits(self, dim: dims.Dim, size: int) -> bool:
        """Whether a size may be that dim; a symbol that is new becomes it."""
        if isinstance(dim, str) and dim.isidentifier() and dim not in self.of:
            self.of[dim] = size
        if not all(name in self.of for name in dims.symbols(dim)):
            return True
        return dims.evaluate(dim, self.of) == size

    def shape_fits(self, shape: tuple[dims.Dim, ...], sizes: tuple[int | str, ...]) -> bool:
        """Whether all sizes may be those dims."""
        if len(shape) != len(sizes):
            return False
        # A plain symbol says what it stands for; expressions with it come afterwards.
        pairs = sorted(zip(shape, sizes), key=lambda pair: not str(pair[0]).isidentifier())
        return all(self.fits(dim, int(size)) for dim, size in pairs)


def errors(analysis: Analysis) -> list[Problem]:
    """The problems that stand for an exception on this machine."""
    return [p for p in analysis.problems if p.severity == "error" and not p.accelerated_only]


def wrong_facts(analysis: Analysis, run: Run, numbers: Numbers) -> Iterator[str]:
    """Facts that are not what the run saw."""
    for binding in analysis.bindings:
        seen = run.facts.get((binding.span.line, binding.name))
        if seen is not None:
            for fact in binding.facts:
                yield from _wrong(binding, fact, seen, numbers)


def _wrong(binding: Binding, fact: TensorFact, seen: Fact, numbers: Numbers) -> Iterator[str]:
    where = f"line {binding.span.line}: {binding.name}"
    if fact.shape is not None and not numbers.shape_fits(fact.shape, seen.shape):
        yield f"{where} is said to be {fact.shape}, and is {seen.shape} with {numbers.of}"
    if fact.dtype not in (None, seen.dtype):
        yield f"{where} is said to be {fact.dtype}, and is {seen.dtype}"
    if fact.requires_grad not in (None, seen.requires_grad):
        yield f"{where}: requires_grad is said to be {fact.requires_grad}, and is not"


def missing_facts(analysis: Analysis, run: Run) -> Iterator[str]:
    """The first tensor of a run of which not all is known, unless one before is of vague size."""
    known = {(b.span.line, b.name): b.facts for b in analysis.bindings}
    for (line, name), seen in sorted(run.facts.items()):
        facts = known.get((line, name), ())
        if not facts or any(fact.shape is None or fact.dtype is None for fact in facts):
            yield f"line {line}: {name} is {seen}, and that is not known"
            return
        if any(isinstance(dim, str) for fact in facts for dim in fact.shape or ()):
            return  # how many elements of `x[x > 0]` there are decides about what follows


def is_vague(analysis: Analysis) -> bool:
    """Whether there is a tensor whose shape is not known in numbers."""
    return any(
        fact.shape is None or any(isinstance(dim, str) for dim in fact.shape)
        for binding in analysis.bindings
        for fact in binding.facts
    )


def wrong_errors(analysis: Analysis, run: Run) -> Iterator[str]:
    """Errors that are reported, and do not happen there."""
    for problem in errors(analysis):
        if run.raised is None or problem.span.line != run.raised[0]:
            happened = run.raised or "nothing was raised"
            yield f"line {problem.span.line}: {problem.torch_message}, but {happened}"


def missed_error(analysis: Analysis, run: Run) -> Iterator[str]:
    """An exception about which nothing is said, though all shapes are known."""
    if run.raised is not None and not errors(analysis):
        line, message = run.raised
        if not BY_VALUE.search(message) and not is_vague(analysis):
            yield f"line {line} raises {message}, and nothing is reported"
