"""However a program ends, the report says how, and no process is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from shapewise.runtime.tracing_types import Limits, Output, TraceEvent, TraceReport

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals and processes")
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")

ENDS = {
    "to the end": ("print('hello')", "finished", 0, None),
    "sys.exit()": ("import sys; sys.exit()", "finished", 0, None),
    "sys.exit(3)": ("import sys; sys.exit(3)", "exit", 3, None),
    "sys.exit('text')": ("import sys; sys.exit('no data')", "exit", 1, None),
    "exception": ("1 / 0", "exception", 1, None),
    "syntax error": ("x = (1,\n", "exception", 1, None),
    "interrupt": ("raise KeyboardInterrupt", "exception", 1, None),
    "os._exit(3)": ("import os; os._exit(3)", "os-exit", 3, None),
    "exit of the C library": ("import ctypes; ctypes.CDLL(None).exit(4)", "gone", 4, None),
    "segmentation fault": ("import ctypes\nctypes.string_at(0)", "signal", None, "SIGSEGV"),
    "abort": ("import os; os.abort()", "signal", None, "SIGABRT"),
    "kills itself": ("import os; os.kill(os.getpid(), 9)", "signal", None, "SIGKILL"),
    "deletes its source": ("import os; os.remove(__file__); 1 / 0", "exception", 1, None),
    "closes every file": ("import os; os.closerange(3, 1000)", "gone", 0, None),
    "closes its streams": (
        "import sys; sys.stdout.close(); sys.stderr.close()",
        "finished",
        0,
        None,
    ),
    "leaves a thread": (
        "import threading, time; threading.Thread(target=time.sleep, args=(.2,)).start()",
        "finished",
        0,
        None,
    ),
}


@posix
@pytest.mark.parametrize("source, reason, status, signalled", ENDS.values(), ids=ENDS)
def test_ends(trace, source: str, reason: str, status: int, signalled: str) -> None:
    report = trace(source)
    assert (report.reason, report.status, report.signal) == (reason, status, signalled)


LIMITS = {
    "sleeps": ("import time; time.sleep(1000)", Limits(seconds=1), "time-limit"),
    "holds the lock of the interpreter": (
        "import ctypes; ctypes.PyDLL(None).sleep(1000)",
        Limits(seconds=1),
        "time-limit",
    ),
    "ignores signals": (
        """
        import signal, time
        for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
            signal.signal(number, signal.SIG_IGN)
        time.sleep(1000)
        """,
        Limits(seconds=1),
        "time-limit",
    ),
    "eats memory": (
        """
        import time
        held = []
        while True:
            held.append(bytearray(20_000_000))
            time.sleep(0.02)
        """,
        Limits(memory=400_000_000),
        "memory-limit",
    ),
    "eats memory in a child": (
        """
        import os, time
        if os.fork() == 0:
            held = bytearray(500_000_000)
        time.sleep(1000)
        """,
        Limits(memory=400_000_000),
        "memory-limit",
    ),
    "forks": (
        """
        import os, time
        for _ in range(100):
            if os.fork() == 0:
                time.sleep(1000)
        time.sleep(1000)
        """,
        Limits(processes=50),
        "process-limit",
    ),
    "prints for ever": ("while True: print('x' * 1000)", Limits(output=100_000), "output-limit"),
    "prints a gigabyte": (
        "import os\nfor _ in range(1000): os.write(2, b'x' * 1_000_000)",
        Limits(),
        "output-limit",
    ),
}


@posix
@pytest.mark.parametrize("source, limits, reason", LIMITS.values(), ids=LIMITS)
def test_limits(trace, source: str, limits: Limits, reason: str) -> None:
    report = trace(source, limits=limits)
    assert (report.reason, report.status, report.signal) == (reason, None, None)


def test_shared_memory_is_counted_once(trace) -> None:
    report = trace(
        """
        import os, time
        held = bytearray(150_000_000)
        children = []
        for _ in range(4):
            child = os.fork()
            if child == 0:
                time.sleep(1.5)
                os._exit(0)
            children.append(child)
        for child in children:
            os.waitpid(child, 0)
        """,
        limits=Limits(memory=450_000_000),
    )
    assert report.reason == "finished"


def test_crash_is_shown_at_its_line(trace, tmp_path: Path) -> None:
    report = trace("import ctypes\n\ndef look():\n    return ctypes.string_at(0)\n\nlook()\n")
    assert report.failure is not None
    assert report.failure.message == "Segmentation fault"
    lines = [(frame.place.line, frame.function, frame.text) for frame in report.failure.frames]
    assert lines == [(6, "<module>", "look()"), (4, "look", "return ctypes.string_at(0)")]


def test_interpreter_that_is_not_there(trace) -> None:
    report = trace("", python="/no/such/python")
    assert report.reason == "not-started"
    assert "/no/such/python" in report.detail


@posix
def test_interpreter_that_is_none(trace) -> None:
    report = trace("", python="/bin/false")
    assert report.reason == "not-started"


def test_file_that_is_not_there(trace, tmp_path: Path) -> None:
    report = trace("", target=str(tmp_path / "none.py"))
    assert report.reason == "exception"
    assert report.failure is not None and report.failure.type == "FileNotFoundError"


def test_output_is_kept_at_both_ends(trace) -> None:
    report = trace("print('first'); print('x' * 2_000_000); print('last')")
    assert report.reason == "finished"
    assert report.output.startswith("first\n") and report.output.endswith("last\n")
    assert len(report.output) < 1_000_000


def _mark(tmp_path: Path) -> str:
    return f"SHAPEWISE_TEST={tmp_path}"


def _left(tmp_path: Path) -> list[int]:
    """The processes that carry the mark in their environment."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                if _mark(tmp_path).encode() in (folder / "environ").read_bytes().split(b"\0"):
                    found.append(int(folder.name))
            except OSError:
                continue
    return found


