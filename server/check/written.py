"""A document as its author wrote it: for showing it, and for what Python says of it."""

from __future__ import annotations

import ast
import platform
import warnings
from dataclasses import replace

from ...analyzers.facts import Span, Text, text
from ...analyzers.source import Part, Source
from ...analyzers.source.document import decode, notebook_cells
from ...analyzers.source.parse import parse_part


def as_written(source: Source) -> Source:
    """The source with a notebook's magics, which the analysis leaves out.

    Raises:
        SourceError, OSError: the notebook is gone since it was read.
    """
    if not source.notebook or source.path is None:
        return source
    program = decode(source.path.read_bytes(), source.path.name)
    cells = notebook_cells(program, source.path.name)
    return replace(source, parts=tuple(Part(cell) for cell in cells))


def syntax_error(source: Source) -> tuple[Text, Span] | tuple[None, None]:
    """The first place that is no Python, and what is wrong there."""
    for part, document in enumerate(source.parts):
        for chunk in parse_part(part, document.text):
            error = chunk.parsed.error
            if error is not None:
                within = Span(part, chunk.first_line, 1, chunk.first_line, 1)
                reason, span = _of_whole(part, document.text) or (error.msg, within)
                version = ".".join(platform.python_version_tuple()[:2])
                message = text(
                    "not valid Python {version}: {reason}", version=version, reason=reason
                )
                return message, span
    return None, None


def _of_whole(part: int, program: str) -> tuple[str, Span] | None:
    """What Python says of the whole: a piece alone does not show which bracket stays open."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(program)
    except SyntaxError as error:
        line, column = error.lineno or 1, max(error.offset or 1, 1)
        end_line, end_column = error.end_lineno or line, error.end_offset or column
        if (end_line, end_column) <= (line, column):
            end_line, end_column = line, column + 1
        return error.msg, Span(part, line, column, end_line, end_column)
    except (ValueError, RecursionError, MemoryError):
        pass
    return None
