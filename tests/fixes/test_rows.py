"""Every row of the catalogue: its fixes make a program that is quiet, and that torch runs.

That is the proof of the proofs: whatever the analysis believes, the fixed program goes past
the line that failed in the real torch.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from shapewise.runtime.client import OracleClient

from ..catalogue.real import run
from ..catalogue.rows import Row, read
from .rows import Tried, tried
from .table import PAGE, written

ROWS = read()

WITHOUT = {
    19: "which of the two batches is wrong cannot be known",
    27: "5 and 4 and 3: nothing lines up",
    28: "a shortcut needs a layer of its own",
    30: "which of the pictures is wrong cannot be known",
    33: "the two models are different ones",
    34: "the two models are different ones",
    42: "as row 31, but a lambda cannot be sent to a worker process everywhere",
    61: "the model must be written as a class",
    71: "the missing weights are the learner's",
    86: "the mask belongs to another table",
    103: "which of the two batches is wrong cannot be known",
    118: "an argmax has no gradient: another loss is needed",
    134: "the missing number is the learner's",
    140: "which of the two is wrong cannot be known",
    148: "the lengths are the learner's",
    149: "what the picture is meant to be cannot be known",
    150: "what the row is meant to be cannot be known",
}
"""Rows without a fix, and why."""

OFFERED = [row for row in ROWS if row.number not in WITHOUT]


@pytest.fixture(scope="module")
def fixes() -> Iterator[dict[int, list[Tried]]]:
    """By row; all with one oracle."""
    client = OracleClient()
    client.start()
    try:
        yield {row.number: tried(row, client) for row in ROWS}
    finally:
        client.close()


def _name(row: Row) -> str:
    return f"{row.number} {row.situation[:40]}"


def test_rows_without_a_fix(fixes: dict[int, list[Tried]]) -> None:
    """Both ways: a row that gets one is taken from the list."""
    assert {number for number, found in fixes.items() if not found} == set(WITHOUT)


def test_the_page_tells_them(fixes: dict[int, list[Tried]]) -> None:
    """`python -m tests.fixes.table` writes it."""
    assert PAGE.read_text(encoding="utf-8") == written(ROWS, fixes)


@pytest.mark.parametrize("row", OFFERED, ids=_name)
def test_fixed_it_is_quiet(row: Row, fixes: dict[int, list[Tried]]) -> None:
    found = fixes[row.number]
    assert [item.left for item in found] == [()] * len(found) != []
    assert [item.fix.preferred for item in found] == [True] + [False] * (len(found) - 1)
    assert len({item.text for item in found}) == len(found)


def _needs_more(row: Row) -> bool:
    import torch

    return bool(row.needs) and not (row.needs == "an accelerator" and torch.cuda.is_available())


@pytest.mark.parametrize("row", OFFERED, ids=_name)
def test_fixed_it_runs(
    row: Row,
    fixes: dict[int, list[Tried]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    if _needs_more(row):
        pytest.skip(f"a real run needs {row.needs}")
    assert {item.fix.title: run(item.text) for item in fixes[row.number]} == {
        item.fix.title: None for item in fixes[row.number]
    }
