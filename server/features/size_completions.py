"""Completion of sizes: inside `nn.Linear(`, `x.view(` and the like, what fits there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lsprotocol import types

from ...analyzers.messages import render
from ..documents import OpenText, Snapshot
from ..engine import source_of

if TYPE_CHECKING:
    from ...analyzers.completing import Offer
    from ..lsp import ShapewiseServer

TRIGGERS = ("(", ",", "=", " ")
"""What stands before an argument; a blank only behind one of the others."""


async def items(
    ls: ShapewiseServer, document: OpenText, params: types.CompletionParams
) -> list[types.CompletionItem]:
    """The values that fit at a place and begin with what was typed."""
    from ...analyzers.completing import wanted_at

    key = ls.documents.unit_of(document.uri)
    snapshot = ls.documents.snapshot(key) if key is not None else None
    part = snapshot.part_of(document.uri) if snapshot is not None else None
    if snapshot is None or part is None or not ls.configured.is_set():
        return []
    encoding = ls.documents.encoding
    offset = document.offset(params.position, encoding)
    context = params.context
    if context is not None and context.trigger_character == " ":
        before = document.text[:offset].rstrip(" ")[-1:]
        if before not in TRIGGERS:
            return []
    site = wanted_at(document.text, offset)
    if site is None:
        return []
    # The same while an argument is being typed.
    rest = (document.text[: site.start], document.text[site.end :])
    others = tuple(one.text for one in snapshot.parts)
    place = (snapshot.key, part, rest, others[:part], others[part + 1 :])
    source = source_of(snapshot)
    found = await ls.completing.offers(place, source, part, site, ls.analyser(snapshot))
    return [
        # The same answer serves while more of the argument is typed.
        _item(ls, snapshot, document, replace(offer, start=site.start, end=site.end), number)
        for number, offer in enumerate(found)
        if offer.text.startswith(site.typed)
    ]


def _item(
    ls: ShapewiseServer, snapshot: Snapshot, document: OpenText, offer: Offer, number: int
) -> types.CompletionItem:
    language = ls.settings_of(snapshot).language
    edges = (_position(ls, document, index) for index in (offer.start, offer.end))
    return types.CompletionItem(
        label=offer.text,
        kind=types.CompletionItemKind.Value,
        detail=render(offer.reason, language).replace("`", ""),
        # Before what other servers know of the call, in our own order.
        sort_text=f"!{number}",
        filter_text=offer.text,
        preselect=number == 0,
        text_edit=types.TextEdit(types.Range(*edges), offer.text),
    )


def _position(ls: ShapewiseServer, document: OpenText, index: int) -> types.Position:
    line = document.text.count("\n", 0, index)
    start = document.text.rfind("\n", 0, index) + 1
    return Snapshot.position_of(document, line + 1, index - start + 1, ls.documents.encoding)
