"""Documents: files and notebooks as text."""

from __future__ import annotations

import io
import json
import re
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..facts import Text, text

MAX_BYTES = 4 << 20
"""Larger files are data, not programs that somebody is learning from."""


class SourceError(Exception):
    """A document that cannot be read; `message` says why."""

    def __init__(self, message: Text) -> None:
        super().__init__(message.template)
        self.message = message


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of program text with its own line numbers: a file, or a notebook's cell."""

    text: str


@dataclass(frozen=True, slots=True)
class Source:
    """A program: the parts run one after the other in one namespace.

    unsaved: the texts of other files as an editor has them, which may not be on disk yet.
    arguments: what the program finds in `sys.argv[1:]`, if that is known.
    """

    parts: tuple[Part, ...]
    path: Path | None = None
    notebook: bool = False
    unsaved: Mapping[Path, str] = field(default_factory=dict, hash=False, compare=False)
    arguments: tuple[str, ...] = ()

    @staticmethod
    def of_text(program: str, path: Path | None = None) -> Source:
        """A file's text."""
        return Source((Part(program),), path)

    @staticmethod
    def of_cells(cells: list[str], path: Path | None = None) -> Source:
        """A notebook's code cells, in order; magics do not count as code."""
        return Source(tuple(Part(without_magics(cell)) for cell in cells), path, notebook=True)


def read_source(path: Path) -> Source:
    """Reads a `.py` file or a notebook.

    Raises:
        SourceError: it cannot be opened, is too large, is no text or no notebook.
    """
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise SourceError(
                text(
                    "{name} is too large to be checked: {size} MB, the limit is {limit} MB",
                    name=path.name,
                    size=round(size / 2**20, 1),
                    limit=MAX_BYTES >> 20,
                )
            )
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise SourceError(
            text("{name} cannot be read: {reason}", name=path.name, reason=reason)
        ) from error
    program = decode(data, path.name)
    if path.suffix == ".ipynb":
        return Source.of_cells(notebook_cells(program, path.name), path)
    return Source.of_text(program, path)


def decode(data: bytes, name: str) -> str:
    """Program text from bytes: BOM and coding cookie, else UTF-8, else Latin-1.

    Raises:
        SourceError: the bytes are no text.
    """
    if b"\0" in data:
        raise SourceError(text("{name} is not a text file", name=name))
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return data.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError):
        # Old files in Latin-1 without a cookie: Python refuses them, but a
        # learner is helped more by answers than by a lecture on encodings.
        return data.decode("latin-1")


def notebook_cells(program: str, name: str) -> list[str]:
    """The code cells of a notebook's JSON (nbformat 3 and 4).

    Raises:
        SourceError: it is no notebook.
    """
    try:
        notebook = json.loads(program)
        cells = notebook.get("cells")
        if cells is None:
            cells = [cell for sheet in notebook["worksheets"] for cell in sheet["cells"]]
        return [
            _joined(cell.get("source", cell.get("input", "")))
            for cell in cells
            if cell.get("cell_type") == "code"
        ]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SourceError(text("{name} is not a Jupyter notebook", name=name)) from error


def _joined(source: str | list[str]) -> str:
    return source if isinstance(source, str) else "".join(source)


BINDS_ANYTHING = "exec"
"""Stands for a magic after which any name may be known: `%run`, `files = !ls`."""

_BINDS_NOTHING = re.compile(
    r"\s*(?:[!?]|%{1,2}(?:matplotlib|config|time|timeit|prun|autoreload|load_ext|reload_ext|pip|conda|cd"
    r"|env|set_env|ls|pwd|who|whos|reset|tensorboard|wandb|debug|xmode|precision|memit|lprun)\b)"
)
_LINE_MAGIC = re.compile(r"^(\s*)(?:[%!?]|[\w.]+\s*=\s*[%!])")
_HELP = re.compile(r"^(\s*)[\w.]+\?{1,2}\s*$")


def without_magics(cell: str) -> str:
    """A cell with IPython's `%`, `!` and `?` lines replaced, line by line."""
    lines = cell.split("\n")
    first = next((line for line in lines if line.strip()), "")
    if first.startswith("%%") and not re.match(r"%%(time|timeit|capture|prun)\b", first):
        return "\n".join("" for _ in lines)
    return "\n".join(_plain(line) for line in lines)


def _plain(line: str) -> str:
    if asked := _HELP.match(line):
        return asked.group(1) + "pass"
    match = _LINE_MAGIC.match(line)
    # `%` also is the modulo operator at the start of a continued line.
    if not match or re.match(r"^\s*%\s", line):
        return line
    return match.group(1) + ("pass" if _BINDS_NOTHING.match(line) else BINDS_ANYTHING)
