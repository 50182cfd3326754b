"""The installed command as a process of its own: several workers, Ctrl-C, closed pipes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-m", "shapewise.server"]
CHECK = [*COMMAND, "check", "--python", sys.executable]


def test_the_version() -> None:
    ran = subprocess.run([*COMMAND, "--version"], capture_output=True, text=True, check=True)
    assert ran.stdout.startswith("shapewise 0.") or ran.stdout.startswith("shapewise 1.")


def test_the_help_lists_the_commands() -> None:
    ran = subprocess.run([*COMMAND, "--help"], capture_output=True, text=True, check=True)
    assert "check" in ran.stdout and "serve" in ran.stdout


def test_several_processes_say_what_one_says(tmp_path: Path) -> None:
    for n in range(4, 8):
        program = f"import torch\nx = torch.rand({n}, 3)\ny = x @ x.T\nz = x @ y\n"
        (tmp_path / f"{n}.py").write_text(program)
    answers = [
        subprocess.run(
            [*CHECK, "--format", "json", "--jobs", jobs, "."],
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        for jobs in ("1", "2")
    ]
    assert [ran.returncode for ran in answers] == [1, 1]
    assert [ran.stderr for ran in answers] == ["", ""]
    assert answers[0].stdout == answers[1].stdout
    files = json.loads(answers[0].stdout)["files"]
    assert [[b["shape"] for b in file["bindings"]] for file in files] == [
        [[n, 3], [n, n]] for n in range(4, 8)
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent otherwise there")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_ends_it_quietly(jobs: str, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import torch\nx = torch.rand(2, 3)\nx @ x\n")
    (tmp_path / "b.py").write_text("x = 1\n")
    # A stand-in for an interpreter: it says that it has been started, and then nothing.
    started = tmp_path / "started"
    os.mkfifo(started)
    silent = tmp_path / "python"
    silent.write_text(f"#!/bin/sh\necho > '{started}'\nexec sleep 600\n")
    silent.chmod(0o755)
    process = subprocess.Popen(
        [*COMMAND, "check", "--python", str(silent), "--jobs", jobs, "a.py", "b.py"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    started.read_text()
    # As from a terminal: to all of them.
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err.strip()) == (130, "", "")


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such pipes there")
@pytest.mark.parametrize("form", ["text", "json"])
def test_a_reader_that_leaves_early(form: str, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import torch\nx = torch.rand(2, 3)\nx @ x\n" * 50)
    reading, writing = os.pipe()
    os.close(reading)
    ran = subprocess.run(
        [*CHECK, "--format", form, "a.py"],
        cwd=tmp_path,
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(writing)
    # Rich has an exit status of its own for this.
    assert (ran.returncode, ran.stderr) == (141 if form == "json" else 1, "")
