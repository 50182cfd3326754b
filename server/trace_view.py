"""A traced run in the terminal: the source, and beside each line what was seen there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rich.console import Group, RenderableType
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text as Line

from ..analyzers.facts import Text, text
from ..analyzers.messages import render
from ..runtime.tracing_types import Failure, Frame, Limits, Seen, Source, TraceReport
from .trace_words import (
    cut_text,
    device_text,
    end_text,
    memory_text,
    signature_code,
    statistics_code,
)

_MAX_ALTERNATIVES = 3
_OUTPUT_LINES = 15
_CODE_SHARE = 0.6
"""The most that the source takes of the terminal's width."""


def report_view(
    report: TraceReport, name: str, limits: Limits, language: str, width: int
) -> RenderableType:
    """Everything there is to show of a run.

    Args:
        name: what the program is called.
        width: columns of the terminal.
    """
    parts: list[RenderableType] = []
    for source in sorted(report.sources, key=lambda source: (source.file, source.part)):
        notes = _Notes(report, source, language)
        if notes.any():
            parts += [Line(_title(source, language), style="bold"), notes.table(width), ""]
    if report.failure is not None and not report.failure.frames:
        parts += [_failure_line(report.failure, language), ""]
    parts += _output(report, language)
    parts.append(_summary(report, name, limits, language))
    return Group(*parts)


class _Notes:
    """What belongs to the lines of one source."""

    def __init__(self, report: TraceReport, source: Source, language: str) -> None:
        self._text = source.text
        self._language = language
        here = (source.file, source.part)
        self._devices = any(s.last.device != "cpu" for s in report.seen)
        self._seen = [s for s in report.seen if (s.place.file, s.place.part) == here]
        self._cut = {cut.line: cut for cut in report.cut if (cut.file, cut.part) == here}
        self._failure = report.failure
        frames = report.failure.frames if report.failure is not None else ()
        self._frames = [f for f in frames if (f.place.file, f.place.part) == here]
        self._innermost = frames[-1] if frames and frames[-1] in self._frames else None

    def any(self) -> bool:
        """Whether there is anything to say of this source."""
        return bool(self._seen or self._cut or self._frames)

    def table(self, width: int) -> Table:
        """The source with its notes."""
        lines = self._text.splitlines()
        table = Table.grid(padding=(0, 1))
        longest = max((len(line) for line in lines), default=1)
        table.add_column(justify="right", style="dim", no_wrap=True)
        table.add_column(width=min(longest + 1, int(width * _CODE_SHARE)))
        table.add_column(overflow="fold")
        code = Syntax("", "python", theme="ansi_dark", background_color="default")
        for number, line in enumerate(lines, 1):
            shown = code.highlight(line)
            shown.rstrip()
            called = any(frame.place.line == number for frame in self._frames)
            gutter = Line(f"{'> ' if called else ''}{number}", style="red" if called else "")
            table.add_row(gutter, shown, self._note(number))
            if self._innermost is not None and self._innermost.place.line == number:
                table.add_row("", *self._error(self._innermost, line))
        return table

    def _note(self, number: int) -> Line:
        notes: list[Line] = []
        for seen in _on_line(self._seen, number):
            notes.append(self._seen_note(seen))
        if number in self._cut:
            cut = render(cut_text(self._cut[number]), self._language)
            notes.append(Line(cut, style="yellow"))
        return Line("  ").join(notes)

    def _seen_note(self, seen: Seen) -> Line:
        note = Line()
        if seen.kind == "return":
            note.append("→ ", style="bold")
        elif seen.name:
            note.append(f"{seen.name}: ", style="bold")
        shown = [
            signature_code(signature, self._devices)
            for signature in seen.signatures[:_MAX_ALTERNATIVES]
        ]
        if seen.more or len(seen.signatures) > _MAX_ALTERNATIVES:
            shown.append("…")
        note.append(" | ".join(shown), style="cyan")
        if seen.visits > 1:
            note.append(f" ×{seen.visits}", style="dim")
        if seen.statistics is not None:
            bad = seen.statistics.nan or seen.statistics.inf
            words = f" [{statistics_code(seen.statistics)}]"
            note.append(words, style="red" if bad else "dim")
        return note

    def _error(self, frame: Frame, line: str) -> tuple[Line, Line]:
        place = frame.place
        assert self._failure is not None
        if not place.column:
            marks = ""
        else:
            end = place.end_column if place.end_line == place.line else len(line) + 1
            marks = " " * (place.column - 1) + "^" * max(end - place.column, 1)
        return Line(marks, style="red"), _failure_line(self._failure, self._language)


def _on_line(seen: list[Seen], number: int) -> Iterator[Seen]:
    """What is worth showing of a line: what it binds and returns, or else its widest expression."""
    here = [s for s in seen if s.place.line == number]
    bound = [s for s in here if s.kind != "expression"]
    if bound:
        yield from bound
        return
    end = (0, 0)
    for expression in sorted(
        here, key=lambda s: (s.place.column, -s.place.end_line, -s.place.end_column)
    ):
        if (expression.place.end_line, expression.place.end_column) > end:
            end = (expression.place.end_line, expression.place.end_column)
            yield expression


def _title(source: Source, language: str) -> str:
    path = Path(source.file)
    shown = str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
    if path.suffix != ".ipynb":
        return shown
    return render(text("{path}, cell {cell}", path=shown, cell=source.part + 1), language)


def _failure_line(failure: Failure, language: str) -> Line:
    line = Line(f"{failure.type}: {failure.message}", style="bold red")
    if failure.memory is not None:
        line.append(f" ({render(memory_text(failure.memory), language)})", style="red")
    return line


def _output(report: TraceReport, language: str) -> list[RenderableType]:
    # A traceback has been shown at its line.
    printed = report.output
    if report.failure is not None and report.failure.traceback:
        printed = printed.replace(report.failure.traceback, "")
    lines = printed.splitlines()
    if not lines or report.reason == "not-started":
        return []
    shown = lines[-_OUTPUT_LINES:]
    if len(shown) < len(lines):
        title = text(
            "The last {shown} of {all} lines that it printed:", shown=len(shown), all=len(lines)
        )
    else:
        title = text("It printed:")
    body = Line("\n".join("  " + line for line in shown), style="dim")
    return [Line(render(title, language)), body, ""]


def _summary(report: TraceReport, name: str, limits: Limits, language: str) -> Line:
    sentences: list[Text] = [end_text(report, limits)]
    if report.device is not None:
        sentences.append(device_text(report.device))
    words = ", ".join(render(sentence, language) for sentence in sentences)
    good = report.reason == "finished"
    line = Line(f"{name}: {words}", style="bold green" if good else "bold red")
    if report.failure is not None and report.cut:
        hint = text("The run was shortened; --iterations all runs every round.")
        line.append(f"\n{render(hint, language)}", style="yellow")
    return line
