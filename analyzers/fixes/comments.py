"""Comments that keep nothing silent: the comment goes, or what is not needed in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ..facts import text
from .base import Candidate, Edit
from .edits import lines
from .site import Site

_COMMENT = re.compile(r"#\s*shapewise\s*:\s*ignore(?:-file)?\s*(?:\[(?P<codes>[^\]]*)\])?", re.I)


def unused(site: Site) -> Iterator[Candidate]:
    """A comment, or one code of several, taken away."""
    span = site.problem.span
    line = lines(site.program.source.parts[span.part].text)[span.line - 1].rstrip("\r\n")
    place = span.column - 1
    for found in _COMMENT.finditer(line):
        if not found.start() <= place < found.end():
            continue
        codes = found["codes"]
        if codes is not None and codes.count(","):
            start, end = place, span.end_column - 1
            if line[end:].lstrip().startswith(","):
                end += re.match(r"\s*,\s*", line[end:]).end()  # type: ignore[union-attr]
            else:
                start = len(line[:start].rstrip().removesuffix(",").rstrip())
            title = text("Remove `{old}`", old=line[place : span.end_column - 1])
        else:
            start, end = found.span()
            rest = line[end:].lstrip()
            # What stands behind it is said of it, or is a comment of its own.
            end = len(line) if not rest.startswith("#") else len(line) - len(rest)
            start = len(line[:start].rstrip()) if end == len(line) else start
            title = text("Remove `{old}`", old=found.group().strip())
        gone = replace(span, column=start + 1, end_column=end + 1)
        if not line[:start].strip() and end == len(line):
            gone = replace(gone, column=1, end_line=span.line + 1, end_column=1)
        yield Candidate("comment", title, (Edit(gone, ""),), safe=True)
