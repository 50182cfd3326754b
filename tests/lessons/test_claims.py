"""Packs whose claims hold, and those that only a run can prove."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from shapewise.lessons.claims import prove
from shapewise.lessons.discover import BUILT_IN
from shapewise.lessons.engine import Analyzer
from shapewise.lessons.load import load_pack
from shapewise.lessons.new import TEMPLATE
from shapewise.lessons.run import Runner

SAMPLE = Path(__file__).parent / "sample-pack/sample_course/packs/broadcasting"
SEED = 24
"""The line of the sample's claim that only a run can prove."""


@pytest.mark.parametrize("folder", [TEMPLATE, SAMPLE], ids=["template", "sample"])
def test_nothing_is_wrong(folder: Path, analyzer: Analyzer) -> None:
    loaded = load_pack(folder)
    assert loaded.faults == ()
    assert loaded.pack is not None
    assert [fault for fault in prove(loaded.pack, analyzer) if not fault.note] == []


@pytest.mark.parametrize("folder", sorted(BUILT_IN.glob("*/")), ids=lambda path: path.name)
def test_what_is_built_in_can_be_read(folder: Path) -> None:
    assert load_pack(folder).faults == ()


def test_what_only_a_run_can_prove(analyzer: Analyzer) -> None:
    loaded = load_pack(SAMPLE)
    assert loaded.pack is not None
    (fault,) = prove(loaded.pack, analyzer, only="column")
    assert (fault.path.name, fault.line, fault.kind, fault.note) == (
        "lesson.toml",
        SEED,
        "needs-run",
        True,
    )
    assert list(prove(loaded.pack, analyzer, Runner(sys.executable), only="column")) == []


@pytest.mark.parametrize(
    ("program", "kinds"),
    [
        ("import torch\nfirst = torch.rand(4, 1)\nsecond = torch.rand(4, 1)\n", {"solution-fails"}),
        (
            "import torch\nfirst = second = torch.rand(4, 1)\nraise SystemExit(3)\n",
            {"solution-fails"},
        ),
    ],
)
def test_a_run_finds_what_is_wrong(
    program: str, kinds: set[str], analyzer: Analyzer, tmp_path: Path
) -> None:
    folder = shutil.copytree(SAMPLE, tmp_path / "pack")
    (folder / "lessons/column/solution.py").write_text(program)
    loaded = load_pack(folder)
    assert loaded.pack is not None
    runner = Runner(sys.executable, seconds=30)
    found = [fault for fault in prove(loaded.pack, analyzer, runner, "column") if not fault.note]
    assert {fault.kind for fault in found} == kinds
    assert {fault.line for fault in found} <= {SEED}
