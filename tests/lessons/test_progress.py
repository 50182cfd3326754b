"""What was done is kept, whatever happens meanwhile."""

from __future__ import annotations

import json
import multiprocessing
from pathlib import Path

import pytest
from shapewise.lessons.progress import Progress, ProgressError


def answer(folder: str, name: str) -> None:
    for number in range(20):
        Progress(Path(folder)).answer("pack", name, f"q{number}", True)


def test_two_editors_lose_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    names = ["a", "b", "c"]
    processes = [context.Process(target=answer, args=(str(tmp_path), name)) for name in names]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0
    entries = Progress(tmp_path).entries()
    assert {name: len(entries[f"pack/{name}"]["quiz"]) for name in names} == dict.fromkeys(
        names, 20
    )
    left = {path.name for path in (tmp_path / ".shapewise").iterdir()}
    assert left == {"progress.json"}


def test_what_was_reached_stays(tmp_path: Path) -> None:
    progress = Progress(tmp_path)
    progress.exercise("p", "l", 2, 2, True)
    passed = progress.entries()["p/l"]["exercise"]["passed"]
    progress.exercise("p", "l", 0, 2, False)
    progress.answer("p", "l", "q", True)
    progress.answer("p", "l", "q", False)
    entry = progress.entries()["p/l"]
    assert entry["exercise"] == {"done": 2, "of": 2, "passed": passed}
    assert entry["quiz"]["q"]["tries"] == 2
    assert "right" in entry["quiz"]["q"]


def test_nothing_is_written_when_nothing_changes(tmp_path: Path) -> None:
    progress = Progress(tmp_path)
    progress.opened("p", "l")
    before = progress.path.stat().st_mtime_ns
    progress.opened("p", "l")
    assert progress.path.stat().st_mtime_ns == before


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"lessons": 3}', '{"lessons": {"a": 1}}', "\udcff"]
)
def test_a_broken_file_is_kept_aside(tmp_path: Path, content: str) -> None:
    progress = Progress(tmp_path)
    progress.path.parent.mkdir()
    progress.path.write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(ProgressError):
        progress.entries()
    progress.opened("p", "l")
    assert set(progress.entries()) == {"p/l"}
    (aside,) = progress.path.parent.glob("progress.broken-*.json")
    assert aside.read_bytes() == content.encode("utf-8", "surrogateescape")


def test_a_lock_of_a_process_that_died(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shapewise.lessons.progress._LOCK_SECONDS", 0.05)
    progress = Progress(tmp_path)
    progress.path.parent.mkdir()
    progress.path.with_suffix(".lock").touch()
    progress.opened("p", "l")
    assert json.loads(progress.path.read_text())["lessons"]["p/l"]["opened"]
