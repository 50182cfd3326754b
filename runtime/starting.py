"""Starting processes that Ctrl-C is not to reach."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def shielded() -> Iterator[None]:
    """What is started meanwhile is never interrupted; whoever starts it is, afterwards.

    A terminal sends Ctrl-C to all processes. One of ours that has not come so far as to
    ignore it would print what Python says of an interrupted start. A blocked signal is
    inherited, also through `exec` (POSIX, "Signal Concepts").
    """
    if sys.platform == "win32":
        yield
        return
    from multiprocessing import resource_tracker

    # Its own start would unblock the signal.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
