"""Top-level statements, cut out of text that may be broken.

The scanner knows strings, brackets, comments and line continuations, and
nothing else of the grammar; so it also cuts text that does not parse.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..facts import Span

# Lines at column 0 that go on with the statement above.
_CONTINUES = re.compile(r"(else|elif|except|finally)\b")
# What surely starts a statement, even where a bracket above was never closed.
_STARTS = re.compile(
    r"(def|class|import|from|for|if|while|with|try|return|print|assert|async|@)\b|@|[A-Za-z_][\w.]*\s*=[^=]"
)
_TOKEN = re.compile(
    r"""(?P<comment>\#[^\n]*)
      | (?P<triple>[rRbBuUfF]{0,2}(?:\"\"\"|'''))
      | (?P<string>[rRbBuUfF]{0,2}(?:"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?))
      | (?P<open>[([{]) | (?P<close>[)\]}])
      | (?P<other>[^#"'()[\]{}\\rRbBuUfF]+|.)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class ChunkText:
    """One top-level statement, with what stands between it and the next one.

    first_line: 1-based line of its first line within the text.
    """

    first_line: int
    text: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """The syntax of a chunk's text.

    body: its statements; those that could not be read are left out. lines: its
    text lines, for columns. error: the first syntax error, if any.
    """

    body: tuple[ast.stmt, ...]
    lines: tuple[str, ...]
    error: SyntaxError | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """A parsed chunk at its place in a document."""

    part: int
    first_line: int
    parsed: Parsed
    _spans: dict[int, Span] = field(default_factory=dict, repr=False)
    """By node id: the interpreter asks for the same places again and again."""

    def span(self, node: ast.expr | ast.stmt | ast.arg | ast.alias | ast.keyword) -> Span:
        """The range of a node, in lines and columns of the part."""
        known = self._spans.get(id(node))
        if known is None:
            known = self._spans[id(node)] = self._span(node)
        return known

    def _span(self, node: ast.expr | ast.stmt | ast.arg | ast.alias | ast.keyword) -> Span:
        end_line = node.end_lineno or node.lineno
        end_offset = node.end_col_offset or 0
        shift = self.first_line - 1
        return Span(
            self.part,
            node.lineno + shift,
            self.column(node.lineno, node.col_offset),
            end_line + shift,
            self.column(end_line, end_offset),
        )

    def column(self, line: int, offset: int) -> int:
        """The 1-based column in code points of a UTF-8 offset in a line of the chunk."""
        lines = self.parsed.lines
        text = lines[line - 1] if 0 < line <= len(lines) else ""
        if text.isascii():
            return offset + 1
        return len(text.encode()[:offset].decode(errors="ignore")) + 1

    def source(self, node: ast.expr, limit: int = 60) -> str:
        """The text of an expression on one line, shortened."""
        lines = self.parsed.lines
        end_line = node.end_lineno or node.lineno
        if end_line > len(lines):
            return ast.unparse(node)[:limit]
        first = lines[node.lineno - 1].encode()
        if end_line == node.lineno:
            text = first[node.col_offset : node.end_col_offset].decode(errors="ignore")
        else:
            middle = [first[node.col_offset :].decode(errors="ignore")]
            middle += lines[node.lineno : end_line - 1]
            last = lines[end_line - 1].encode()[: node.end_col_offset].decode(errors="ignore")
            text = " ".join(part.strip() for part in [*middle, last])
        return text if len(text) <= limit else text[: limit - 1] + "…"


def split(text: str) -> list[ChunkText]:
    """The top-level statements of a text, in order; together they are the text."""
    lines = text.split("\n")
    starts = _statement_starts(text, lines)
    chunks = []
    for index, start in enumerate(starts):
        end = starts[index + 1] if index + 1 < len(starts) else len(lines)
        chunks.append(ChunkText(start + 1, "\n".join(lines[start:end])))
    return chunks


def resplit(chunk: ChunkText) -> list[ChunkText]:
    """Cuts a chunk that does not parse wherever a line surely starts a statement.

    For an unclosed bracket or string, which swallows the statements below it.
    """
    lines = chunk.text.split("\n")
    starts = [0]
    for index, line in enumerate(lines[1:], 1):
        if _STARTS.match(line) and not lines[starts[-1]].startswith("@"):
            starts.append(index)
    return [
        ChunkText(
            chunk.first_line + start,
            "\n".join(lines[start : starts[i + 1] if i + 1 < len(starts) else len(lines)]),
        )
        for i, start in enumerate(starts)
    ]


def _statement_starts(text: str, lines: list[str]) -> list[int]:
    """Line indices at which a top-level statement starts."""
    starts: list[int] = []
    inside = _lines_inside(text, len(lines))
    after_decorator = False
    for index, line in enumerate(lines):
        if inside[index] or not line or line[0] in " \t\f#\r":
            continue
        if starts and (_CONTINUES.match(line) or after_decorator):
            after_decorator = line.startswith("@")
            continue
        after_decorator = line.startswith("@")
        starts.append(index)
    if not starts or starts[0] != 0:
        starts.insert(0, 0)
    return starts


def comments_in(text: str) -> Iterator[tuple[int, int, str]]:
    """Line, column and text of each comment, from 1; what is broken is read like the chunks."""
    position, length = 0, len(text)
    while position < length:
        match = _TOKEN.match(text, position)
        if match is None:  # pragma: no branch - the last alternative matches anything
            return
        start, position = position, match.end()
        if match.lastgroup == "triple":
            position = _end_of_triple(text, position, match.group()[-3:])
        elif match.lastgroup == "comment":
            before = text.rfind("\n", 0, start) + 1
            yield text.count("\n", 0, start) + 1, start - before + 1, match.group()


def brackets_in(
    text: str, start: int, end: int, *, commas: bool = False
) -> Iterator[tuple[str, int]]:
    """The brackets between two places, outside strings and comments, each with its index.

    Args:
        commas: commas too.

    An empty bracket at the end says that it lies inside a string or a comment.
    """
    position = start
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None:  # pragma: no branch - the last alternative matches anything
            return
        begin, position = position, match.end()
        kind, token = match.lastgroup, match.group()
        if kind == "triple":
            position = _end_of_triple(text, position, token[-3:])
        if kind in ("open", "close"):
            yield token, begin
        elif kind in ("triple", "string", "comment"):
            if position > end or (position == end and (kind == "comment" or _is_open(token))):
                yield "", end
        elif commas:
            yield from ((",", begin + i) for i, c in enumerate(token[: end - begin]) if c == ",")


def _is_open(string: str) -> bool:
    """Whether a string on one line is not closed."""
    body = string.lstrip("rRbBuUfF")
    return len(body) < 2 or body[-1] != body[0]


def _lines_inside(text: str, count: int) -> list[bool]:
    """For each line whether it starts inside a bracket, a string or a continuation."""
    inside = [False] * (count + 1)
    line = depth = position = 0
    length = len(text)
    while position < length:
        match = _TOKEN.match(text, position)
        if match is None:  # pragma: no branch - the last alternative matches anything
            break
        kind, token = match.lastgroup, match.group()
        position = match.end()
        if kind == "open":
            depth += 1
        elif kind == "close":
            depth = max(0, depth - 1)
        elif kind == "triple":
            end = _end_of_triple(text, position, token[-3:])
            for _ in range(text.count("\n", position, end)):
                line += 1
                inside[line] = True
            position = end
            continue
        elif token == "\\" and text.startswith("\n", position):
            line += 1
            inside[line] = True
            position += 1
            continue
        for _ in range(token.count("\n")):
            line += 1
            inside[line] = depth > 0
    return inside


def _end_of_triple(text: str, position: int, quotes: str) -> int:
    while True:
        end = text.find(quotes, position)
        if end < 0:
            return len(text)
        backslashes = 0
        while text[end - 1 - backslashes] == "\\":
            backslashes += 1
        if backslashes % 2 == 0:
            return end + 3
        position = end + 1
