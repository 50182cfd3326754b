"""The processes below one process, and how much memory they hold.

Linux is read from `/proc`; elsewhere on POSIX `ps` is asked.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

_PROC = sys.platform.startswith("linux")
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


def descendants(root: int) -> list[int]:
    """The ids of all living processes below `root`, which is not one of them."""
    children: dict[int, list[int]] = {}
    for pid, parent, _ in _living():
        children.setdefault(parent, []).append(pid)
    found: list[int] = []
    waiting = [root]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def resident(pids: Iterable[int]) -> int:
    """Bytes of memory that the processes hold together.

    Pages that several of them share are counted once for each: an upper bound.
    """
    if _PROC:
        return sum(_resident_of(pid) for pid in pids)
    wanted = set(pids)
    rows = (line.split() for line in _ps("pid=,rss="))
    return sum(int(row[1]) * 1024 for row in rows if len(row) == 2 and int(row[0]) in wanted)


def proportional(pids: Iterable[int]) -> int:
    """Like `resident`, but shared pages are split between their owners (slower)."""
    if not _PROC:
        return resident(pids)
    return sum(_proportional_of(pid) for pid in pids)


def in_session(session: int) -> list[int]:
    """The ids of all living processes of a session. Known on Linux only; else empty."""
    return [pid for pid, _, its_session in _living() if its_session == session]


def _living() -> list[tuple[int, int, int]]:
    """(id, id of the parent, id of the session or 0) of each process that is no zombie."""
    if not _PROC:
        rows = (line.split() for line in _ps("pid=,ppid=,stat="))
        return [(int(row[0]), int(row[1]), 0) for row in rows if len(row) == 3 and row[2][0] != "Z"]
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open("/proc/" + name + "/stat", "rb") as file:
                # The command's name, in parentheses, may hold anything.
                fields = file.read().rpartition(b")")[2].split()
        except OSError:
            continue
        if len(fields) > 3 and fields[0] not in (b"Z", b"X"):
            found.append((int(name), int(fields[1]), int(fields[3])))
    return found


def _resident_of(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/statm", "rb") as file:
            return int(file.read().split()[1]) * _PAGE
    except (OSError, ValueError, IndexError):
        return 0


def _proportional_of(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/smaps_rollup", "rb") as file:
            for line in file:
                if line.startswith(b"Pss:"):
                    return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    return _resident_of(pid)


def _ps(columns: str) -> list[str]:
    import subprocess  # Not on Linux, where a start should not wait for it.

    try:
        result = subprocess.run(
            ["ps", "-axo", columns],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=5,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return []
    return result.stdout.decode("ascii", "replace").splitlines()
