"""Grading many hand-ins at once, without losing one.

Each worker is a process with an analysis of its own. One that takes too long or dies
is replaced, and only the hand-in it had in hand is reported as ungraded. On a Dask
cluster the scheduler does the same.
"""

from __future__ import annotations

import importlib
import multiprocessing
import queue
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING, Any

from ..analyzers.facts import text
from ..runtime.starting import shielded
from .grade import Grade, HandIn, grade, lost

if TYPE_CHECKING:
    from .engine import Analyzer
    from .run import Runner

_STARTING_SECONDS = 60.0
"""What a worker may need beyond the limit of a hand-in: to start, and to import torch."""

_ANALYSIS_SECONDS = 30.0
"""The analysis ends within its own budget, which is less, unless there is a defect."""


@dataclass(frozen=True, slots=True)
class Job:
    """How hand-ins are graded.

    python: the interpreter with torch; it also runs them. execute: whether they may be
    run. seconds: the limit of such a run.
    """

    python: str
    execute: bool = False
    seconds: float = 60.0

    @property
    def limit(self) -> float:
        """Seconds after which a worker is given up."""
        return _ANALYSIS_SECONDS + (self.seconds + 10.0 if self.execute else 0.0)


class Grader:
    """Grades one hand-in after the other, in this process."""

    def __init__(self, job: Job) -> None:
        from .engine import Analyzer
        from .run import Runner

        self._analyzer: Analyzer = Analyzer(job.python)
        self._runner: Runner | None = Runner(job.python, job.seconds) if job.execute else None

    def has_torch(self) -> bool:
        """Whether the interpreter has torch."""
        return self._analyzer.has_torch()

    def __call__(self, hand_in: HandIn) -> Grade:
        """The grade; a defect of ours is told, not raised."""
        try:
            return grade(hand_in, self._analyzer, self._runner)
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            return lost(hand_in, text("the check failed: {reason}", reason=reason))

    def close(self) -> None:
        """End the analysis."""
        self._analyzer.close()


def grade_all(hand_ins: Sequence[HandIn], job: Job, jobs: int) -> Iterator[Grade]:
    """All grades, as they come. Ends its workers when it is closed early."""
    waiting: queue.SimpleQueue[HandIn] = queue.SimpleQueue()
    for hand_in in hand_ins:
        waiting.put(hand_in)
    graded: queue.SimpleQueue[Grade] = queue.SimpleQueue()
    stop = threading.Event()
    threads = [
        threading.Thread(target=_attend, args=(job, waiting, graded, stop), daemon=True)
        for _ in range(min(jobs, len(hand_ins)))
    ]
    for thread in threads:
        thread.start()
    try:
        for _ in hand_ins:
            yield graded.get()
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _attend(
    job: Job,
    waiting: queue.SimpleQueue[HandIn],
    graded: queue.SimpleQueue[Grade],
    stop: threading.Event,
) -> None:
    """Keep one worker busy until nothing is waiting."""
    worker = _Worker(job)
    try:
        while not stop.is_set():
            try:
                hand_in = waiting.get_nowait()
            except queue.Empty:
                return
            graded.put(worker.grade(hand_in, stop))
    finally:
        worker.end()


class _Worker:
    """A process that grades, started when it is needed."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._process: BaseProcess | None = None
        self._connection: Connection | None = None
        self._fresh = True

    def grade(self, hand_in: HandIn, stop: threading.Event) -> Grade:
        """The grade; if the process does not answer, that it did not."""
        connection = self._connected()
        try:
            connection.send(hand_in)
            if self._answers(connection, stop):
                answer = connection.recv()
                self._fresh = False
                assert isinstance(answer, Grade)
                return answer
            why = text("the check took too long and was given up")
        except (EOFError, OSError) as error:
            why = text("the check failed: {reason}", reason=str(error) or type(error).__name__)
        self.end()
        return lost(hand_in, why)

    def _answers(self, connection: Connection, stop: threading.Event) -> bool:
        left = self._job.limit + (_STARTING_SECONDS if self._fresh else 0.0)
        while left > 0 and not stop.is_set():
            if connection.poll(min(left, 0.2)):
                return True
            left -= 0.2
        return False

    def _connected(self) -> Connection:
        if self._connection is None:
            # Not forked: this process has threads.
            context = multiprocessing.get_context("spawn")
            self._connection, other = context.Pipe()
            self._process = context.Process(target=_work, args=(other, self._job), daemon=True)
            with shielded():
                self._process.start()
            other.close()
            self._fresh = True
        return self._connection

    def end(self) -> None:
        """End the process; the next hand-in starts another."""
        process, connection = self._process, self._connection
        self._process = self._connection = None
        if process is None or connection is None:
            return
        with suppress(OSError):
            connection.send(None)
        process.join(2.0)
        if process.is_alive():
            process.kill()
            process.join()
        connection.close()


def _work(connection: Connection, job: Job) -> None:
    """A worker's life."""
    # On Ctrl-C the process that was asked ends its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    grader = Grader(job)
    try:
        while True:
            try:
                hand_in = connection.recv()
            except EOFError:
                return
            if not isinstance(hand_in, HandIn):
                return
            connection.send(grader(hand_in))
    finally:
        grader.close()


def grade_on_cluster(hand_ins: Sequence[HandIn], job: Job, address: str) -> Iterator[Grade]:
    """All grades, as they come, from the workers of a Dask cluster.

    Raises:
        ImportError: the extra `shapewise[cluster]` is not installed.
        OSError: nobody answers at the address.
    """
    # Without types, and only where the extra is installed.
    distributed: Any = importlib.import_module("distributed")
    with distributed.Client(address) as client:
        # A hand-in that kills its worker is tried elsewhere once, then given up.
        futures = client.map(_grade_there, hand_ins, [job] * len(hand_ins), pure=False, retries=1)
        by_key = {future.key: hand_in for future, hand_in in zip(futures, hand_ins)}
        for future in distributed.as_completed(futures):
            error = future.exception()
            if error is None:
                yield future.result()
            else:
                reason = f"{type(error).__name__}: {error}"
                why = text("the check failed: {reason}", reason=reason)
                yield lost(by_key[future.key], why)


_graders: dict[tuple[str, bool, float, int], Grader] = {}
_graders_lock = threading.Lock()


def _grade_there(hand_in: HandIn, job: Job) -> Grade:
    """Grade in a cluster's worker; each of its threads keeps an analysis of its own."""
    # The interpreter of the person who asks is on another machine.
    here = Job(job.python or sys.executable, job.execute, job.seconds)
    key = (here.python, here.execute, here.seconds, threading.get_ident())
    with _graders_lock:
        grader = _graders.get(key)
        if grader is None:
            grader = _graders[key] = Grader(here)
    return grader(hand_in)
