"""Parsing a chunk, with recovery: what is broken is left out, the rest is kept.

The standard library's parser is used: for 330 lines it takes 2.6 ms where
libcst takes 60 ms with positions (docs/architecture.md).
"""

from __future__ import annotations

import ast
import warnings
from functools import lru_cache

from .chunks import Chunk, ChunkText, Parsed, resplit, split

_MAX_REPAIRS = 12
_MAX_NESTING = 90
"""Deeper brackets or indentation than any person writes; the interpreter recurses over them."""


def parse_part(part: int, text: str) -> list[Chunk]:
    """The chunks of one part of a document, parsed. Never raises."""
    chunks: list[Chunk] = []
    for piece in split(text.replace("\r\n", "\n").replace("\r", "\n")):
        parsed = parse_chunk(piece.text)
        if parsed.error is None:
            chunks.append(Chunk(part, piece.first_line, parsed))
            continue
        pieces = resplit(piece)
        if len(pieces) == 1:
            chunks.append(Chunk(part, piece.first_line, parsed))
            continue
        chunks += [Chunk(part, p.first_line, parse_chunk(p.text)) for p in _without_tail(pieces)]
    return chunks


def _without_tail(pieces: list[ChunkText]) -> list[ChunkText]:
    return [piece for piece in pieces if piece.text.strip()]


@lru_cache(maxsize=4096)
def parse_chunk(text: str) -> Parsed:
    """The syntax of a chunk; broken lines are replaced by `pass`, innermost first."""
    lines = text.split("\n")
    whole = tuple(lines)
    body, error = _parse(text)
    if body is not None:
        return Parsed(body, whole)
    first_error = error
    for _ in range(_MAX_REPAIRS):
        if error is None or not _blank(lines, error):
            break
        body, error = _parse("\n".join(lines))
        if body is not None:
            return Parsed(body, whole, first_error)
    return Parsed((), whole, first_error or SyntaxError("cannot be read"))


def _parse(text: str) -> tuple[tuple[ast.stmt, ...] | None, SyntaxError | None]:
    if not _shallow(text):
        return None, SyntaxError("nested too deeply", ("", 0, 0, ""))
    try:
        with warnings.catch_warnings():
            # `"\d"` is a SyntaxWarning; it is none of our business.
            warnings.simplefilter("ignore")
            return tuple(ast.parse(text).body), None
    except SyntaxError as error:
        return None, error
    except (ValueError, RecursionError, MemoryError) as error:
        return None, SyntaxError(str(error), ("", 0, 0, ""))


def _shallow(text: str) -> bool:
    depth = 0
    for character in text:
        if character in "([{":
            depth += 1
            if depth > _MAX_NESTING:
                return False
        elif character in ")]}":
            depth -= 1
    return max(text.count("**"), text.count("not not")) < 10 * _MAX_NESTING


def _blank(lines: list[str], error: SyntaxError) -> bool:
    """Replaces the logical line at fault by `pass`. False when nothing is left to try."""
    index = (error.lineno or 0) - 1
    if not 0 <= index < len(lines):
        return False
    if isinstance(error, IndentationError):
        index = _header_without_body(lines, index)
    while index >= 0 and lines[index].strip() in ("", "pass"):
        index -= 1
    if index < 0:
        return False
    line = lines[index]
    indent = line[: len(line) - len(line.lstrip())]
    end = (getattr(error, "end_lineno", None) or index + 1) - 1
    opens_block = _next_indent(lines, index) > len(indent)
    lines[index] = indent + (
        "if 1:" if opens_block and line.rstrip() != indent + "if 1:" else "pass"
    )
    for later in range(index + 1, min(end, len(lines) - 1) + 1):
        lines[later] = ""
    return True


def _header_without_body(lines: list[str], index: int) -> int:
    """For "expected an indented block": the header above, else the line itself."""
    above = index - 1
    while above >= 0 and not lines[above].strip():
        above -= 1
    if above >= 0 and lines[above].rstrip().endswith(":"):
        return above
    return index


def _next_indent(lines: list[str], index: int) -> int:
    for line in lines[index + 1 :]:
        if line.strip() and not line.lstrip().startswith("#"):
            return len(line) - len(line.lstrip())
    return 0
