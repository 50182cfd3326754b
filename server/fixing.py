"""Quick fixes of what is open: proved beside the event loop, kept until newer text comes.

When a result's diagnostics have been shown, the proofs for its newest problems begin; they end when
the text is edited. Who asks for the fixes of a problem has them proved first, and is given
those that are proved by then.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from ..analyzers.facts import Analysis, Problem
from .documents import Snapshot
from .engine import source_of
from .scheduler import Result

if TYPE_CHECKING:
    from ..analyzers.fixes import Edit, Fix, Program
    from ..analyzers.fixes.together import Together
    from ..analyzers.source import Source

Analyse = Callable[["Source", Callable[[], bool]], Analysis]
"""Analyses an edited program as the result was; is to end soon once the second says so."""

_T = TypeVar("_T")

_PROBLEM_SECONDS = 1.5
_ALL_SECONDS = 20.0
"""What the proofs for one problem, and those for a whole program, may take."""

_UNASKED_SECONDS = 0.5
"""How long problems are looked at that nobody has asked for: the learner is typing."""

_ANSWER_SECONDS = 0.05
"""How long proofs pause for an answer."""

_KEPT = 4
"""Results whose fixes are kept for one unit: an editor may resolve an action a bit late."""


@dataclass
class _Job:
    """The proofs of one result. All but the events belongs to the event loop's thread.

    fixes: of each problem, as they are proved, the preferred one first. done: when all are.
    wanted: what is to be proved next, in this order. calm: whether no answer is being made.
    """

    result: Result
    analyse: Analyse
    fixes: dict[Problem, list[Fix]]
    done: dict[Problem, asyncio.Event]
    wanted: list[Problem]
    unasked_until: float
    groups: dict[str, Together | None] = field(default_factory=dict)
    asked: set[Problem] = field(default_factory=set)
    cancelled: threading.Event = field(default_factory=threading.Event)
    calm: threading.Event = field(default_factory=threading.Event)
    program: Program | None = None
    task: asyncio.Task[None] | None = None


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

        key = result.snapshot.key
        self.cancel(key)
        codes = fixable_codes()
        problems = [p for p in result.analysis.problems if p.code in codes]
        if self._closed or not problems:
            return
        problems = list(dict.fromkeys([*self._new(result, problems), *problems]))
        job = _Job(
            result,
            analyse,
            {problem: [] for problem in problems},
            {problem: asyncio.Event() for problem in problems},
            problems,
            time.monotonic() + _UNASKED_SECONDS,
        )
        job.calm.set()
        self._jobs[result.number] = job
        numbers = self._latest.setdefault(key, [])
        numbers.append(result.number)
        for old in numbers[:-_KEPT]:
            self._jobs.pop(old, None)
        del numbers[:-_KEPT]
        self._go_on(job)

    def cancel(self, key: str) -> None:
        """Newer text has come: what is not proved yet is not wanted any more."""
        for number in self._latest.get(key, ()):
            job = self._jobs[number]
            job.cancelled.set()
            for done in job.done.values():
                done.set()

    def forget(self, key: str) -> None:
        """A unit was closed."""
        self.cancel(key)
        for number in self._latest.pop(key, ()):
            self._jobs.pop(number, None)

    def close(self) -> None:
        """Stop, and wait for nothing."""
        self._closed = True
        for key in self._latest:
            self.cancel(key)
        self._executor.shutdown(wait=False, cancel_futures=True)

    async def of(self, result: Result, problem: Problem, seconds: float) -> tuple[Fix, ...]:
        """The fixes of a problem that are proved within a time."""
        job = self._jobs.get(result.number)
        if job is None or problem not in job.fixes:
            return ()
        # Those of its kind as well: they can be fixed together.
        alike = [p for p in job.fixes if p.code == problem.code and p != problem]
        job.wanted[:] = list(dict.fromkeys([problem, *alike, *job.wanted]))
        job.asked.update([problem, *alike])
        self._go_on(job)
        try:
            await asyncio.wait_for(job.done[problem].wait(), max(seconds, 0.001))
        except TimeoutError:
            # The rest of the answer shall not wait for the interpreter's lock.
            job.calm.clear()
            asyncio.get_running_loop().call_later(_ANSWER_SECONDS, job.calm.set)
        return tuple(job.fixes[problem])

    def known(self, number: int, problem: int, fix: int) -> tuple[Edit, ...]:
        """The edits of a fix that was offered, by numbers; none if it is forgotten."""
        job = self._jobs.get(number)
        if job is None or not 0 <= problem < len(job.result.analysis.problems):
            return ()
        fixes = job.fixes.get(job.result.analysis.problems[problem], [])
        return fixes[fix].edits if 0 <= fix < len(fixes) else ()

    def together(self, result: Result, kind: str) -> Together | None:
        """The fix of all problems that are fixed in one way, if it is proved by now."""
        job = self._jobs.get(result.number)
        return job.groups.get(kind) if job is not None else None

    async def may_fix_all(self, result: Result) -> bool:
        """Whether some problem may have a fix that need not be read; nothing is proved for it."""
        job = self._jobs.get(result.number)
        return job is not None and await self._beside(partial(_any_safe, job))

    async def everything(self, result: Result) -> tuple[Edit, ...]:
        """The edits of all fixes that may be applied without being read, one after the other."""
        job = self._jobs.get(result.number)
        return await self._beside(partial(_everything, job)) if job is not None else ()

    def by_number(self, number: int) -> Result | None:
        """A result whose fixes are still kept."""
        job = self._jobs.get(number)
        return job.result if job is not None else None

    def _new(self, result: Result, problems: list[Problem]) -> list[Problem]:
        """The problems that the result before did not have."""
        before = [self._jobs[number].result for number in self._latest.get(result.snapshot.key, ())]
        if not before:
            return problems
        known = {_place(before[-1], problem) for problem in before[-1].analysis.problems}
        return [problem for problem in problems if _place(result, problem) not in known]

    def _go_on(self, job: _Job) -> None:
        if job.task is None and not self._closed:
            job.task = asyncio.get_running_loop().create_task(self._prove(job))

    async def _prove(self, job: _Job) -> None:
        """Prove what is wanted, as long as somebody has asked for it or it is early."""
        try:
            while not job.cancelled.is_set():
                left = [p for p in job.wanted if not job.done[p].is_set()]
                late = time.monotonic() > job.unasked_until
                problem = next((p for p in left if p in job.asked or not late), None)
                if problem is None:
                    break
                try:
                    await self._beside(partial(_one, job, problem, asyncio.get_running_loop()))
                except Exception as error:  # A mistake of ours must not cost the other fixes.
                    self._failed(error)
                job.done[problem].set()
                await self._groups(job, problem.code)
        except RuntimeError:
            if not self._closed:  # Else the executor takes no more work.
                raise
        finally:
            job.task = None

    async def _groups(self, job: _Job, code: str) -> None:
        """Once all problems of a kind have fixes: the one that fixes them all."""
        from ..analyzers.fixes.together import kinds_of

        alike = {p: tuple(fixes) for p, fixes in job.fixes.items() if p.code == code}
        if all(job.done[problem].is_set() for problem in alike):
            for kind in kinds_of(alike):
                if kind not in job.groups and not job.cancelled.is_set():
                    job.groups[kind] = await self._beside(partial(_group, job, kind, alike))

    async def _beside(self, work: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)


# On the worker's thread.


def _one(job: _Job, problem: Problem, loop: asyncio.AbstractEventLoop) -> None:
    """Prove the fixes of a problem; each is told as soon as it is proved."""
    from ..analyzers.fixes import MOST, Program, fixes_of

    source = source_of(job.result.snapshot)
    if job.program is None:
        job.program = Program(source)
    end = time.monotonic() + _PROBLEM_SECONDS
    found = fixes_of(problem, job.result.analysis, _limited(job, end), job.program)
    for fix in islice((fix for fix in found if _writable(job, source, fix.edits)), MOST):
        loop.call_soon_threadsafe(job.fixes[problem].append, fix)


def _group(job: _Job, kind: str, fixes: dict[Problem, tuple[Fix, ...]]) -> Together | None:
    from ..analyzers.fixes.together import together

    source = source_of(job.result.snapshot)
    analyse = _limited(job, time.monotonic() + _PROBLEM_SECONDS)
    found = together(kind, fixes, source, job.result.analysis, analyse)
    return found if found is not None and _writable(job, source, found.edits) else None


def _any_safe(job: _Job) -> bool:
    from ..analyzers.fixes import Program, candidates

    program = Program(source_of(job.result.snapshot))
    return any(
        candidate.safe
        for problem in job.fixes
        for candidate in candidates(problem, program, job.result.analysis)
    )


def _everything(job: _Job) -> tuple[Edit, ...]:
    from ..analyzers.fixes.together import fix_all

    source = source_of(job.result.snapshot)
    analyse = _limited(job, time.monotonic() + _ALL_SECONDS)
    edits = fix_all(source, job.result.analysis, analyse).edits
    return edits if _writable(job, source, edits) else ()


def _limited(job: _Job, stop: float) -> Callable[[Source], Analysis]:
    def ended() -> bool:
        job.calm.wait(_ANSWER_SECONDS)
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


def _place(result: Result, problem: Problem) -> tuple[str, str]:
    """What a problem is known by in the next text: its code, and the text of its line."""
    lines = result.snapshot.parts[problem.span.part].lines
    return problem.code, lines[min(problem.span.line, len(lines)) - 1]


def with_texts(snapshot: Snapshot, texts: Sequence[str]) -> Snapshot:
    """A unit with other texts, for the analysis of what an edit would give."""
    parts = zip(snapshot.parts, texts, strict=True)
    return replace(snapshot, parts=tuple(replace(part, text=text) for part, text in parts))
