"""What programs read: JSON, workflow commands of GitHub, SARIF."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from .conftest import Check, write_notebook

SCHEMA = Path(__file__).parent.parent / "data" / "sarif-schema-2.1.0.json"

PROGRAM = """\
import torch
from somewhere import load

def double(images, n: int):
    return images * 2

device = "cuda" if torch.cuda.is_available() else "cpu"
x = torch.rand(2, 3).to(device)
for row in x:
    a, b = row, [t + 1 for t in [row]]
w = load()
y = x @ x
"""

PRINTED = "RuntimeError: mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)"


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A file with a bit of everything, in a folder."""
    path = tmp_path / "src" / "a.py"
    path.parent.mkdir()
    path.write_text(PROGRAM)
    return path


@pytest.mark.usefixtures("program")
def test_json(check: Check) -> None:
    ran = check("--format", "json", "src")
    assert ran.status == 1
    assert list(ran.json) == ["version", "files"]
    assert ran.json["version"] == 1
    (file,) = ran.json["files"]
    assert list(file) == ["path", "bindings", "diagnostics", "unknowns"]
    assert file["path"] == "src/a.py"
    here = {"dtype": "float32", "device": "cpu", "requires_grad": False}
    known = [entry for entry in file["bindings"] if entry["line"] in (8, 9, 10)]
    assert known == [
        {"line": line, "column": column, "name": name, "kind": kind, "shape": shape}
        | here
        | {"accelerated_device": "cuda:0", "alternatives": []}
        for line, column, name, kind, shape in [
            (8, 1, "x", "variable", [2, 3]),
            (9, 5, "row", "loop", [3]),
            (10, 5, "a", "variable", [3]),
            (10, 28, "t", "comprehension", [3]),
        ]
    ]
    assert file["diagnostics"] == [
        {
            "line": 12,
            "column": 9,
            "end_line": 12,
            "end_column": 10,
            "code": "SW101",
            "slug": "matmul-inner-dim",
            "severity": "error",
            "message": ran.message,
            "torch_message": PRINTED,
        }
    ]
    unknown = next(entry for entry in file["unknowns"] if entry["line"] == 11)
    assert list(unknown) == ["line", "column", "name", "reason"]
    assert (unknown["column"], unknown["name"]) == (1, "w")
    places = [(e["line"], e["column"]) for e in file["bindings"]]
    assert places == sorted(places)


@pytest.mark.usefixtures("program")
def test_json_is_the_same_each_time(check: Check) -> None:
    assert check("--format", "json", "src").out == check("--format", "json", "src").out


def test_json_of_arrays_and_alternatives(check: Check, program: Path) -> None:
    program.write_text(
        "import numpy as np\nimport torch\n"
        "a = np.zeros((2, 3))\n"
        "for n in [1, 2]:\n    x = torch.rand(n, 4)\n    y = torch.rand((4,) * n)\n"
    )
    (file,) = check("--format", "json", "src/a.py").json["files"]
    array = file["bindings"][0]
    assert (array["name"], array["shape"], array["device"]) == ("a", [2, 3], None)
    y = file["bindings"][-1]
    shapes = [y["shape"], *(other["shape"] for other in y["alternatives"])]
    assert shapes == [[4], [4, 4]]
    assert all(
        list(other) == ["shape", "dtype", "device", "requires_grad"] for other in y["alternatives"]
    )


def test_json_of_a_notebook(check: Check, tmp_path: Path) -> None:
    write_notebook(tmp_path / "n.ipynb", "import torch\nx = torch.rand(2, 3)", "y = x @ x")
    (file,) = check("--format", "json", "n.ipynb").json["files"]
    place = ("cell", "line", "column", "name")
    assert [[entry[key] for key in place] for entry in file["bindings"]] == [[1, 2, 1, "x"]]
    assert [[entry[key] for key in place] for entry in file["unknowns"]] == [[2, 1, 1, "y"]]
    assert [(d["cell"], d["line"], d["column"]) for d in file["diagnostics"]] == [(2, 1, 9)]


@pytest.mark.usefixtures("program")
def test_json_of_a_file_that_cannot_be_read(check: Check) -> None:
    ran = check("--format", "json", "missing.py", "src/a.py")
    assert ran.status == 2
    missing, found = ran.json["files"]
    assert missing == {
        "path": "missing.py",
        "error": "missing.py cannot be read: No such file or directory",
        "bindings": [],
        "diagnostics": [],
        "unknowns": [],
    }
    assert found["diagnostics"]


def test_github(check: Check, program: Path) -> None:
    program.rename(program.with_name("a,b:100%.py"))
    message = check("--format", "json", "src").message
    ran = check("--format", "github", "src")
    assert ran.status == 1
    assert ran.out == (
        "::error file=src/a%2Cb%3A100%25.py,line=12,endLine=12,col=9,endColumn=10,"
        f"title=SW101 matmul-inner-dim::{message}%0Atorch will print: {PRINTED}\n"
    )


def test_github_of_a_notebook_names_the_cell(check: Check, tmp_path: Path) -> None:
    write_notebook(tmp_path / "n.ipynb", "import torch\nx = torch.rand(2, 3)", "y = x @ x")
    message = check("--format", "json", "n.ipynb").message
    assert check("--format", "github", "n.ipynb").out == (
        "::error file=n.ipynb,title=SW101 matmul-inner-dim::cell 2, line 1: "
        f"{message}%0Atorch will print: {PRINTED}\n"
    )


def test_github_of_a_syntax_error(check: Check, program: Path) -> None:
    program.write_text("x = 1\ny = (\n")
    ran = check("--format", "github", "src")
    assert ran.status == 2
    assert ran.out.startswith("::error file=src/a.py,line=2,endLine=2,col=5,endColumn=6,")
    assert ran.out.endswith(": '(' was never closed\n")


def test_sarif(check: Check, program: Path, tmp_path: Path) -> None:
    program.rename(program.with_name("a b.py"))
    write_notebook(tmp_path / "n.ipynb", "import torch\nx = torch.rand(2, 3)", "y = x @ x")
    (tmp_path / "broken.py").write_text("x = (")
    message = check("--format", "json", "src").message
    ran = check("--format", "sarif", "src", "n.ipynb", "missing.py", "broken.py")
    assert ran.status == 2
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft4Validator(schema).validate(ran.json)
    (run,) = ran.json["runs"]
    assert run["tool"]["driver"]["rules"] == [{"id": "SW101", "name": "matmul-inner-dim"}]
    assert run["columnKind"] == "unicodeCodePoints"
    cell, file = run["results"]
    assert file["ruleId"] == "SW101" and file["level"] == "error"
    assert file["message"]["text"] == f"{message}\ntorch will print: {PRINTED}"
    assert file["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "src/a%20b.py"},
                "region": {"startLine": 12, "startColumn": 9, "endLine": 12, "endColumn": 10},
            }
        }
    ]
    assert file["relatedLocations"]
    assert cell["locations"] == [
        {
            "physicalLocation": {"artifactLocation": {"uri": "n.ipynb"}},
            "logicalLocations": [{"name": "cell 2, line 1", "kind": "member"}],
        }
    ]
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    named = [
        note["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for note in invocation["toolExecutionNotifications"]
    ]
    assert named == ["broken.py", "missing.py"]


def test_sarif_of_a_clean_file(check: Check, program: Path) -> None:
    program.write_text("x = 1\n")
    ran = check("--format", "sarif", "src")
    assert ran.status == 0
    jsonschema.Draft4Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(ran.json)
    assert ran.json["runs"][0]["results"] == []
    assert ran.json["runs"][0]["invocations"] == [{"executionSuccessful": True}]
