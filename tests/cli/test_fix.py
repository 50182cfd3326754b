"""`shapewise check --fix` and `--diff`: what is safe is done, and nothing else changes."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest
from shapewise.analyzers.source import SourceError
from shapewise.server.check.write import encoded, replace_file, with_cells

from .conftest import Check, write_notebook

PROGRAM = """\
import torch
from torch import nn

fc = nn.Linear(4, 2)
x = torch.arange(8).view(2, 4)  # olá
a = fc(x)
w = torch.ones(3, requires_grad=True)
(w*2).sum().backward()
w -= 0.1 * w.grad
"""
FIXED = PROGRAM.replace("fc(x)", "fc(x.float())").replace(
    "w -= 0.1", "with torch.no_grad():\n    w -= 0.1"
)


def test_what_is_safe_is_fixed(check: Check, tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text(PROGRAM)
    ran = check("--fix", "a.py")
    assert path.read_text() == FIXED
    assert (ran.status, ran.err) == (0, "")
    assert (
        ran.out
        == """\
a.py:6:8: fixed SW201 Write `x.float()` → (2, 2) float32
a.py:9:1: fixed SW404 Put it under `with torch.no_grad():`

✓ 2 problems fixed; no problems in 1 file; 4 tensors have shapes
"""
    )
    assert check("--fix", "a.py").out == "✓ no problems in 1 file; 4 tensors have shapes\n"


def test_in_portuguese(check: Check, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(PROGRAM)
    first, *_, last = check("--fix", "--language", "pt-BR", "a.py").out.splitlines()
    assert first == "a.py:6:8: corrigido SW201 Escrever `x.float()` → (2, 2) float32"
    assert last.startswith("✓ 2 problemas corrigidos; nenhum problema em 1 arquivo")


def test_what_is_not_safe_is_left_and_reported(check: Check, tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text(PROGRAM + "y = fc(torch.rand(8, 5))\n")
    ran = check("--fix", "a.py")
    assert path.read_text() == FIXED + "y = fc(torch.rand(8, 5))\n"
    assert ran.status == 1
    assert "a.py:11:8: error SW101" in ran.out
    assert ran.out.endswith(
        "✗ 2 problems fixed; 1 error in 1 file\n"
        "what is left is not fixed unread: an editor with Shapewise shows the fixes there are\n"
    )
    ran = check("--fix", "--language", "pt-BR", "a.py")
    assert ran.out.endswith(
        "✗ 1 erro em 1 arquivo\n"
        "o que resta não se corrige sem ler: um editor com Shapewise mostra as correções que "
        "existem\n"
    )


def test_a_diff_changes_nothing(check: Check, tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text(PROGRAM)
    ran = check("--diff", "a.py")
    assert path.read_text() == PROGRAM
    assert (ran.status, ran.err) == (1, "")
    assert (
        ran.out
        == f"""\
--- a.py
+++ a.py
@@ -3,7 +3,8 @@
{" "}
 fc = nn.Linear(4, 2)
 x = torch.arange(8).view(2, 4)  # olá
-a = fc(x)
+a = fc(x.float())
 w = torch.ones(3, requires_grad=True)
 (w*2).sum().backward()
