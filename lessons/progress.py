"""What a learner has done, kept per workspace in one small file.

The file is `.shapewise/progress.json`. It is written whole beside itself and moved
into place, so that a reader never sees half of it; a lock keeps two editors on the
same workspace from losing each other's entries. One that cannot be read is kept
aside, never overwritten.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FILE = Path(".shapewise") / "progress.json"
_VERSION = 1

_LOCK_SECONDS = 2.0
"""A lock that is older than this was left by a process that died."""

Entries = dict[str, dict[str, Any]]
"""By `pack/lesson`: `opened`, `exercise` (`done`, `of`, `passed`, `hints`), `quiz`."""


class ProgressError(OSError):
    """The file is there, but it cannot be read or is none of ours."""


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress in one workspace."""

    folder: Path

    @property
    def path(self) -> Path:
        return self.folder / FILE

    def entries(self) -> Entries:
        """All that was done; empty where nothing was.

        Raises:
            ProgressError: the file cannot be read.
        """
        try:
            content = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise ProgressError(f"{self.path}: {error}") from error
        lessons = content.get("lessons") if isinstance(content, Mapping) else None
        if not isinstance(lessons, dict) or not all(isinstance(e, dict) for e in lessons.values()):
            raise ProgressError(f"{self.path}: no progress file")
        return lessons

    def opened(self, pack: str, lesson: str) -> None:
        """A lesson was opened."""

        def change(entry: dict[str, Any]) -> None:
            entry.setdefault("opened", _now())

        self._change(pack, lesson, change)

    def exercise(self, pack: str, lesson: str, done: int, of: int, passed: bool) -> None:
        """An exercise was checked. What was once reached stays reached."""

        def change(entry: dict[str, Any]) -> None:
            exercise = _table(entry, "exercise")
            exercise["of"] = of
            exercise["done"] = max(done, _number(exercise.get("done")))
            if passed:
                exercise.setdefault("passed", _now())

        self._change(pack, lesson, change)

    def hint(self, pack: str, lesson: str, step: int, number: int) -> None:
        """A hint was shown. step, number: counted from 0; the solution is step -1."""

        def change(entry: dict[str, Any]) -> None:
            exercise = _table(entry, "exercise")
            if step < 0:
                exercise.setdefault("solution_shown", _now())
                return
            hints = _table(exercise, "hints")
            hints[str(step)] = max(number + 1, _number(hints.get(str(step))))

        self._change(pack, lesson, change)

    def answer(self, pack: str, lesson: str, question: str, right: bool) -> None:
        """A question was answered."""

        def change(entry: dict[str, Any]) -> None:
            answers = _table(_table(entry, "quiz"), question)
            answers["tries"] = _number(answers.get("tries")) + 1
            if right:
                answers.setdefault("right", _now())

        self._change(pack, lesson, change)

    def _change(self, pack: str, lesson: str, change: Callable[[dict[str, Any]], None]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with _locked(self.path):
            try:
                entries = self.entries()
            except ProgressError:
                os.replace(self.path, self.path.with_suffix(f".broken-{time.time_ns()}.json"))
                entries = {}
            before = json.dumps(entries, sort_keys=True)
            change(entries.setdefault(f"{pack}/{lesson}", {}))
            if json.dumps(entries, sort_keys=True) != before:
                _write(self.path, {"format_version": _VERSION, "lessons": entries})


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _table(entry: dict[str, Any], key: str) -> dict[str, Any]:
    """A table in a table; whatever else stood there is replaced."""
    table = entry.get(key)
    if not isinstance(table, dict):
        table = entry[key] = {}
    return table


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _write(path: Path, content: object) -> None:
    handle, name = tempfile.mkstemp(prefix=".progress-", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(content, file, indent=1, sort_keys=True)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the lock beside a file."""
    lock = path.with_suffix(".lock")
    deadline = time.monotonic() + _LOCK_SECONDS
    while True:
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            break
        except FileExistsError:
            if time.monotonic() > deadline:
                with contextlib.suppress(OSError):
                    os.unlink(lock)
                deadline = time.monotonic() + _LOCK_SECONDS
            time.sleep(0.01)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            os.unlink(lock)
