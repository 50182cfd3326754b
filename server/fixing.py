"""Quick fixes of what is open: proved beside the event loop, kept until newer text comes.

The proofs of a result begin when its diagnostics have been shown, and end when the
text is edited. Who asks for the fixes of a problem has them proved first.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from ..analyzers.facts import Analysis, Problem
from .documents import Snapshot
from .engine import source_of
from .scheduler import Result

if TYPE_CHECKING:
    from ..analyzers.fixes import Edit, Fix
    from ..analyzers.fixes.together import Together
    from ..analyzers.source import Source

Analyse = Callable[["Source", Callable[[], bool]], Analysis]
"""Analyses an edited program as the result was; is to end soon once the second says so."""

_PROBLEM_SECONDS = 1.5
_RESULT_SECONDS = 20.0
"""What the proofs for one problem, and all proofs of one result, may take."""

_KEPT = 4
"""Results whose fixes are kept for one unit: an editor may resolve an action a bit late."""


@dataclass
class _Job:
    """The proofs of one result."""

    result: Result
    analyse: Analyse
    cancelled: threading.Event = field(default_factory=threading.Event)
    fixes: dict[Problem, asyncio.Future[tuple[Fix, ...]]] = field(default_factory=dict)
    groups: dict[str, Together | None] = field(default_factory=dict)
    wanted: list[Problem] = field(default_factory=list)


class Fixing:
    """Proves fixes. To be used from the event loop's thread.

    Args:
        failed: told of an exception in a proof; the problem then has no fixes.
    """

    def __init__(self, failed: Callable[[Exception], None]) -> None:
        self._failed = failed
        self._jobs: dict[int, _Job] = {}
        self._latest: dict[str, list[int]] = {}
        # One thread: analyses go first, and a second one would only take turns with it.
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="shapewise-fixes")
        self._closed = False

    def start(self, result: Result, analyse: Analyse) -> None:
        """Begin with the proofs for a result."""
        from ..analyzers.fixes import fixable_codes

        self.cancel(result.snapshot.key)
        codes = fixable_codes()
        problems = [p for p in result.analysis.problems if p.code in codes]
        if self._closed or not problems:
            return
        loop = asyncio.get_running_loop()
        job = _Job(result, analyse)
        job.fixes = {problem: loop.create_future() for problem in problems}
        self._jobs[result.number] = job
        numbers = self._latest.setdefault(result.snapshot.key, [])
        numbers.append(result.number)
        for old in numbers[:-_KEPT]:
            self._jobs.pop(old, None)
        del numbers[:-_KEPT]
        self._executor.submit(self._guarded, job, loop)

    def cancel(self, key: str) -> None:
        """Newer text has come: what is not proved yet is not wanted any more."""
        for number in self._latest.get(key, ()):
            self._jobs[number].cancelled.set()

    def forget(self, key: str) -> None:
        """A unit was closed."""
        self.cancel(key)
        for number in self._latest.pop(key, ()):
            self._jobs.pop(number, None)

    def close(self) -> None:
        """Stop, and wait for nothing."""
        self._closed = True
        for job in self._jobs.values():
            job.cancelled.set()
        self._executor.shutdown(wait=False, cancel_futures=True)

    async def of(self, result: Result, problem: Problem, seconds: float) -> tuple[Fix, ...]:
        """The fixes of a problem that are proved within a time."""
        job = self._jobs.get(result.number)
        future = job.fixes.get(problem) if job is not None else None
        if job is None or future is None:
            return ()
        job.wanted.insert(0, problem)
        done, _ = await asyncio.wait([future], timeout=max(seconds, 0.0))
        return future.result() if done else ()

    def known(self, number: int, problem: int, fix: int) -> tuple[Result, tuple[Edit, ...]] | None:
        """The edits of a fix that was offered, by numbers; None if it is forgotten."""
        job = self._jobs.get(number)
        if job is None or not 0 <= problem < len(job.result.analysis.problems):
            return None
        future = job.fixes.get(job.result.analysis.problems[problem])
        fixes = future.result() if future is not None and future.done() else ()
        return (job.result, fixes[fix].edits) if 0 <= fix < len(fixes) else None

    def together(self, result: Result, kind: str) -> Together | None:
        """The fix of all problems that are fixed in one way, if it is proved by now."""
        job = self._jobs.get(result.number)
        return job.groups.get(kind) if job is not None else None

    async def everything(self, result: Result) -> tuple[Edit, ...]:
        """The edits of all fixes that may be applied without being read, one after the other."""
        job = self._jobs.get(result.number)
        if job is None:
            return ()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, self._everything, job)

    def by_number(self, number: int) -> Result | None:
        """A result whose fixes are still kept."""
        job = self._jobs.get(number)
        return job.result if job is not None else None

    # On the worker's thread.

    def _guarded(self, job: _Job, loop: asyncio.AbstractEventLoop) -> None:
        try:
            self._run(job, loop)
        except Exception as error:  # A mistake of ours must not end the thread in silence.
            _tell(loop, partial(self._failed, error))

    def _run(self, job: _Job, loop: asyncio.AbstractEventLoop) -> None:
        from ..analyzers.fixes import Program, fixes_for
        from ..analyzers.fixes.together import kinds_of

        source = source_of(job.result.snapshot)
        program = Program(source)
        end = time.monotonic() + _RESULT_SECONDS
        left = list(job.fixes)
        proved: dict[Problem, tuple[Fix, ...]] = {}
        while left:
            problem = next((p for p in job.wanted if p in left), left[0])
            left.remove(problem)
            fixes: tuple[Fix, ...] = ()
            if not job.cancelled.is_set() and time.monotonic() < end:
                stop = time.monotonic() + _PROBLEM_SECONDS
                analyse = self._limited(job, stop)
                try:
                    fixes = fixes_for(problem, source, job.result.analysis, analyse, program)
                    fixes = tuple(fix for fix in fixes if _writable(job, source, fix.edits))
                except Exception as error:  # A mistake of ours must not cost the other fixes.
                    _tell(loop, partial(self._failed, error))
            proved[problem] = fixes
            _tell(loop, partial(job.fixes[problem].set_result, fixes))
        for kind in kinds_of(proved):
            if not job.cancelled.is_set():
                found = self._group(job, kind, proved)
                _tell(loop, partial(job.groups.__setitem__, kind, found))

    def _group(
        self, job: _Job, kind: str, proved: dict[Problem, tuple[Fix, ...]]
    ) -> Together | None:
        from ..analyzers.fixes.together import together

        source = source_of(job.result.snapshot)
        analyse = self._limited(job, time.monotonic() + _PROBLEM_SECONDS)
        found = together(kind, proved, source, job.result.analysis, analyse)
        return found if found is not None and _writable(job, source, found.edits) else None

    def _everything(self, job: _Job) -> tuple[Edit, ...]:
        from ..analyzers.fixes.together import fix_all

        source = source_of(job.result.snapshot)
        analyse = self._limited(job, time.monotonic() + _RESULT_SECONDS)
        edits = fix_all(source, job.result.analysis, analyse).edits
        return edits if _writable(job, source, edits) else ()

    def _limited(self, job: _Job, stop: float) -> Callable[[Source], Analysis]:
        def ended() -> bool:
            return job.cancelled.is_set() or time.monotonic() > stop

        return lambda source: job.analyse(source, ended)


def _writable(job: _Job, source: Source, edits: Sequence[Edit]) -> bool:
    """Whether edits of what is analysed can be made in the editor, where a notebook has magics."""
    from ..analyzers.fixes.edits import as_written
    from ..analyzers.source import Part

    snapshot = job.result.snapshot
    if not snapshot.notebook:
        return True
    written = replace(source, parts=tuple(Part(part.text) for part in snapshot.parts))
    return as_written(written, source, edits) is not None


def _tell(loop: asyncio.AbstractEventLoop, what: Callable[[], None]) -> None:
    """Have something done on the event loop, which may be gone at the very end."""
    try:
        loop.call_soon_threadsafe(what)
    except RuntimeError:
        return


def with_texts(snapshot: Snapshot, texts: Sequence[str]) -> Snapshot:
    """A unit with other texts, for the analysis of what an edit would give."""
    parts = zip(snapshot.parts, texts, strict=True)
    return replace(snapshot, parts=tuple(replace(part, text=text) for part, text in parts))
