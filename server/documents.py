"""What the editor has open, as frozen texts that an analysis can read in peace.

pygls keeps a mirror of its own, which splits lines where Python and LSP do not
(at a form feed or U+2028) and then applies later edits in the wrong place, so
this one is kept instead. A *unit* is what is analysed as one program: a text
document, or all code cells of a notebook in order. Units and documents are
keyed by their unquoted URI, because editors quote the same cell differently
(`%3D` or `=`); answers carry the URI as the editor wrote it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote

from lsprotocol import types
from pygls.uris import to_fs_path

from ..analyzers.facts import Span
from .positions import Encoding, from_client, split_lines, to_client


@dataclass(frozen=True)
class OpenText:
    """One version of a text document or notebook cell.

    version: as the editor counts; None where it does not.
    """

    uri: str
    version: int | None
    text: str

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines with their ends, as LSP and Python count them; at least one."""
        return split_lines(self.text)

    def offset(self, position: types.Position, encoding: Encoding) -> int:
        """The index into `text` of a position; past the end of a line or text, its end."""
        if position.line >= len(self.lines):
            return len(self.text)
        before = sum(map(len, self.lines[: position.line]))
        return before + from_client(self.lines[position.line], position.character, encoding)

    def edited(
        self,
        changes: Sequence[types.TextDocumentContentChangeEvent],
        version: int | None,
        encoding: Encoding,
    ) -> OpenText:
        """The text after the editor's changes, each applied to the outcome of the one before."""
        document = self
        for change in changes:
            if isinstance(change, types.TextDocumentContentChangePartial):
                start = document.offset(change.range.start, encoding)
                end = max(start, document.offset(change.range.end, encoding))
                new = document.text[:start] + change.text + document.text[end:]
            else:
                new = change.text
            document = OpenText(self.uri, version, new)
        return replace(document, version=version)


@dataclass(frozen=True)
class Snapshot:
    """A unit at one moment: everything an analysis needs to know of it.

    serial: grows with every change of any unit, so that results can be told
        apart even where the editor's versions start anew.
    parts: the document itself, or the notebook's code cells in order.
    path: None for a document that is not on disk.
    others: the texts of the other open documents, by path.
    """

    key: str
    serial: int
    parts: tuple[OpenText, ...]
    notebook: bool = False
    path: Path | None = None
    others: Mapping[Path, str] = field(default_factory=dict, hash=False, compare=False)

    @property
    def joined(self) -> bool:
        """Whether this is a notebook whose cells come as one text, as from JupyterLab.

        The lines of such a text are none that the user can see.
        """
        return not self.notebook and self.path is not None and self.path.suffix == ".ipynb"

    def part_of(self, uri: str) -> int | None:
        """Which part a document is, None if it is none."""
        key = unquote(uri)
        for index, part in enumerate(self.parts):
            if unquote(part.uri) == key:
                return index
        return None

    def range_of(self, span: Span, encoding: Encoding) -> types.Range:
        """An analysis's span in the editor's units; what lies outside the text is clamped."""
        part = self.parts[span.part]
        return types.Range(
            self.position_of(part, span.line, span.column, encoding),
            self.position_of(part, span.end_line, span.end_column, encoding),
        )

    @staticmethod
    def position_of(part: OpenText, line: int, column: int, encoding: Encoding) -> types.Position:
        """A 1-based line and code point column in the editor's units."""
        if line > len(part.lines):
            line, column = len(part.lines), len(part.lines[-1]) + 1
        line = max(line, 1)
        return types.Position(line - 1, to_client(part.lines[line - 1], column - 1, encoding))

    @staticmethod
    def place_of(part: OpenText, position: types.Position, encoding: Encoding) -> tuple[int, int]:
        """The 1-based line and code point column of the editor's position."""
        if position.line >= len(part.lines):
            return len(part.lines), len(part.lines[-1]) + 1
        column = from_client(part.lines[position.line], position.character, encoding)
        return position.line + 1, column + 1


@dataclass
class _Notebook:
    uri: str
    cells: list[types.NotebookCell] = field(default_factory=list)


