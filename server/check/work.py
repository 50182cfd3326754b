"""Analysing files, here or in several processes."""

from __future__ import annotations

import multiprocessing
import multiprocessing.util
import os
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Protocol

from ...analyzers.facts import Analysis, Text, text
from ...analyzers.oracle import Oracle
from ...analyzers.ruleset import ALL, RuleSet
from ...analyzers.source import Source, SourceError, read_source
from ...runtime.oracle.wire import Answer, Request, Unsure
from ...runtime.starting import shielded
from .result import FileResult
from .written import as_written, syntax_error

_MAX_JOBS = 4
"""Each process has a torch of its own, of about 250 MB."""


Fixing = Literal["no", "write", "diff"]


@dataclass(frozen=True, slots=True)
class Job:
    """How files are checked.

    python: the learner's interpreter. seconds, steps: the budget of an analysis.
    rules: which diagnostics are wanted. fix: whether files are fixed, or only shown so.
    """

    python: str
    seconds: float
    steps: int
    rules: RuleSet = ALL
    fix: Fixing = "no"


class Checker(Protocol):
    """Checks one file after the other."""

    def check(self, path: Path) -> FileResult:
        """What is known of a file; never raises."""
        ...

    def close(self) -> None:
        """Nothing more will be checked."""
        ...


Make = Callable[[Job], Checker]


class TorchChecker:
    """Analyses files with an oracle of its own."""

    def __init__(self, job: Job) -> None:
        from ...runtime.cache import default_cache
        from ...runtime.client import OracleClient

        self._job = job
        self._settled = threading.Event()
        self._oracle = OracleClient(
            job.python,
            cache=default_cache(),
            on_state=lambda state: (
                self._settled.set() if state.kind in ("ready", "no-torch", "stopped") else None
            ),
        )

    def check(self, path: Path) -> FileResult:
        """Read and analyse a file."""
        name = path.as_posix()
        try:
            return self._check(path, name)
        except SourceError as error:
            return FileResult(name, error=error.message)

    def _check(self, path: Path, name: str) -> FileResult:
        source = _read(path)
        # Not before: where there is nothing to check, nobody waits for torch.
        self._oracle.start()
        witness = _Witness(self._oracle)
        analysis = self._analyze(source, witness)
        if _accelerator_matters(analysis):
            # Answers come from the cache before torch is there to tell its devices.
            self._settled.wait()
            if self._oracle.accelerator is not None:
                analysis = self._analyze(source, witness)
        shown = as_written(source)
        trouble = witness.trouble(self._job.python)
        if trouble is not None:
            return FileResult(name, shown, error=trouble, everywhere=True)
        if not analysis.complete and analysis.notes and not _says_anything(analysis):
            return FileResult(name, shown, error=analysis.notes[0])
        error, fault = syntax_error(source)
        result = FileResult(name, shown, analysis, error, fault)
        return result if self._job.fix == "no" else self._fixed(path, source, result, witness)

    def _fixed(self, path: Path, source: Source, result: FileResult, oracle: Oracle) -> FileResult:
        """The file once it is fixed, which it is in the end if it is to be written."""
        from .fix import fixed
        from .write import replace_file

        assert result.analysis is not None
        try:
            found = fixed(path, source, result.analysis, lambda s, c: self._analyze(s, oracle, c))
            if found is None:
                return replace(result, fixed=())
            if self._job.fix == "diff":
                return replace(result, analysis=found.analysis, diff=found.diff)
            replace_file(path, found.old, found.data)
        except SourceError as error:
            return replace(result, error=error.message, fault=None)
        return replace(result, source=found.source, analysis=found.analysis, fixed=found.done)

    def _analyze(
        self, source: Source, oracle: Oracle, cancelled: Callable[[], bool] = lambda: False
    ) -> Analysis:
        from ...analyzers.analyze import Options, analyze

        job = self._job
        return analyze(source, oracle, Options(job.seconds, job.steps, cancelled, job.rules))

    def close(self) -> None:
        """End the oracle."""
        self._oracle.close()


