"""When analyses run: off the event loop, after a pause in typing, newest text only.

One *lane* for each unit: a task that waits for text, lets the typing pause,
runs the analysis on the executor, and throws the outcome away when newer text
has come meanwhile. pygls's own thread pool is left alone, because it reads
stdin, and its cancelling reaches only requests that have not begun.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from ..analyzers.facts import Analysis
from .documents import Snapshot

Work = Callable[[Callable[[], bool]], Analysis]
"""An analysis of a frozen text. It is given `cancelled`, which it is to ask now and then."""

_WORKERS = 2
"""One may wait for torch while the other serves another document."""

_ASKED_SECONDS = 0.005
"""The pause that is left once somebody asks: an editor asks after a pause of its own, and
VS Code's grows with the time that answers take. Several questions come together."""


@dataclass(frozen=True, slots=True)
class Result:
    """An analysis, and the text it speaks of.

    number: tells results apart, also of the same text analysed again.
    """

    number: int
    snapshot: Snapshot
    analysis: Analysis


@dataclass
class _Lane:
    wanted: Snapshot
    work: Work
    due: float
    news: asyncio.Event = field(default_factory=asyncio.Event)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    cancelled: threading.Event = field(default_factory=threading.Event)
    result: Result | None = None
    waiters: list[asyncio.Future[Result | None]] = field(default_factory=list)
    task: asyncio.Task[None] | None = None


class Scheduler:
    """Runs analyses. To be used from the event loop's thread.

    Args:
        done: told of every result that is not stale, before those who wait get it.
        failed: told of an exception that an analysis let out; the result is then empty.
    """

    def __init__(
        self,
        done: Callable[[Result], None],
        failed: Callable[[Snapshot, Exception], None],
    ) -> None:
        self._done = done
        self._failed = failed
        self._lanes: dict[str, _Lane] = {}
        self._executor = ThreadPoolExecutor(_WORKERS, thread_name_prefix="shapewise-analysis")
        self._running: set[Future[Analysis]] = set()
        self._count = 0
        self._closed = False

    def submit(self, snapshot: Snapshot, work: Work, delay: float) -> None:
        """Have a text analysed after `delay` seconds without newer text."""
        if self._closed:
            return
        due = time.monotonic() + delay
        lane = self._lanes.get(snapshot.key)
        if lane is None:
            lane = _Lane(snapshot, work, due)
            self._lanes[snapshot.key] = lane
            lane.task = asyncio.get_running_loop().create_task(self._run(lane))
        else:
            lane.wanted, lane.work, lane.due = snapshot, work, due
            lane.cancelled.set()
        lane.news.set()

    def latest(self, key: str) -> Result | None:
        """The last result of a unit, which may speak of older text."""
        lane = self._lanes.get(key)
        return lane.result if lane is not None else None

    async def newest(self, key: str) -> Result | None:
        """The result for the newest text of a unit, None if it is not open or gets closed.

        Asking ends the pause in typing that is waited for.
        """
        lane = self._lanes.get(key)
        if lane is None:
            return None
        if lane.result is not None and lane.result.snapshot is lane.wanted:
            return lane.result
        waiter: asyncio.Future[Result | None] = asyncio.get_running_loop().create_future()
        lane.waiters.append(waiter)
        lane.due = min(lane.due, time.monotonic() + _ASKED_SECONDS)
        lane.asked.set()
        try:
            return await waiter
        finally:
            if waiter in lane.waiters:
                lane.waiters.remove(waiter)

    def drop(self, key: str) -> None:
        """Forget a unit; those who wait for it get None."""
        lane = self._lanes.pop(key, None)
        if lane is None:
            return
        lane.cancelled.set()
        if lane.task is not None:
            lane.task.cancel()
        _hand_out(lane, None)

    def warm_up(self, prepare: Callable[[], object]) -> None:
        """Run something on a worker before the first text comes."""
        self._executor.submit(prepare)

    def close(self) -> None:
        """Stop taking work and ask what runs to end."""
        self._closed = True
        for key in tuple(self._lanes):
            self.drop(key)
        self._executor.shutdown(wait=False, cancel_futures=True)

    def idle(self, seconds: float) -> bool:
        """Wait until what ran has ended after `close`; False if it has not by then."""
        return not wait(self._running, timeout=seconds).not_done

    async def _run(self, lane: _Lane) -> None:
        while True:
            await lane.news.wait()
            while (pause := lane.due - time.monotonic()) > 0:
                lane.asked.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(lane.asked.wait(), pause)
            lane.news.clear()
            lane.cancelled = threading.Event()
            snapshot = lane.wanted
            try:
                analysis = await self._analysis(lane.work, lane.cancelled)
            except Exception as error:
                # The engine promises not to raise; a mistake in it must not cost the session.
                self._failed(snapshot, error)
                analysis = Analysis(complete=False)
            if lane.wanted is snapshot:
                self._finish(lane, analysis)

    async def _analysis(self, work: Work, cancelled: threading.Event) -> Analysis:
        future = self._executor.submit(work, cancelled.is_set)
        self._running.add(future)
        future.add_done_callback(self._running.discard)
        return await asyncio.wrap_future(future)

    def _finish(self, lane: _Lane, analysis: Analysis) -> None:
        self._count += 1
        lane.result = Result(self._count, lane.wanted, analysis)
        try:
            self._done(lane.result)
        except Exception as error:
            self._failed(lane.wanted, error)
        _hand_out(lane, lane.result)


def _hand_out(lane: _Lane, result: Result | None) -> None:
    waiters, lane.waiters = lane.waiters, []
    for waiter in waiters:
        if not waiter.done():
            waiter.set_result(result)
