"""The guard on Windows: the same job as `guard`, kept by a job object.

The guard puts itself into a job object that ends all its processes when the
last handle to it closes. What the guard starts belongs to the job, and the
guard holds the only handle: however the guard ends, everything ends with it.
"""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
import threading
import time
from typing import Any

_TICK = 0.1
_KILL_ON_JOB_CLOSE = 0x2000
_EXTENDED_LIMIT_INFORMATION = 9
_BASIC_ACCOUNTING_INFORMATION = 1


class _BasicLimits(ctypes.Structure):
    _fields_ = [
        ("per_process_user_time", ctypes.c_int64),
        ("per_job_user_time", ctypes.c_int64),
        ("limit_flags", ctypes.c_uint32),
        ("minimum_working_set", ctypes.c_size_t),
        ("maximum_working_set", ctypes.c_size_t),
        ("active_process_limit", ctypes.c_uint32),
        ("affinity", ctypes.c_size_t),
        ("priority_class", ctypes.c_uint32),
        ("scheduling_class", ctypes.c_uint32),
    ]


class _ExtendedLimits(ctypes.Structure):
    _fields_ = [
        ("basic", _BasicLimits),
        ("io", ctypes.c_uint64 * 6),
        ("process_memory_limit", ctypes.c_size_t),
        ("job_memory_limit", ctypes.c_size_t),
        ("peak_process_memory", ctypes.c_size_t),
        ("peak_job_memory", ctypes.c_size_t),
    ]


class _Accounting(ctypes.Structure):
    _fields_ = [
        ("times", ctypes.c_int64 * 4),
        ("page_faults", ctypes.c_uint32),
        ("total_processes", ctypes.c_uint32),
        ("active_processes", ctypes.c_uint32),
        ("terminated_processes", ctypes.c_uint32),
    ]


class _Job:
    """The job object around this process and all that it starts."""

    def __init__(self) -> None:
        self._kernel: Any = vars(ctypes)["windll"].kernel32
        self._kernel.CreateJobObjectW.restype = ctypes.c_void_p
        self._kernel.GetCurrentProcess.restype = ctypes.c_void_p
        self._handle = ctypes.c_void_p(self._kernel.CreateJobObjectW(None, None))
        limits = _ExtendedLimits()
        limits.basic.limit_flags = _KILL_ON_JOB_CLOSE
        self._kernel.SetInformationJobObject(
            self._handle, _EXTENDED_LIMIT_INFORMATION, ctypes.byref(limits), ctypes.sizeof(limits)
        )
        process = ctypes.c_void_p(self._kernel.GetCurrentProcess())
        self._kernel.AssignProcessToJobObject(self._handle, process)

    def memory(self) -> int:
        """The most bytes that the processes had committed together."""
        limits = _ExtendedLimits()
        self._query(_EXTENDED_LIMIT_INFORMATION, limits)
        return int(limits.peak_job_memory)

    def processes(self) -> int:
        """How many processes are alive, the guard included."""
        accounting = _Accounting()
        self._query(_BASIC_ACCOUNTING_INFORMATION, accounting)
        return int(accounting.active_processes)

    def _query(self, kind: int, into: ctypes.Structure) -> None:
        self._kernel.QueryInformationJobObject(
            self._handle, kind, ctypes.byref(into), ctypes.sizeof(into), None
        )


def main() -> int:
    line = sys.stdin.buffer.readline()
    if not line:
        return 0
    work = json.loads(line)
    job = _Job()
    program = subprocess.Popen([sys.executable] + work["arguments"], stdin=subprocess.PIPE)
    assert program.stdin is not None
    try:
        program.stdin.write(json.dumps(work["request"]).encode())
        program.stdin.close()
    except OSError:
        pass  # It ended before it had read: its exit status will tell.
    threading.Thread(target=_end_with_the_server, daemon=True).start()
    status = _watch(program, job, work)
    if status is None:
        program.kill()
        status = program.wait()
    _say({"event": "exit", "status": status, "signal": None})
    # The job's handle closes with this process: whatever is left ends now.
    return 0


def _end_with_the_server() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


def _watch(program: subprocess.Popen[bytes], job: _Job, work: dict[str, Any]) -> int | None:
    """The program's exit status; None when it passed a limit."""
    start = time.monotonic()
    while True:
        try:
            return program.wait(_TICK)
        except subprocess.TimeoutExpired:
            pass
        used = {
            "time": ("seconds", time.monotonic() - start),
            "memory": ("memory", job.memory()),
            "processes": ("processes", job.processes() - 1),
        }
        for limit, (key, amount) in used.items():
            if work[key] is not None and amount > work[key]:
                _say({"event": "limit", "limit": limit, "used": amount})
                return None


def _say(event: dict[str, Any]) -> None:
    try:
        os.write(1, b"\n" + json.dumps(event).encode() + b"\n")
    except OSError:
        pass  # Nobody listens any more.
