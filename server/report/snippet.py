"""Source lines with marks under them, for a terminal."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text as Line

from ...analyzers.facts import Span
from ...analyzers.source import Source

_TAB = 4
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_MIN_CODE = 20
"""Columns that source code gets at least, however narrow the terminal."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What is to be seen at a range of the source.

    sign: the character that underlines it. label: said beside the underline.
    """

    span: Span
    label: str
    sign: str
    style: str


@dataclass(frozen=True, slots=True)
class Paper:
    """What a snippet is drawn on.

    width: columns. bar, gap: left of a line, and between lines that do not
    follow each other. highlight: colours a line of Python.
    """

    width: int
    bar: str
    gap: str
    highlight: Callable[[str], Line]


def source_line(source: Source, part: int, number: int) -> str:
    """A line as it was written; empty where there is none."""
    if not 0 <= part < len(source.parts):
        return ""
    lines = lines_of(source.parts[part].text)
    return lines[number - 1] if 0 < number <= len(lines) else ""


def lines_of(program: str) -> list[str]:
    """The lines as the analysis counts them, without what would move a terminal's cursor."""
    text = program.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text).split("\n")


def marked_text(source: Source, span: Span) -> str:
    """What a range covers of its first line."""
    line = source_line(source, span.part, span.line)
    end = span.end_column if span.end_line == span.line else len(line) + 1
    return line[span.column - 1 : end - 1]


def draw(source: Source, marks: Sequence[Mark], paper: Paper) -> list[Line]:
    """The marked lines in their order, each with its marks below."""
    places = sorted({(mark.span.part, mark.span.line) for mark in marks})
    gutter = max(len(str(line)) for _, line in places)
    indent = _common_indent([source_line(source, *place) for place in places])
    drawn: list[Line] = []
    before: tuple[int, int] | None = None
    for place in places:
        if before is not None and place != (before[0], before[1] + 1):
            drawn.append(_left(gutter, None, paper.gap))
        before = place
        here = sorted((m for m in marks if (m.span.part, m.span.line) == place), key=_column)
        drawn += _draw_line(source_line(source, *place), indent, here, gutter, paper)
    return drawn


def _draw_line(line: str, indent: int, marks: list[Mark], gutter: int, paper: Paper) -> list[Line]:
    width = max(_MIN_CODE, paper.width - gutter - len(paper.bar) - 4)
    columns = _columns(line)
    code = line.expandtabs(_TAB)
    ranges = []
    for mark in marks:
        start = columns[min(mark.span.column - 1, len(line))]
        inside = mark.span.end_line == mark.span.line
        end = columns[min(mark.span.end_column - 1, len(line))] if inside else len(code.rstrip())
        ranges.append((start, max(end, start + 1)))
    first, last = _window(code, indent, ranges[0][0] if ranges else 0, width)
    shown = paper.highlight(code.rstrip())[first:last]
    if first > indent:
        shown = Line("…") + shown[1:]
    if last < len(code.rstrip()):
        shown = shown[:-1] + Line("…")
    number = marks[0].span.line if marks else 0
    drawn = [_left(gutter, number, paper.bar) + shown]
    for mark, (start, end) in zip(marks, ranges, strict=True):
        start, end = max(start, first), max(min(end, last), max(start, first) + 1)
        left = cell_len(code[first:start])
        underline = mark.sign * max(1, cell_len(code[start:end]))
        drawn += _labelled(underline, left, mark, gutter, width, paper)
    return drawn


def _labelled(
    underline: str, left: int, mark: Mark, gutter: int, width: int, paper: Paper
) -> list[Line]:
    """An underline and its label: beside it where there is room, else below."""
    line = _left(gutter, None, paper.bar) + Line(" " * left) + Line(underline, mark.style)
    room = width - left - len(underline) - 1
    if cell_len(mark.label) <= room:
        return [line + Line(f" {mark.label}" if mark.label else "", mark.style)]
    indent = min(left, max(0, width - _MIN_CODE))
    wrapped = textwrap.wrap(mark.label, max(_MIN_CODE, width - indent))
    return [line] + [
        _left(gutter, None, paper.bar) + Line(" " * indent + piece, mark.style) for piece in wrapped
    ]


def styled(words: str, style: str) -> Line:
    """Words in a style that does not spread to what is put behind them."""
    return Line.assemble((words, style))


def _left(gutter: int, number: int | None, bar: str) -> Line:
    return styled(f"  {'' if number is None else number:>{gutter}} {bar} ", "dim")


def _column(mark: Mark) -> int:
    return mark.span.column


def _columns(line: str) -> list[int]:
    """Where each character, and the end, stand once tabs are expanded."""
    return [len(line[:index].expandtabs(_TAB)) for index in range(len(line) + 1)]


def _common_indent(lines: list[str]) -> int:
    expanded = [line.expandtabs(_TAB) for line in lines if line.strip()]
    return min((len(line) - len(line.lstrip()) for line in expanded), default=0)


def _window(code: str, indent: int, point: int, width: int) -> tuple[int, int]:
    """The characters of a line that are shown: all, or those around a point."""
    end = len(code.rstrip())
    if cell_len(code[indent:end]) <= width:
        return indent, end
    first = indent
    if cell_len(code[indent:point]) > width * 2 // 3:
        first = max(indent, point - width // 3)
    last = first
    while last < end and cell_len(code[first : last + 1]) <= width:
        last += 1
    return first, last
