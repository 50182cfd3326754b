"""Whatever is given to check, there is a clear answer: a status, a sentence, no traceback."""

from __future__ import annotations

import os
import venv
from pathlib import Path

import pytest

from .conftest import Check

MIB = 1 << 20

ANSWERS: dict[str, tuple[bytes, int, str]] = {
    "empty": (b"", 0, "✓ no problems in 1 file"),
    "crlf": (b"import torch\r\nx = torch.rand(2, 3)\r\ny = x @ x\r\n", 1, "a.py:3:9: error SW101"),
    "latin-1": (b"import torch\nx = torch.rand(2, 3)  # \xe9\n", 0, "1 tensor has a shape"),
    "binary": (bytes(range(256)) * 40, 2, "a.py is not a text file"),
    "large": (
        b"x = 1\n" * (10 * MIB // 6),
        2,
        "a.py is too large to be checked: 10.0 MB, the limit is 4 MB",
    ),
    "brackets": (b"x = " + b"(" * 20_000 + b")" * 20_000, 2, "not valid Python 3."),
    "indentation": (b"".join(b" " * n + b"if x:\n" for n in range(300)), 2, "not valid Python 3."),
    "a letter": (b"Dear mother,\nhow are you? I'm fine (mostly.\n", 2, "not valid Python 3."),
    "growing": (
        b"import torch\nx = torch.rand(2, 2)\nwhile True: x = torch.cat([x, x])\n",
        0,
        "✓ no problems in 1 file",
    ),
    "huge": (
        b"import torch\nx = torch.rand(10**6, 10**6)\ny = x @ x.T\n",
        0,
        "2 tensors have shapes",
    ),
    "endless": (
        b"import torch\nx = torch.rand(2)\nwhile True:\n    pass\n",
        0,
        "1 tensor has a shape",
    ),
    "recursion": (
        b"import torch\ndef f(x):\n    return f(x + 1)\ny = f(torch.rand(2))\n",
        0,
        "✓ no problems in 1 file",
    ),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_bad_programs(name: str, check: Check, tmp_path: Path) -> None:
    program, status, words = ANSWERS[name]
    (tmp_path / "a.py").write_bytes(program)
    ran = check("a.py")
    assert ran.status == status, ran.out
    assert words in ran.out
    assert "Traceback" not in ran.out + ran.err


def test_one_bad_file_does_not_hide_the_others(check: Check, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"\0")
    (tmp_path / "b.py").write_text("import torch\nx = torch.rand(2, 3)\nx @ x\n")
    (tmp_path / "c.ipynb").write_text("{}")
    ran = check(".", "missing.py")
    assert ran.status == 2
    for words in (
        "a.py: a.py is not a text file",
        "b.py:3:5: error SW101",
        "c.ipynb: c.ipynb is not a Jupyter notebook",
        "missing.py: missing.py cannot be read: No such file or directory",
    ):
        assert words in ran.out
    assert ran.out.endswith("✗ 1 error in 1 file; 3 files could not be checked\n")


def test_a_folder_without_programs(check: Check, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    ran = check(".")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == "shapewise check: there are no Python files or notebooks there\n"


def test_folders_of_tools_and_environments_are_skipped(check: Check, tmp_path: Path) -> None:
    skipped = [".venv", "venv", "node_modules", "__pycache__", "build", "dist", "site-packages"]
    for folder in (*skipped, ".git", "lib/site-packages", "kept/deep"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "a.py").write_text("")
    (tmp_path / ".hidden.py").write_text("")
    files = check("--format", "json", ".", "kept", "venv/a.py").json["files"]
    assert [file["path"] for file in files] == ["kept/deep/a.py", "venv/a.py"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_is_not_waited_for(check: Check, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    ran = check("pipe.py")
    assert ran.status == 2
    assert "pipe.py is not a file" in ran.out


def test_an_interpreter_without_torch(check: Check, tmp_path: Path) -> None:
    venv.create(tmp_path / "env", with_pip=False)
    python = next(
        p for p in (tmp_path / "env").rglob("python*") if p.parent.name in ("bin", "Scripts")
    )
    (tmp_path / "a.py").write_text("import torch\nx = torch.rand(2, 3)\n")
    (tmp_path / "b.py").write_text("import torch\nx = torch.rand(2, 3)\n")
    ran = check("--python", str(python), "a.py", "b.py")
    assert ran.status == 2
    assert ran.out == (
        f"There is no PyTorch in {python}, so no shapes can be worked out. Install it with "
        f"`{python} -m pip install torch`, or choose another interpreter with --python.\n"
        "\n✗ 2 files could not be checked\n"
    )


def test_an_interpreter_that_is_not_there(check: Check, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import torch\nx = torch.rand(2, 3)\n")
    ran = check("--python", "no/such/python", "a.py")
    assert ran.status == 2
    assert "There is no Python interpreter at no/such/python." in ran.out


def test_a_mistake_of_ours_is_told_without_a_traceback(
    check: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("of ours")

    monkeypatch.setattr("shapewise.analyzers.analyze.analyze", broken)
    (tmp_path / "a.py").write_text("x = 1\n")
    ran = check("a.py")
    assert (ran.status, ran.err) == (2, "")
    assert ran.out.startswith("a.py: the check failed: ZeroDivisionError: of ours\n")


def test_wrong_arguments(check: Check) -> None:
    for arguments in (["--jobs", "0", "a.py"], ["--format", "xml", "a.py"], []):
        with pytest.raises(SystemExit) as ended:
            check(*arguments)
        assert ended.value.code == 2
