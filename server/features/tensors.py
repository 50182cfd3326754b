"""`shapewise/tensors`: the tensors known at the cursor, for an inspector."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from ...analyzers.facts import Binding, Span, TensorFact
from ...analyzers.visible import visible_at
from ..documents import Snapshot
from ..syntax import chunks_of
from ..tracing.overlay import Shown, at_binding
from ..wording import shape_code, source_code

if TYPE_CHECKING:
    from ..lsp import ShapewiseServer

METHOD = "shapewise/tensors"


async def tensors(ls: ShapewiseServer, params: Any) -> dict[str, Any] | None:
    """Answers with `tensors`, in the order of the text; null for what is not open.

    Params: `textDocument` and `position`, as of a hover.
    """
    uri = str(params.textDocument.uri)
    found = await ls.newest(uri)
    if found is None:
        return None
    result, part = found
    position = types.Position(int(params.position.line), int(params.position.character))
    document = result.snapshot.parts[part]
    line, _ = result.snapshot.place_of(document, position, ls.documents.encoding)
    chunks = chunks_of(result.snapshot)
    shown = [ls.tracing.shown(result, p) for p in range(len(result.snapshot.parts))]
    bindings = _with_seen(result.analysis.bindings, shown)
    return {
        "tensors": [
            _tensor(ls, result.snapshot, binding, (part, line), shown[binding.span.part])
            for binding in visible_at(chunks, bindings, part, line)
        ]
    }


def _with_seen(bindings: Iterable[Binding], shown: Sequence[Sequence[Shown]]) -> list[Binding]:
    """The bindings to tensors, and without facts those of which only a run knows.

    Args:
        shown: what the run saw, by part.
    """
    found = [binding for binding in bindings if binding.facts]
    known = {(binding.span.part, binding.span.line, binding.name) for binding in found}
    for part, items in enumerate(shown):
        for item in items:
            seen, place = item.seen, item.seen.place
            if seen.kind == "expression" or seen.kind == "return":
                continue
            if (part, item.line, seen.name) in known:
                continue
            end_line = item.line + place.end_line - place.line
            span = Span(part, item.line, place.column, end_line, place.end_column)
            found.append(Binding(span, seen.name, seen.kind, ()))
    return sorted(found, key=lambda binding: binding.span)


def _tensor(
    ls: ShapewiseServer,
    snapshot: Snapshot,
    binding: Binding,
    cursor: tuple[int, int],
    shown: Sequence[Shown],
) -> dict[str, Any]:
    span, origin = binding.span, binding.origin
    first, *others = binding.facts or (None,)
    return {
        "name": binding.name,
        "kind": binding.kind,
        **_place(ls, snapshot, span),
        "current": (span.part, span.line) == cursor,
        **_fact(first),
        "alternatives": [_fact(fact) for fact in others if fact is not None],
        "traced": _traced(at_binding(shown, binding)),
        "origin": (
            {"source": source_code(origin.source), **_place(ls, snapshot, origin.span)}
            if origin is not None
            else None
        ),
    }


def _fact(fact: TensorFact | None) -> dict[str, Any]:
    """A fact; nulls where only a run knows of the tensor."""
    if fact is None:
        return dict.fromkeys(
            ("type", "shape", "dtype", "device", "acceleratedDevice", "requiresGrad")
        )
    return {
        "type": fact.kind,
        "shape": shape_code(fact.shape),
        "dtype": fact.dtype,
        "device": fact.device,
        "acceleratedDevice": fact.accelerated_device,
        "requiresGrad": fact.requires_grad,
    }


def _traced(shown: Shown | None) -> dict[str, Any] | None:
    """What a run saw last, with its numbers where it looked at them."""
    if shown is None:
        return None
    last, numbers = shown.seen.last, shown.seen.statistics
    return {
        "type": last.kind,
        "shape": shape_code(last.shape),
        "dtype": last.dtype,
        "device": last.device,
        "requiresGrad": last.requires_grad,
        "visits": shown.seen.visits,
        "stale": shown.stale,
        "statistics": (
            {
                "min": numbers.min,
                "max": numbers.max,
                "mean": numbers.mean,
                "nan": numbers.nan,
                "inf": numbers.inf,
            }
            if numbers is not None
            else None
        ),
    }


def _place(ls: ShapewiseServer, snapshot: Snapshot, span: Span) -> dict[str, Any]:
    found = snapshot.range_of(span, ls.documents.encoding)
    return {
        "uri": snapshot.parts[span.part].uri,
        "range": {
            "start": {"line": found.start.line, "character": found.start.character},
            "end": {"line": found.end.line, "character": found.end.character},
        },
    }


def register(ls: ShapewiseServer) -> None:
    """Answer the request."""
    ls.feature(METHOD)(tensors)
