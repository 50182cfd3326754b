"""The server object: what its parts are and how events travel between them.

An event changes `documents`; the unit it belongs to is frozen and given to the
`scheduler`; a result is pushed, or answers the requests that wait for it. All
of this happens on the event loop's thread; only analyses run elsewhere.
"""

from __future__ import annotations

import asyncio
import contextlib
import traceback
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.protocol import default_converter

from ..analyzers.facts import Analysis, Binding, Text
from ..analyzers.messages import render
from ..analyzers.ruleset import ALL
from . import session
from .client import Client
from .completing import Completing
from .configuration import Configuration
from .documents import Documents, OpenText, Snapshot
from .engine import Analyze, analyze_snapshot, find_interpreter
from .features import (
    actions,
    code_lens,
    completions,
    diagnostics,
    explain,
    hover,
    inlay_hints,
    lesson_exercises,
    lesson_questions,
    lessons,
    shape_flow,
    synchronization,
    tensors,
    tracing,
)
from .fixing import Analyse, Fixing, with_texts
from .oracle_pool import Client as OracleClient
from .oracle_pool import Make, OraclePool, State, make_client
from .protocol import ShapewiseProtocol
from .scheduler import Result, Scheduler, Work
from .sent import Sent
from .settings import Settings
from .status import Status
from .teacher import Teacher

if TYPE_CHECKING:
    from ..analyzers.source import Source

VERSION = "0.1.0"

_START_SECONDS = 10.0
"""How long an answer waits for torch where the editor would not ask again."""


