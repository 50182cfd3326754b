"""Traced runs: the commands, their progress, and what is told of them."""

from __future__ import annotations

import asyncio
import tempfile
import uuid
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.uris import to_fs_path

from ...analyzers.facts import Text, text
from ...analyzers.messages import render
from ...analyzers.rules.wordings import code_of_message
from ...analyzers.source import SourceError, read_source
from ...runtime.tracing_types import Frame, Limits, Mode, TraceRequest
from ..client import Client
from ..documents import Snapshot
from ..pages import page_of, reason_of
from ..positions import split_lines
from ..scheduler import Result
from ..settings import Settings
from ..trace_words import device_text, end_text, memory_text
from ..tracing.overlay import Shown
from ..tracing.runs import Run, Runs
from ..tracing.words import error_line, failure_text

if TYPE_CHECKING:
    from ..lsp import ShapewiseServer

TRACE, STOP, CLEAR = "shapewise.trace", "shapewise.trace.stop", "shapewise.trace.clear"
METHOD = "shapewise/traced"
"""A notification with `uri`, `state` (`running`, `finished`, `failed`, `stopped`, `limited`),
`facts` (how many places were seen), `device` and `message`, both in the user's language."""

_STATES = {"finished": "finished", "exit": "finished", "stopped": "stopped"}
_LIMITED = ("time-limit", "memory-limit", "process-limit", "output-limit")


