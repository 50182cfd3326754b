"""Checking a learner's exercise: what is expected is asked of the analysis.

The program is analysed with a few lines behind it, one for each expectation, as if it
were a notebook's last cell. `_shapewise_0 = W @ F` tells shape, dtype and device. A
value is asked by `zeros(1 if … else 2)`: if the analysis can work it out, the shape
says so; else both are possible, and only a run can tell.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from ..analyzers.facts import Analysis, Binding, Problem, TensorFact, Text, text
from ..analyzers.source import Part, Source
from .model import Exercise, Expectation, Lesson, Step, localized

Analyze = Callable[[Source], Analysis]

Verdict = Literal["met", "unmet", "unknown"]

_MARK = re.compile(r"#\s*shapewise:\s*exercise\s+([a-z0-9-]+)/([a-z0-9-]+)\s*$")
_HEAD_LINES = 5
"""The mark stands among the first lines of a file."""

_PREFIX = "_shapewise_"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one expectation. said: what is so, where it is not met."""

    verdict: Verdict
    said: Text | None = None


@dataclass(frozen=True, slots=True)
class StepResult:
    """What became of a step's expectations, in their order."""

    step: Step
    outcomes: tuple[Outcome, ...]

    @property
    def verdict(self) -> Verdict:
        return _all(outcome.verdict for outcome in self.outcomes)


@dataclass(frozen=True, slots=True)
class Report:
    """How far an exercise is. errors: the program's own."""

    steps: tuple[StepResult, ...]
    errors: tuple[Problem, ...]

    @property
    def done(self) -> int:
        """How many steps are done."""
        return sum(step.verdict == "met" for step in self.steps)

    @property
    def verdict(self) -> Verdict:
        """Whether the exercise is solved."""
        return "unmet" if self.errors else _all(step.verdict for step in self.steps)


def _all(verdicts: Iterator[Verdict]) -> Verdict:
    found = set(verdicts)
    return "unmet" if "unmet" in found else "unknown" if "unknown" in found else "met"


def mark_of(program: str) -> tuple[str, str, int] | None:
    """The pack, the lesson and the line of the mark that makes a file an exercise."""
    for number, line in enumerate(program.split("\n")[:_HEAD_LINES], 1):
        found = _MARK.match(line)
        if found:
            return found[1], found[2], number
    return None


def starting_text(pack: str, lesson: Lesson, exercise: Exercise, language: str) -> str:
    """The file that a learner gets: the mark, the goals as comments, the program."""
    lines = [f"# shapewise: exercise {pack}/{lesson.id}", f"# {lesson.page(language).title}", "#"]
    lines += [f"# {localized(exercise.goal, language)}"]
    for number, step in enumerate(exercise.steps, 1):
        lines.append(f"# {number}. {localized(step.goal, language)}")
    return "\n".join(lines) + "\n\n" + exercise.start


def check(exercise: Exercise, source: Source, analyze: Analyze) -> Report:
    """How far a program is, without running it."""
    expectations = [item for step in exercise.steps for item in step.expect]
    part = len(source.parts)
    asked = replace(source, parts=(*source.parts, Part(_questions(expectations))))
    analysis = analyze(asked)
    errors = tuple(
        problem
        for problem in analysis.problems
        if problem.severity == "error" and problem.span.part < part and not problem.accelerated_only
    )
    outcomes = iter(
        [_outcome(item, number, analysis, part) for number, item in enumerate(expectations)]
    )
    steps = (StepResult(s, tuple(next(outcomes) for _ in s.expect)) for s in exercise.steps)
    return Report(tuple(steps), errors)


def _questions(expectations: list[Expectation]) -> str:
    lines = [f"import torch as {_PREFIX}torch"]
    for number, item in enumerate(expectations):
        # On one line, so that lines can be counted.
        expression = " ".join(ast.unparse(ast.parse(item.of, mode="eval")).split("\n"))
        lines.append(f"{_PREFIX}{number} = ({expression})")
        if item.value is not None:
            lines.append(f"{_PREFIX}value_{number} = {_value_question(expression, item)}")
    return "\n".join(lines) + "\n"


def _value_question(expression: str, item: Expectation) -> str:
    torch = f"{_PREFIX}torch"
    found, wanted = f"{torch}.as_tensor({expression})", f"{torch}.tensor({item.value!r})"
    near = f"rtol={item.tolerance!r}, atol={item.tolerance!r}"
    same = f"{torch}.allclose({found}.double(), {wanted}.double(), {near})"
    return f"{torch}.zeros(1 if {found}.shape == {wanted}.shape and {same} else 2)"


