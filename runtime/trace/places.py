"""Where a node stands in the source, in the columns people count."""

from __future__ import annotations

import ast
import re
from typing import Any

Range = tuple[int, int, int, int]
"""line, column, end line, end column: 1-based, in code points, the end exclusive."""

_IDENTIFIER = re.compile(r"\w+")


class Places:
    """Ranges of the nodes of one source text.

    Args:
        source: the text the nodes were parsed from.
    """

    def __init__(self, source: str) -> None:
        # As Python's own parser splits lines; `str.splitlines` knows more ends.
        text = source.replace("\r\n", "\n").replace("\r", "\n")
        self._lines = text.split("\n")
        self._plain = text.isascii()

    def of(self, node: Any) -> Range:
        """The range of an expression, a statement, a parameter or a pattern."""
        line, end_line = node.lineno, node.end_lineno
        return (
            line,
            self._column(line, node.col_offset),
            end_line,
            self._column(end_line, node.end_col_offset),
        )

    def of_name(self, node: ast.AST) -> Range:
        """The range of the name that a parameter begins with, without its annotation."""
        line, column, _, _ = self.of(node)
        match = _IDENTIFIER.match(self._lines[line - 1], column - 1)
        end = column + len(match.group()) if match else column
        return line, column, line, end

    def of_last_name(self, node: ast.AST, name: str) -> Range:
        """The range of the name that a pattern such as `Point() as p` or `*rest` ends with."""
        _, _, line, column = self.of(node)
        return line, column - len(name), line, column

    def _column(self, line: int, offset: int) -> int:
        if self._plain or line > len(self._lines):
            return offset + 1
        return len(self._lines[line - 1].encode()[:offset].decode("utf-8", "replace")) + 1