class Documents:
    """The open documents and notebooks; belongs to the event loop's thread.

    Every method that changes something returns the keys of the units to be
    analysed anew.
    """

    def __init__(self) -> None:
        self.encoding: Encoding = "utf-16"
        self._texts: dict[str, OpenText] = {}
        self._notebooks: dict[str, _Notebook] = {}
        self._notebook_of: dict[str, str] = {}
        self._serials = itertools.count(1)

    def units(self) -> list[str]:
        """The keys of all open units."""
        texts = (key for key in self._texts if key not in self._notebook_of)
        return [*texts, *self._notebooks]

    def unit_of(self, uri: str) -> str | None:
        """The key of the unit a document or cell belongs to, None if it is not open."""
        key = unquote(uri)
        if key in self._texts:
            return self._notebook_of.get(key, key)
        return key if key in self._notebooks else None

    def text(self, uri: str) -> OpenText | None:
        """A document or cell as it is now, None if it is not open."""
        return self._texts.get(unquote(uri))

    def snapshot(self, key: str) -> Snapshot | None:
        """The unit as it is now, None if it is not open."""
        notebook = self._notebooks.get(key)
        if notebook is not None:
            cells = (self._texts.get(unquote(cell.document)) for cell in notebook.cells)
            parts = tuple(cell for cell in cells if cell is not None)
            path = _path_of(notebook.uri)
            return Snapshot(key, next(self._serials), parts, True, path, self._others(key))
        text = self._texts.get(key)
        if text is None or key in self._notebook_of:
            return None
        path = _path_of(text.uri)
        return Snapshot(key, next(self._serials), (text,), False, path, self._others(key))

    def _others(self, key: str) -> dict[Path, str]:
        """What is open beside a unit, cells of notebooks apart."""
        return {
            path: text.text
            for other, text in self._texts.items()
            if other != key and other not in self._notebook_of
            if (path := _path_of(text.uri)) is not None
        }

    def open(self, document: types.TextDocumentItem) -> list[str]:
        """A document was opened; only Python is of interest."""
        if not _is_python(document):
            return []
        key = unquote(document.uri)
        self._texts[key] = OpenText(document.uri, document.version, document.text)
        return [key]

    def change(
        self,
        identifier: types.VersionedTextDocumentIdentifier,
        changes: Sequence[types.TextDocumentContentChangeEvent],
    ) -> list[str]:
        """A document was edited."""
        key = unquote(identifier.uri)
        text = self._texts.get(key)
        if text is None:
            return []
        self._texts[key] = text.edited(changes, identifier.version, self.encoding)
        return [self._notebook_of.get(key, key)]

    def close(self, uri: str) -> OpenText | None:
        """A document was closed: its last text, None if it was not open."""
        return self._texts.pop(unquote(uri), None)

    def open_notebook(
        self, notebook: types.NotebookDocument, cells: Iterable[types.TextDocumentItem]
    ) -> list[str]:
        """A notebook was opened."""
        key = unquote(notebook.uri)
        self._notebooks[key] = _Notebook(notebook.uri, list(notebook.cells))
        for cell in cells:
            self._put_cell(key, cell)
        return [key]

    def change_notebook(
        self, uri: str, change: types.NotebookDocumentChangeEvent
    ) -> tuple[list[str], list[OpenText]]:
        """A notebook was changed: the units to analyse, and the cells that were removed."""
        key = unquote(uri)
        notebook = self._notebooks.get(key)
        if notebook is None or change.cells is None:
            return [], []
        removed: list[OpenText] = []
        structure = change.cells.structure
        if structure is not None:
            start, end = structure.array.start, structure.array.start + structure.array.delete_count
            notebook.cells[start:end] = structure.array.cells or ()
            # Closed first: a cell that changes its language is closed and opened in one event.
            for identifier in structure.did_close or ():
                removed += self._drop_cell(identifier.uri)
            for cell in structure.did_open or ():
                self._put_cell(key, cell)
        for content in change.cells.text_content or ():
            self.change(content.document, content.changes)
        return [key], [cell for cell in removed if unquote(cell.uri) not in self._texts]

    def close_notebook(self, uri: str) -> list[OpenText]:
        """A notebook was closed: its cells."""
        key = unquote(uri)
        self._notebooks.pop(key, None)
        cells = [cell for cell, owner in self._notebook_of.items() if owner == key]
        return [text for cell in cells for text in self._drop_cell(cell)]

    def _put_cell(self, notebook: str, cell: types.TextDocumentItem) -> None:
        if _is_python(cell):
            key = unquote(cell.uri)
            self._texts[key] = OpenText(cell.uri, cell.version, cell.text)
            self._notebook_of[key] = notebook

    def _drop_cell(self, uri: str) -> list[OpenText]:
        key = unquote(uri)
        self._notebook_of.pop(key, None)
        text = self._texts.pop(key, None)
        return [] if text is None else [text]


def _path_of(uri: str) -> Path | None:
    path = to_fs_path(uri)
    return Path(path) if path else None


def _is_python(document: types.TextDocumentItem) -> bool:
    return document.language_id == "python" or document.uri.endswith((".py", ".pyw"))
