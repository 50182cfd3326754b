"""The statement at a line, and where a snippet goes."""

from __future__ import annotations

import pytest
from shapewise.lessons.statements import insertion, statement_at

PROGRAM = """\
import torch
def f(x):
    y = torch.cat(
        [x, x],
    )
    if x: y = x
    return y

@decorated
class A:
    b = 1
"""


@pytest.mark.parametrize(
    ("line", "place", "new"),
    [
        (3, "before", "def f(x):\n    NEW\n    y = torch.cat("),
        (4, "before", "def f(x):\n    NEW\n    y = torch.cat("),
        (5, "after", "    )\n    NEW\n    if x"),
        (4, "replace", "def f(x):\n    NEW\n    if x: y = x"),
        (2, "before", "import torch\nNEW\ndef f(x):"),
        (2, "after", "def f(x):\n    NEW\n    y = torch.cat("),
        (6, "before", "    )\n    NEW\n    if x: y = x"),
        (10, "before", "    return y\n\nNEW\n@decorated"),
        (11, "after", "    b = 1\n    NEW\n"),
        (8, "before", "    return y\nNEW\n\n@decorated"),
    ],
)
def test_a_line_is_put_in(line: int, place: str, new: str) -> None:
    edit = insertion(PROGRAM, statement_at(PROGRAM, line), place, "NEW\n")  # type: ignore[arg-type]
    assert edit is not None
    assert new in edit.apply(PROGRAM)


def test_the_head_of_a_block_is_not_replaced() -> None:
    assert insertion(PROGRAM, statement_at(PROGRAM, 2), "replace", "NEW\n") is None


def test_broken_text_is_taken_by_lines() -> None:
    program = "x = (\nif a:\n\ty = (1"
    edit = insertion(program, statement_at(program, 3), "after", "a\n    b\n")
    assert edit is not None
    assert edit.apply(program) == "x = (\nif a:\n\ty = (1\n\ta\n\t\tb"


def test_a_program_without_a_last_line_end() -> None:
    edit = insertion("x = 1", statement_at("x = 1", 1), "after", "y = 2\n")
    assert edit is not None
    assert edit.apply("x = 1") == "x = 1\ny = 2"
