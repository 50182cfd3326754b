"""`shapewise check` with a selection of rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Check, write_notebook

WRONG = "import torch\nx = torch.rand(2, 3)\ny = x @ x{}\nx + torch.rand(4)\n"


def reported(check: Check, *arguments: str) -> list[tuple[str, str]]:
    ran = check("--format", "json", *arguments)
    return [(d["code"], d["severity"]) for file in ran.json["files"] for d in file["diagnostics"]]


def test_options_choose(check: Check, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(WRONG.format(""))
    both = [("SW101", "error"), ("SW102", "error")]
    assert reported(check, "a.py") == both
    assert reported(check, "--select", "SW101", "a.py") == both[:1]
    assert reported(check, "--select", "sw2,SW102", "a.py") == both[1:]
    assert reported(check, "--ignore", "SW102", "--ignore", "SW5", "a.py") == both[:1]
    assert reported(check, "--select", "SW,SW102", "--ignore", "SW1", "a.py") == both[1:]
    assert check("--ignore", "SW1", "a.py").status == 0


def test_the_project_chooses_and_options_go_before_it(check: Check, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(WRONG.format(""))
    (tmp_path / "pyproject.toml").write_text(
        '[tool.shapewise.rules]\nignore = ["SW102"]\n[tool.shapewise.rules.severity]\nSW1="hint"\n'
    )
    assert reported(check, "a.py") == [("SW101", "hint")]
    assert check("a.py").status == 0
    assert reported(check, "--ignore", "SW101", "a.py") == [("SW102", "hint")]


def test_bad_values(check: Check, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    with pytest.raises(SystemExit) as leaving:
        check("--select", "SW1,SW99", "a.py")
    assert leaving.value.code == 2
    assert "argument --select: invalid list of codes value: 'SW1,SW99'" in capsys.readouterr().err
    (tmp_path / "pyproject.toml").write_text('[tool.shapewise]\nrules.ignore = ["SW99"]\n')
    assert check("a.py").err == (
        "shapewise check: pyproject.toml:2: shapewise.rules.ignore is 'SW99'; "
        "it should be a code or what several begin with, such as SW501, SW5\n"
    )


def test_comments(check: Check, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(WRONG.format("  # shapewise: ignore[SW101, SW7]"))
    assert reported(check, "a.py") == [("SW901", "hint"), ("SW102", "error")]
    write_notebook(
        tmp_path / "a.ipynb", "%matplotlib inline\n# shapewise: ignore-file[SW1]", WRONG.format("")
    )
    assert reported(check, "a.ipynb") == []
