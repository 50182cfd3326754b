"""Completion: one handler for all that complete something, in the order of their worth.

A provider is asked with what is known already, which may speak of slightly older text:
nobody waits for an analysis while a list is open.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from lsprotocol import types

from . import lesson_completions, size_completions

if TYPE_CHECKING:
    from ..documents import OpenText
    from ..lsp import ShapewiseServer

    Provider = Callable[
        [ShapewiseServer, OpenText, types.CompletionParams], Awaitable[list[types.CompletionItem]]
    ]

PROVIDERS: tuple[Provider, ...] = (size_completions.items, lesson_completions.items)

TRIGGERS = ("-", *size_completions.TRIGGERS)
"""A hyphen ends a word for many editors, but not the prefix of a lesson's snippet."""


async def completions(
    ls: ShapewiseServer, params: types.CompletionParams
) -> types.CompletionList | None:
    """What can be written at a position."""
    document = ls.documents.text(params.text_document.uri)
    if document is None:
        return None
    items = [item for provider in PROVIDERS for item in await provider(ls, document, params)]
    # The editor is to ask again with each character: more may fit than its own filter thinks.
    return types.CompletionList(is_incomplete=True, items=items) if items else None


def register(ls: ShapewiseServer) -> None:
    """Offer completion."""
    options = types.CompletionOptions(trigger_characters=list(TRIGGERS))
    ls.feature(types.TEXT_DOCUMENT_COMPLETION, options)(completions)
