"""Every way in which a pack can be wrong is reported: `broken.toml`."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, get_args

import pytest
from shapewise.analyzers.messages import render
from shapewise.lessons.claims import prove
from shapewise.lessons.engine import Analyzer
from shapewise.lessons.faults import Kind
from shapewise.lessons.load import load_pack

HERE = Path(__file__).parent
CASES: list[dict[str, Any]] = tomllib.loads((HERE / "broken.toml").read_text("utf-8"))["case"]


def make(pack: Path, edits: list[dict[str, Any]]) -> None:
    for edit in edits:
        path = pack / edit["file"]
        if edit.get("remove"):
            path.unlink()
        elif "find" in edit:
            text = path.read_text("utf-8")
            assert edit["find"] in text
            edited = text.replace(edit["find"], edit["put"], 1)
            path.write_bytes(edited.encode(edit.get("encoding", "utf-8"), "replace"))
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text(edit["put"], "utf-8")


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_broken_pack_is_reported(case: dict[str, Any], pack: Path, analyzer: Analyzer) -> None:
    make(pack, case["edits"])
    loaded = load_pack(pack)
    faults = list(loaded.faults)
    if loaded.pack is not None:
        faults += prove(loaded.pack, analyzer)
    found = [(f.path.relative_to(pack).as_posix(), f.line, f.kind) for f in faults]
    file, line, kind, says = case["fault"]
    assert (file, line, kind) in found
    sentences = [render(fault.message) for fault in faults]
    assert any(says in sentence for sentence in sentences), sentences
    for fault in faults:
        assert render(fault.message, "pt-BR") != render(fault.message)


def test_every_kind_of_fault_has_a_broken_pack() -> None:
    tested = {case["fault"][2] for case in CASES}
    # What is no edit of the template: see test_load.py, test_discover.py and test_claims.py.
    assert set(get_args(Kind)) - tested == {"unreadable", "too-large", "no-pack", "needs-run"}
    assert len(CASES) >= 40
