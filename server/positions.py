"""Positions: the analysis counts code points, the editor code units of its encoding."""

from __future__ import annotations

import re
from typing import Literal

Encoding = Literal["utf-8", "utf-16", "utf-32"]

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)")


def split_lines(text: str) -> tuple[str, ...]:
    """The lines of a text with their ends; the last one has none and may be empty.

    Unlike `str.splitlines`, only LF, CRLF and CR end a line, as in LSP and in Python.
    """
    lines = _LINE.findall(text)
    return (*lines, text[sum(map(len, lines)) :])


def to_client(line: str, column: int, encoding: Encoding) -> int:
    """Code units before a code point column (0-based), clamped to the line without its end."""
    content = line.rstrip("\r\n")
    head = content[: max(column, 0)]
    if encoding == "utf-32" or head.isascii():
        return len(head)
    if encoding == "utf-16":
        return len(head) + sum(char > "\uffff" for char in head)
    return len(head.encode("utf-8", "surrogatepass"))


def from_client(line: str, character: int, encoding: Encoding) -> int:
    """The code point column (0-based) of a code unit offset, clamped to the line without its end.

    An offset inside a character counts as after it.
    """
    content = line.rstrip("\r\n")
    if encoding == "utf-32" or content.isascii():
        return min(max(character, 0), len(content))
    units = 0
    for column, char in enumerate(content):
        if units >= character:
            return column
        units += to_client(char, 1, encoding)
    return len(content)