class _Witness:
    """Passes questions on, and sees whether there was a torch to answer them."""

    def __init__(self, oracle: Oracle) -> None:
        self._oracle = oracle
        self._unanswered: dict[str, str] = {}
        self._answered = False

    @property
    def accelerator(self) -> str | None:
        return self._oracle.accelerator

    def ask(self, request: Request) -> Answer:
        answer = self._oracle.ask(request)
        if isinstance(answer, Unsure) and answer.reason in ("no-torch", "died"):
            self._unanswered.setdefault(answer.reason, answer.detail)
        else:
            self._answered = True
        return answer

    def trouble(self, python: str) -> Text | None:
        """Why the interpreter answered nothing; None if it did, or was not asked."""
        if "no-torch" in self._unanswered:
            return _without_torch(python)
        if "died" in self._unanswered and not self._answered:
            return text(
                "PyTorch in {python} cannot be asked: {detail}",
                python=python,
                detail=self._unanswered["died"],
            )
        return None


def default_jobs() -> int:
    """How many processes are worth their start."""
    return min(_MAX_JOBS, os.cpu_count() or 1)


def run(files: list[Path], job: Job, jobs: int, make: Make = TorchChecker) -> Iterator[FileResult]:
    """The results in the order of the files, each as soon as it is there."""
    if min(jobs, len(files)) <= 1:
        with closing(make(job)) as checker:
            for path in files:
                yield _result(path, lambda path=path: checker.check(path))  # type: ignore[misc]
        return
    # Not forked: the processes have threads.
    context = multiprocessing.get_context("spawn")
    workers = min(jobs, len(files))
    with ProcessPoolExecutor(workers, context, _start_worker, (make, job)) as pool:
        with shielded():
            # The pool starts its processes as work comes in.
            pending: list[Future[FileResult]] = [pool.submit(_check, path) for path in files]
        try:
            for path, future in zip(files, pending, strict=True):
                yield _result(path, future.result)
        except BaseException:
            # Ctrl-C, or nobody wants the rest: what is being checked is not waited for.
            for process in multiprocessing.active_children():
                process.terminate()
            raise


_checker: Checker | None = None
"""A worker's own."""


def _start_worker(make: Make, job: Job) -> None:
    global _checker
    # On Ctrl-C the process that was asked ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _checker = make(job)
    # Worker processes leave without running `atexit`.
    multiprocessing.util.Finalize(None, _checker.close, exitpriority=1)


def _check(path: Path) -> FileResult:
    assert _checker is not None
    return _checker.check(path)


def _result(path: Path, get: Callable[[], FileResult]) -> FileResult:
    """A result; a mistake of ours, or a worker that was killed, must not hide the other files."""
    name = path.as_posix()
    try:
        return get()
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        return FileResult(name, error=text("the check failed: {reason}", reason=reason))


def _read(path: Path) -> Source:
    """Like `read_source`, but waits for no pipe or device."""
    if path.is_dir():
        raise SourceError(text("{name} is a folder that cannot be listed", name=path.name))
    if path.exists() and not path.is_file():
        raise SourceError(text("{name} is not a file", name=path.name))
    return read_source(path)


def _accelerator_matters(analysis: Analysis) -> bool:
    return any(
        fact.accelerated_device is not None
        for binding in analysis.bindings
        for fact in binding.facts
    ) or any(problem.accelerated_only for problem in analysis.problems)


def _says_anything(analysis: Analysis) -> bool:
    return bool(analysis.bindings or analysis.values or analysis.problems or analysis.unknowns)


def _without_torch(python: str) -> Text:
    if shutil.which(python) is None:
        return text(
            "There is no Python interpreter at {python}. Choose one with --python.", python=python
        )
    return text(
        "There is no PyTorch in {python}, so no shapes can be worked out. Install it with "
        "`{python} -m pip install torch`, or choose another interpreter with --python.",
        python=python,
    )
