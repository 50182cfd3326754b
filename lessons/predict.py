"""Questions out of the learner's own lines: what is the shape of this name?"""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..analyzers.facts import Analysis, TensorFact
from .exercise import shape_text
from .statements import statement_at

Shape = tuple[int, ...]

_NAME = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
_CHOICES = 4


@dataclass(frozen=True, slots=True)
class Prediction:
    """A line that binds a tensor: its code, the name, its shape, and what goes in."""

    code: str
    name: str
    shape: Shape
    given: tuple[tuple[str, Shape], ...]

    def choices(self) -> tuple[str, ...]:
        """The right shape among wrong ones, in an order that does not tell."""
        wrong = list(itertools.islice(_near(self.shape, self.given), _CHOICES - 1))
        choices = [shape_text(shape) for shape in (self.shape, *wrong)]
        random.Random(self.code).shuffle(choices)
        return tuple(choices)


def prediction_at(analysis: Analysis, part: int, program: str, line: int) -> Prediction | None:
    """The question of a line; None where it binds no tensor of known shape out of others."""
    statement = statement_at(program, line)
    here = range(statement.line, statement.end_line + 1)
    bound = [
        binding
        for binding in analysis.bindings
        if binding.span.part == part and binding.span.line in here and binding.kind == "variable"
    ]
    given: dict[str, Shape] = {}
    for value in analysis.values:
        shape = _known(value.facts)
        inside = value.span.part == part and value.span.line in here
        if inside and shape is not None and _NAME.fullmatch(value.source):
            given.setdefault(value.source, shape)
    shape = _known(bound[0].facts) if len(bound) == 1 else None
    if shape is None or not given:
        return None
    code = "\n".join(program.split("\n")[statement.line - 1 : statement.end_line]).strip()
    return Prediction(code, bound[0].name, shape, tuple(given.items()))


def _known(facts: tuple[TensorFact, ...]) -> Shape | None:
    """The shape, if there is one and every size of it is a number."""
    if len(facts) != 1 or facts[0].shape is None:
        return None
    sizes = [size for size in facts[0].shape if isinstance(size, int)]
    return tuple(sizes) if len(sizes) == len(facts[0].shape) else None


def _near(right: Shape, given: tuple[tuple[str, Shape], ...]) -> Iterator[Shape]:
    """Shapes that a learner might take for the right one."""
    guesses = [shape for _, shape in given]
    guesses.append(right[::-1])
    guesses += [(1, *right), right[1:], right[:-1], (*right, 1)]
    guesses += [tuple(size + 1 for size in right), tuple(2 * size for size in right)]
    guesses += [(), (1,), (1, 1), (2,)]
    seen = {right}
    for guess in guesses:
        if guess not in seen:
            seen.add(guess)
            yield guess
