"""The wrong examples of the rules' pages, fixed: past the line that failed, in torch as well.

The pages were not written with fixes in mind. Not every example has one; none may have a
wrong one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from shapewise.analyzers.analyze import analyze
from shapewise.analyzers.fixes import fixes_for
from shapewise.analyzers.fixes.edits import apply
from shapewise.analyzers.messages import render
from shapewise.analyzers.source import Source
from shapewise.runtime.client import OracleClient

from ..mdtest.blocks import Program, programs
from ..mdtest.runs import RealRun
from .rows import OPTIONS

ROOT = Path(__file__).parents[2]
PROGRAMS = [
    program
    for path in sorted(ROOT.glob("docs/rules/SW*.md"))
    for program in programs(path)
    if any(item.kind != "reveal" for item in program.expectations)
    and not program.static_only
    and not program.needs
]


@pytest.fixture(scope="module")
def oracle() -> Iterator[OracleClient]:
    client = OracleClient()
    client.start()
    yield client
    client.close()


@pytest.fixture(scope="module")
def real() -> Iterator[RealRun]:
    run = RealRun()
    yield run
    run.close()


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: f"{p.path.stem}: {p.name}")
def test_a_fixed_line_runs(program: Program, oracle: OracleClient, real: RealRun) -> None:
    source = Source.of_text(program.source)
    analysis = analyze(source, oracle, OPTIONS)
    wrong = []
    for problem in analysis.problems:
        if problem.accelerated_only:
            continue
        for fix in fixes_for(problem, source, analysis, lambda s: analyze(s, oracle, OPTIONS)):
            edited = apply(source, fix.edits)
            assert edited is not None
            outcome = real(replace(program, source=edited.after.parts[0].text))
            line = edited.line(0, problem.span.line)
            wrong += [(render(fix.title, "en"), t) for t in outcome.troubles if t.line == line]
    assert wrong == []
