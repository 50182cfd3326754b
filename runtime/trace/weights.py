"""Keeps a shortened run from leaving its weights in the place of the learner's.

After two rounds of training a program may save what it has to the very file that
holds the result of a night. In a shortened run `torch.save` therefore writes to a
folder of the run's own where there is a file already, and `torch.load` reads it
back from there. A file that was not there before is written where it belongs, and
the server removes it after the run.
"""

from __future__ import annotations

import functools
import os
from typing import Any

from .channel import Channel


class Weights:
    """What the run has saved.

    Args:
        folder: for the files that would overwrite others; gone after the run.
        channel: told of the files that are to be removed.
    """

    def __init__(self, folder: str, channel: Channel) -> None:
        self._folder = folder
        self._channel = channel
        self._kept: dict[str, str] = {}
        self._new: set[str] = set()

    def watch(self, torch: Any) -> None:
        """Stand between the program and `torch.save` and `torch.load`."""
        save, load = torch.save, torch.load

        @functools.wraps(save)
        def save_aside(obj: Any, f: Any, *args: Any, **options: Any) -> None:
            save(obj, self._to_write(f), *args, **options)
            self._tell(f)

        @functools.wraps(load)
        def load_aside(f: Any, *args: Any, **options: Any) -> Any:
            return load(self._to_read(f), *args, **options)

        torch.save, torch.load = save_aside, load_aside

    def _to_write(self, file: Any) -> Any:
        path = _path(file)
        if path is None or path in self._new:
            return file
        if not os.path.isfile(path):
            if os.path.isdir(os.path.dirname(path)):
                self._new.add(path)
            return file
        return self._kept.setdefault(path, os.path.join(self._folder, str(len(self._kept))))

    def _to_read(self, file: Any) -> Any:
        return self._kept.get(_path(file) or "", file)

    def _tell(self, file: Any) -> None:
        path = _path(file)
        if path in self._new:
            try:
                written = os.stat(path).st_mtime_ns
            except OSError:
                return  # Another thread or process has taken it away.
            self._channel.send({"event": "saved", "file": path, "written": written})


def _path(file: Any) -> str | None:
    """The absolute path, when a file is given by its name."""
    return os.path.abspath(os.fsdecode(file)) if isinstance(file, (str, os.PathLike)) else None
