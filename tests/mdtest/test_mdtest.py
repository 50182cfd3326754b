"""Every Python block of the Markdown suites and of the rules' pages, run both ways.

`pytest tests/mdtest -k "layers and real"`; `docs/testing.md` says how a block is written.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .blocks import Mode, Outcome, Program, disagreements, programs
from .runs import RealRun, static_run

ROOT = Path(__file__).parents[2]
FILES = [
    *sorted(Path(__file__).parent.rglob("*.md")),
    *sorted(ROOT.glob("docs/rules/**/*.md")),
    ROOT / "docs" / "annotations.md",
]
PROGRAMS = [program for path in FILES for program in programs(path)]
Run = Callable[[Program], Outcome]


@pytest.fixture(scope="session")
def real() -> Iterator[Run]:
    """Runs a program in torch; one child process for all of them."""
    run = RealRun()
    yield run
    run.close()


@pytest.fixture(scope="session")
def static() -> Iterator[Run]:
    """Analyses a program; one oracle for all of them."""
    from shapewise.runtime.client import OracleClient

    client = OracleClient()
    client.start()
    yield lambda program: static_run(program, client)
    client.close()


RUNS: list[tuple[Program, Mode]] = [
    (program, mode)
    for program in PROGRAMS
    for mode in (("static",) if program.static_only else ("real", "static"))
]


@pytest.mark.parametrize(
    ("program", "mode"), RUNS, ids=[f"{p.path.stem}: {p.name}-{mode}" for p, mode in RUNS]
)
def test_block(program: Program, mode: Mode, request: pytest.FixtureRequest) -> None:
    missing = [name for name in program.needs if importlib.util.find_spec(name) is None]
    if mode == "real" and missing:
        pytest.skip(f"{', '.join(missing)} is not installed")
    run: Run = request.getfixturevalue(mode)
    wrong = [
        line
        for form in (program.for_real() if mode == "real" else [program])
        for line in disagreements(form, run(form), mode)
    ]
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)
