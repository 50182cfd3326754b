"""`shapewise explain FILE:LINE`: the problems of a line, with the numbers behind them."""

from __future__ import annotations

import re
import sys
import textwrap
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.markdown import Markdown

from ...analyzers.explain.blocks import Said, fits_encoding, plain
from ...analyzers.explain.page import blocks_of
from ...analyzers.facts import Analysis, Problem, Text, text
from ...analyzers.messages import render
from ...runtime.interpreter import find_python
from ..pages import reason_of
from ..report.as_text import TextReport, make_console
from .command import SECONDS, settings_of
from .result import FileResult
from .work import Job, Make, TorchChecker

EXPLAINED, NOTHING_THERE, UNUSABLE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Place:
    """Lines of a file. part: the cell of a notebook, from 0; None for all. line: None for all."""

    path: Path
    part: int | None = None
    line: int | None = None

    def holds(self, problem: Problem) -> bool:
        """Whether a problem is there."""
        span = problem.span
        if self.part is not None and span.part != self.part:
            return False
        return self.line is None or span.line <= self.line <= span.end_line


def place_of(written: str) -> Place | None:
    """A place such as `lesson.py:12`, or `lesson.ipynb:3:12` with the number of a cell.

    None where it is neither a file that exists nor has a line.
    """
    if Path(written).is_file():
        return Place(Path(written))
    found = re.fullmatch(r"(?P<path>.+?):(?P<first>\d+)(?::(?P<second>\d+))?", written)
    if found is None:
        return None
    path, first = Path(found["path"]), int(found["first"])
    if found["second"] is None:
        return Place(path, None, first)
    if path.suffix == ".ipynb":
        return Place(path, first - 1, int(found["second"]))
    # As other tools write a place: the second number is a column.
    return Place(path, None, first)


def explain_place(
    place: Place,
    *,
    language: str | None = None,
    python: str | None = None,
    make: Make = TorchChecker,
) -> int:
    """Analyse a file and explain what is wrong at a place, on stdout.

    Returns:
        The exit status: 0 something was explained, 1 there is no problem there, 2 the
        file could not be checked.
    """
    here = Path.cwd()
    settings, _ = settings_of(here, {"language": language})
    interpreter = find_python(python or settings.python, here)
    seconds = max(settings.seconds, SECONDS)
    checker = make(Job(interpreter, seconds, settings.steps, settings.rules))
    try:
        result = checker.check(place.path)
    finally:
        checker.close()
    said = settings.language
    if result.analysis is None:
        error = result.error or text("it cannot be checked")
        print(f"shapewise explain: {render(error, said)}", file=sys.stderr)
        return UNUSABLE
    problems = [problem for problem in result.problems if place.holds(problem)]
    if not problems:
        print(render(_nothing(place, result), said), file=sys.stderr)
        return NOTHING_THERE
    console = make_console(sys.stdout)
    for problem in problems:
        _explain(console, result, result.analysis, problem, said)
    return EXPLAINED


def _nothing(place: Place, result: FileResult) -> Text:
    elsewhere = sorted({(problem.span.part, problem.span.line) for problem in result.problems})
    path = place.path.as_posix()
    if not elsewhere:
        return text("There is no problem in {path}.", path=path)
    lines = [f"{part + 1}:{line}" if result.notebook else str(line) for part, line in elsewhere]
    return text(
        "There is no problem at this line of {path}; there is one at: {lines}.",
        path=path,
        lines=", ".join(lines),
    )


def _explain(
    console: Console, result: FileResult, analysis: Analysis, problem: Problem, language: str
) -> None:
    """The problem as `check` shows it, then what is behind it."""
    alone = replace(result, analysis=replace(analysis, problems=(problem,), notes=()))
    TextReport(console, language).add(alone)
    blocks = blocks_of(problem.explanation, language) if problem.explanation is not None else []
    for block, lines in zip(blocks, plain(blocks), strict=True):
        console.print()
        if isinstance(block, Said):
            console.print(textwrap.fill(lines, console.width), soft_wrap=True)
        else:
            console.print(fits_encoding(lines, console.encoding), soft_wrap=True)
    reason = reason_of(problem.code, language)
    if reason is not None and not blocks:
        console.print()
        console.print(Markdown(reason))
