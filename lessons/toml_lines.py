"""The lines on which the keys of a TOML document stand: `tomllib` does not tell them.

A document that `tomllib` has read is scanned again, for keys only. What stands in an
inline table or array on several lines is found by its key's line, or by the line of
the item where each item begins a line of its own.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

Path = tuple[str | int, ...]
"""The way to a value: keys, and the numbers of items."""

_KEY = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')"""
_DOTTED = rf"{_KEY}(?:[ \t]*\.[ \t]*{_KEY})*"
_HEADER = re.compile(rf"[ \t]*(\[\[?)[ \t]*({_DOTTED})[ \t]*\]")
_ASSIGNMENT = re.compile(rf"[ \t]*({_DOTTED})[ \t]*=")
_LINE_OF_ERROR = re.compile(r"\(at line (\d+), column \d+\)$")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}|' r"'''.*?'{3,5}|" r'"(?:[^"\\\n]|\\.)*"|' r"'[^'\n]*'|" r"\#[^\n]*",
    re.DOTALL,
)


class Lines:
    """The line of each value of a document."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Path, int] = {}
        self._scan(text)

    def of(self, path: Path) -> int:
        """The line of a value, or of the innermost thing around it that has one."""
        for end in range(len(path), 0, -1):
            line = self._lines.get(path[:end])
            if line is not None:
                return line
        return 1

    def _scan(self, text: str) -> None:
        table: Path = ()
        arrays: dict[Path, int] = {}
        lines = _blanked(text).split("\n")
        written = text.split("\n")
        number = 0
        while number < len(lines):
            here = number + 1
            header = _HEADER.match(written[number]) if lines[number].strip() else None
            if header is not None:
                table = _enter(self._keys(header[2]), header[1] == "[[", arrays)
                self._note(table, here)
                number += 1
                continue
            assignment = _ASSIGNMENT.match(written[number]) if lines[number].strip() else None
            if assignment is None:
                number += 1
                continue
            path = table + self._keys(assignment[1])
            self._note(path, here)
            number = self._value(path, lines, number, assignment.end())

    def _value(self, path: Path, lines: list[str], number: int, column: int) -> int:
        """Note the items of an array on several lines; the line after the value."""
        depth, item = 0, 0
        fresh = False
        while True:
            for character in lines[number][column:]:
                if character in "[{":
                    if depth == 1 and fresh:
                        self._note((*path, item), number + 1)
                        fresh = False
                    depth += 1
                    fresh = fresh or depth == 1
                elif character in "]}":
                    depth -= 1
                elif character == "," and depth == 1:
                    item += 1
                    fresh = True
                elif not character.isspace() and depth == 1 and fresh:
                    self._note((*path, item), number + 1)
                    fresh = False
            number, column = number + 1, 0
            if depth <= 0 or number >= len(lines):
                return number

    def _note(self, path: Path, line: int) -> None:
        for end in range(1, len(path) + 1):
            self._lines.setdefault(path[:end], line)

    @staticmethod
    def _keys(dotted: str) -> Path:
        return tuple(_keys_of(tomllib.loads(f"{dotted} = 0")))


def _enter(keys: Path, array: bool, arrays: dict[Path, int]) -> Path:
    """The path of a table that a header opens, with the numbers of items put in."""
    path: Path = ()
    for index, key in enumerate(keys):
        path = (*path, key)
        if array and index == len(keys) - 1:
            arrays[path] = arrays.get(path, -1) + 1
        if path in arrays:
            path = (*path, arrays[path])
    return path


def _keys_of(table: object) -> Iterator[str]:
    while isinstance(table, dict):
        key, table = next(iter(table.items()))
        yield key


def _blanked(text: str) -> str:
    """The text with strings and comments overwritten; line ends stay."""

    def blank(match: re.Match[str]) -> str:
        filler = " " if match[0].startswith("#") else "x"
        return re.sub(r"[^\n]", filler, match[0])

    return _STRING.sub(blank, text)


def line_of_error(error: tomllib.TOMLDecodeError, text: str) -> tuple[int, str]:
    """Where a document stops being TOML, and why."""
    message = str(error)
    found = _LINE_OF_ERROR.search(message)
    if found is None:
        return text.rstrip("\n").count("\n") + 1, message.removesuffix(" (at end of document)")
    return int(found[1]), message[: found.start()].rstrip()
