"""The process around the learner's program: it keeps the limits and leaves nothing behind.

Started by the server as `python -I -S boot.py guard`, it reads one line, the job,
from its standard input and starts the program as a child. It ends the program and
every process below it

- when its standard input closes: the server stopped the run, or is gone;
- when a limit is passed;
- when the program ends by itself and has left others behind.

Its standard output is the pipe of events, which the program inherits: what the
guard has to say it writes there as lines of JSON. Its standard error is the
program's output.

The job: `{"arguments": [...], "request": {...}, "seconds": s or null, "memory":
bytes or null, "processes": n or null}`. The arguments are for this interpreter;
the request is handed to the program on its standard input.

Linux: the guard is a "subreaper", so a process that was detached from its
parent is still found below the guard, and the program is ended by the kernel
should the guard itself be killed.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import time
from typing import Any

from . import processes

_TICK = 0.1
"""Seconds between two looks at the memory of the known processes."""
_SCAN = 0.5
"""Seconds between two looks for new processes."""

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


def main() -> int:
    """Do the job on standard input."""
    if sys.platform == "win32":
        from . import guard_windows

        return guard_windows.main()
    job = json.loads(_read_line(0))
    _no_core_files()
    prctl = _prctl()
    prctl(_PR_SET_CHILD_SUBREAPER, 1)
    wake = _wake_on_exit()
    pid = _start([sys.executable] + job["arguments"], json.dumps(job["request"]).encode(), prctl)
    ended, status = _watch(pid, wake, job)
    _end_all(pid)
    if not ended:
        status = _reap(pid)
    _say(_exit_event(status))
    return 0


def _read_line(fd: int) -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        part = os.read(fd, 65536)
        if not part:
            raise SystemExit(0)
        line += part
    return line


def _no_core_files() -> None:
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))


def _prctl() -> Any:
    """`prctl(option, value)` of Linux; elsewhere a function that does nothing."""
    try:
        import ctypes

        function = ctypes.CDLL(None).prctl
    except (ImportError, OSError, AttributeError):
        return lambda option, value: None
    return lambda option, value: function(option, value, 0, 0, 0)


def _wake_on_exit() -> int:
    """A file descriptor that can be read as soon as a child has ended."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    return reader


def _start(command: list[str], request: bytes, prctl: Any) -> int:
    """Start the program in a process group of its own, with the request on its stdin."""
    reader, writer = os.pipe()
    guard = os.getpid()
    pid = os.fork()
    if pid == 0:
        try:
            os.setpgid(0, 0)
            prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != guard:
                os._exit(1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            # Python ignores these; what it starts should not inherit that.
            for name in ("SIGPIPE", "SIGXFSZ"):
                signal.signal(getattr(signal, name), signal.SIG_DFL)
            os.dup2(reader, 0)
            os.execv(command[0], command)
        except OSError as error:
            os.write(2, f"{command[0]}: {error}\n".encode())
        finally:
            os._exit(127)
    os.close(reader)
    try:
        while request:
            request = request[os.write(writer, request) :]
    except BrokenPipeError:
        pass  # It ended before it had read: its exit status will tell.
    os.close(writer)
    return pid


def _watch(pid: int, wake: int, job: dict[str, Any]) -> tuple[bool, int]:
    """Wait for the program's end, the server's word or a limit.

    Returns:
        Whether the program ended by itself, and then its wait status.
    """
    start = time.monotonic()
    deadline = None if job["seconds"] is None else start + job["seconds"]
    next_scan = start + _SCAN
    below = [pid]
    while True:
        ready, _, _ = select.select([0, wake], [], [], _TICK)
        if wake in ready:
            os.read(wake, 4096)
            status = _collect(pid)
            if status is not None:
                return True, status
        if 0 in ready and not os.read(0, 65536):
            return False, 0
        now = time.monotonic()
        if deadline is not None and now >= deadline:
            _say({"event": "limit", "limit": "time", "used": now - start})
            return False, 0
        if now >= next_scan:
            below = processes.descendants(os.getpid())
            next_scan = now + _SCAN
            if job["processes"] is not None and len(below) > job["processes"]:
                _say({"event": "limit", "limit": "processes", "used": len(below)})
                return False, 0
        if job["memory"] is not None and processes.resident(below) > job["memory"]:
            used = processes.proportional(below)
            if used > job["memory"]:
                _say({"event": "limit", "limit": "memory", "used": used})
                return False, 0


def _collect(pid: int) -> int | None:
    """Reap every child that has ended; the wait status of `pid` if it is one of them."""
    found = None
    try:
        while True:
            ended, status = os.waitpid(-1, os.WNOHANG)
            if ended == 0:
                break
            if ended == pid:
                found = status
    except ChildProcessError:
        pass
    return found


def _reap(pid: int) -> int:
    try:
        return os.waitpid(pid, 0)[1]
    except ChildProcessError:
        return 0


def _end_all(group: int) -> None:
    """Kill everything below the guard and in the program's group, until nothing is left.

    All are stopped before the first is killed, so that none can start another
    between the look and the signal. A look takes a while, and what changes its
    parent meanwhile can be missed: so it takes two looks that find nothing.
    """
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
    empty = 0
    for _ in range(200):
        below = processes.descendants(os.getpid())
        empty = 0 if below else empty + 1
        if empty == 2:
            return
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for pid in below:
                try:
                    os.kill(pid, number)
                except (ProcessLookupError, PermissionError):
                    pass
        time.sleep(0.002)


def _exit_event(status: int) -> dict[str, Any]:
    if os.WIFSIGNALED(status):
        return {"event": "exit", "status": None, "signal": os.WTERMSIG(status)}
    return {"event": "exit", "status": os.WEXITSTATUS(status), "signal": None}


def _say(event: dict[str, Any]) -> None:
    # The program may have died in the middle of a line of its own.
    try:
        os.write(1, b"\n" + json.dumps(event).encode() + b"\n")
    except OSError:
        pass  # Nobody listens any more.
