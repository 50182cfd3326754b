"""`shapewise trace` in the terminal and as JSON."""

from __future__ import annotations

import argparse
import json
import re
import textwrap
from pathlib import Path
from typing import Any

import pytest
from shapewise.analyzers.messages import render
from shapewise.runtime.tracing_types import (
    CutLoop,
    Device,
    Failure,
    Frame,
    Limits,
    Place,
    Seen,
    Signature,
    Source,
    Statistics,
    TraceReport,
)
from shapewise.server.commands import trace as command
from shapewise.server.trace_words import end_text

PROGRAM = """\
import sys
import numpy

def double(x):
    return x * 2

for n in (3, 4):
    y = double(numpy.ones((2, n)))
print("arguments", sys.argv[1:])
"""


class Shapewise:
    """Runs the command in this process."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._folder = folder
        self._capsys = capsys

    def __call__(self, source: str, *options: str) -> tuple[int, str, str]:
        """Exit status, standard output and standard error."""
        path = self._folder / "main.py"
        path.write_text(textwrap.dedent(source), encoding="utf-8")
        parser = argparse.ArgumentParser()
        command.register(parser.add_subparsers())
        chosen = parser.parse_args(["trace", str(path), *options])
        status: int = chosen.run(chosen)
        captured = self._capsys.readouterr()
        return status, captured.out, captured.err


@pytest.fixture
def shapewise(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Shapewise:
    monkeypatch.chdir(tmp_path)
    return Shapewise(tmp_path, capsys)


def test_text(shapewise: Shapewise) -> None:
    pytest.importorskip("numpy")
    status, out, err = shapewise(PROGRAM, "--language", "en", "--", "--lr", "0.1")
    out = re.sub(r"in [\d.]+ s", "in 0.1 s", out)
    assert (status, err) == (0, "")
    assert out == textwrap.dedent("""\
        main.py
        1 import sys
        2 import numpy
        3
        4 def double(x):                      x: (2, 3) float64 ndarray | (2, 4) float64 ndarray ×2
        5     return x * 2                    → (2, 3) float64 ndarray | (2, 4) float64 ndarray ×2
        6
        7 for n in (3, 4):
        8     y = double(numpy.ones((2, n)))  y: (2, 3) float64 ndarray | (2, 4) float64 ndarray ×2
        9 print("arguments", sys.argv[1:])

        It printed:
          arguments ['--lr', '0.1']

        main.py: finished in 0.1 s
    """)


def test_exception_at_its_line(shapewise: Shapewise) -> None:
    status, out, _ = shapewise("def half(n):\n    return 1 / n\n\nhalf(0)\n", "--language", "pt-BR")
    assert status == 1
    lines = [line.rstrip() for line in out.splitlines()]
    assert lines[:6] == [
        "main.py",
        "  1 def half(n):",
        "> 2     return 1 / n",
        "               ^^^^^  ZeroDivisionError: division by zero",
        "  3",
        "> 4 half(0)",
    ]
    assert lines[-1].startswith("main.py: encerrado por uma exceção após")
    assert "Traceback" not in out


def test_json(shapewise: Shapewise, tmp_path: Path) -> None:
    pytest.importorskip("numpy")
    status, out, _ = shapewise(PROGRAM, "--format", "json", "--stats", "--language", "en")
    data: dict[str, Any] = json.loads(out)
    assert status == 0
    assert (data["format"], data["run"]["reason"], data["run"]["iterations"]) == (1, "finished", 2)
    keys = ("line", "column", "end_column", "name", "kind", "shape", "dtype", "visits")
    assert [tuple(binding[key] for key in keys) for binding in data["bindings"]] == [
        (4, 12, 13, "x", "parameter", [2, 3], "float64", 2),
        (5, 12, 17, "double", "return", [2, 3], "float64", 2),
        (8, 5, 6, "y", "variable", [2, 3], "float64", 2),
    ]
    last = data["bindings"][-1]
    assert [signature["shape"] for signature in last["alternatives"]] == [[2, 4]]
    assert last["last"]["shape"] == [2, 4]
    assert last["statistics"] == {
        "visit": 2, "min": 2.0, "max": 2.0, "mean": 2.0, "nan": 0, "inf": 0,
    }  # fmt: skip
    assert (last["device"], last["requires_grad"], last["type"]) == ("cpu", None, "ndarray")
    assert data["exception"] is None
    assert data["output"] == "arguments []\n"
    assert [file["file"] for file in data["files"]] == [str(tmp_path / "main.py")]


def test_json_of_an_exception(shapewise: Shapewise) -> None:
    status, out, _ = shapewise("def half(n):\n    return 1 / n\nhalf(0)\n", "--format", "json")
    exception = json.loads(out)["exception"]
    assert status == 1
    assert (exception["type"], exception["message"]) == ("ZeroDivisionError", "division by zero")
    assert [(frame["line"], frame["function"]) for frame in exception["frames"]] == [
        (3, "<module>"),
        (2, "half"),
    ]


STATUSES = {
    "exit": ("import sys; sys.exit(5)", (), 1, "exited with status 5"),
    "os._exit": ("import os; os._exit(5)", (), 1, "exited by os._exit(5)"),
    "time": ("import time; time.sleep(99)", ("--time-limit", "0.5"), 3, "time limit of 0.5 s"),
    "output": (
        "while True: print('x' * 9999)",
        ("--output-limit", "1"),
        3,
        "output limit of 1 MB",
    ),
    "memory": (
        "import time\nx = bytearray(400_000_000)\ntime.sleep(99)",
        ("--memory-limit", "200"),
        3,
        "memory limit of 200 MB",
    ),
    "no interpreter": ("", ("--python", "/no/python"), 2, "/no/python"),
}


@pytest.mark.parametrize("source, options, status, words", STATUSES.values(), ids=STATUSES)
def test_status_and_words(
    shapewise: Shapewise, source: str, options: tuple[str, ...], status: int, words: str
) -> None:
    found, out, err = shapewise(source, *options, "--language", "en")
    assert found == status
    assert words in out + err


def test_no_file(shapewise: Shapewise, capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    command.register(parser.add_subparsers())
    chosen = parser.parse_args(["trace", "none.py", "--language", "en"])
    assert chosen.run(chosen) == 2
    assert capsys.readouterr().err == "shapewise: There is no file none.py.\n"


@pytest.mark.parametrize(
    "options", [["--iterations", "0"], ["--iterations", "x"], ["--time-limit", "-1"]]
)
def test_options_that_make_no_sense(shapewise: Shapewise, options: list[str]) -> None:
    with pytest.raises(SystemExit) as leave:
        shapewise("", *options)
    assert leave.value.code == 2


def test_all_iterations(shapewise: Shapewise) -> None:
    source = """
        class Loss:
            def backward(self): pass
        for n in range(7): Loss().backward()
        print(n)
    """
    assert "  1\n" in shapewise(source)[1]
    assert "  4\n" in shapewise(source, "--iterations", "5")[1]
    assert "  6\n" in shapewise(source, "--iterations", "all")[1]


def _report(**changes: Any) -> TraceReport:
    base: dict[str, Any] = {
        "reason": "finished", "status": 0, "signal": None, "seconds": 2.04, "seen": (),
        "sources": (), "cut": (), "failure": None, "started": None, "device": None, "output": "",
    }  # fmt: skip
    return TraceReport(**{**base, **changes})


WORDS = {
    "finished": ({}, "finished in 2.0 s"),
    "signal": ({"reason": "signal", "signal": "SIGSEGV"}, "killed by signal SIGSEGV after 2.0 s"),
    "guard killed": ({"reason": "signal"}, "killed from outside after 2.0 s"),
    "memory": (
        {"reason": "memory-limit", "used": 5_100_000_000},
        "stopped at the memory limit of 4000 MB, at 5100 MB",
    ),
    "processes": (
        {"reason": "process-limit", "used": 300},
        "stopped at the limit of 256 processes, at 300",
    ),
    "gone": (
        {"reason": "gone", "status": 4},
        "left with status 4 after 2.0 s, and not by Python's own exit",
    ),
}


@pytest.mark.parametrize("changes, words", WORDS.values(), ids=WORDS)
def test_words(changes: dict[str, Any], words: str) -> None:
    limits = Limits(memory=4_000_000_000)
    assert render(end_text(_report(**changes), limits)) == words


def test_a_run_on_a_device(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A run on CUDA, as it would be shown where there is none."""
    file = str(tmp_path / "train.py")
    source = Source(file, 0, "x = x.cuda()\nfor x in loader:\n    loss = f(x)\n", "")

    def at(line: int, column: int, end: int) -> Place:
        return Place(file, 0, line, column, line, end)

    image = Signature("tensor", (8, 3), "float32", "cuda:0", False)
    loss = Signature("tensor", (), "float32", "cuda:0", True)
    report = _report(
        reason="exception",
        sources=(source,),
        seen=(
            Seen(at(1, 1, 2), "x", "variable", (image,), image, 1),
            Seen(
                at(3, 5, 9), "loss", "variable", (loss,), loss, 2,
                statistics=Statistics(2, None, None, None, 1, 0),
            ),
        ),
        cut=(CutLoop(file, 0, 2, 1, 2, 938),),
        failure=Failure(
            "torch.OutOfMemoryError", "CUDA out of memory.",
            (Frame(at(3, 12, 16), "<module>", "loss = f(x)"),), "device",
        ),
        device=Device("cuda", "NVIDIA H200", "2.13.0"),
    )  # fmt: skip
    command._show(lambda width: command.report_view(report, "train.py", Limits(), "en", width))
    assert capsys.readouterr().out.splitlines() == [
        file,
        "  1 x = x.cuda()      x: (8, 3) float32 cuda:0",
        "  2 for x in loader:  ended after round 2 of 938",
        "> 3     loss = f(x)   loss: () float32 cuda:0 grad ×2 [NaN 1]",
        "               ^^^^   torch.OutOfMemoryError: CUDA out of memory."
        " (the device has too little memory for it)",
        "",
        "train.py: ended by an exception after 2.0 s, on cuda (NVIDIA H200), torch 2.13.0",
        "The run was shortened; --iterations all runs every round.",
    ]