@pytest.fixture
def marked(tmp_path: Path) -> Iterator[dict[str, str]]:
    """An environment by which processes are found; what is left of them is ended."""
    name, value = _mark(tmp_path).split("=", 1)
    yield {name: value}
    for pid in _left(tmp_path):
        os.kill(pid, signal.SIGKILL)


FAMILIES = {
    "a child": "import os, time\nos.fork()\n{ready}\ntime.sleep(1000)",
    "a child of a child": "import os, time\nos.fork(); os.fork()\n{ready}\ntime.sleep(1000)",
    "a daemon in a session of its own": """\
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork():
        os._exit(0)
{ready}
time.sleep(1000)
""",
    "a shell": (
        "import subprocess, time\n"
        "subprocess.Popen('sleep 1000 & sleep 1000', shell=True, start_new_session=True)\n"
        "{ready}\ntime.sleep(1000)"
    ),
    "workers of a pool": (
        "import multiprocessing, time\n"
        "pool = multiprocessing.get_context('fork').Pool(2)\n"
        "{ready}\npool.map(time.sleep, [1000, 1000])"
    ),
    "deaf to signals": (
        "import os, signal, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "os.fork()\n{ready}\ntime.sleep(1000)"
    ),
}
_READY = "print('ready', flush=True)"


@linux
@pytest.mark.parametrize("source", FAMILIES.values(), ids=FAMILIES)
def test_stopping_ends_the_whole_family(trace, source: str, tmp_path: Path, marked) -> None:
    cancel = threading.Event()

    def on_event(event: TraceEvent) -> None:
        if isinstance(event, Output) and "ready" in event.text:
            assert len(_left(tmp_path)) >= 2
            cancel.set()

    report = trace(
        source.format(ready=_READY), on_event=on_event, cancel=cancel, environment=marked
    )
    assert report.reason == "stopped"
    assert _left(tmp_path) == []


@linux
@pytest.mark.parametrize(
    "ending", ["", "os._exit(3)", "os.kill(os.getpid(), 11)", "1 / 0"], ids=lambda e: e or "end"
)
def test_an_end_leaves_no_orphan(trace, ending: str, tmp_path: Path, marked) -> None:
    report: TraceReport = trace(
        f"""
        import os, time
        if os.fork() == 0:
            os.setsid()
            time.sleep(1000)
        {ending}
        """,
        environment=marked,
    )
    assert report.reason in ("finished", "os-exit", "signal", "exception")
    assert _left(tmp_path) == []


_SERVER = """\
import sys
from shapewise.runtime.tracing import run_trace
from shapewise.runtime.tracing_types import TraceRequest
run_trace(TraceRequest(sys.argv[1], sys.executable), lambda event: print(event, flush=True))
"""


@linux
@pytest.mark.parametrize("victim", ["server", "guard"])
def test_nothing_outlives_the_server_or_the_guard(victim: str, tmp_path: Path, marked) -> None:
    program = tmp_path / "main.py"
    program.write_text(f"import os, time\nos.fork()\n{_READY}\ntime.sleep(1000)\n")
    server = subprocess.Popen(
        [
            sys.executable,
            "-c",
            _SERVER,
            str(program),
        ],
        env={**os.environ, **marked},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    assert any("ready" in line for line in server.stdout)
    guard = next(pid for pid in _left(tmp_path) if _parent(pid) == server.pid)
    os.kill(server.pid if victim == "server" else guard, signal.SIGKILL)
    server.wait(20)
    deadline = time.monotonic() + 20
    while _left(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert _left(tmp_path) == []


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