def _outcome(item: Expectation, number: int, analysis: Analysis, part: int) -> Outcome:
    outcomes = []
    if any(x is not None for x in (item.shape, item.dtype, item.device, item.requires_grad)):
        outcomes.append(_described(item, f"{_PREFIX}{number}", analysis, part))
    if item.value is not None:
        outcomes.append(_valued(item, f"{_PREFIX}value_{number}", analysis, part))
    for verdict in ("unmet", "unknown"):
        for outcome in outcomes:
            if outcome.verdict == verdict:
                return outcome
    return Outcome("met")


def _described(item: Expectation, name: str, analysis: Analysis, part: int) -> Outcome:
    """Whether shape, dtype and the like are as expected."""
    binding = _binding(name, analysis, part)
    if binding is None:
        return _absent(item, name, analysis, part)
    outcomes = [_compare(item, fact) for fact in binding.facts]
    return next((o for o in outcomes if o.verdict != "met"), outcomes[0])


def _binding(name: str, analysis: Analysis, part: int) -> Binding | None:
    for binding in analysis.bindings:
        if binding.name == name and binding.span.part == part:
            return binding
    return None


def _absent(item: Expectation, name: str, analysis: Analysis, part: int) -> Outcome:
    """What a name that is bound to no tensor says."""
    for unknown in analysis.unknowns:
        if unknown.name == name and unknown.span.part == part:
            for problem in analysis.problems:
                if problem.span.part == part and problem.span.line == unknown.span.line:
                    return Outcome("unmet", text("`{name}` cannot be worked out", name=item.of))
            missing = unknown.reason.template == "the name `{name}` is not known here"
            return Outcome("unmet" if missing else "unknown", unknown.reason)
    return Outcome("unmet", text("`{name}` is no tensor yet", name=item.of))


def _compare(item: Expectation, fact: TensorFact) -> Outcome:
    if item.shape is not None:
        said = shape_outcome(item, fact)
        if said.verdict != "met":
            return said
    for wanted, found, title in (
        (item.dtype, fact.dtype, "dtype"),
        (item.device, _device(item, fact), "device"),
        (item.requires_grad, fact.requires_grad, "requires_grad"),
    ):
        if wanted is None or wanted == found:
            continue
        if found is None:
            return Outcome("unknown", _unknown(item))
        message = text(
            "`{name}` has {title} {found}; it should be {wanted}",
            name=item.of,
            title=title,
            found=str(found),
            wanted=str(wanted),
        )
        return Outcome("unmet", message)
    return Outcome("met")


def _device(item: Expectation, fact: TensorFact) -> str | None:
    """The device, without its number where none is expected."""
    if fact.device is None or item.device is None or ":" in item.device:
        return fact.device
    return fact.device.partition(":")[0]


def shape_outcome(item: Expectation, fact: TensorFact) -> Outcome:
    """Whether a tensor has the expected shape."""
    assert item.shape is not None
    if fact.shape is None:
        return Outcome("unknown", _unknown(item))
    pairs = list(zip(fact.shape, item.shape))
    different = any(isinstance(f, int) and w not in (-1, f) for f, w in pairs)
    if len(fact.shape) != len(item.shape) or different:
        message = text(
            "`{name}` has shape {found}; it should be {wanted}",
            name=item.of,
            found=shape_text(fact.shape),
            wanted=shape_text(item.shape),
        )
        return Outcome("unmet", message)
    if any(not isinstance(found, int) and wanted != -1 for found, wanted in pairs):
        return Outcome("unknown", _unknown(item))
    return Outcome("met")


def shape_text(shape: tuple[object, ...]) -> str:
    """`(64, 784)`; `?` for a size that may be any."""
    sizes = ["?" if size == -1 else str(size) for size in shape]
    return f"({sizes[0]},)" if len(sizes) == 1 else f"({', '.join(sizes)})"


def _unknown(item: Expectation) -> Text:
    return text("not enough is known of `{name}` without running the program", name=item.of)


def _valued(item: Expectation, name: str, analysis: Analysis, part: int) -> Outcome:
    binding = _binding(name, analysis, part)
    if binding is None:
        return _absent(item, name, analysis, part)
    if any(p.span.part == part and p.span.line == binding.span.line for p in analysis.problems):
        return Outcome("unmet", text("`{name}` is no tensor yet", name=item.of))
    shapes = {fact.shape for fact in binding.facts}
    if shapes == {(1,)}:
        return Outcome("met")
    if shapes == {(2,)}:
        message = text("`{name}` does not have the expected values", name=item.of)
        return Outcome("unmet", message)
    return Outcome("unknown", _unknown(item))
