"""Runs the learner's program and tells what its tensors were.

The program runs with the person's own rights: this is no sandbox. Whoever calls
`run_trace` has asked that person.
"""

from __future__ import annotations

import codecs
import json
import os
import queue
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from .trace.processes import in_session
from .tracing_events import Gathering
from .tracing_types import Output, Reason, TraceEvent, TraceReport, TraceRequest

_BOOT = str(Path(__file__).parent / "trace" / "boot.py")
_POLL = 0.05
"""Seconds between two looks at `cancel`."""
_PATIENCE = 0.3
"""Seconds that the guard has to end everything before it is ended itself."""
_HEAD = 400_000
_TAIL = 100_000
"""Characters kept of the beginning and of the end of the output."""

_LIMITS: dict[str, Reason] = {
    "time": "time-limit",
    "memory": "memory-limit",
    "processes": "process-limit",
}


def run_trace(
    request: TraceRequest,
    on_event: Callable[[TraceEvent], None] = lambda event: None,
    cancel: threading.Event | None = None,
) -> TraceReport:
    """Run a program to its end, or until a limit or `cancel` stops it.

    Blocks. When it returns, no process of the run is left. Never raises for what
    the program does.

    Args:
        on_event: called in this thread as the run goes on.
        cancel: ends the run once it is set.
    """
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="shapewise-", ignore_cleanup_errors=True) as scratch:
        try:
            process = _start(request, scratch)
        except OSError as error:
            return _report(Gathering(), "not-started", "", start, detail=str(error))
        run = _Run(process, request, on_event)
        try:
            run.follow(cancel or threading.Event())
        finally:
            run.stop()
        return run.report(start)


