"""Code lenses: what functions and modules take and return, and running the program."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lsprotocol import types

from ...analyzers.facts import Signature, Text, text
from ...analyzers.messages import render
from ..scheduler import Result
from ..wording import signature_code
from .tracing import TRACE

if TYPE_CHECKING:
    from ..lsp import ShapewiseServer

_MAIN = re.compile(r"if\s+__name__\s*==")
_FUNCTION = re.compile(r"def\s+(\w+)\(\s*\)")


async def code_lenses(
    ls: ShapewiseServer, params: types.CodeLensParams
) -> list[types.CodeLens] | None:
    """The lenses of the newest text."""
    ask = ls.newest if ls.client.refresh_lenses else ls.settled
    found = await ask(params.text_document.uri)
    if found is None:
        return None
    result, part = found
    lenses = lenses_of(ls, result, part)
    ls.sent.remember("lenses", result.snapshot.parts[part], lenses)
    return lenses


def lenses_of(ls: ShapewiseServer, result: Result, part: int) -> list[types.CodeLens]:
    """All lenses of one document or cell."""
    language = ls.settings_of(result.snapshot).language
    lenses = []
    for signature in result.analysis.signatures:
        span = signature.class_span or signature.span
        if span.part == part and len(signature_code(signature)) <= _MAX_LENGTH:
            place = result.snapshot.range_of(span, ls.documents.encoding)
            title = render(_title(signature), language)
            lenses.append(types.CodeLens(place, types.Command(title, "")))
    if ls.configuration.trusted:
        lenses += _runs(result, part, result.snapshot.parts[part].uri, language)
    return lenses


_MAX_LENGTH = 120


def _title(signature: Signature) -> Text:
    """`(N, 784) → (N, 10) · 101,770 parameters`."""
    shapes = signature_code(signature)
    if signature.expected:
        return text("expects {shapes}", shapes=shapes)
    if signature.weights is not None:
        count = f"{signature.weights:,}"
        return text("{shapes} · parameters: {count}", shapes=shapes, count=count)
    return text("takes {shapes}", shapes=shapes)


def _runs(result: Result, part: int, uri: str, language: str) -> list[types.CodeLens]:
    """Where the program, or a function that needs nothing, can be run."""
    if result.snapshot.notebook and part:
        return []
    lines = result.snapshot.parts[part].lines
    if not any("torch" in line for line in lines):
        return []
    trace = render(text("trace this program"), language)
    main = next((n for n, line in enumerate(lines) if _MAIN.match(line)), None)
    lenses = [_lens(main if main is not None else 0, trace, {"uri": uri})]
    for number, line in enumerate(lines):
        found = _FUNCTION.match(line)
        if found and not result.snapshot.notebook:
            title = render(text("trace `{name}()`", name=found[1]), language)
            lenses.append(_lens(number, title, {"uri": uri, "function": found[1]}))
    return lenses


def _lens(line: int, title: str, argument: dict[str, str]) -> types.CodeLens:
    place = types.Range(types.Position(line, 0), types.Position(line, 0))
    return types.CodeLens(place, types.Command(title, TRACE, arguments=[argument]))


def register(ls: ShapewiseServer) -> None:
    """Offer the lenses."""
    ls.feature(types.TEXT_DOCUMENT_CODE_LENS)(code_lenses)
