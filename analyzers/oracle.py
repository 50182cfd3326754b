"""What the analysis needs of an oracle."""

from __future__ import annotations

from typing import Protocol

from ..runtime.oracle.wire import Answer, Request, Unsure


class Oracle(Protocol):
    """Answers questions about operators of torch, NumPy and other pure libraries."""

    @property
    def accelerator(self) -> str | None:
        """The accelerator's device type on this machine (`"cuda"`), None for none or not known."""
        ...

    def ask(self, request: Request) -> Answer:
        """The answer to one question. Blocks until it is there; never raises."""
        ...


class NoOracle:
    """Knows nothing: for tests, and where the interpreter has no torch."""

    accelerator = None

    def ask(self, request: Request) -> Answer:
        """Always unsure."""
        return Unsure("no-torch")
