"""The pipe of events to the server: one JSON object a line."""

from __future__ import annotations

import json
import os
import threading
from typing import Any


class Channel:
    """Sends events; silent once nobody listens, and in processes the program forks.

    Args:
        fd: the write end of the pipe; the channel owns it.
    """

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._open = True
        # Reentrant: a finalizer may report while its thread is writing here.
        self._lock = threading.RLock()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._silence)

    def send(self, event: dict[str, Any]) -> None:
        """Write one event; returns when the pipe has taken it."""
        if not self._open:
            return
        line = json.dumps(event, separators=(",", ":")).encode() + b"\n"
        with self._lock:
            try:
                while line and self._open:
                    line = line[os.write(self._fd, line) :]
            except OSError:
                self._open = False  # The program closed it, or the server is gone.

    def _silence(self) -> None:
        self._open = False
        self._lock = threading.RLock()
        try:
            os.close(self._fd)
        except OSError:
            pass
