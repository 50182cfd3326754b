"""`--diff`: what fixing the files would change, and nothing else."""

from __future__ import annotations

import sys
from typing import IO

from ...analyzers.messages import render
from ..check.result import FileResult


class DiffReport:
    """One unified diff after the other; why a file could not be checked goes to stderr."""

    def __init__(self, out: IO[str], language: str) -> None:
        self._out = out
        self._language = language

    def will_print(self, result: FileResult) -> bool:
        """Whether the file would change."""
        return bool(result.diff or result.error)

    def add(self, result: FileResult) -> None:
        """Print what would change."""
        self._out.write(result.diff)
        if result.error is not None:
            error = render(result.placed_error or result.error, self._language)
            print(f"{result.path}: {error}", file=sys.stderr)

    def finish(self) -> None:
        """All is said."""
