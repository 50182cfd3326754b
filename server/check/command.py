"""The steps of `shapewise check`."""

from __future__ import annotations

import io
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from ...analyzers.facts import Text, text
from ...analyzers.messages import render
from ...runtime.interpreter import find_python
from ..locales import system_locale
from ..report import Report, make_report
from ..settings import Settings, read_project, resolve
from .files import find_files
from .result import FileResult, exit_status
from .work import Fixing, Job, Make, TorchChecker, default_jobs, run

_INTERRUPTED = 130

SECONDS = 10.0
"""A check may think longer than an editor: nobody is typing."""


def check(
    paths: Sequence[Path],
    *,
    format: str = "text",
    show_shapes: bool = False,
    jobs: int | None = None,
    language: str | None = None,
    python: str | None = None,
    select: Sequence[str] | None = None,
    ignore: Sequence[str] | None = None,
    fix: Fixing = "no",
    make: Make = TorchChecker,
) -> int:
    """Check files and folders and report on stdout.

    Settings come from `[tool.shapewise]` of the current folder's pyproject.toml;
    the arguments go before them.

    Args:
        jobs: processes; None for as many as are worth it.
        select, ignore: codes of diagnostics, or what they begin with.
        fix: fix the files, or print what that would change instead of a report.
        make: makes what checks the files, in each process.

    Returns:
        The exit status, see `result.exit_status`.
    """
    here = Path.cwd()
    chosen = {"language": language, "rules.select": select, "rules.ignore": ignore}
    settings, complaints = settings_of(here, chosen)
    for complaint in complaints:
        _complain(complaint, settings.language)
    files = find_files(paths)
    if not files:
        _complain(text("there are no Python files or notebooks there"), settings.language)
    explicit = python or settings.python
    interpreter, seconds = find_python(explicit, here), max(settings.seconds, SECONDS)
    job = Job(interpreter, seconds, settings.steps, settings.rules, fix)
    if fix == "diff":
        format = "diff"
    if format != "text":
        _speak_utf8()
    report = make_report(format, sys.stdout, settings.language, show_shapes=show_shapes)
    results: list[FileResult] = []
    checked = run(files, job, jobs or default_jobs(), make) if files else iter(())
    with _ended_by_interrupt():
        for result in _with_progress(checked, len(files), report, settings.language):
            results.append(result)
            report.add(result)
    report.finish()
    return exit_status(results) if results else 2


def _speak_utf8() -> None:
    """Other programs expect UTF-8, whatever the terminal's encoding."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")


def settings_of(folder: Path, chosen: Mapping[str, object]) -> tuple[Settings, list[Text]]:
    """The settings of a folder's pyproject.toml under those that were chosen; complaints."""
    project, complaints = read_project(folder)
    settings, more = resolve(chosen, project, system_locale())
    return settings, [*complaints, *more]


@contextmanager
def _ended_by_interrupt() -> Iterator[None]:
    """Ctrl-C ends the check at once, and quietly, however often it comes.

    Where the analysis runs in this process, not by an exception: it could come up
    inside an import or a callback, which turn it into another one or swallow it.
    Nothing is lost: oracles end with their input, and their caches may be cut off at
    any time.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(signum: int, _frame: object) -> None:
        if multiprocessing.active_children():
            # This process only waits for its workers; `work.run` ends them.
            signal.signal(signum, signal.SIG_IGN)
            raise KeyboardInterrupt
        if sys.stderr.isatty():
            # The progress bar has hidden the cursor.
            os.write(sys.stderr.fileno(), b"\x1b[?25h\n")
        os._exit(_INTERRUPTED)

    before = signal.signal(signal.SIGINT, end)
    try:
        yield
    finally:
        if signal.getsignal(signal.SIGINT) is end:
            signal.signal(signal.SIGINT, before)


def _complain(message: Text, language: str) -> None:
    print(f"shapewise check: {render(message, language)}", file=sys.stderr)


def _with_progress(
    results: Iterable[FileResult], total: int, report: Report, language: str
) -> Iterator[FileResult]:
    """The results; a bar on the terminal shows how many are there."""
    if total < 2 or not sys.stderr.isatty():
        yield from results
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    title = render(text("checking"), language)
    columns = TextColumn(title), BarColumn(), MofNCompleteColumn()
    progress = Progress(*columns, console=Console(stderr=True), transient=True)
    task = progress.add_task(title, total=total)
    with progress:
        for result in results:
            progress.advance(task)
            if report.will_print(result):
                # What is printed must not land in the middle of the bar.
                progress.stop()
                yield result
                progress.start()
            else:
                yield result