class ShapewiseServer(LanguageServer):
    """The language server.

    Args:
        python: the interpreter given on the command line; settings override it.
        analyze: the analysis; for tests.
        make_oracle: makes the oracle of an interpreter; for tests.
        find: finds a folder's interpreter, given what was set and the folder; for tests.
    """

    protocol: ShapewiseProtocol

    def __init__(
        self,
        python: str | None = None,
        analyze: Analyze = analyze_snapshot,
        make_oracle: Make = make_client,
        find: Callable[[str | None, Path | None], str] = find_interpreter,
    ) -> None:
        super().__init__(
            "shapewise",
            VERSION,
            notebook_document_sync=types.NotebookDocumentSyncOptions(
                notebook_selector=[
                    types.NotebookDocumentFilterWithNotebook(
                        notebook="*", cells=[types.NotebookCellLanguage("python")]
                    )
                ]
            ),
            protocol_cls=ShapewiseProtocol,
            converter_factory=default_converter,
            max_workers=2,
        )
        self.client = Client()
        self.documents = Documents()
        self.sent = Sent()
        self.configuration = Configuration()
        self.configured = asyncio.Event()
        self.scheduler = Scheduler(self._analysed, self._failed)
        self.oracles = OraclePool(make_oracle, self._oracle_changed)
        self.status = Status(self)
        self.teacher = Teacher(self)
        self.tracing = tracing.Tracing(self)
        self.fixing = Fixing(self._proof_failed)
        self.completing = Completing()
        self._python = python
        self._analyze = analyze
        self._find = find
        self._interpreters: dict[tuple[str | None, Path | None], str] = {}
        self._states: dict[str, State] = {}
        self._state_changed = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._noted: set[tuple[str, str]] = set()
        self._refreshing: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        session.register(self)
        synchronization.register(self)
        hover.register(self)
        inlay_hints.register(self)
        explain.register(self)
        shape_flow.register(self)
        tensors.register(self)
        actions.register(self)
        lessons.register(self)
        completions.register(self)
        lesson_questions.register(self)
        tracing.register(self)
        code_lens.register(self)

    # What features ask.

    @property
    def language(self) -> str:
        """The language of messages that belong to no document."""
        return self.configuration.settings_of(None).language

    @property
    def said_goodbye(self) -> bool:
        """Whether the editor asked for shutdown."""
        return bool(self.protocol._shutdown)

    def settings_of(self, snapshot: Snapshot) -> Settings:
        """The settings for a unit."""
        return self.configuration.settings_of(snapshot.path)

    def interpreter_of(self, path: Path | None) -> str:
        """The learner's interpreter for a file."""
        folder = self.configuration.folder_of(path)
        explicit = self.configuration.settings_of(path).python or self._python
        root = (folder or Path.cwd()) if self.configuration.trusted else None
        if explicit and folder and len(Path(explicit).parts) > 1:
            # A path in a setting starts at the folder; an absolute one stays as it is.
            explicit = str(folder / Path(explicit).expanduser())
        key = (explicit, root)
        if key not in self._interpreters:
            self._interpreters[key] = self._find(explicit, root)
        return self._interpreters[key]

    def oracle_of(self, path: Path | None) -> OracleClient:
        """The oracle for a file; it is started when it is the first of its interpreter."""
        return self.oracles.get(self.interpreter_of(path))

    async def newest(self, uri: str) -> tuple[Result, int] | None:
        """The result for the newest text of a document, and which part of it the document is.

        None where the document is not open, or is closed before the result comes.
        """
        await self.configured.wait()
        key = self.documents.unit_of(uri)
        result = await self.scheduler.newest(key) if key is not None else None
        return _with_part(result, uri)

    async def settled(self, uri: str) -> tuple[Result, int] | None:
        """Like `newest`, but not before torch has started, or did not within seconds.

        For an editor that cannot be told to ask again: what it gets is what it shows.
        """
        found = await self.newest(uri)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_START_SECONDS):
                while found is not None and self._starts(found[0].snapshot.path):
                    await self._state_changed.wait()
                    found = await self.newest(uri)
        return found

    def latest(self, uri: str) -> tuple[Result, int] | None:
        """Like `newest`, but what is there already, which may speak of older text."""
        key = self.documents.unit_of(uri)
        return _with_part(self.scheduler.latest(key) if key is not None else None, uri)

    def diagnostics_of(self, result: Result, part: int) -> list[types.Diagnostic]:
        """The diagnostics of a document, as the settings want them."""
        settings = self.settings_of(result.snapshot)
        if not settings.diagnostics:
            return []
        found = diagnostics.diagnostics_of(
            result, part, self.documents.encoding, self.client, settings.language
        )
        return [*found, *self.tracing.diagnostics_of(result, part, found)]

    def hints_of(self, result: Result, part: int) -> list[tuple[types.InlayHint, Binding]]:
        """The inlay hints of a document, as the settings want them."""
        settings = self.settings_of(result.snapshot)
        shown = self.tracing.shown(result, part)
        return inlay_hints.hints_of(result, part, self.documents.encoding, settings, shown)

    # What events bring about.

    def touch(self, keys: Iterable[str], *, at_once: bool = False) -> None:
        """Have units analysed anew, after a pause in typing or at once."""
        if not self.configured.is_set():
            return  # `reconfigured` touches everything.
        for key in keys:
            snapshot = self.documents.snapshot(key)
            if snapshot is not None:
                self.fixing.cancel(key)
                delay = 0.0 if at_once else self.settings_of(snapshot).debounce
                self.scheduler.submit(snapshot, self._work(snapshot), delay)

    def touch_importers(self, paths: Iterable[Path]) -> None:
        """Have the open units analysed anew that import one of some files."""
        changed = set(paths)
        keys = [
            key
            for key in self.documents.units()
            if (result := self.scheduler.latest(key)) is not None
            and not changed.isdisjoint(result.analysis.imported)
        ]
        self.touch(keys)

    def look_again(self, uri: str) -> None:
        """Torch may have been installed since it was not found for a document."""
        key = self.documents.unit_of(uri)
        snapshot = self.documents.snapshot(key) if key is not None else None
        if snapshot is not None and self.configured.is_set():
            self.oracles.renew(self.interpreter_of(snapshot.path))

    def forget(self, documents: Iterable[OpenText]) -> None:
        """Documents were closed."""
        for document in documents:
            self.sent.forget(document)
            diagnostics.clear(self, document)

    def reconfigured(self) -> None:
        """The settings changed, or are known for the first time."""
        self._interpreters.clear()
        self.completing.forget()
        folders = self.configuration.folders()
        self.oracles.keep({self.interpreter_of(folder) for folder in folders})
        self.oracle_of(None)
        if not self.configured.is_set():
            self.configured.set()
            for python, state in tuple(self._states.items()):
                self._show_state(python, state)
        self.touch(self.documents.units(), at_once=True)

    def complain(self, complaints: Iterable[Text]) -> None:
        """Show what is wrong with the settings."""
        for complaint in complaints:
            message = "Shapewise: " + render(complaint, self.language)
            self.window_show_message(types.ShowMessageParams(types.MessageType.Warning, message))

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something beside the handlers; what it raises is logged."""
        self._loop = asyncio.get_running_loop()
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._spawned)

    def attach(self) -> None:
        """The event loop runs: from now on oracles may report from their threads."""
        self._loop = asyncio.get_running_loop()

    def close(self) -> None:
        """Stop analyses and oracles; may be called more than once."""
        self.tracing.close()
        self.fixing.close()
        self.completing.close()
        self.oracles.close()
        self.scheduler.close()
        self.teacher.close()

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Log a mistake in a handler; pygls would show it in the learner's face."""
        self.log_error("".join(traceback.format_exception(error)))

    def log_error(self, message: str) -> None:
        """Write to the editor's log."""
        self.window_log_message(types.LogMessageParams(types.MessageType.Error, message))

    def _starts(self, path: Path | None) -> bool:
        # As the loop knows it: the oracle itself may be a step ahead.
        state = self._states.get(self.interpreter_of(path))
        return state is not None and state.kind in ("starting", "restarting")

    def _work(self, snapshot: Snapshot) -> Work:
        oracle, settings = self.oracle_of(snapshot.path), self.settings_of(snapshot)

        def analyze(unit: Snapshot, cancelled: Callable[[], bool]) -> Analysis:
            return self._analyze(unit, oracle, settings, cancelled)

        return lesson_exercises.work_on(self, snapshot, settings.language, analyze)

    def _analysed(self, result: Result) -> None:
        for note in result.analysis.notes:
            message = render(note, self.language)
            if (result.snapshot.key, message) not in self._noted:
                self._noted.add((result.snapshot.key, message))
                self.window_log_message(types.LogMessageParams(types.MessageType.Info, message))
        self._show(result)
        self._prove(result)
        if result.analysis.problems:
            self.teacher.prepare()

    def show_again(self) -> None:
        """What is shown beside the analyses has changed."""
        for key in self.documents.units():
            result = self.scheduler.latest(key)
            if result is not None:
                self._show(result)

    def _show(self, result: Result) -> None:
        for part, document in enumerate(result.snapshot.parts):
            found = self.diagnostics_of(result, part)
            if not self.client.pull:
                if self.sent.news("diagnostics", document, found):
                    diagnostics.publish(self, document, found)
            elif self.sent.outdated("diagnostics", document, found):
                self._refresh(types.WORKSPACE_DIAGNOSTIC_REFRESH)
            if self.client.refresh_hints:
                hints = [hint for hint, _ in self.hints_of(result, part)]
                if self.sent.outdated("hints", document, hints):
                    self._refresh(types.WORKSPACE_INLAY_HINT_REFRESH)
            if self.client.refresh_lenses:
                lenses = code_lens.lenses_of(self, result, part)
                if self.sent.outdated("lenses", document, lenses):
                    self._refresh(types.WORKSPACE_CODE_LENS_REFRESH)

    def _prove(self, result: Result) -> None:
        """Begin with the proofs of the fixes for what has been shown."""
        settings = self.settings_of(result.snapshot)
        self.fixing.start(result, self._analyser(result.snapshot, settings))

    def analyser(self, snapshot: Snapshot) -> Analyse:
        """Analyses edited texts of a unit; finds all problems, whichever are wanted."""
        return self._analyser(snapshot, replace(self.settings_of(snapshot), rules=ALL))

    def _analyser(self, snapshot: Snapshot, settings: Settings) -> Analyse:
        oracle = self.oracle_of(snapshot.path)

        def analyse(source: Source, cancelled: Callable[[], bool]) -> Analysis:
            edited = with_texts(snapshot, [part.text for part in source.parts])
            return self._analyze(edited, oracle, settings, cancelled)

        return analyse

    def _proof_failed(self, error: Exception) -> None:
        self.log_error("".join(traceback.format_exception(error)))

    def _failed(self, snapshot: Snapshot, error: Exception) -> None:
        trace = "".join(traceback.format_exception(error))
        self.log_error(f"the analysis of {snapshot.key} failed\n{trace}")

    def _refresh(self, method: str) -> None:
        if method in self._refreshing:
            return
        self._refreshing.add(method)

        async def ask() -> None:
            self._refreshing.discard(method)
            await self.protocol.send_request_async(method)

        self.spawn(ask())

    def _spawned(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if isinstance(error, Exception):
            self.report_server_error(error, type(error))

    def _oracle_changed(self, python: str, state: State) -> None:
        if self._loop is not None:
            # The loop may be gone when an oracle is stopped at the very end.
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._show_state, python, state)

    def _show_state(self, python: str, state: State) -> None:
        self._states[python] = state
        client = self.oracles.find(python)
        if client is None:
            self.status.end(python)
            return
        if not self.configured.is_set():
            return  # Until the settings are known, this may be the wrong interpreter.
        self.status.show(python, state, client.accelerator, client.info)
        if state.kind == "ready":
            self.completing.forget()
            # What was answered while torch was away may be better answered now.
            units = (self.documents.snapshot(key) for key in self.documents.units())
            self.touch(
                [unit.key for unit in units if unit and self.interpreter_of(unit.path) == python],
                at_once=True,
            )
        # Those who wait wake when the analyses have been asked for.
        self._state_changed.set()
        self._state_changed = asyncio.Event()


def _with_part(result: Result | None, uri: str) -> tuple[Result, int] | None:
    part = result.snapshot.part_of(uri) if result is not None else None
    return (result, part) if result is not None and part is not None else None
