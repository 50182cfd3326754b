"""Snippet bodies: VS Code's placeholders, and places for what is the learner's own.

`$1`, `${1:name}`, `${1|one,two|}` and `$0` are as in VS Code. `${tensor}` and the
other `KINDS` are filled from the learner's program; `${tensor:images}` says what to
write where nothing is known. `\\$`, `\\}` and `\\\\` are the characters themselves.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ..analyzers.facts import Text, text
from .faults import Kind

KINDS: Mapping[str, str] = {
    "tensor": "x",
    "other": "y",
    "target": "result",
    "layer": "layer",
    "model": "model",
    "optimizer": "optimizer",
    "loader": "loader",
    "loss": "loss",
    "in_features": "784",
    "out_features": "10",
    "flat_features": "784",
    "batch": "32",
    "channels": "1",
    "length": "10",
    "shape": "(32, 784)",
    "dtype": "torch.float32",
    "other_dtype": "torch.float32",
    "device": '"cpu"',
}
"""What can be filled in, and what is written where nothing is known."""

_START = re.compile(r"\$(?:(\d+)|([A-Za-z_]\w*)|\{(?:(\d+)|([A-Za-z_]\w*)))")


@dataclass(frozen=True, slots=True)
class Stop:
    """A tab stop. choices: to choose from; else what it holds at first."""

    number: int
    default: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hole:
    """A place for something of the learner's. default: where nothing is known of it."""

    kind: str
    default: str


Body = tuple[str | Stop | Hole, ...]


class PlaceholderError(ValueError):
    """The body cannot be read. line: counted from 1."""

    def __init__(self, kind: Kind, message: Text, line: int) -> None:
        super().__init__(message.template)
        self.kind = kind
        self.message = message
        self.line = line


def parse(body: str) -> Body:
    """The pieces of a body.

    Raises:
        PlaceholderError: at the first placeholder that cannot be read.
    """
    pieces: list[str | Stop | Hole] = []
    plain: list[str] = []
    position = 0

    def flush() -> None:
        if plain:
            pieces.append("".join(plain))
            plain.clear()

    while position < len(body):
        character = body[position]
        if character == "\\" and body[position + 1 : position + 2] in ("$", "}", "\\"):
            plain.append(body[position + 1])
            position += 2
        elif character == "$":
            flush()
            piece, position = _placeholder(body, position)
            pieces.append(piece)
        else:
            plain.append(character)
            position += 1
    flush()
    return tuple(pieces)


def _placeholder(body: str, position: int) -> tuple[Stop | Hole, int]:
    line = body.count("\n", 0, position) + 1
    start = _START.match(body, position)
    if start is None:
        shown = body[position : position + 12].split("\n")[0]
        raise PlaceholderError(
            "placeholder-syntax",
            text("`{shown}` is no placeholder; for the character itself write \\$", shown=shown),
            line,
        )
    number = start[1] or start[3]
    name = start[2] or start[4] or ""
    default: str | None = None
    choices: tuple[str, ...] = ()
    end = start.end()
    if body[position + 1] == "{":
        default, choices, end = _rest(body, position, end, line)
    if number is not None:
        return Stop(int(number), choices[0] if choices else default or "", choices), end
    if name not in KINDS or choices:
        raise PlaceholderError(
            "unknown-placeholder",
            text(
                "there is no placeholder `{name}`; there are {kinds}",
                name=name,
                kinds=", ".join(sorted(KINDS)),
            ),
            line,
        )
    return Hole(name, KINDS[name] if default is None else default), end


def _rest(
    body: str, start: int, position: int, line: int
) -> tuple[str | None, tuple[str, ...], int]:
    """What follows the name in braces: the default, the choices, where it ends."""
    following = body[position : position + 1]
    if following == "}":
        return None, (), position + 1
    if following in (":", "|"):
        end = "}" if following == ":" else "|}"
        said, stop = _until(body, position + 1, end)
        if stop is not None:
            if following == ":":
                return said, (), stop
            choices = tuple(choice for choice in said.split(",") if choice)
            if choices:
                return None, choices, stop
    shown = body[start : position + 12].split("\n")[0]
    raise PlaceholderError(
        "placeholder-syntax", text("the placeholder `{shown}` has no end", shown=shown), line
    )


def _until(body: str, position: int, end: str) -> tuple[str, int | None]:
    said: list[str] = []
    while position < len(body):
        if body[position] == "\\" and body[position + 1 : position + 2] in ("$", "}", "\\", "|"):
            said.append(body[position + 1])
            position += 2
        elif body.startswith(end, position):
            return "".join(said), position + len(end)
        elif body[position] == "\n" or body.startswith("${", position):
            return "", None
        else:
            said.append(body[position])
            position += 1
    return "", None


def as_plain(body: Body, filled: Mapping[str, str]) -> str:
    """The body as code: stops hold what they hold at first."""
    stops = [piece for piece in body if isinstance(piece, Stop)]
    first = {stop.number: stop.default for stop in reversed(stops) if stop.default}
    return "".join(
        piece
        if isinstance(piece, str)
        else filled.get(piece.kind, piece.default)
        if isinstance(piece, Hole)
        else first.get(piece.number, "")
        for piece in body
    )


def as_snippet(body: Body, filled: Mapping[str, str]) -> str:
    """The body as an LSP snippet: what was not known of the learner's is a stop, too."""
    last = max((piece.number for piece in body if isinstance(piece, Stop)), default=0)
    stops: dict[str, int] = {}
    parts: list[str] = []
    for piece in body:
        if isinstance(piece, str):
            parts.append(_escape(piece))
        elif isinstance(piece, Stop):
            parts.append(_stop(piece))
        elif piece.kind in filled:
            parts.append(_escape(filled[piece.kind]))
        else:
            number = stops.setdefault(piece.kind, last + len(stops) + 1)
            parts.append(f"${{{number}:{_escape(piece.default)}}}")
    return "".join(parts)


def _stop(stop: Stop) -> str:
    if stop.choices:
        # Inside choices, VS Code wants commas and bars escaped, too.
        return f"${{{stop.number}|{','.join(map(_escape, stop.choices))}|}}"
    if stop.default:
        return f"${{{stop.number}:{_escape(stop.default)}}}"
    return f"${stop.number}"


def _escape(plain: str) -> str:
    return plain.replace("\\", "\\\\").replace("$", "\\$").replace("}", "\\}")
