"""Small pieces of text: shapes, products, columns that line up in a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence

from ...runtime.oracle.dims import Dim
from ..facts import Text
from ..messages import render

Say = Callable[[Text], str]
"""Renders a sentence in the reader's language."""

NAME = 28
"""Columns that a name may take in a picture."""


def speaker(language: str) -> Say:
    """What says sentences in a language."""
    return lambda message: render(message, language)


def shape_text(shape: Sequence[Dim] | None) -> str:
    """`(2, 3)`, `(N,)`, `()`; `(…)` where the rank is not known."""
    if shape is None:
        return "(…)"
    if len(shape) == 1:
        return f"({shape[0]},)"
    return f"({', '.join(map(str, shape))})"


def factor(size: Dim) -> str:
    """A size as a factor: a sum gets brackets."""
    written = str(size)
    return f"({written})" if " " in written or written.startswith("-") else written


def product_text(sizes: Sequence[Dim]) -> str:
    """`2·3·4`; the one size alone, and 1 for none."""
    return "·".join(map(factor, sizes)) if len(sizes) > 1 else str(sizes[0] if sizes else 1)


def short(name: str, limit: int = NAME) -> str:
    """A piece of program on one line, shortened in the middle, without backticks."""
    line = " ".join(name.split()).replace("`", "'")
    if width(line) <= limit:
        return line
    half = (limit - 1) // 2
    return f"{line[:half].rstrip()}…{line[len(line) - half :].lstrip()}"


def width(line: str) -> int:
    """Columns that a line takes in a terminal."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in line
    )


def left(line: str, columns: int) -> str:
    """A cell that is set to the left."""
    return line + " " * (columns - width(line))


def right(line: str, columns: int) -> str:
    """A cell that is set to the right."""
    return " " * (columns - width(line)) + line


def centred(line: str, columns: int) -> str:
    """A cell with its text in the middle."""
    space = max(columns - width(line), 0)
    return " " * (space // 2) + line + " " * (space - space // 2)


def widest(lines: Iterable[str]) -> int:
    """The columns of the widest of some lines; 0 for none."""
    return max(map(width, lines), default=0)


def lines_text(lines: Iterable[str]) -> str:
    """Lines as one text, without blanks at their ends."""
    return "\n".join(line.rstrip() for line in lines)
