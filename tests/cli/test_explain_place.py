"""`shapewise explain FILE:LINE`: the problem of a line with its numbers, word for word."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from shapewise.server.check.explained import Place, place_of
from shapewise.server.cli import main

from .conftest import write_notebook

pytestmark = pytest.mark.usefixtures("shared")

PROGRAM = """\
import torch
from torch import nn

images = torch.rand(4, 1, 28, 28)
model = nn.Sequential(nn.Conv2d(1, 8, 3), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(1568, 10))
scores = model(images)
table = torch.rand(2, 3)
total = table + torch.rand(4)
"""


def explain(subject: str, *arguments: str) -> int:
    return main(["explain", subject, "--python", sys.executable, *arguments])


def test_the_learners_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    Path("lesson.py").write_text(PROGRAM, encoding="utf-8")
    assert explain("lesson.py:6") == 0
    said = capsys.readouterr().out
    assert said.startswith("lesson.py:6:10: error SW101 matmul-inner-dim\n")
    assert said.endswith(
        """
nn.Linear(1568, 10) multiplies the last axis of its input with its weight, and the rows of the
weight are in_features, 1568. All other axes of the input are only rows.

            weight.T
(4, 1352) @ (1568, 10)
    ^^^^     ^^^^        inner: 1352 is not 1568
 ^                 ^^    outer: the result would be (4, 10)

How it got this shape:

images               (4, 1, 28, 28)
Conv2d(1, 8, 3)      (4, 8, 26, 26)
    floor((28 + 2·0 - 1·(3 - 1) - 1)/1 + 1) = 26
MaxPool2d(2)         (4, 8, 13, 13)
    floor((26 + 2·0 - 1·(2 - 1) - 1)/2 + 1) = 13
Flatten()            (4, 1352)
    8·13·13 = 1352
nn.Linear(1568, 10)  ✗ wants 1568, gets 1352
"""
    )


def test_in_portuguese(capsys: pytest.CaptureFixture[str]) -> None:
    Path("lesson.py").write_text(PROGRAM, encoding="utf-8")
    assert explain("lesson.py:8", "--language", "pt-BR") == 0
    said = capsys.readouterr().out
    assert said.endswith(
        """
As formas são alinhadas pela direita. Em cada eixo os tamanhos devem ser iguais, ou um deles 1 ou
ausente: ali o tensor é repetido. Isso é broadcasting.

eixo           -2  -1
table           2   3
torch.rand(4)       4
               ──  ──
resultado       2   ✗  3 encontra 4
"""
    )


def test_a_whole_file_and_a_place_as_other_tools_write_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("lesson.py").write_text(PROGRAM, encoding="utf-8")
    assert explain("lesson.py") == 0
    said = capsys.readouterr().out
    assert "SW101" in said and "SW102" in said
    assert explain("lesson.py:8:17") == 0
    said = capsys.readouterr().out
    assert "SW101" not in said and "SW102" in said


def test_a_cell(capsys: pytest.CaptureFixture[str]) -> None:
    lines = PROGRAM.splitlines(keepends=True)
    write_notebook(Path("lesson.ipynb"), "".join(lines[:5]), "".join(lines[5:]))
    assert explain("lesson.ipynb:2:1") == 0
    assert "8·13·13 = 1352" in capsys.readouterr().out
    assert explain("lesson.ipynb:1:1") == 1
    assert capsys.readouterr().err == (
        "There is no problem at this line of lesson.ipynb; there is one at: 2:1, 2:3.\n"
    )


def test_nothing_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    Path("good.py").write_text("import torch\nx = torch.rand(2)\n", encoding="utf-8")
    assert explain("good.py:2") == 1
    assert capsys.readouterr().err == "There is no problem in good.py.\n"
    assert explain("good.py:2", "--language", "pt-BR") == 1
    assert capsys.readouterr().err == "Não há problema em good.py.\n"


def test_a_file_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert explain("missing.py:3") == 2
    assert capsys.readouterr().err == (
        "shapewise explain: missing.py cannot be read: No such file or directory\n"
    )


def test_a_problem_without_numbers_is_explained_by_its_rule(
    capsys: pytest.CaptureFixture[str],
) -> None:
    program = "import torch\n\nx = torch.rand(3)\nprint(x.item())\n"
    Path("lesson.py").write_text(program, encoding="utf-8")
    assert explain("lesson.py:4") == 0
    said = capsys.readouterr().out
    assert "SW112" in said and "one element" in said.rpartition("learn more")[2]


def test_a_terminal_that_has_no_lines_to_draw_with(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("lesson.py").write_text(PROGRAM, encoding="utf-8")
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    assert explain("lesson.py:6") == 0
    sys.stdout.flush()
    assert b"8*13*13 = 1352" in raw.getvalue()
    assert b"nn.Linear(1568, 10)  x wants 1568, gets 1352" in raw.getvalue()


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("a.py:3", Place(Path("a.py"), None, 3)),
        ("a.py:3:7", Place(Path("a.py"), None, 3)),
        ("a.ipynb:3:7", Place(Path("a.ipynb"), 2, 7)),
        (r"C:\work\a.py:3", Place(Path(r"C:\work\a.py"), None, 3)),
        ("a.py", None),
        ("SW101", None),
        (":3", None),
    ],
)
def test_places(written: str, place: Place | None) -> None:
    assert place_of(written) == place
