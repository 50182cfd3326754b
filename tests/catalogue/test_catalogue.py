"""Every row of the catalogue: reported at its line, raised for real, and quiet once put right."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from shapewise.analyzers.analyze import Options, analyze
from shapewise.analyzers.facts import Problem
from shapewise.analyzers.rules.wordings import code_of_message
from shapewise.analyzers.source import Source
from shapewise.runtime.client import OracleClient

from .real import run
from .rows import TOTAL, Row, line_of, program, read

ROWS = read()
_OPTIONS = Options(seconds=120)


@pytest.fixture(scope="module")
def oracle() -> Iterator[OracleClient]:
    """One for all programs."""
    client = OracleClient()
    client.start()
    yield client
    client.close()


def _problems(text: str, oracle: OracleClient) -> tuple[Problem, ...]:
    return analyze(Source.of_text(program(text)), oracle, _OPTIONS).problems


def _name(row: Row) -> str:
    return f"{row.number} {row.situation[:40]}"


@pytest.mark.parametrize("row", ROWS, ids=_name)
def test_the_mistake_is_reported_once_at_its_line(row: Row, oracle: OracleClient) -> None:
    found = [(problem.code, line_of(problem.span.line)) for problem in _problems(row.wrong, oracle)]
    assert found == [(row.code, row.line)]


@pytest.mark.parametrize("row", ROWS, ids=_name)
def test_put_right_it_is_quiet(row: Row, oracle: OracleClient) -> None:
    assert _problems(row.right, oracle) == ()


@pytest.mark.parametrize("row", [row for row in ROWS if not row.needs], ids=_name)
def test_torch_says_so(row: Row, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    raised = run(row.wrong)
    if not row.raises:
        assert raised is None
        return
    assert raised is not None
    assert raised.text.startswith(row.raises)
    assert raised.line == row.line


@pytest.mark.parametrize("row", [row for row in ROWS if not row.needs], ids=_name)
def test_put_right_it_runs(row: Row, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(row.right) is None


@pytest.mark.parametrize("row", [row for row in ROWS if row.raises], ids=_name)
def test_its_message_leads_to_a_rule(row: Row) -> None:
    code = code_of_message(row.raises)
    assert code == row.code or (row.code, code) in _TOLD_APART_BY_MORE


_TOLD_APART_BY_MORE = {
    ("SW109", "SW102"),
    ("SW101", "SW102"),
    ("SW202", "SW205"),
    ("SW601", "SW104"),
    ("SW701", "SW112"),
}
"""What the operation tells apart, and the text alone does not."""


def test_all_rows_are_there() -> None:
    assert [row.number for row in ROWS] == list(range(1, TOTAL + 1))
