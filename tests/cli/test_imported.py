"""What fails in an imported file of the workspace is shown at the call that leads there."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Check

HELPERS = """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.fc1 = nn.Linear(784, hidden)
        self.fc2 = nn.Linear(hidden + 1, 10)

    def forward(self, x):
        return self.fc2(self.fc1(x))


def careful(x):
    try:
        return x @ torch.rand(9, 9)
    except RuntimeError:
        return x


def never():
    return torch.rand(2, 3) @ torch.rand(2, 3)
"""

MAIN = """\
import torch
from helpers import Net, careful

x = torch.rand(4, 784)
y = Net(32)(x)
z = careful(x)
"""

PRINTED = "RuntimeError: mat1 and mat2 shapes cannot be multiplied (4x32 and 33x10)"

ENGLISH = f"""\
main.py:5:5: error SW101 matmul-inner-dim
`self.fc1(x)` is (4, 32): its last size is 32, but `self.fc2` wants 33 (in helpers.py, line 12)

  5 │ y = Net(32)(x)
    │     ^^^^^^^^^^

helpers.py:12:25
   8 │ self.fc1 = nn.Linear(784, hidden)
     │            ────────────────────── `self.fc1` makes (4, 32) of (4, 784)
   9 │ self.fc2 = nn.Linear(hidden + 1, 10)
     │            ───────────────────────── the layer is made here
     ┆
  12 │ return self.fc2(self.fc1(x))
     │                 ─────────── it fails here

torch will print: {PRINTED}
"""

PORTUGUESE = (
    "`self.fc1(x)` tem forma (4, 32): o último tamanho é 32, mas `self.fc2` espera 33 "
    "(em helpers.py, linha 12)"
)


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path) -> None:
    """Two files, of which one imports the other."""
    (tmp_path / "helpers.py").write_text(HELPERS)
    (tmp_path / "main.py").write_text(MAIN)


def test_a_failure_is_shown_at_the_call(check: Check) -> None:
    ran = check("main.py")
    assert ran.status == 1
    assert ran.out.startswith(ENGLISH)
    assert "1 error in 1 file" in ran.out


def test_it_is_said_in_portuguese(check: Check) -> None:
    ran = check("--language", "pt-BR", "main.py")
    assert PORTUGUESE in ran.out
    assert "falha aqui" in ran.out


def test_sarif_names_the_other_file(check: Check) -> None:
    (result,) = check("--format", "sarif", "main.py").json["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("main.py", 5)
    related = [each["physicalLocation"] for each in result["relatedLocations"]]
    assert [each["artifactLocation"]["uri"] for each in related] == ["helpers.py"] * 3 + ["main.py"]
    assert [each["region"]["startLine"] for each in related] == [12, 8, 9, 4]


@pytest.mark.parametrize(("mark", "found"), [("pyproject.toml", True), ("notes.toml", False)])
def test_a_package_of_the_project_is_found_from_further_below(
    mark: str, found: bool, tmp_path: Path, check: Check
) -> None:
    (tmp_path / mark).write_text("")
    package = tmp_path / "nets"
    package.mkdir()
    (package / "__init__.py").write_text("SIZE = 3\n")
    below = tmp_path / "projects" / "adder"
    below.mkdir(parents=True)
    program = below / "adder.py"
    program.write_text("import torch\nfrom nets import SIZE\nx = torch.rand(2, SIZE)\nx @ x\n")
    assert check(str(program)).status == (1 if found else 0)
