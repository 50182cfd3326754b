"""Programs as learners write them: what the analysis says, held against a run of each.

Each program of `right/` and `wrong/` is audited as `shapewise audit --iterations all` does it.
No fact may be wrong and no error false. A program of `wrong/` raises, and the analysis must
report it at that line with the code that `expected.toml` says, or it is listed there as missed.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from shapewise.runtime.client import OracleClient
from shapewise.server.audit.command import Audited, audit_program

HERE = Path(__file__).parent
EXPECTED = tomllib.loads((HERE / "expected.toml").read_text(encoding="utf-8"))
RIGHT = sorted(
    [
        *(HERE / "right").glob("*.py"),
        *(HERE / "right").glob("*.ipynb"),
        *(HERE / "right").glob("*/main.py"),
    ]
)
WRONG = sorted([*(HERE / "wrong").glob("*.py"), *(HERE / "wrong").glob("*.ipynb")])


def name_of(path: Path) -> str:
    return path.relative_to(HERE).as_posix()


def text_of(path: Path) -> str:
    """The program's Python; of a notebook the lines of its code cells that are Python."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".ipynb":
        return text
    cells = ["".join(c["source"]) for c in json.loads(text)["cells"] if c["cell_type"] == "code"]
    lines = "\n".join(cells).splitlines()
    return "\n".join(line for line in lines if not line.startswith(("%", "!")))


def needs(path: Path) -> set[str]:
    """The packages a program imports, its neighbours left out."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(text_of(path))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return {name for name in names if not (path.parent / f"{name}.py").exists()}


@pytest.fixture(scope="module")
def oracle() -> Iterator[OracleClient]:
    client = OracleClient()
    client.start()
    yield client
    client.close()


@pytest.fixture
def audited(
    request: pytest.FixtureRequest, oracle: OracleClient, monkeypatch: pytest.MonkeyPatch
) -> Audited:
    path: Path = request.param
    absent = sorted(name for name in needs(path) if importlib.util.find_spec(name) is None)
    if absent:
        pytest.skip(f"{name_of(path)} needs {', '.join(absent)}, which is not installed")
    folders = [str(HERE / "support"), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, folders)))
    # The other core is at work on another program.
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    found = audit_program(path, oracle, sys.executable, None, 120.0)
    assert oracle.state.kind == "ready", oracle.state
    return found


def missing(audited: Audited) -> int:
    """At how many places the analysis does not know something."""
    return sum(audited.score.reasons.values())


@pytest.mark.parametrize("audited", RIGHT, ids=name_of, indirect=True)
def test_right(audited: Audited) -> None:
    name = name_of(audited.path)
    assert audited.report.reason == "finished", audited.report.failure
    assert audited.report.seen
    assert not audited.score.wrong
    assert not [problem for problem in audited.analysis.problems if problem.severity == "error"]
    assert missing(audited) <= EXPECTED["missing"].get(name, 0), audited.score.reasons


@pytest.mark.parametrize("audited", WRONG, ids=name_of, indirect=True)
def test_wrong(audited: Audited) -> None:
    name = name_of(audited.path)
    failure = audited.report.failure
    assert audited.report.reason == "exception"
    assert failure is not None
    place = failure.frames[-1].place
    assert place.file == str(audited.path)
    assert not audited.score.wrong
    assert missing(audited) <= EXPECTED["missing"].get(name, 0), audited.score.reasons
    reported = [
        (problem.span.part, problem.span.line, problem.code)
        for problem in audited.analysis.problems
        if problem.severity == "error"
    ]
    first = min(reported, default=None)
    if name in EXPECTED["missed"]:
        assert first is None, f"{name} is caught now: give its code in expected.toml"
    else:
        assert first == (place.part, place.line, EXPECTED["code"][name]), failure.message


def test_expectations_are_of_programs_that_exist() -> None:
    programs = {name_of(path) for path in [*RIGHT, *WRONG]}
    wrong = {name_of(path) for path in WRONG}
    lists: dict[str, dict[str, Any]] = EXPECTED
    assert set(lists) == {"code", "missed", "missing"}
    assert set(lists["missing"]) <= programs
    assert not set(lists["code"]) & set(lists["missed"])
    assert set(lists["code"]) | set(lists["missed"]) == wrong
