"""Code actions: one handler for all that offer some, in the order of their worth.

A provider is asked with the newest analysis. Fixes come before lessons, so that a
lesson never crowds out a fix.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from lsprotocol import types

from ..scheduler import Result
from . import fix_actions, lesson_actions

if TYPE_CHECKING:
    from ..lsp import ShapewiseServer

    Provider = Callable[
        [ShapewiseServer, Result, int, types.CodeActionParams],
        Awaitable[list[types.CodeAction]],
    ]

PROVIDERS: tuple[Provider, ...] = (fix_actions.actions, lesson_actions.actions)
"""In this order their actions are shown; each is given the result and the document's part."""

KINDS = (types.CodeActionKind.QuickFix, types.CodeActionKind.Refactor, fix_actions.FIX_ALL)


async def code_actions(
    ls: ShapewiseServer, params: types.CodeActionParams
) -> list[types.CodeAction] | None:
    """What can be done about the newest text in a range."""
    found = await ls.newest(params.text_document.uri)
    if found is None:
        return None
    result, part = found
    actions: list[types.CodeAction] = []
    for provider in PROVIDERS:
        actions += await provider(ls, result, part, params)
    wanted = params.context.only
    if wanted is None:
        return actions
    return [action for action in actions if _is_wanted(_name(action.kind), wanted)]


def _is_wanted(kind: str, wanted: Sequence[types.CodeActionKind | str]) -> bool:
    names = map(_name, wanted)
    return any(not name or kind == name or kind.startswith(f"{name}.") for name in names)


def _name(kind: types.CodeActionKind | str | None) -> str:
    return kind.value if isinstance(kind, types.CodeActionKind) else kind or ""


def register(ls: ShapewiseServer) -> None:
    """Offer code actions."""
    options = types.CodeActionOptions(list(KINDS), resolve_provider=True)
    ls.feature(types.TEXT_DOCUMENT_CODE_ACTION, options)(code_actions)
    ls.feature(types.CODE_ACTION_RESOLVE)(fix_actions.resolve)
