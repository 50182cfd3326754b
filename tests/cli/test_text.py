"""What a learner reads in a terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Check, write_notebook

BEGINNER = """\
import torch
from torch import nn

x = torch.rand(32, 784)
layer = nn.Linear(784, 10)
y = layer(x)
z = y @ x
"""

ANSWER = """\
lesson.py:7:9: error SW101 matmul-inner-dim
{message}

  4 │ x = torch.rand(32, 784)
    │     ─────────────────── `x` gets its shape (32, 784) here
    ┆
  6 │ y = layer(x)
    │     ──────── `y` gets its shape (32, 10) here
  7 │ z = y @ x
    │         ^ Tensor (32, 784) float32 cpu

torch will print: RuntimeError: mat1 and mat2 shapes cannot be multiplied (32x10 and 32x784)
learn more: shapewise explain SW101

✗ 1 error in 1 file
"""


@pytest.fixture
def lesson(tmp_path: Path) -> Path:
    """A beginner's script with one mistake."""
    path = tmp_path / "lesson.py"
    path.write_text(BEGINNER)
    return path


@pytest.fixture
def answer(check: Check, lesson: Path) -> str:
    """What is to be said of the beginner's script."""
    return ANSWER.format(message=check("--format", "json", lesson.name).message)


def test_a_problem_is_shown_with_its_line_and_reason(check: Check, answer: str) -> None:
    ran = check("lesson.py")
    assert (ran.status, ran.out, ran.err) == (1, answer, "")


def test_shapes_are_shown_beside_the_lines(check: Check, answer: str) -> None:
    ran = check("--show-shapes", "lesson.py")
    listing = """\
lesson.py
  1 │ import torch
  2 │ from torch import nn
  3 │
  4 │ x = torch.rand(32, 784)  # x: (32, 784) float32 cpu
  5 │ layer = nn.Linear(784, 10)
  6 │ y = layer(x)             # y: (32, 10) float32 cpu requires_grad
> 7 │ z = y @ x

"""
    assert ran.status == 1
    assert ran.out == listing + answer


@pytest.mark.usefixtures("lesson")
def test_portuguese(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "pt_BR.UTF-8")
    ran = check("lesson.py")
    assert ran.out.splitlines()[0] == "lesson.py:7:9: erro SW101 matmul-inner-dim"
    assert ran.out.splitlines()[-4:] == [
        "o torch vai mostrar: RuntimeError: mat1 and mat2 shapes cannot be multiplied "
        "(32x10 and 32x784)",
        "saiba mais: shapewise explain SW101",
        "",
        "✗ 1 erro em 1 arquivo",
    ]


def test_the_language_that_is_asked_for_wins(
    check: Check, answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "pt_BR.UTF-8")
    assert check("--language", "en", "lesson.py").out == answer


def test_a_narrow_terminal(check: Check, lesson: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    lesson.write_text(
        "import torch\n"
        "images = torch.rand(2, 3)\n"
        "answer = torch.relu(images) + torch.sigmoid(images) + images @ images\n"
    )
    ran = check("lesson.py")
    assert ran.status == 1
    drawn = [line for line in ran.out.splitlines() if "│" in line]
    assert drawn and max(map(len, drawn)) <= 40
    source = next(i for i, line in enumerate(drawn) if "@ images" in line)
    caret = drawn[source + 1]
    assert drawn[source].index("@ images") + 2 == caret.index("^")


def test_wide_characters_and_tabs_do_not_move_the_mark(check: Check, lesson: Path) -> None:
    lesson.write_text(
        'import torch\nif True:\n\tx = torch.rand(2, 3)\n\tprint("形🙂", x @ x)\n', encoding="utf-8"
    )
    lines = check("lesson.py").out.splitlines()
    source = next(i for i, line in enumerate(lines) if "形🙂" in line)
    # Each of the two characters fills two cells.
    assert lines[source].rindex("x") + 2 == lines[source + 1].index("^")


def test_control_characters_do_not_reach_the_terminal(check: Check, lesson: Path) -> None:
    lesson.write_text('import torch\nx = torch.rand(2, 3)\nx @ x, "\x1b[2J"\n')
    ran = check("lesson.py", "--show-shapes")
    assert ran.status == 1
    assert "\x1b" not in ran.out and "�[2J" in ran.out


def test_a_clean_file(check: Check, lesson: Path) -> None:
    lesson.write_text("import torch\nx = torch.rand(2, 3)\n")
    ran = check("lesson.py")
    assert (ran.status, ran.out) == (0, "✓ no problems in 1 file; 1 tensor has a shape\n")


def test_a_notebook(check: Check, tmp_path: Path) -> None:
    write_notebook(
        tmp_path / "notes.ipynb", "%matplotlib inline\nimport torch\nx = torch.rand(2, 3)", "x @ x"
    )
    message = check("--format", "json", "notes.ipynb").message
    ran = check("notes.ipynb", "--show-shapes")
    assert ran.status == 1
    assert (
        ran.out
        == f"""\
notes.ipynb
  cell 1
  1 │ %matplotlib inline
  2 │ import torch
  3 │ x = torch.rand(2, 3)  # x: (2, 3) float32 cpu
  cell 2
> 1 │ x @ x

notes.ipynb:cell 2:1:5: error SW101 matmul-inner-dim
{message}

  3 │ x = torch.rand(2, 3)
    │     ──────────────── cell 1: `x` gets its shape (2, 3) here
    ┆
  1 │ x @ x
    │     ^ Tensor (2, 3) float32 cpu

torch will print: RuntimeError: mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)
learn more: shapewise explain SW101

✗ 1 error in 1 file
"""
    )


def test_a_half_typed_file(check: Check, lesson: Path) -> None:
    lesson.write_text("import torch\nx = torch.rand(2, 3)\ny = torch.zeros(4, 5\nz = x @ x\n")
    ran = check("lesson.py")
    assert ran.status == 2
    assert ran.out.startswith("lesson.py:3:16: not valid Python 3.")
    assert "  3 │ y = torch.zeros(4, 5\n    │                ^\n" in ran.out
    assert "lesson.py:4:9: error SW101 matmul-inner-dim\n" in ran.out
    assert ran.out.endswith("✗ 1 error in 1 file; 1 file could not be checked\n")
