"""What is offered at a place, and what all who look for it need."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from ..facts import Analysis, Problem, TensorFact, Text, Value
from ..source import Part, Source
from ..source.chunks import Chunk
from ..source.document import without_magics
from ..source.parse import parse_part

Analyse = Callable[[Source], Analysis]


@dataclass(frozen=True, slots=True)
class Offer:
    """An argument that fits.

    text: what is to be written from `start` to `end`, indices into the part's text.
    reason: one sentence: what flows in, and what comes of it.
    """

    text: str
    start: int
    end: int
    reason: Text


@dataclass(frozen=True)
class Trial:
    """A repaired program with something in the place of the argument.

    call: the syntax of the call at that place, in `chunk`.
    """

    source: Source
    part: int
    chunk: Chunk
    call: ast.Call


def trial_of(source: Source, part: int, text: str, line: int, column: int) -> Trial | None:
    """The program with another text of a part, if there is a call with an argument at a place.

    Args:
        line, column: where the argument begins, from 1, in code points.
    """
    parts = list(source.parts)
    text = without_magics(text) if source.notebook else text
    parts[part] = Part(text)
    for chunk in parse_part(part, text):
        if chunk.first_line <= line < chunk.first_line + len(chunk.parsed.lines):
            found = _call_at(chunk, line, column)
            if found is not None:
                return Trial(replace(source, parts=tuple(parts)), part, chunk, found)
    return None


def _call_at(chunk: Chunk, line: int, column: int) -> ast.Call | None:
    for top in chunk.parsed.body:
        for node in ast.walk(top):
            if isinstance(node, ast.Call):
                for argument in _arguments(node):
                    span = chunk.span(argument)
                    if (span.line, span.column) == (line, column):
                        return node
    return None


def _arguments(call: ast.Call) -> Iterator[ast.expr]:
    for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
        yield argument
        if isinstance(argument, (ast.Tuple, ast.List)):
            yield from argument.elts


def problems_of(analysis: Analysis) -> list[Problem]:
    """All problems, those that a comment keeps silent too."""
    silent = (problem for item in analysis.suppressions for problem in item.problems)
    return [*analysis.problems, *dict.fromkeys(silent)]


def value_at(analysis: Analysis, chunk: Chunk, node: ast.expr) -> Value | None:
    """What is known of an expression."""
    span = chunk.span(node)
    return next((value for value in analysis.values if value.span == span), None)


def fact_at(analysis: Analysis, chunk: Chunk, node: ast.expr) -> TensorFact | None:
    """The first fact of an expression whose shape is known."""
    value = value_at(analysis, chunk, node)
    facts = value.facts if value is not None else ()
    return next((fact for fact in facts if fact.shape is not None), None)


def shape_code(shape: tuple[object, ...]) -> str:
    """`(2, 3)`, `(N,)`, `()`."""
    sizes = ", ".join(map(str, shape))
    return f"({sizes},)" if len(shape) == 1 else f"({sizes})"
