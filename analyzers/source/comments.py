"""Comments that speak to Shapewise, `# shapewise: ignore[SW501]`, and what they reach.

Read chunk by chunk like the program itself, so that broken text costs only its own chunk.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ..facts import Span
from .chunks import Chunk, comments_in

_WORDS = re.compile(
    r"#\s*shapewise\s*:\s*(?P<all>(?P<word>ignore(?:-file)?)(?![\w-])"
    r"\s*(?:\[(?P<codes>[^\]]*)(?P<end>\])?)?)",
    re.IGNORECASE,
)
_MISSPELT = re.compile(r"#\s*shapewise\s*:\s*(?P<all>ignore[\w-]*)", re.IGNORECASE)
_CODE = re.compile(r"[^,\s][^,]*?(?=\s*(?:,|$))")


@dataclass(frozen=True, slots=True)
class Ignore:
    """A comment that asks for silence.

    span: from the word to the bracket. codes: as written, each with its place; empty
    for all. at_top: no statement stands before it.
    """

    span: Span
    whole_file: bool
    codes: tuple[tuple[str, Span], ...]
    readable: bool = True
    at_top: bool = False
    broken: bool = False
    """The text around it does not parse: what would be found there is not known."""


def ignores_in(chunks: Sequence[Chunk]) -> list[Ignore]:
    """The comments of a program that ask for silence, in order."""
    found: list[Ignore] = []
    begun = False
    for chunk in chunks:
        first = _first_statement(chunk)
        if any("shapewise" in line.lower() for line in chunk.parsed.lines):
            for line, column, comment in _comments("\n".join(chunk.parsed.lines)):
                at_top = not begun and (first is None or line < first)
                ignore = _ignore(chunk, line, column, comment, at_top)
                found += [ignore] if ignore is not None else []
        begun = begun or first is not None
    return found


def _first_statement(chunk: Chunk) -> int | None:
    """The first line that does something; a docstring and a notebook's magic do not."""
    for node in chunk.parsed.body:
        silent = isinstance(node, ast.Pass) or (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        )
        if not silent:
            return _start(node)
    return None


def _start(node: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _ignore(chunk: Chunk, line: int, column: int, comment: str, at_top: bool) -> Ignore | None:
    match = _WORDS.search(comment)
    misspelt = _MISSPELT.search(comment) if match is None else None
    said = match or misspelt
    if said is None:
        return None
    place = chunk.first_line + line - 1

    def span(start: int, end: int) -> Span:
        return Span(chunk.part, place, column + start, place, column + end)

    # Without the space before a bracket that is not there.
    end = said.start("all") + len(said["all"].rstrip())
    codes: tuple[tuple[str, Span], ...] = ()
    readable = match is not None and (match["codes"] is None or match["end"] is not None)
    if match is not None and match["codes"] is not None:
        start = match.start("codes")
        codes = tuple(
            (code[0], span(start + code.start(), start + code.end()))
            for code in _CODE.finditer(match["codes"])
        )
        readable = readable and bool(codes)
    return Ignore(
        span(said.start("all"), end),
        match is not None and match["word"].lower() == "ignore-file",
        codes,
        readable,
        at_top,
        chunk.parsed.error is not None,
    )


@lru_cache(maxsize=1024)
def _comments(text: str) -> tuple[tuple[int, int, str], ...]:
    """Line, column and text of each comment, from 1."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return tuple(
                (token.start[0], token.start[1] + 1, token.string)
                for token in tokenize.generate_tokens(io.StringIO(text).readline)
                if token.type == tokenize.COMMENT
            )
    except (tokenize.TokenError, SyntaxError):
        return tuple(comments_in(text))


def statement_lines(chunks: Sequence[Chunk]) -> dict[tuple[int, int], tuple[int, int]]:
    """For each part and line, the first and last line of the innermost statement around it.

    Of a compound statement, of its header.
    """
    found: dict[tuple[int, int], tuple[int, int]] = {}
    for chunk in chunks:
        for first, last in _extents(chunk):
            shift = chunk.first_line - 1
            for line in range(first, last + 1):
                found[chunk.part, line + shift] = (first + shift, last + shift)
    return found


def _extents(chunk: Chunk) -> Iterator[tuple[int, int]]:
    """Of all statements, those around others first."""
    for node in (node for top in chunk.parsed.body for node in ast.walk(top)):
        if isinstance(node, ast.stmt):
            body = getattr(node, "body", None) or getattr(node, "cases", None)
            yield node.lineno, _header_end(chunk, node, body) if body else node.end_lineno or 0


def _header_end(chunk: Chunk, node: ast.stmt, body: Sequence[ast.AST]) -> int:
    first = body[0]
    below = _start(first) if isinstance(first, ast.stmt) else node.lineno + 1
    last = max(node.lineno, below - 1)
    lines = chunk.parsed.lines
    while last > node.lineno and lines[last - 1].strip()[:1] in ("", "#"):
        last -= 1
    return last
