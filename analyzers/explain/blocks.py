"""What an explanation is made of before it is Markdown or plain text."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass

from .pictures.canvas import Picture

_SPECIAL = re.compile(r"[\\`*_\[\]<>#|~]")


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence; backticks mark code."""

    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """Lines whose columns matter."""

    code: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture."""

    picture: Picture


Block = Said | Shown | Drawn


def markdown(blocks: Iterable[Block], *, images: bool) -> list[str]:
    """The blocks as paragraphs of Markdown.

    Args:
        images: pictures become images with their data in the link, and come first, because
            a hover shows little at a time; else they are text in their place.
    """
    return [_markdown(block, images) for block in (_pictures_first(blocks) if images else blocks)]


def _pictures_first(blocks: Iterable[Block]) -> list[Block]:
    """Pictures, each with the words that announce it, then the rest."""
    first: list[Block] = []
    rest: list[Block] = []
    for block in blocks:
        if not isinstance(block, Drawn):
            rest.append(block)
            continue
        if rest and isinstance(rest[-1], Said) and rest[-1].text.endswith(":"):
            first.append(rest.pop())
        first.append(block)
    return [*first, *rest]


def plain(blocks: Iterable[Block]) -> list[str]:
    """The blocks as plain text, code without its backticks."""
    return [
        block.text.replace("`", "") if isinstance(block, Said) else _code(block) for block in blocks
    ]


_ASCII = str.maketrans(
    {
        **dict.fromkeys("┌┐└┘", "+"),
        **dict.fromkeys("─", "-"),
        **dict.fromkeys("│", "|"),
        **dict.fromkeys("▒█", "#"),
        **dict.fromkeys("✗", "x"),
        "…": "~",
        "·": "*",
        "≠": "#",
        "×": "x",
    }
)
"""One character for one, so that columns stay in line."""


def fits_encoding(lines: str, encoding: str) -> str:
    """A picture of text as a terminal can show it."""
    try:
        lines.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return lines.translate(_ASCII).encode("ascii", "replace").decode("ascii")
    return lines


def escaped(sentence: str) -> str:
    """A sentence as Markdown: outside code, nothing but backticks has a meaning."""
    pieces = sentence.split("`")
    if len(pieces) % 2 == 0:
        return _SPECIAL.sub(r"\\\g<0>", sentence)
    pieces[::2] = (_SPECIAL.sub(r"\\\g<0>", piece) for piece in pieces[::2])
    return "`".join(pieces)


def fenced(code: str) -> str:
    """Lines as a block of code that nothing in them can end."""
    fence = "```"
    while fence in code:
        fence += "`"
    return f"{fence}text\n{code}\n{fence}"


def image(picture: Picture) -> str:
    """A picture as an image of Markdown, its data in the link."""
    data = base64.b64encode(picture.svg.encode("utf-8")).decode("ascii")
    alt = re.sub(r"[\[\]\\`\n]", "", picture.alt)
    return f"![{alt}](data:image/svg+xml;base64,{data})"


def _markdown(block: Block, images: bool) -> str:
    if isinstance(block, Said):
        return escaped(block.text)
    if isinstance(block, Drawn) and images:
        return image(block.picture)
    return fenced(_code(block))


def _code(block: Shown | Drawn) -> str:
    return block.picture.text if isinstance(block, Drawn) else block.code
