"""The fixes of every row of the catalogue: what the tests run and the table counts."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from shapewise.analyzers.analyze import Options, analyze
from shapewise.analyzers.facts import Problem
from shapewise.analyzers.fixes import Fix, fixes_for
from shapewise.analyzers.fixes.edits import apply
from shapewise.analyzers.oracle import Oracle
from shapewise.analyzers.source import Source

from ..catalogue.rows import PREAMBLE, Row, program

OPTIONS = Options(seconds=120)


@dataclass(frozen=True)
class Tried:
    """A fix and the program that it makes.

    text: as in the data file, without the preamble. left: what is reported of it.
    right: whether it is the program that the catalogue gives as the right one.
    """

    fix: Fix
    text: str
    left: tuple[Problem, ...]
    right: bool


def tried(row: Row, oracle: Oracle) -> list[Tried]:
    """The fixes offered for the mistake of a row, the preferred one first."""
    source = Source.of_text(program(row.wrong))
    analysis = analyze(source, oracle, OPTIONS)
    found = []
    for problem in analysis.problems:
        for fix in fixes_for(problem, source, analysis, lambda s: analyze(s, oracle, OPTIONS)):
            edited = apply(source, fix.edits)
            assert edited is not None
            text = edited.after.parts[0].text.removeprefix(PREAMBLE)
            left = analyze(edited.after, oracle, OPTIONS).problems
            found.append(Tried(fix, text, left, _same(text, row.right)))
    return found


def _same(text: str, other: str) -> bool:
    return ast.dump(ast.parse(text)) == ast.dump(ast.parse(other))
