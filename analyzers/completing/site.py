"""The call that is being written at a place of broken text, and how the text is repaired.

Only brackets, strings and comments are looked at, so nothing has to parse. Nothing is
guessed of the arguments: the place of the one that is written gets a trial, brackets that
are open are closed in the ways that are possible, and the first way that parses is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..source.chunks import brackets_in

_CALLEE = re.compile(r"([A-Za-z_]\w*)\s*$")
_KEYWORD = re.compile(r"([A-Za-z_]\w*)\s*=$")
_COMMENT = re.compile(r"#[^\n]*")
_TYPED = re.compile(r"[\w.\-]*$")
_REST = re.compile(r"[\w.]*")
_MOST_LINES = 60
"""Lines above the place in which the bracket may have been opened."""

_CLOSING = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True, slots=True)
class Site:
    """A call that is being written.

    callee: its last name: `Linear` of `nn.Linear`, `view` of `x.view`. before, after: the
    other arguments as text. inner: the argument is an element of a tuple or list within
    the call, and `before` and `after` are its neighbours there; outer: the arguments of
    the call before that tuple. keyword: of the argument. typed: what stands there
    already, from `start` to `end`.
    """

    text: str
    callee: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    keyword: str
    typed: str
    start: int
    end: int
    open: str
    """The brackets that are open at the place, outermost first."""
    close: int | None
    """Where the bracket of the call, or of the tuple, seems to be closed."""
    inner: bool = False
    outer: tuple[str, ...] = ()

    def repaired(self, argument: str, more: str = "") -> Iterator[tuple[str, int]]:
        """Texts with an argument in the place, the likeliest first, and where it begins.

        Args:
            more: arguments to follow those that are there.
        """
        head = self.text[: self.start] + argument
        if self.close is not None:
            end = self.text[self.end : self.close].rstrip().rstrip(",")
            yield head + end + more + self.text[self.close :], self.start
        line_end = self.text.find("\n", self.end)
        line_end = len(self.text) if line_end < 0 else line_end
        rest, below = self.text[self.end : line_end], self.text[line_end:]
        closing = "".join(_CLOSING[bracket] for bracket in reversed(self.open))
        least = 2 if self.inner else 1
        for count in range(least, len(closing) + 1):
            yield head + more + closing[:count] + rest + below, self.start
        for count in range(len(closing), least - 1, -1):
            yield head + more + closing[:count] + below, self.start


def site_at(text: str, offset: int) -> Site | None:
    """The call whose argument a place is in; None if there is none, or it is in a string."""
    first = text.rfind("\n", 0, offset) + 1
    for _ in range(_MOST_LINES):
        found = _site_from(text, first, offset)
        if found is not None:
            return found
        if first == 0:
            return None
        first = text.rfind("\n", 0, first - 1) + 1
    return None


def _site_from(text: str, first: int, offset: int) -> Site | None:
    """The call, if its bracket is opened behind `first`."""
    stack: list[tuple[str, int]] = []
    for kind, position in brackets_in(text, first, offset):
        if kind in _CLOSING:
            stack.append((kind, position))
        elif kind in ")]}" and stack:
            stack.pop()
        elif kind == "":
            return None  # the place is inside a string or a comment
    if not stack:
        return None
    bracket, at = stack[-1]
    callee = _CALLEE.search(text[first:at]) if bracket == "(" else None
    inner = False
    outer: tuple[str, ...] = ()
    if callee is None:
        # A tuple or a list: `x.view((64, …`.
        if bracket == "{" or len(stack) < 2 or stack[-2][0] != "(":
            return None
        callee = _CALLEE.search(text[first : stack[-2][1]])
        if callee is None:
            return None
        inner = True
        outer = tuple(_pieces(text, stack[-2][1] + 1, at))[:-1]
    pieces = _pieces(text, at + 1, offset)
    current = pieces[-1]
    found = _TYPED.search(current)
    typed = found[0] if found is not None else ""
    head = _plain(current[: len(current) - len(typed)])
    keyword = _KEYWORD.match(head)
    if head and keyword is None:
        return None  # an expression, of which the place is only a part
    start = offset - len(typed)
    rest = _REST.match(text, offset)
    end = rest.end() if rest is not None else offset
    close, after = _behind(text, end)
    return Site(
        text,
        callee[1],
        tuple(map(_plain, pieces[:-1])),
        after,
        keyword[1] if keyword else "",
        typed,
        start,
        end,
        "".join(kind for kind, _ in stack),
        close,
        inner,
        outer,
    )


def _plain(piece: str) -> str:
    """An argument without comments and blanks around it."""
    return _COMMENT.sub("", piece).strip() if "\n" in piece else piece.strip()


def _pieces(text: str, start: int, end: int) -> list[str]:
    """The text between two places, cut at the commas outside brackets."""
    cuts, depth = [start], 0
    for kind, position in brackets_in(text, start, end, commas=True):
        depth += (kind in _CLOSING) - (kind in tuple(")]}"))
        if kind == "," and depth == 0:
            cuts.append(position + 1)
    ends = [cut - 1 for cut in cuts[1:]] + [end]
    return [text[a:b] for a, b in zip(cuts, ends, strict=True)]


def _behind(text: str, start: int) -> tuple[int | None, tuple[str, ...]]:
    """Where the bracket around a place seems to be closed, and the arguments up to there."""
    depth = 0
    for kind, position in brackets_in(text, start, len(text)):
        if kind in _CLOSING:
            depth += 1
        elif kind and kind in ")]}":
            depth -= 1
            if depth < 0:
                pieces = _pieces(text, start, position)[1:]
                return position, tuple(filter(None, map(_plain, pieces)))
    return None, ()
