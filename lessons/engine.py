"""The analysis as commands use it: with an oracle of their own."""

from __future__ import annotations

import threading

from ..analyzers.facts import Analysis
from ..analyzers.source import Source

_SECONDS = 10.0
"""The budget of an analysis: nobody is typing."""


class Analyzer:
    """Analyses programs with the torch of an interpreter; is to be closed."""

    def __init__(self, python: str) -> None:
        from ..runtime.cache import default_cache
        from ..runtime.client import OracleClient

        self._settled = threading.Event()
        self._kind = "starting"

        def changed(kind: str) -> None:
            self._kind = kind
            if kind in ("ready", "no-torch", "stopped"):
                self._settled.set()

        self._oracle = OracleClient(
            python, cache=default_cache(), on_state=lambda state: changed(state.kind)
        )
        self._oracle.start()

    def has_torch(self) -> bool:
        """Whether the interpreter has torch; waits until that is known."""
        self._settled.wait()
        return self._kind != "no-torch"

    def __call__(self, source: Source) -> Analysis:
        """Everything that can be known of a program without running it."""
        from ..analyzers.analyze import Options, analyze

        return analyze(source, self._oracle, Options(seconds=_SECONDS))

    def close(self) -> None:
        """End the oracle."""
        self._oracle.close()
