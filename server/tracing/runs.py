"""The runs of a session: one for each file at most, each in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ...runtime.tracing import run_trace
from ...runtime.tracing_types import Device, Facts, TraceEvent, TraceReport, TraceRequest
from .overlay import Overlay

_PAUSE = 0.2
"""Seconds between two tellings of what a run has seen."""


@dataclass
class Run:
    """One run.

    path: the file it was asked for. lines: by file and part, the text that runs.
    """

    path: Path
    request: TraceRequest
    cancel: threading.Event = field(default_factory=threading.Event)
    overlays: dict[tuple[Path, int], Overlay] = field(default_factory=dict)
    device: Device | None = None
    report: TraceReport | None = None
    started: float = field(default_factory=time.monotonic)
    first_fact: float | None = None
    thread: threading.Thread | None = None
    over: asyncio.Event = field(default_factory=asyncio.Event)
    telling: asyncio.TimerHandle | None = None

    @property
    def count(self) -> int:
        """How many places were seen so far."""
        return sum(overlay.count for overlay in self.overlays.values())


class Runs:
    """Starts and ends runs; to be used from the event loop's thread.

    Args:
        base_of: the lines of a file's part that run.
        news: told that a run has seen more, or has ended.
    """

    def __init__(
        self, base_of: Callable[[Path, int], list[str]], news: Callable[[Run], None]
    ) -> None:
        self._base_of = base_of
        self._news = news
        self._runs: dict[Path, Run] = {}

    def start(self, path: Path, request: TraceRequest) -> Run:
        """Begins a run; one of the same file that is still under way ends first."""
        self.stop(path)
        run = self._runs[path] = Run(path, request)
        loop = asyncio.get_running_loop()

        def on_event(event: TraceEvent) -> None:
            _call(loop, lambda: self._take(run, event))

        def work() -> None:
            report = run_trace(request, on_event, run.cancel)
            _call(loop, lambda: self._end(run, report))

        run.thread = threading.Thread(target=work, name="shapewise-trace", daemon=True)
        run.thread.start()
        return run

    def stop(self, path: Path | None = None) -> list[Run]:
        """Ends the run of a file, or all; what they have seen stays."""
        found = [
            run
            for run in self._runs.values()
            if run.report is None and (path is None or run.path == path)
        ]
        for run in found:
            run.cancel.set()
        return found

    def clear(self, path: Path | None = None) -> None:
        """Forgets what the run of a file, or all, have seen."""
        self.stop(path)
        for key in [key for key in self._runs if path is None or key == path]:
            del self._runs[key]

    def overlays(self, path: Path, part: int) -> list[tuple[Run, Overlay]]:
        """What runs have seen of a file's part, the latest run first."""
        runs = sorted(self._runs.values(), key=lambda run: -run.started)
        return [(run, run.overlays[path, part]) for run in runs if (path, part) in run.overlays]

    def all(self) -> list[Run]:
        """All runs that are remembered."""
        return list(self._runs.values())

    def close(self) -> None:
        """Ends all runs and waits a moment for them."""
        for run in self.stop():
            if run.thread is not None:
                run.thread.join(1.0)

    def _take(self, run: Run, event: TraceEvent) -> None:
        if isinstance(event, Device):
            run.device = event
        if not isinstance(event, Facts):
            return
        if run.first_fact is None and event.seen:
            run.first_fact = time.monotonic() - run.started
        for seen in event.seen:
            key = (Path(seen.place.file), seen.place.part)
            if key not in run.overlays:
                run.overlays[key] = Overlay(self._base_of(*key))
            run.overlays[key].add([seen])
        if run.telling is None:
            pause = 0.0 if run.count == len(event.seen) else _PAUSE
            run.telling = asyncio.get_running_loop().call_later(pause, self._tell, run)

    def _tell(self, run: Run) -> None:
        run.telling = None
        if run.report is None and self._runs.get(run.path) is run:
            self._news(run)

    def _end(self, run: Run, report: TraceReport) -> None:
        run.report = report
        sources = {(Path(source.file), source.part): source.text for source in report.sources}
        for seen in report.seen:
            key = (Path(seen.place.file), seen.place.part)
            if key not in run.overlays:
                text = sources.get(key)
                base = self._base_of(*key) if text is None else text.split("\n")
                run.overlays[key] = Overlay(base)
            run.overlays[key].add([seen])
        for frame in report.failure.frames if report.failure is not None else ():
            key = (Path(frame.place.file), frame.place.part)
            if key not in run.overlays:
                run.overlays[key] = Overlay(self._base_of(*key))
        run.over.set()
        if self._runs.get(run.path) is run:
            self._news(run)


def _call(loop: asyncio.AbstractEventLoop, function: Callable[[], None]) -> None:
    try:
        loop.call_soon_threadsafe(function)
    except RuntimeError:
        return  # The session is over.
