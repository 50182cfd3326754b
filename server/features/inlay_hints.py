"""Inlay hints: the shape after each bound name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from ...analyzers.facts import Binding, Span
from ..positions import Encoding
from ..scheduler import Result
from ..settings import Settings
from ..tracing.overlay import Shown, at_binding
from ..tracing.words import hint as traced_hint
from ..wording import hint_code
from .hover import binding_markup

if TYPE_CHECKING:
    from ..lsp import ShapewiseServer


def hints_of(
    result: Result,
    part: int,
    encoding: Encoding,
    settings: Settings,
    traced: Sequence[Shown] = (),
) -> list[tuple[types.InlayHint, Binding]]:
    """All hints of one document or cell, in order, with what they speak of.

    Args:
        traced: what a run saw in it.
    """
    if not settings.hints:
        return []
    hints: dict[tuple[int, int], tuple[types.InlayHint, Binding]] = {}
    document = result.snapshot.parts[part]
    for binding in _bindings(result, part, traced):
        label = hint_code(binding.facts[0], settings.hint_style) if binding.facts else None
        shown = at_binding(traced, binding)
        if shown is not None:
            label = traced_hint(label, binding.facts, shown, settings.hint_style)
        if label is None:
            continue
        line, column = binding.span.end_line, binding.span.end_column
        position = result.snapshot.position_of(document, line, column, encoding)
        hint = types.InlayHint(position, label, kind=types.InlayHintKind.Type, padding_left=True)
        hints.setdefault((position.line, position.character), (hint, binding))
    return list(hints.values())


def _bindings(result: Result, part: int, traced: Sequence[Shown]) -> list[Binding]:
    """The bindings of which something is known, or was seen."""
    known = [b for b in result.analysis.bindings if b.span.part == part and b.facts]
    places = {(b.span.line, b.name) for b in known}
    document = result.snapshot.parts[part]
    for shown in traced:
        seen = shown.seen
        if not seen.name or seen.kind == "expression" or seen.kind == "return":
            continue
        if (shown.line, seen.name) in places or shown.line > len(document.lines):
            continue
        places.add((shown.line, seen.name))
        place = seen.place
        end = place.column + len(seen.name)
        if document.lines[shown.line - 1][place.column - 1 : end - 1] == seen.name:
            span = Span(part, shown.line, place.column, shown.line, end)
            known.append(Binding(span, seen.name, seen.kind, ()))
    return sorted(known, key=lambda binding: binding.span)


async def inlay_hints(
    ls: ShapewiseServer, params: types.InlayHintParams
) -> list[types.InlayHint] | None:
    """The hints of the newest text in a range."""
    ask = ls.newest if ls.client.refresh_hints else ls.settled
    found = await ask(params.text_document.uri)
    if found is None:
        return None
    result, part = found
    hints = ls.hints_of(result, part)
    ls.sent.remember("hints", result.snapshot.parts[part], [hint for hint, _ in hints])
    answer = []
    for hint, binding in hints:
        if not params.range.start <= hint.position <= params.range.end:
            continue
        hint = types.InlayHint(
            hint.position, hint.label, kind=hint.kind, padding_left=hint.padding_left
        )
        if ls.client.lazy_tooltips:
            line, column = binding.span.line, binding.span.column
            hint.data = {"uri": params.text_document.uri, "line": line, "column": column}
        else:
            hint.tooltip = binding_markup(ls, result, part, binding)
        answer.append(hint)
    return answer


def resolve(ls: ShapewiseServer, hint: types.InlayHint) -> types.InlayHint:
    """Put the tooltip on a hint, if what it speaks of is still there."""
    data: Any = hint.data
    if not isinstance(data, dict):
        return hint
    found = ls.latest(str(data.get("uri")))
    if found is None:
        return hint
    result, part = found
    place = (part, data.get("line"), data.get("column"))
    for binding in _bindings(result, part, ls.tracing.shown(result, part)):
        if (binding.span.part, binding.span.line, binding.span.column) == place:
            hint.tooltip = binding_markup(ls, result, part, binding)
            break
    return hint


def register(ls: ShapewiseServer) -> None:
    """Offer inlay hints."""
    ls.feature(types.TEXT_DOCUMENT_INLAY_HINT)(inlay_hints)
    ls.feature(types.INLAY_HINT_RESOLVE)(resolve)