class Tracing:
    """The traced runs of a session; belongs to the event loop's thread."""

    def __init__(self, ls: ShapewiseServer) -> None:
        self._ls = ls
        self._copies: list[tempfile.TemporaryDirectory[str]] = []
        self._copied: dict[str, Path] = {}
        """By unit, the file that stands in for a text that is on no disk."""
        self.runs = Runs(_lines_of, self._news)

    async def start(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Carries out the command; says why not, where it may not."""
        ls = self._ls
        uri = str(options.get("uri") or "")
        key = ls.documents.unit_of(uri)
        snapshot = ls.documents.snapshot(key) if key is not None else None
        if not ls.configuration.trusted:
            return self._refuse(
                text("This workspace is not trusted, so none of its programs is run.")
            )
        if snapshot is None:
            return self._refuse(text("There is no open program to trace."))
        path = snapshot.path
        if path is None or not path.is_file():
            path = self._copy(snapshot)
        request = self._request(path, snapshot, options)
        run = self.runs.start(path, request)
        self._tell(run, "running", text("tracing {name}…", name=path.name))
        ls.spawn(self._progress(run))
        return {"started": True, "file": str(path)}

    def stop(self, uri: str | None) -> None:
        """Ends the run of a document, or all where none is named."""
        path = self._path_of(uri)
        if path is not None or not uri:
            self.runs.stop(path)

    def clear(self, uri: str | None) -> None:
        """Forgets what was seen in a document's run, or in all where none is named."""
        path = self._path_of(uri)
        if path is not None or not uri:
            self.runs.clear(path)
        self._ls.show_again()

    def shown(self, result: Result, part: int) -> list[Shown]:
        """What the latest run saw in a document, where it is now."""
        path = self._path(result.snapshot)
        if path is None:
            return []
        found = self.runs.overlays(path, part)
        lines = result.snapshot.parts[part].lines
        return found[0][1].shown(lines) if found else []

    def diagnostics_of(
        self, result: Result, part: int, known: list[types.Diagnostic]
    ) -> list[types.Diagnostic]:
        """The exception that ended a run, where it was raised, unless it is reported already."""
        path = self._path(result.snapshot)
        if path is None:
            return []
        found = []
        for run, _ in self.runs.overlays(path, part)[:1]:
            diagnostic = self._failure(run, result, part)
            if diagnostic is not None and not any(
                other.code == diagnostic.code
                and other.range.start.line == diagnostic.range.start.line
                for other in known
            ):
                found.append(diagnostic)
        return found

    def close(self) -> None:
        """Ends all runs."""
        self.runs.close()
        for copy in self._copies:
            copy.cleanup()
        self._copies.clear()

    def _request(self, path: Path, snapshot: Snapshot, options: Mapping[str, Any]) -> TraceRequest:
        ls, settings = self._ls, self._ls.settings_of(snapshot)
        folder = ls.configuration.folder_of(path)
        function = str(options.get("function") or "")
        mode: Mode = "script"
        if path.suffix == ".ipynb":
            mode = "notebook"
        elif function:
            mode = "function"
        return TraceRequest(
            target=str(path),
            python=ls.interpreter_of(snapshot.path),
            mode=mode,
            expression=f"{function}()" if function else "",
            args=tuple(map(str, options.get("args") or settings.trace_args)),
            roots=(folder,) if folder is not None else (),
            iterations=_count(options.get("iterations"), settings),
            stats=bool(options.get("stats", settings.trace_stats)),
            limits=replace(Limits(), seconds=settings.trace_seconds),
        )

    def _copy(self, snapshot: Snapshot) -> Path:
        """A file for a text that is on no disk."""
        folder = tempfile.TemporaryDirectory(prefix="shapewise-", ignore_cleanup_errors=True)
        self._copies.append(folder)
        path = self._copied[snapshot.key] = Path(folder.name).resolve() / "untitled.py"
        path.write_text("\n".join(part.text for part in snapshot.parts), encoding="utf-8")
        return path

    def _path_of(self, uri: str | None) -> Path | None:
        if not uri:
            return None
        key = self._ls.documents.unit_of(uri)
        if key is None:
            path = to_fs_path(uri)
            return Path(path) if path else None
        if key in self._copied:
            return self._copied[key]
        snapshot = self._ls.documents.snapshot(key)
        return snapshot.path if snapshot is not None else None

    def _path(self, snapshot: Snapshot) -> Path | None:
        """The file that runs for a unit."""
        return self._copied.get(snapshot.key) or (snapshot.path and snapshot.path.resolve())

    def _refuse(self, why: Text) -> dict[str, Any]:
        message = render(why, self._ls.language)
        self._ls.window_show_message(
            types.ShowMessageParams(types.MessageType.Warning, f"Shapewise: {message}")
        )
        return {"started": False, "message": message}

    async def _progress(self, run: Run) -> None:
        """Shows that the run goes on; ends it when the person cancels."""
        ls = self._ls
        if not ls.client.progress:
            await run.over.wait()
            return
        token = str(uuid.uuid4())
        progress = ls.work_done_progress
        await progress.create_async(token)
        title = render(text("Tracing {name}", name=run.path.name), ls.language)
        progress.begin(token, types.WorkDoneProgressBegin(title, cancellable=True))
        progress.tokens[token].add_done_callback(
            lambda future: run.cancel.set() if future.cancelled() else None
        )
        while not run.over.is_set():
            try:
                await asyncio.wait_for(run.over.wait(), 0.5)
            except TimeoutError:
                said = render(text("tensors seen: {count}", count=run.count), ls.language)
                progress.report(token, types.WorkDoneProgressReport(message=said))
        progress.end(token, types.WorkDoneProgressEnd())

    def _news(self, run: Run) -> None:
        report = run.report
        if report is None:
            self._tell(run, "running", text("tensors seen: {count}", count=run.count))
        else:
            state = _STATES.get(report.reason, "failed")
            if report.reason in _LIMITED:
                state = "limited"
            end = end_text(report, run.request.limits)
            self._tell(run, state, text("{name} {end}", name=run.path.name, end=end))
        self._ls.show_again()

    def _tell(self, run: Run, state: str, message: Text) -> None:
        ls = self._ls
        said = render(message, ls.language)
        device = render(device_text(run.device), ls.language) if run.device is not None else None
        ls.protocol.notify(
            METHOD,
            {
                "uri": run.path.as_uri(),
                "state": state,
                "facts": run.count,
                "device": device,
                "message": said,
            },
        )
        if state != "running":
            output = run.report.output.strip() if run.report is not None else ""
            lines = [said, *([device] if device else []), *([output[-4000:]] if output else [])]
            ls.window_log_message(types.LogMessageParams(types.MessageType.Info, "\n".join(lines)))

    def _failure(self, run: Run, result: Result, part: int) -> types.Diagnostic | None:
        failure = run.report.failure if run.report is not None else None
        path = self._path(result.snapshot)
        if failure is None or not failure.frames or path is None:
            return None
        frame = failure.frames[-1]
        place = frame.place
        if (Path(place.file), place.part) != (path, part):
            return None
        span = self._range(run, frame, result.snapshot, part)
        if span is None:
            return None
        language, client = self._ls.settings_of(result.snapshot).language, self._ls.client
        message = render(failure_text(failure), language)
        if failure.memory is not None:
            message += "\n" + render(memory_text(failure.memory), language)
        code = code_of_message(error_line(failure))
        reason = reason_of(code, language) if code else None
        if reason:
            message += "\n" + reason.replace("`", "")
        diagnostic = types.Diagnostic(
            range=span,
            message=message,
            severity=types.DiagnosticSeverity.Error,
            code=code,
            source="shapewise trace",
        )
        return _with_page(diagnostic, code, client, self._chain(run, failure.frames, result, part))

    def _chain(
        self, run: Run, frames: tuple[Frame, ...], result: Result, part: int
    ) -> list[types.DiagnosticRelatedInformation]:
        """The calls that led to the failure, the innermost first."""
        related = []
        for frame in reversed(frames[:-1]):
            here = Path(frame.place.file)
            if (here, frame.place.part) == (self._path(result.snapshot), part):
                span = self._range(run, frame, result.snapshot, part)
            else:
                line = frame.place.line - 1
                span = types.Range(types.Position(line, 0), types.Position(line, len(frame.text)))
            if span is not None:
                said = text("called in `{function}`: `{source}`", function=frame.function,
                            source=frame.text)  # fmt: skip
                location = types.Location(here.as_uri(), span)
                message = render(said, self._ls.settings_of(result.snapshot).language)
                related.append(types.DiagnosticRelatedInformation(location, message))
        return related

    def _range(self, run: Run, frame: Frame, snapshot: Snapshot, part: int) -> types.Range | None:
        """Where a frame's line is now; None if it was edited since."""
        place = frame.place
        overlay = run.overlays.get((Path(place.file), place.part))
        document = snapshot.parts[part]
        line = overlay.line_now(place.line, document.lines) if overlay is not None else None
        if line is None:
            return None
        encoding = self._ls.documents.encoding
        if place.column and place.end_line == place.line:
            start = snapshot.position_of(document, line, place.column, encoding)
            end = snapshot.position_of(document, line, place.end_column, encoding)
            return types.Range(start, end)
        whole = document.lines[line - 1].rstrip()
        indent = len(whole) - len(whole.lstrip())
        start = snapshot.position_of(document, line, indent + 1, encoding)
        return types.Range(start, snapshot.position_of(document, line, len(whole) + 1, encoding))


def _with_page(
    diagnostic: types.Diagnostic,
    code: str | None,
    client: Client,
    related: list[types.DiagnosticRelatedInformation],
) -> types.Diagnostic:
    if code and client.code_description and (page := page_of(code)) is not None:
        diagnostic.code_description = types.CodeDescription(page)
    if client.related_information and related:
        diagnostic.related_information = related
    if client.data:
        diagnostic.data = {"code": code, "traced": True}
    return diagnostic


def _count(wanted: object, settings: Settings) -> int | None:
    if wanted == "all":
        return None
    if isinstance(wanted, int | float) and not isinstance(wanted, bool) and wanted >= 1:
        return int(wanted)
    return settings.trace_iterations


def _lines_of(path: Path, part: int) -> list[str]:
    """The lines of a file's part as they are on disk."""
    try:
        source = read_source(path)
        return list(split_lines(source.parts[part].text))
    except (SourceError, IndexError, OSError):
        return []


def register(ls: ShapewiseServer) -> None:
    """Offer the commands."""

    # pygls evaluates the annotations of a command's function: there may be none of ours.
    async def start(argument: Any = None) -> Any:
        return await ls.tracing.start(_options(argument))

    def stop(argument: Any = None) -> Any:
        ls.tracing.stop(_options(argument).get("uri"))

    def clear(argument: Any = None) -> Any:
        ls.tracing.clear(_options(argument).get("uri"))

    ls.command(TRACE)(start)
    ls.command(STOP)(stop)
    ls.command(CLEAR)(clear)


def _options(argument: Any) -> dict[str, Any]:
    if isinstance(argument, str):
        return {"uri": argument}
    if isinstance(argument, Mapping):
        return dict(argument)
    return dict(vars(argument)) if hasattr(argument, "__dict__") else {}
