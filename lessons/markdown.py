"""The Markdown of a lesson: its title, its programs, its links.

Blocks marked `python` are a program, one after the other as in a notebook. In them,
two comments are claims that are checked: `# error: SW101` and `# reveal: (2, 3) float32`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})[ \t]*([\w+-]*)(.*)$")
_HEADING = re.compile(r"^# +(.+?) *#* *$")
_LINK = re.compile(r"(!?)\[[^\]]*\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)")
_CLAIM = re.compile(r"#\s*(error|reveal):\s*(.*?)\s*$")

LESSON_SCHEME = "lesson:"


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block. line: of its first line of text, counted from 1."""

    language: str
    text: str
    line: int
    closed: bool = True


@dataclass(frozen=True, slots=True)
class Link:
    """A link or a picture."""

    target: str
    line: int
    picture: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """What a comment in a program says of its line."""

    kind: Literal["error", "reveal"]
    said: str
    line: int


def title_of(markdown: str) -> str | None:
    """The first heading of level one outside code; None where there is none."""
    for _, line in _prose(markdown):
        found = _HEADING.match(line)
        if found:
            return found[1]
    return None


def blocks_of(markdown: str) -> list[Block]:
    """The fenced blocks, in order."""
    blocks: list[Block] = []
    fence, language, start = "", "", 0
    body: list[str] = []
    for number, line in enumerate(markdown.split("\n"), 1):
        found = _FENCE.match(line)
        if not fence:
            if found:
                fence, language, start, body = found[1], found[2], number + 1, []
        elif found and found[1].startswith(fence) and not (found[2] or found[3].strip()):
            blocks.append(Block(language, "\n".join(body) + "\n", start))
            fence = ""
        else:
            body.append(line)
    if fence:
        blocks.append(Block(language, "\n".join(body) + "\n", start, closed=False))
    return blocks


def links_of(markdown: str) -> list[Link]:
    """Links and pictures outside code."""
    found = []
    for number, line in _prose(markdown):
        plain = re.sub(r"`[^`]*`", "", line)
        found += [Link(match[2], number, bool(match[1])) for match in _LINK.finditer(plain)]
    return found


def claims_of(block: Block) -> list[Claim]:
    """What a program says of itself; lines are the file's."""
    claims = []
    for number, line in enumerate(block.text.split("\n"), block.line):
        found = _CLAIM.search(line)
        if found:
            kind: Literal["error", "reveal"] = "error" if found[1] == "error" else "reveal"
            claims.append(Claim(kind, found[2], number))
    return claims


def for_readers(markdown: str) -> str:
    """The text without what only the checks need: `# error: SW101` is `# ✗`."""
    return "\n".join(_without_claim(line) for line in markdown.split("\n"))


def _without_claim(line: str) -> str:
    found = _CLAIM.search(line)
    if found is None:
        return line
    said = "✗" if found[1] == "error" else found[2]
    return f"{line[: found.start()]}# {said}"


def _prose(markdown: str) -> list[tuple[int, str]]:
    inside: set[int] = set()
    for block in blocks_of(markdown):
        inside.update(range(block.line - 1, block.line + block.text.count("\n") + 1))
    lines = enumerate(markdown.split("\n"), 1)
    return [(number, line) for number, line in lines if number not in inside]