def _start(request: TraceRequest, scratch: str) -> subprocess.Popen[bytes]:
    """Start the guard and give it its job.

    Raises:
        OSError: the interpreter cannot be started.
    """
    environment = {**os.environ, **request.environment}
    environment.setdefault("PYTHONIOENCODING", "utf-8:backslashreplace")
    process = subprocess.Popen(
        [request.python, "-I", "-S", "-B", _BOOT, "guard"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=_folder(request),
        env=environment,
        start_new_session=True,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    assert process.stdin is not None
    try:
        process.stdin.write(json.dumps(_job(request, scratch)).encode() + b"\n")
        process.stdin.flush()
    except BrokenPipeError:
        pass  # Not a Python that works; what it printed will tell.
    return process


def _folder(request: TraceRequest) -> Path:
    if request.folder is not None:
        return request.folder
    return Path.cwd() if request.mode == "module" else Path(request.target).resolve().parent


def _job(request: TraceRequest, scratch: str) -> dict[str, Any]:
    """The guard's job (see `trace/guard.py`) with the request (`trace/program.py`)."""
    target = request.target
    roots = list(request.roots)
    if request.mode == "module":
        roots.append(_folder(request))
    else:
        target = os.path.abspath(target)
        roots.append(Path(target).resolve().parent)
    return {
        "arguments": ["-B", _BOOT, "program"],
        "request": {
            "mode": request.mode,
            "target": target,
            "expression": request.expression,
            "args": list(request.args),
            "roots": [str(root.resolve()) for root in roots],
            "iterations": request.iterations,
            "stats": request.stats,
            "workers": request.workers,
            "scratch": scratch,
        },
        "seconds": request.limits.seconds,
        "memory": request.limits.memory,
        "processes": request.limits.processes,
    }


class _Run:
    """One run: two threads read its pipes, the caller's thread makes sense of it."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        request: TraceRequest,
        on_event: Callable[[TraceEvent], None],
    ) -> None:
        self._process = process
        self._allowed = request.limits.output
        self._on_event = on_event
        self._gathering = Gathering()
        self._output = _Text()
        self._reason: Reason | None = None
        # (which pipe, what came); None is the pipe's end.
        self._arrivals: queue.SimpleQueue[tuple[str, bytes | None]] = queue.SimpleQueue()
        self._readers = [
            self._read("event", process.stdout),
            self._read("output", process.stderr),
        ]

    def follow(self, cancel: threading.Event) -> None:
        """Pass on what happens until both pipes have ended, or the run must be stopped."""
        rest = b""
        printed = 0
        decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        waiting = len(self._readers)
        while waiting and self._guarded():
            if cancel.is_set():
                self._reason = "stopped"
                return
            try:
                pipe, data = self._arrivals.get(timeout=_POLL)
            except queue.Empty:
                continue
            if data is None:
                waiting -= 1
            elif pipe == "event":
                *lines, rest = (rest + data).split(b"\n")
                for line in lines:
                    self._take(line)
            else:
                printed += len(data)
                self._print(decode(data))
                if self._allowed is not None and printed > self._allowed:
                    self._reason = "output-limit"
                    return

    def _guarded(self) -> bool:
        """Whether the guard is alive, or has gone leaving nothing to be waited for."""
        return self._process.poll() in (None, 0)

    def stop(self) -> None:
        """End whatever is left of the run."""
        process = self._process
        assert process.stdin is not None
        try:
            # The guard sees this, and ends everything.
            process.stdin.close()
        except OSError:
            pass
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.returncode != 0:
            _end_session(process.pid)
        for reader in self._readers:
            reader.join(_PATIENCE)

    def report(self, start: float) -> TraceReport:
        """What there is to say, once it is over."""
        self._drain()
        gathering = self._gathering
        _remove(gathering.saved)
        output = str(self._output)
        reason = self._reason or self._why()
        if reason == "signal":
            gathering.failure = gathering.failure or gathering.crash(output)
        detail = output.strip() if reason == "not-started" else ""
        return _report(gathering, reason, output, start, detail=detail)

    def _why(self) -> Reason:
        gathering = self._gathering
        if gathering.limit is not None:
            return _LIMITS[gathering.limit[0]]
        if gathering.exit is None or gathering.started is None:
            return "not-started" if gathering.started is None else "signal"
        status, number = gathering.exit
        if number is not None:
            return "signal"
        if gathering.failure is not None:
            return "exception"
        if gathering.left is not None:
            return "os-exit"
        if gathering.ended is None:
            return "gone"
        return "exit" if status else "finished"

    def _take(self, line: bytes) -> None:
        if not line:
            return
        try:
            event = self._gathering.feed(line)
        except ValueError:
            # On Windows, what the program starts itself may print here.
            self._print(line.decode("utf-8", "replace") + "\n")
            return
        if event is not None:
            self._on_event(event)

    def _print(self, text: str) -> None:
        if text:
            self._output.add(text)
            self._on_event(Output(text))

    def _drain(self) -> None:
        """Take in what the pipes still held; after a stop nobody is told any more."""
        self._on_event = lambda event: None
        rest = b""
        while True:
            try:
                pipe, data = self._arrivals.get_nowait()
            except queue.Empty:
                return
            if data and pipe == "event":
                *lines, rest = (rest + data).split(b"\n")
                for line in lines:
                    self._take(line)

    def _read(self, name: str, pipe: IO[bytes] | None) -> threading.Thread:
        assert pipe is not None
        reader = threading.Thread(target=self._pump, args=(name, pipe), daemon=True)
        reader.start()
        return reader

    def _pump(self, name: str, pipe: IO[bytes]) -> None:
        allowed = self._allowed if name == "output" else None
        total = 0
        with pipe:
            while data := os.read(pipe.fileno(), 65536):
                total += len(data)
                # Past the limit the pipe is emptied all the same, and nothing kept.
                if allowed is None or total - len(data) <= allowed:
                    self._arrivals.put((name, data))
        self._arrivals.put((name, None))


class _Text:
    """A text of which the beginning and the end are kept."""

    def __init__(self) -> None:
        self._head = ""
        self._tail = ""
        self._dropped = 0

    def add(self, text: str) -> None:
        room = _HEAD - len(self._head)
        self._head += text[:room]
        self._tail += text[max(room, 0) :]
        if len(self._tail) > 2 * _TAIL:
            self._dropped += len(self._tail) - _TAIL
            self._tail = self._tail[-_TAIL:]

    def __str__(self) -> str:
        gap = f"\n[… {self._dropped} …]\n" if self._dropped else ""
        return self._head + gap + self._tail


def _remove(saved: dict[str, int]) -> None:
    """Remove the files that a shortened run has saved, if nobody wrote them since."""
    for path, written in saved.items():
        try:
            if os.stat(path).st_mtime_ns == written:
                os.remove(path)
        except OSError:
            continue  # The program moved or removed it.


def _end_session(session: int) -> None:
    """End what a guard that was killed had around it: the system ends only the program."""
    for pid in in_session(session):
        try:
            os.kill(pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass


def _report(
    gathering: Gathering, reason: Reason, output: str, start: float, *, detail: str = ""
) -> TraceReport:
    status, number = gathering.exit or (None, None)
    by_itself = reason in ("finished", "exception", "exit", "os-exit", "gone")
    return TraceReport(
        reason,
        status if by_itself else None,
        _signal_name(number) if reason == "signal" and number is not None else None,
        time.monotonic() - start,
        gathering.seen(),
        tuple(gathering.sources),
        tuple(gathering.cut),
        gathering.failure,
        gathering.started,
        gathering.device,
        output,
        gathering.limit[1] if gathering.limit is not None else None,
        detail,
    )


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
