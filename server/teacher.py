"""The lesson packs of a session: found when first needed, off the event loop.

What is wrong in a pack of the workspace is shown in its files, and said once.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from lsprotocol import types

from ..analyzers.facts import text
from ..analyzers.messages import render

if TYPE_CHECKING:
    from ..lessons.discover import Library, Shelf
    from ..lessons.exercise import Report
    from ..lessons.faults import Fault
    from ..lessons.progress import Progress
    from .documents import Snapshot
    from .lsp import ShapewiseServer

CHANGED = "shapewise/lessonsChanged"
"""Sent to the editor when packs or what was done may look different."""

WATCHED = "**/.shapewise/lessons/**"

_T = TypeVar("_T")


class Teacher:
    """Knows the packs. `shelf_now` may be called from any thread, the rest from the loop's."""

    def __init__(self, ls: ShapewiseServer) -> None:
        self._ls = ls
        self._library: Library | None = None
        self._prepared = False
        self._lock = threading.Lock()
        self._executor: ThreadPoolExecutor | None = None
        self._shown: dict[str, tuple[tuple[int, str], ...]] = {}
        self._told: set[str] = set()
        self._runs: dict[str, tuple[tuple[str, ...], Report]] = {}

    async def shelf(self) -> Shelf:
        """The packs as they are now."""
        await self._ls.configured.wait()
        folders, paths = self._places()
        shelf = await self.beside(lambda: self._load(folders, paths))
        self._report(shelf.faults)
        return shelf

    def prepare(self) -> None:
        """Problems are shown: the learner may ask for lessons soon, and shall not wait for them."""
        if not self._prepared:
            self._prepared = True
            self._ls.spawn(self._prepare())

    async def _prepare(self) -> None:
        await self.shelf()

    def shelf_now(self) -> Shelf:
        """Like `shelf`, for a thread that may wait; reports nothing."""
        return self._load(*self._places())

    async def beside(self, work: Callable[[], _T]) -> _T:
        """Do something slow on the lessons' own threads: one may be running an exercise."""
        if self._executor is None:
            self._executor = ThreadPoolExecutor(2, thread_name_prefix="shapewise-lessons")
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)

    def progress_of(self, path: Path | None) -> Progress | None:
        """What was done in the workspace folder of a file; None where no folder is open."""
        from ..lessons.progress import Progress

        folder = self._ls.configuration.folder_of(path)
        return Progress(folder) if folder is not None else None

    def ran(self, snapshot: Snapshot, report: Report) -> None:
        """An exercise was run: what came of it holds as long as its text does."""
        self._runs[snapshot.key] = (tuple(part.text for part in snapshot.parts), report)

    def run_of(self, snapshot: Snapshot) -> Report | None:
        """What came of a run of the very text; may be called from any thread."""
        known = self._runs.get(snapshot.key)
        texts = tuple(part.text for part in snapshot.parts)
        return known[1] if known is not None and known[0] == texts else None

    async def look(self) -> None:
        """Packs may be there now, or have changed: report what is wrong, tell the editor."""
        folders, paths = self._places()
        here = any((folder / ".shapewise" / "lessons").is_dir() for folder in folders)
        if not here and not paths and self._library is None:
            return
        await self.shelf()
        self.tell()

    def tell(self) -> None:
        """Tell the editor that a list of lessons it shows may be old."""
        self._ls.protocol.notify(CHANGED, None)

    def close(self) -> None:
        """Nothing more will be asked."""
        if self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)

    def _places(self) -> tuple[list[Path], list[Path]]:
        """The workspace folders, and the configured paths."""
        folders: list[Path] = []
        paths: list[Path] = []
        for folder, settings in self._ls.configuration.folders().items():
            if folder is not None:
                folders.append(folder)
            for path in settings.lesson_paths:
                paths.append((folder or Path.cwd()) / Path(path).expanduser())
        return folders, list(dict.fromkeys(paths))

    def _load(self, folders: list[Path], paths: list[Path]) -> Shelf:
        # Imported here: an editor that asks for no lesson shall not wait for them.
        from ..lessons.discover import Library

        with self._lock:
            if self._library is None:
                self._library = Library()
            return self._library.shelf(folders, paths)

    def _report(self, faults: Iterable[Fault]) -> None:
        """Show faults where they are, and say once that a file has some."""
        language = self._ls.language
        by_file: dict[str, list[Fault]] = {}
        for fault in faults:
            by_file.setdefault(fault.path.absolute().as_uri(), []).append(fault)
        for uri in [*self._shown.keys() - by_file.keys(), *by_file]:
            found = by_file.get(uri, [])
            said = tuple((fault.line, render(fault.message, language)) for fault in found)
            if self._shown.get(uri, ()) == said:
                continue
            self._shown[uri] = said
            self._ls.text_document_publish_diagnostics(
                types.PublishDiagnosticsParams(uri, [_diagnostic(*item) for item in said])
            )
            if found and uri not in self._told:
                self._told.add(uri)
                self._say(found[0], language)
        self._shown = {uri: said for uri, said in self._shown.items() if said}

    def _say(self, fault: Fault, language: str) -> None:
        sentence = text(
            "A lesson pack is left out: {path}, line {line}: {message}",
            path=str(fault.path),
            line=fault.line,
            message=fault.message,
        )
        message = "Shapewise: " + render(sentence, language)
        self._ls.window_show_message(types.ShowMessageParams(types.MessageType.Warning, message))


def _diagnostic(line: int, message: str) -> types.Diagnostic:
    where = types.Range(types.Position(line - 1, 0), types.Position(line, 0))
    return types.Diagnostic(
        where, message, severity=types.DiagnosticSeverity.Error, source="shapewise"
    )


def concerns_lessons(changes: Iterable[types.FileEvent]) -> bool:
    """Whether a change of files is one of a pack; of the rest, pyproject.toml is watched."""
    return any(not change.uri.endswith("/pyproject.toml") for change in changes)
