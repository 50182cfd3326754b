"""Writing a file back: in its encoding, with its line ends, and never half.

Of a notebook, only the source of the cells that change is touched; the rest of its JSON stays
as it is, to the last space.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
import tempfile
import tokenize
from collections.abc import Iterator
from pathlib import Path

from ...analyzers.facts import text
from ...analyzers.source import SourceError

_TOKEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+)')


def encoded(new: str, old: bytes, name: str) -> bytes:
    """A program in the encoding that its file has.

    Raises:
        SourceError: it cannot be told, or it has no such letters.
    """
    try:
        encoding = tokenize.detect_encoding(io.BytesIO(old).readline)[0]
        program = old.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError):
        encoding = "latin-1"  # As `decode` reads it.
        program = old.decode(encoding)
    with contextlib.suppress(UnicodeEncodeError):
        # What does not come back as it was would be changed where nobody asked.
        if program.encode(encoding) == old:
            return new.encode(encoding)
    raise SourceError(text("{name} cannot be written in its own encoding", name=name))


def replace_file(path: Path, old: bytes, data: bytes) -> None:
    """Give a file new content, all at once, with the rights it had; links stay links.

    Args:
        old: what it must hold until now.

    Raises:
        SourceError: it has changed, or cannot be written.
    """
    target = path.resolve()
    temporary = None
    try:
        with tempfile.NamedTemporaryFile(
            dir=target.parent, prefix=f".{target.name}.", delete=False
        ) as file:
            temporary = file.name
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(target, temporary)
        if target.read_bytes() != old:
            raise SourceError(text("{name} has changed since it was read", name=path.name))
        os.replace(temporary, target)
        temporary = None
    except OSError as error:
        reason = error.strerror or str(error)
        raise SourceError(
            text("{name} cannot be written: {reason}", name=path.name, reason=reason)
        ) from error
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                os.unlink(temporary)


def with_cells(notebook: str, before: list[str], after: list[str]) -> str:
    """A notebook's JSON with other code cells.

    Args:
        before, after: the texts of all its code cells.
    """
    spans = list(_sources(notebook))
    assert len(spans) == len(before) == len(after)
    for (start, end), old, new in reversed(list(zip(spans, before, after, strict=True))):
        if old != new:
            notebook = notebook[:start] + _source(notebook[start:end], new) + notebook[end:]
    return notebook


def _source(old: str, new: str) -> str:
    """A cell's text as JSON, laid out as it was: a string, or a list of its lines."""
    ascii_only = old.isascii() and "\\u" in old
    if old.startswith('"'):
        return json.dumps(new, ensure_ascii=ascii_only)
    head = re.match(r"\[\s*", old)
    tail = re.search(r"\s*\]$", old)
    assert head is not None and tail is not None
    gap = re.search(r'",(\s*)"', old)
    between = gap.group(1) if gap else head.group()[1:] or " "
    lines = [json.dumps(line, ensure_ascii=ascii_only) for line in new.splitlines(keepends=True)]
    return f"{head.group()}{f',{between}'.join(lines)}{tail.group()}"


def _sources(notebook: str) -> Iterator[tuple[int, int]]:
    """Where the texts of the code cells stand in the JSON."""
    cells: dict[tuple[str | int, ...], dict[str, tuple[int, int]]] = {}
    for path, start, end in _values(notebook):
        # Of version 3, the cells lie in sheets.
        depth = {"cells": 3, "worksheets": 5}.get(str(path[0]) if path else "")
        if len(path) == depth and path[-3] == "cells":
            cells.setdefault(path[:-1], {})[str(path[-1])] = (start, end)
    for values in cells.values():
        kind = values.get("cell_type")
        if kind is not None and json.loads(notebook[slice(*kind)]) == "code":
            source = values.get("source") or values.get("input")
            if source is not None:
                yield source


def _values(document: str) -> Iterator[tuple[tuple[str | int, ...], int, int]]:
    """Every value of a JSON document: the keys and indices that lead to it, and its range."""
    stack: list[tuple[int, str | int]] = []
    at, key = 0, False
    while (token := _TOKEN.match(document, at)) is not None:
        start, at, word = token.start(1), token.end(1), token.group(1)
        if word in "[{":
            stack.append((start, 0 if word == "[" else ""))
            key = word == "{"
        elif word in "]}":
            begin, _ = stack.pop()
            key = False
            yield tuple(name for _, name in stack), begin, at
        elif word == ",":
            begin, name = stack[-1]
            stack[-1] = (begin, name + 1 if isinstance(name, int) else "")
            key = not isinstance(name, int)
        elif word == ":":
            key = False
        elif key:
            stack[-1] = (stack[-1][0], json.loads(word))
        else:
            yield tuple(name for _, name in stack), start, at
