"""Values that fit where something is being written: found beside the event loop.

One place at a time: a question about another one ends the search before it. What was
found stays until then, because an editor asks again with each character that is typed.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from ..analyzers.facts import Analysis

if TYPE_CHECKING:
    from ..analyzers.completing import Offer, Site
    from ..analyzers.source import Source

_SECONDS = 1.5
"""How long an editor is kept waiting. The search goes on, for when it asks again."""

Analyse = Callable[["Source", Callable[[], bool]], Analysis]


class Completing:
    """Searches for values. To be used from the event loop's thread."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="shapewise-completion")
        self._key: object = None
        self._cancelled = threading.Event()
        self._found: asyncio.Future[tuple[Offer, ...]] | None = None

    async def offers(
        self, key: object, source: Source, part: int, site: Site, analyse: Analyse
    ) -> tuple[Offer, ...]:
        """What fits at a place; empty if that is not known in time.

        Args:
            key: equal for questions with the same answer.
        """
        if self._found is None or key != self._key:
            self._cancelled.set()
            self._key, self._cancelled = key, threading.Event()
            work = self._executor.submit(_search, source, part, site, analyse, self._cancelled)
            self._found = asyncio.wrap_future(work)
        found = self._found
        done, _ = await asyncio.wait([found], timeout=_SECONDS)
        return found.result() if done and not found.cancelled() else ()

    def forget(self) -> None:
        """What was found may no longer hold: torch got ready, or the settings changed."""
        self._found = None

    def close(self) -> None:
        """Stop, and wait for nothing."""
        self._cancelled.set()
        self._executor.shutdown(wait=False, cancel_futures=True)


def _search(
    source: Source, part: int, site: Site, analyse: Analyse, cancelled: threading.Event
) -> tuple[Offer, ...]:
    from ..analyzers.completing import offers_at

    return offers_at(source, part, site, lambda edited: analyse(edited, cancelled.is_set))
