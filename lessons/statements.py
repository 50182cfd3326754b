"""The statement at a place, and edits around it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from .model import Place


@dataclass(frozen=True, slots=True)
class Statement:
    """The lines of a statement, counted from 1; of a compound one only its head.

    indent: the white space before it. body_indent: what a line after it needs, which
    differs where it opens a block.
    """

    line: int
    end_line: int
    indent: str
    body_indent: str
    compound: bool = False


@dataclass(frozen=True, slots=True)
class Edit:
    """New text for a range; lines from 1, columns from 1, the end exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int
    text: str

    def apply(self, program: str) -> str:
        """The program with the edit made."""
        lines = program.split("\n")
        before = [*lines[: self.line - 1], lines[self.line - 1][: self.column - 1]]
        after = [lines[self.end_line - 1][self.end_column - 1 :], *lines[self.end_line :]]
        return "\n".join(before) + self.text + "\n".join(after)


def statement_at(program: str, line: int) -> Statement:
    """The innermost statement that begins a line and holds this one.

    Of a program that does not parse, or an empty line: the line itself.
    """
    lines = program.split("\n")
    line = min(max(line, 1), len(lines))
    try:
        tree = ast.parse(program)
    except (SyntaxError, ValueError, RecursionError):
        return _only(lines, line)
    best: Statement | None = None
    for node in _statements(tree):
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
        head = _head_end(node)
        if not first <= line <= head or lines[first - 1][: node.col_offset].strip():
            continue
        indent = _indent_of(lines[first - 1])
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and body[0].lineno > head:
            inner = _indent_of(lines[body[0].lineno - 1])
            best = Statement(first, head, indent, inner, compound=True)
        else:
            best = Statement(first, head, indent, indent)
    return best or _only(lines, line)


def _statements(tree: ast.AST) -> Iterator[ast.stmt]:
    """All statements, an outer one before those in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt):
            yield node


def _head_end(node: ast.stmt) -> int:
    """The last line of a statement, of a compound one before its body."""
    body = getattr(node, "body", None)
    if isinstance(body, list) and body:
        first: ast.stmt = body[0]
        start: int = min([first.lineno, *(d.lineno for d in getattr(first, "decorator_list", ()))])
        return max(node.lineno, start - 1)
    return node.end_lineno or node.lineno


def _only(lines: list[str], line: int) -> Statement:
    indent = _indent_of(lines[line - 1])
    return Statement(line, line, indent, indent)


def _indent_of(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


def insertion(program: str, statement: Statement, place: Place, body: str) -> Edit | None:
    """The edit that puts lines before or after a statement, or in its place.

    None where that cannot be: in place of the head of a block.
    """
    lines = program.split("\n")
    if place == "replace":
        if statement.compound:
            return None
        code = indented(body, statement.indent).removesuffix("\n")
        end = len(lines[statement.end_line - 1]) + 1
        return Edit(statement.line, 1, statement.end_line, end, code)
    if place == "before":
        return Edit(statement.line, 1, statement.line, 1, indented(body, statement.indent))
    code = indented(body, statement.body_indent)
    after = statement.end_line + 1
    if after <= len(lines):
        return Edit(after, 1, after, 1, code)
    end = len(lines[-1]) + 1
    return Edit(len(lines), end, len(lines), end, "\n" + code.removesuffix("\n"))


def indented(body: str, indent: str) -> str:
    """Lines with an indentation before each that is not empty, in its kind of white space."""
    unit = "\t" if "\t" in indent else "    "
    result = []
    for line in body.split("\n"):
        stripped = line.lstrip(" ")
        levels, rest = divmod(len(line) - len(stripped), 4)
        result.append(f"{indent}{unit * levels}{' ' * rest}{stripped}" if stripped else "")
    return "\n".join(result)
