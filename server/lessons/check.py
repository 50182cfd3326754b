"""`shapewise lessons check`."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from ...analyzers.facts import Text, text
from ...analyzers.messages import render
from ...lessons.claims import prove
from ...lessons.engine import Analyzer
from ...lessons.faults import Fault, in_order
from ...lessons.load import Loaded, load_pack
from ...lessons.run import Runner
from ...runtime.interpreter import find_python
from . import complain, language_for

if TYPE_CHECKING:
    from rich.status import Status

_GOOD, _FAULTY, _UNUSABLE = 0, 1, 2


def check(
    folders: Sequence[Path],
    only: str | None,
    execute: bool,
    format: str,
    language: str | None,
    python: str | None,
) -> int:
    """Check packs and report on stdout; the exit status."""
    language = language_for(language)
    for folder in folders:
        if not folder.is_dir():
            complain(text("there is no folder {name}", name=str(folder)), language)
            return _UNUSABLE
    packs = [load_pack(folder) for folder in folders]
    unknown = only is not None and not any(p.pack is None or p.pack.lesson(only) for p in packs)
    if unknown:
        complain(text("there is no lesson `{name}` in this pack", name=only), language)
        return _UNUSABLE
    found: dict[Path, list[Fault]] = {loaded.folder: list(loaded.faults) for loaded in packs}
    sound = [loaded for loaded in packs if loaded.pack is not None]
    if sound:
        interpreter = find_python(python, Path.cwd())
        with closing(Analyzer(interpreter)) as analyzer:
            if not analyzer.has_torch():
                complain(_without_torch(interpreter), language)
                return _UNUSABLE
            runner = Runner(interpreter) if execute else None
            for loaded in sound:
                assert loaded.pack is not None
                with _alive(loaded.pack.id):
                    found[loaded.folder] += prove(loaded.pack, analyzer, runner, only)
    faults = {folder: in_order(faults) for folder, faults in found.items()}
    if format == "json":
        print(json.dumps(list(_rows(faults, language)), indent=1, ensure_ascii=False))
    else:
        _show(packs, faults, language)
    wrong = any(not fault.note for list_ in faults.values() for fault in list_)
    return _FAULTY if wrong else _GOOD


def _without_torch(python: str) -> Text:
    return text("{python} has no PyTorch; choose another with --python", python=python)


def _rows(faults: dict[Path, tuple[Fault, ...]], language: str) -> Iterator[dict[str, object]]:
    for folder, found in faults.items():
        for fault in found:
            yield {
                "pack": folder.as_posix(),
                "file": fault.path.as_posix(),
                "line": fault.line,
                "kind": fault.kind,
                "severity": "note" if fault.note else "error",
                "message": render(fault.message, language),
            }


def _show(packs: Sequence[Loaded], faults: dict[Path, tuple[Fault, ...]], language: str) -> None:
    for loaded in packs:
        found = faults[loaded.folder]
        for fault in found:
            message = render(fault.message, language)
            print(f"{_shown(fault.path)}:{fault.line}: {message} [{fault.kind}]")
        name = loaded.pack.id if loaded.pack is not None else loaded.folder.name
        wrong = sum(not fault.note for fault in found)
        count = len(loaded.pack.lessons) if loaded.pack is not None else 0
        if wrong:
            summary = text("{name}: wrong in {count} places", name=name, count=wrong)
            if wrong == 1:
                summary = text("{name}: wrong in one place", name=name)
        elif count == 1:
            summary = text("{name}: one lesson, nothing wrong", name=name)
        else:
            summary = text("{name}: {count} lessons, nothing wrong", name=name, count=count)
        print(render(summary, language))


def _shown(path: Path) -> str:
    """A path from here, if it lies below."""
    try:
        return Path(os.path.abspath(path)).relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()


class _alive:
    """Shows on a terminal that something is being done."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._status: Status | None = None

    def __enter__(self) -> None:
        if sys.stderr.isatty():
            from rich.console import Console

            self._status = Console(stderr=True).status(self._name)
            self._status.start()

    def __exit__(self, *_: object) -> None:
        if self._status is not None:
            self._status.stop()
