"""The course notes the project grew from, checked as a learner would type them.

Every Python block of `../shared/seeds` is run for real, statement by statement,
and analysed as the cells of one notebook. What the analysis says must be what
really happened: each tensor's shape, dtype and device, and each line that fails.
"""

from __future__ import annotations

import ast
import contextlib
import io
import re
from pathlib import Path
from typing import Any

import pytest
from shapewise.analyzers.analyze import analyze
from shapewise.analyzers.source import Source
from shapewise.runtime.client import OracleClient

SEEDS = Path(__file__).parents[3] / "shared" / "seeds"
FILES = sorted(SEEDS.glob("*.txt"))

Place = tuple[int, int, str]


def blocks(path: Path) -> list[str]:
    """The Python blocks, behind the import that the notes leave to the reader."""
    found = re.findall(r"```python\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)
    return ["import torch\nfrom torch import nn\n", *found] if found else []


def truth(
    cells: list[str],
) -> tuple[dict[Place, tuple[Any, ...]], set[tuple[int, int]], set[tuple[int, int]]]:
    """What really happens: tensors by place and name, the lines that raise, and those of names
    that are not there yet."""
    import torch

    namespace: dict[str, Any] = {"__name__": "notes"}
    tensors: dict[Place, tuple[Any, ...]] = {}
    failing: set[tuple[int, int]] = set()
    unnamed: set[tuple[int, int]] = set()
    for index, cell in enumerate(cells):
        for statement in ast.parse(cell).body:
            module = ast.Module([statement], [])
            try:
                with contextlib.redirect_stdout(io.StringIO()):
                    exec(compile(module, "notes", "exec"), namespace)
            except NameError:
                unnamed.add((index, statement.lineno))
                continue
            except Exception:
                failing.add((index, statement.lineno))
                continue
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                name = statement.targets[0].id
                value = namespace[name]
                if isinstance(value, torch.Tensor):
                    tensors[index, statement.lineno, name] = (
                        tuple(value.shape),
                        str(value.dtype).removeprefix("torch."),
                        str(value.device),
                    )
    return tensors, failing, unnamed


@pytest.mark.skipif(not FILES, reason="../shared/seeds is not there")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_notes(path: Path) -> None:
    cells = blocks(path)
    if not cells:
        pytest.skip("these notes hold no Python block")
    oracle = OracleClient()
    oracle.start()
    try:
        analysis = analyze(Source.of_cells(cells), oracle)
    finally:
        oracle.close()
    tensors, failing, unnamed = truth(cells)
    shown = {
        (b.span.part, b.span.line, b.name): (b.facts[0].shape, b.facts[0].dtype, b.facts[0].device)
        for b in analysis.bindings
    }
    assert tensors
    for place, fact in tensors.items():
        if fact[2] == "cpu":
            assert shown.get(place) == fact
    reported = {(p.span.part, p.span.line) for p in analysis.problems if p.severity == "error"}
    assert reported == failing
    others = [p for p in analysis.problems if p.severity != "error"]
    assert {p.code for p in others} <= {"SW801"}
    assert {(p.span.part, p.span.line) for p in others} <= unnamed
