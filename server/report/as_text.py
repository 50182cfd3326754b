"""`--format text`: what a learner reads in a terminal."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import replace
from typing import IO

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text as Line

from ...analyzers.facts import Problem, Related, Severity, Span, Text, text
from ...analyzers.messages import render
from ...analyzers.source import SourceError, read_source
from ..check.result import FileResult
from ..pages import page_of
from ..wording import fact_code
from .listing import draw_listing
from .snippet import Mark, Paper, draw, marked_text, styled

_PIPED_WIDTH = 100
_MAX_WIDTH = 120

STYLES: dict[Severity, str] = {
    "error": "bold red",
    "warning": "bold yellow",
    "information": "bold blue",
    "hint": "bold blue",
}


_LEFT = text("what is left is not fixed unread: an editor with Shapewise shows the fixes there are")

_QUOTED = re.compile(r":? `([^`]+)`$")
"""The code that a sentence about a place ends with."""


def _without_code(label: str) -> str:
    return _QUOTED.sub("", label)


def make_console(out: IO[str]) -> Console:
    """The console over a stream: colours on a terminal, 100 columns elsewhere."""
    console = Console(file=out, highlight=False, markup=False, emoji=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = _PIPED_WIDTH
    return console


class TextReport:
    """Each file as it comes, then a summary."""

    def __init__(self, console: Console, language: str, *, show_shapes: bool = False) -> None:
        self._console = console
        self._language = language
        self._show_shapes = show_shapes
        unicode = "utf" in console.encoding.lower()
        self._bar, self._gap = ("│", "┆") if unicode else ("|", ":")
        self._related_sign = "─" if unicode else "-"
        self._good, self._bad = ("✓", "✗") if unicode else ("ok:", "x")
        self._paper = Paper(
            min(console.width, _MAX_WIDTH), self._bar, self._gap, _highlighter(console)
        )
        self._said: set[Text] = set()
        self._printed = False
        self._files = self._failed = self._tensors = self._fixed = 0
        self._severities: list[Severity] = []
        self._faulty: set[str] = set()
        self._fixing = False

    def will_print(self, result: FileResult) -> bool:
        """Whether there is anything to say of the file."""
        noted = result.analysis is not None and bool(result.analysis.notes)
        said = result.error or result.problems or result.fixed
        return bool(said or noted or self._show_shapes)

    def add(self, result: FileResult) -> None:
        """Print what there is to say of a file."""
        self._files += result.analysis is not None
        if result.error is not None:
            self._failed += 1
            self._error(result, result.error)
        analysis, source = result.analysis, result.source
        if analysis is None or source is None:
            return
        self._tensors += sum(b.facts[0].shape is not None for b in analysis.bindings if b.facts)
        if self._show_shapes:
            self._gap_before()
            self._print(Line(result.path, "bold"))
            for line in draw_listing(source, analysis, self._paper, self._say):
                self._print(line, wrap=False)
        self._fixing |= result.fixed is not None
        for problem, title in result.fixed or ():
            self._fixed += 1
            place, done = self._place(result, problem.span), self._say(title)
            fixed = self._say(text("fixed"))
            self._print(
                Line.assemble(
                    (f"{place}: ", "bold"), (fixed, "bold green"), f" {problem.code} ", done
                )
            )
        for problem in analysis.problems:
            self._problem(result, problem)
            self._severities.append(problem.severity)
            if problem.severity in ("error", "warning"):
                self._faulty.add(result.path)
        for note in analysis.notes:
            self._gap_before()
            self._print(Line(f"{result.path}: {self._say(note)}", "yellow"))

    def finish(self) -> None:
        """Print the summary."""
        if not self._files and not self._failed:
            return
        self._gap_before()
        sentences = [self._summary()] if self._files else []
        if self._fixed:
            fixed = self._count(self._fixed, "1 problem fixed", "{n} problems fixed")
            sentences.insert(0, fixed)
        if self._failed:
            sentences.append(
                self._count(
                    self._failed, "1 file could not be checked", "{n} files could not be checked"
                )
            )
        if self._tensors and not self._faulty:
            sentences.append(
                self._count(self._tensors, "1 tensor has a shape", "{n} tensors have shapes")
            )
        good = not self._faulty and not self._failed
        mark = styled(f"{self._good if good else self._bad} ", "bold green" if good else "bold red")
        self._print(mark + Line("; ".join(sentences)))
        if self._fixing and self._faulty:
            self._print(Line(self._say(_LEFT)))

    def _summary(self) -> str:
        files = self._count(self._files, "1 file", "{n} files")
        if not self._severities:
            return self._say(text("no problems in {files}", files=files))
        counts = [
            self._count(self._severities.count("error"), "1 error", "{n} errors"),
            self._count(self._severities.count("warning"), "1 warning", "{n} warnings"),
            self._count(
                len([s for s in self._severities if s in ("information", "hint")]),
                "1 hint",
                "{n} hints",
            ),
        ]
        found = ", ".join(count for count in counts if count)
        return self._say(text("{found} in {files}", found=found, files=files))

    def _error(self, result: FileResult, error: Text) -> None:
        """Why a file could not be checked; once, where it is so for every file."""
        if result.everywhere and error in self._said:
            return
        self._said.add(error)
        self._gap_before()
        head = Line()
        if not result.everywhere:
            place = result.path if result.fault is None else self._place(result, result.fault)
            head = styled(f"{place}: ", "bold")
        self._print(head + Line(self._say(error), "bold red"))
        if result.fault is not None and result.source is not None:
            self._print(Line())
            mark = Mark(result.fault, "", "^", "bold red")
            for line in draw(result.source, [mark], self._paper):
                self._print(line, wrap=False)

    def _problem(self, result: FileResult, problem: Problem) -> None:
        assert result.source is not None
        self._gap_before()
        style = STYLES[problem.severity]
        place = self._place(result, problem.span)
        severity = self._say(_SEVERITY_NAMES[problem.severity])
        page = page_of(problem.code)
        link = f" link {page}" if page and self._console.is_terminal else ""
        self._print(
            Line.assemble(
                (f"{place}: ", "bold"),
                (severity, style),
                " ",
                (problem.code, f"bold{link}"),
                (f" {problem.slug}", "dim"),
            )
        )
        self._print(Line(self._say(problem.message)))
        self._print(Line())
        for line in draw(result.source, self._marks(result, problem, style), self._paper):
            self._print(line, wrap=False)
        self._elsewhere(problem)
        self._print(Line())
        if problem.torch_message:
            printed = self._say(text("torch will print: {message}", message=""))
            self._print(styled(printed, "dim") + styled(problem.torch_message, "red"))
        command = f"shapewise explain {problem.code}"
        self._print(Line(self._say(text("learn more: {command}", command=command)), "dim"))

    def _elsewhere(self, problem: Problem) -> None:
        """The lines of imported files that belong to a problem."""
        near = [related for related in problem.related if not related.further]
        for path in dict.fromkeys(r.path for r in near if r.path is not None):
            try:
                source = read_source(path)
            except SourceError:
                continue
            places = [r for r in near if r.path == path]
            marks = [
                Mark(
                    replace(related.span, part=0),
                    _without_code(self._say(related.message)),
                    self._related_sign,
                    "cyan",
                )
                for related in places
            ]
            first = places[0].span
            self._print(Line())
            self._print(styled(f"{path}:{first.line}:{first.column}", "bold"))
            for line in draw(source, marks, self._paper):
                self._print(line, wrap=False)

    def _marks(self, result: FileResult, problem: Problem, style: str) -> list[Mark]:
        marks = [Mark(problem.span, self._shape_at(result, problem.span), "^", style)]
        for related in problem.related:
            if related.path is None and related.span != problem.span and not related.further:
                label = self._related_label(result, related, problem.span.part)
                marks.append(Mark(related.span, label, self._related_sign, "cyan"))
        return list(dict.fromkeys(marks))

    def _shape_at(self, result: FileResult, span: Span) -> str:
        """What the operand under the caret is."""
        for value in result.analysis.values if result.analysis is not None else ():
            if value.span == span:
                return fact_code(value.facts[0]) if value.facts else value.summary
        return ""

    def _related_label(self, result: FileResult, related: Related, part: int) -> str:
        """The message, without the code that it is drawn under."""
        assert result.source is not None
        label = self._say(related.message)
        quoted = _QUOTED.search(label)
        if quoted:
            code = " ".join(marked_text(result.source, related.span).split())
            if code.startswith(quoted[1].split("…")[0]):
                label = _without_code(label)
        if related.span.part != part:
            cell = self._say(text("cell {cell}", cell=related.span.part + 1))
            label = f"{cell}: {label}"
        return label

    def _place(self, result: FileResult, span: Span) -> str:
        if not result.notebook:
            return f"{result.path}:{span.line}:{span.column}"
        cell = self._say(text("cell {cell}", cell=span.part + 1))
        return f"{result.path}:{cell}:{span.line}:{span.column}"

    def _count(self, number: int, one: str, many: str) -> str:
        if not number:
            return ""
        return self._say(text(one) if number == 1 else text(many, n=number))

    def _say(self, message: Text) -> str:
        return render(message, self._language)

    def _gap_before(self) -> None:
        """An empty line between two things that are said."""
        if self._printed:
            self._print(Line())

    def _print(self, line: Line, wrap: bool = True) -> None:
        self._printed = True
        # A path or a message that is cut by a line break cannot be clicked or searched.
        soft = not wrap or not self._console.is_terminal or cell_len(line.plain) < self._paper.width
        line.rstrip()
        self._console.print(line, soft_wrap=soft, width=self._paper.width if not soft else None)


_SEVERITY_NAMES: dict[Severity, Text] = {
    "error": text("error"),
    "warning": text("warning"),
    "information": text("note"),
    "hint": text("hint"),
}


def _highlighter(console: Console) -> Callable[[str], Line]:
    """Colours a line of Python where colours are shown."""
    if not console.is_terminal or console.no_color or console.color_system is None:
        return Line
    # Imported here: without colours nobody needs it.
    from rich.syntax import Syntax

    # The terminal's own colours: they fit its background.
    syntax = Syntax("", "python", theme="ansi_dark")

    def highlight(code: str) -> Line:
        line = syntax.highlight(code)
        line.rstrip()
        return line

    return highlight
