"""Analysing files, here or in several processes."""

from __future__ import annotations

import multiprocessing
import multiprocessing.util
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ...analyzers.facts import Analysis, Text, text
from ...analyzers.oracle import Oracle
from ...analyzers.source import Source, SourceError, read_source
from ...runtime.oracle.wire import Answer, Request, Unsure
from .result import FileResult


@dataclass(frozen=True, slots=True)
class Job:
    """How files are checked.

    python: the learner's interpreter. seconds, steps: the budget of an analysis.
    """

    python: str
    seconds: float
    steps: int


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
        self._oracle.start()

    def check(self, path: Path) -> FileResult:
        """Read and analyse a file."""
        name = path.as_posix()
        try:
            source = read_source(path)
        except SourceError as error:
            return FileResult(name, error=error.message)
        witness = _Witness(self._oracle)
        analysis = self._analyze(source, witness)
        if _accelerator_matters(analysis):
            # Answers come from the cache before torch is there to tell its devices.
            self._settled.wait()
            if self._oracle.accelerator is not None:
                analysis = self._analyze(source, witness)
        if witness.without_torch:
            return FileResult(name, source, error=_without_torch(self._job.python))
        if not analysis.complete and analysis.notes and not _says_anything(analysis):
            return FileResult(name, source, error=analysis.notes[0])
        return FileResult(name, source, analysis)

    def _analyze(self, source: Source, oracle: Oracle) -> Analysis:
        from ...analyzers.analyze import Options, analyze

        return analyze(source, oracle, Options(self._job.seconds, self._job.steps))

    def close(self) -> None:
        """End the oracle."""
        self._oracle.close()


class _Witness:
    """Passes questions on, and sees whether there was a torch to answer them."""

    def __init__(self, oracle: Oracle) -> None:
        self._oracle = oracle
        self.without_torch = False

    @property
    def accelerator(self) -> str | None:
        return self._oracle.accelerator

    def ask(self, request: Request) -> Answer:
        answer = self._oracle.ask(request)
        if isinstance(answer, Unsure) and answer.reason == "no-torch":
            self.without_torch = True
        return answer


def run(files: list[Path], job: Job, jobs: int, make: Make = TorchChecker) -> Iterator[FileResult]:
    """The results in the order of the files, each as soon as it is there."""
    if min(jobs, len(files)) <= 1:
        with closing(make(job)) as checker:
            for path in files:
                yield checker.check(path)
        return
    # Not forked: the processes have threads.
    context = multiprocessing.get_context("spawn")
    workers = min(jobs, len(files))
    with ProcessPoolExecutor(workers, context, _start_worker, (make, job)) as pool:
        pending: list[Future[FileResult]] = [pool.submit(_check, path) for path in files]
        try:
            for path, future in zip(files, pending, strict=True):
                yield _result(path, future)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


_checker: Checker | None = None
"""A worker's own."""


def _start_worker(make: Make, job: Job) -> None:
    global _checker
    _checker = make(job)
    # Worker processes leave without running `atexit`.
    multiprocessing.util.Finalize(None, _checker.close, exitpriority=1)


def _check(path: Path) -> FileResult:
    assert _checker is not None
    return _checker.check(path)


def _result(path: Path, future: Future[FileResult]) -> FileResult:
    try:
        return future.result()
    except Exception as error:  # a worker that was killed must not hide the other files
        reason = f"{type(error).__name__}: {error}"
        return FileResult(
            path.as_posix(),
            error=text("checking {path} failed: {reason}", path=path.as_posix(), reason=reason),
        )


def _accelerator_matters(analysis: Analysis) -> bool:
    return any(
        fact.accelerated_device is not None
        for binding in analysis.bindings
        for fact in binding.facts
    ) or any(problem.accelerated_only for problem in analysis.problems)


def _says_anything(analysis: Analysis) -> bool:
    return bool(analysis.bindings or analysis.values or analysis.problems or analysis.unknowns)


def _without_torch(python: str) -> Text:
    import shutil

    if shutil.which(python) is None:
        return text(
            "There is no Python interpreter at {python}. Choose one with --python.", python=python
        )
    return text(
        "There is no PyTorch in {python}, so no shapes can be worked out. Install it with "
        "`{python} -m pip install torch`, or choose another interpreter with --python.",
        python=python,
    )