-w -= 0.1 * w.grad
+with torch.no_grad():
+    w -= 0.1 * w.grad
"""
    )


def test_a_diff_of_nothing(check: Check, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(FIXED)
    ran = check("--diff", "a.py", "missing.py")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("missing.py: ")
    assert check("--diff", "a.py").status == 0


def test_either_or(check: Check, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        check("--diff", "--fix", "a.py")
    assert "not allowed with argument" in capsys.readouterr().err


def test_json_says_what_was_fixed(check: Check, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(PROGRAM)
    assert "fixed" not in check("--format", "json", "a.py").json["files"][0]
    (entry,) = check("--format", "json", "--fix", "a.py").json["files"]
    assert entry["diagnostics"] == []
    assert entry["fixed"] == [
        {"line": 6, "column": 8, "code": "SW201", "title": "Write `x.float()` → (2, 2) float32"},
        {
            "line": 9,
            "column": 1,
            "code": "SW404",
            "title": "Put it under `with torch.no_grad():`",
        },
    ]


@pytest.mark.parametrize(
    "before",
    [
        PROGRAM.replace("\n", "\r\n").encode(),
        PROGRAM.rstrip("\n").encode(),
        b"\xef\xbb\xbf" + PROGRAM.encode(),
        b"# -*- coding: latin-1 -*-\n" + PROGRAM.encode("latin-1"),
        b"# coding: cp1252\r\n" + PROGRAM.replace("\n", "\r\n").encode("cp1252"),
        # No such encoding is named, but it is read all the same.
        PROGRAM.encode("latin-1"),
    ],
    ids=["CRLF", "no last line end", "BOM", "latin-1", "cp1252", "latin-1 without saying"],
)
def test_encoding_and_line_ends_stay(check: Check, tmp_path: Path, before: bytes) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(before)
    end = b"\r\n" if b"\r" in before else b"\n"
    assert check("--fix", "a.py").status == 0
    assert path.read_bytes() == before.replace(b"fc(x)", b"fc(x.float())").replace(
        b"w -= 0.1", b"with torch.no_grad():" + end + b"    w -= 0.1"
    )


def test_rights_and_links_stay(check: Check, tmp_path: Path) -> None:
    real = tmp_path / "elsewhere" / "real.py"
    real.parent.mkdir()
    real.write_text(PROGRAM)
    real.chmod(0o750)
    link = tmp_path / "a.py"
    link.symlink_to(real)
    check("--fix", "a.py")
    assert link.is_symlink() and real.read_text() == FIXED
    assert stat.S_IMODE(real.stat().st_mode) == 0o750
    assert os.listdir(real.parent) == ["real.py"]


def test_a_file_that_cannot_be_written(
    check: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.py"
    path.write_text(PROGRAM)

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", refuse)
    ran = check("--fix", "a.py")
    assert ran.status == 2
    assert ran.out.startswith("a.py: a.py cannot be written: Permission denied\n")
    assert path.read_text() == PROGRAM
    assert os.listdir(tmp_path) == ["a.py"]


def test_what_was_saved_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"new")
    with pytest.raises(SourceError):
        replace_file(path, b"old", b"fixed")
    assert path.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["a.py"]


def test_letters_that_an_encoding_lacks() -> None:
    with pytest.raises(SourceError):
        encoded("x = '€'\n", b"# coding: latin-1\nx = '\xe1'\n", "a.py")


_AT = PROGRAM.index("x = ")
CELLS = ["%matplotlib inline\n" + PROGRAM[:_AT], PROGRAM[_AT:].replace("a = ", "!ls\na = ")]


@pytest.mark.parametrize("layout", [{"indent": 1, "ensure_ascii": False}, {"indent": 4}, {}])
def test_of_a_notebook_only_the_cells_change(
    check: Check, tmp_path: Path, layout: dict[str, object]
) -> None:
    path = tmp_path / "notes.ipynb"
    write_notebook(path, *CELLS)
    notebook = json.loads(path.read_text())
    # An output may look like a cell.
    notebook["cells"][1]["outputs"] = [
        {"data": {"cells": [{"cell_type": "code", "source": "a = fc(x)"}]}}
    ]
    path.write_text(json.dumps(notebook, **layout) + "\n", encoding="utf-8")  # type: ignore[arg-type]
    ran = check("--fix", "notes.ipynb")
    assert ran.status == 0
    assert ran.out.startswith("notes.ipynb:cell 2:3:8: fixed SW201 Write `x.float()`")
    source = notebook["cells"][2]["source"]
    source[source.index("a = fc(x)\n")] = "a = fc(x.float())\n"
    source[source.index("w -= 0.1 * w.grad\n")] = "with torch.no_grad():\n"
    source.append("    w -= 0.1 * w.grad\n")
    assert path.read_text() == json.dumps(notebook, **layout) + "\n"  # type: ignore[arg-type]


def test_a_diff_of_a_notebook_is_of_its_cells(check: Check, tmp_path: Path) -> None:
    write_notebook(tmp_path / "notes.ipynb", *CELLS)
    out = check("--diff", "notes.ipynb").out
    assert out.startswith("--- notes.ipynb (cell 2)\n+++ notes.ipynb (cell 2)\n@@")
    assert "\n-a = fc(x)\n+a = fc(x.float())\n" in out


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('{"cells":[{"cell_type":"code","source":"a"}]}', '"source":"b"'),
        ('{"cells":[{"source":["a"],"cell_type":"code"}]}', '"source":["b"]'),
        ('{"worksheets":[{"cells":[{"cell_type":"code","input":["a"]}]}]}', '"input":["b"]'),
        ('{"cells" : [ {"cell_type":"code", "source": [ "a" ]} ] }', '"source": [ "b" ]'),
        ('{"cells":[{"cell_type":"raw","source":"a"},{"cell_type":"code","source":"a"}]}', '"b"'),
    ],
)
def test_where_a_cell_stands(before: str, after: str) -> None:
    found = with_cells(before, ["a"], ["b"])
    assert after in found and len(found) == len(before) and json.loads(found)
