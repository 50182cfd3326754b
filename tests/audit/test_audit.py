"""The audit: what it counts as agreed, missing, wrong, missed and false."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from shapewise.server.audit.compare import fits_shape
from shapewise.server.cli import main

PROGRAM = """import torch

x = torch.rand(2, 3)
for k in range(3):
    y = x[:, : k + 1]
numbers = open(__file__).read().split()
z = torch.zeros(len(numbers), 4)
x @ x
"""


@pytest.mark.parametrize(
    ("static", "traced", "fits"),
    [
        ((2, 3), (2, 3), True),
        ((2, 3), (2, 4), False),
        (("N", 3), (7, 3), True),
        (("N", "N"), (6, 5), False),
        (("N", "2*N"), (6, 12), True),
        (("N", "2*N"), (6, 13), False),
        (("2*N",), (13,), True),
        ((2,), (2, 1), False),
    ],
)
def test_shapes_fit(static: tuple[int | str, ...], traced: tuple[int, ...], fits: bool) -> None:
    assert fits_shape(static, traced) is fits


def test_program_is_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "program.py"
    path.write_text(PROGRAM, encoding="utf-8")
    assert main(["audit", "--format", "json", str(path)]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["total"]["shape"] == {"agreed": 3, "missing": 0, "wrong": 0}
    assert data["total"]["dtype"] == {"agreed": 3, "missing": 0, "wrong": 0}
    assert data["total"]["errors"] == {"agreed": 1, "missed": 0, "false": 0}
    assert data["files"][0]["run"] == "exception"


def test_a_program_gets_its_arguments(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    program = folder / "program.py"
    program.write_text(
        "import sys, torch\nx = torch.rand(2)\nassert sys.argv[1:] == ['--n', '3']\n"
    )
    table = tmp_path / "arguments.toml"
    table.write_text('"a/program.py" = ["--n", "3"]\n"program.py" = ["no"]\n')
    assert main(["audit", "--format", "json", "--arguments", str(table), str(program)]) == 0
    assert json.loads(capsys.readouterr().out)["files"][0]["run"] == "finished"


@pytest.mark.parametrize(
    ("content", "language", "complaint"),
    [
        (None, "en", "arguments.toml cannot be read: No such file or directory"),
        ("a = 3", "en", "arguments.toml: the arguments of a are no list of texts"),
        ("a = 3", "pt-BR", "arguments.toml: os argumentos de a não são uma lista de textos"),
        ("=", "en", "arguments.toml is not TOML: Invalid statement (at line 1, column 1)"),
        ("=", "pt-BR", "arguments.toml não é TOML: Invalid statement (at line 1, column 1)"),
    ],
)
def test_unreadable_arguments(
    content: str | None,
    language: str,
    complaint: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    table = tmp_path / "arguments.toml"
    if content is not None:
        table.write_text(content)
    status = main(["audit", "--language", language, "--arguments", str(table), str(tmp_path)])
    assert (status, capsys.readouterr().err) == (2, f"shapewise audit: {complaint}\n")


def test_the_analysis_knows_the_arguments_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import argparse, torch\n"
        "p = argparse.ArgumentParser()\n"
        'p.add_argument("-b", "--batch-size", type=int, default=256)\n'
        'p.add_argument("--nz", type=int, default=100)\n'
        'p.add_argument("--dummy", action="store_true")\n'
        'p.add_argument("--name", default="x")\n'
        'p.add_argument("data")\n'
        "args = p.parse_args()\n"
        "x = torch.rand(args.batch_size, args.nz)\n"
        "y = torch.rand(3 if args.dummy else 4)\n"
        "z = torch.rand(len(args.name))\n"
    )
    table = tmp_path / "arguments.toml"
    words = ["folder", "-b", "4", "--nz=7", "--dummy", "--name", "abc"]
    table.write_text(f'"program.py" = {json.dumps(words)}\n')
    assert main(["audit", "--format", "json", "--arguments", str(table), str(program)]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["total"]["shape"] == {"agreed": 3, "missing": 0, "wrong": 0}
