"""Completion of lessons' snippets by their prefix, at the beginning of a line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lsprotocol import types

from ...analyzers.facts import text
from ...analyzers.messages import render
from ..documents import OpenText
from ..scheduler import Result

if TYPE_CHECKING:
    from ...lessons.model import Lesson, Snippet
    from ..lsp import ShapewiseServer

_WORD = re.compile(r"\s*([A-Za-z_][\w-]+)$")
_LAST = "~"
"""Sorts behind what belongs at the place itself."""


async def items(
    ls: ShapewiseServer, document: OpenText, params: types.CompletionParams
) -> list[types.CompletionItem]:
    """The snippets whose prefix begins with what was typed."""
    typed = _typed(document, params.position, ls)
    if typed is None:
        return []
    found = ls.latest(params.text_document.uri)
    shelf = await ls.teacher.shelf()
    return [
        _item(ls, found, lesson, snippet, params.position, typed)
        for _, lesson in shelf.lessons()
        for snippet in lesson.snippets
        if snippet.prefix.lower().startswith(typed.lower())
    ]


def _typed(document: OpenText, position: types.Position, ls: ShapewiseServer) -> str | None:
    """The word before the cursor, if nothing else stands before it."""
    offset = document.offset(position, ls.documents.encoding)
    start = document.text.rfind("\n", 0, offset) + 1
    found = _WORD.match(document.text[start:offset])
    return found[1] if found is not None else None


def _item(
    ls: ShapewiseServer,
    found: tuple[Result, int] | None,
    lesson: Lesson,
    snippet: Snippet,
    position: types.Position,
    typed: str,
) -> types.CompletionItem:
    from ...lessons.fill import fill
    from ...lessons.model import localized
    from ...lessons.placeholders import as_plain, as_snippet, parse
    from ...lessons.statements import Statement

    line = position.line + 1
    filled = {}
    language = ls.language
    if found is not None:
        result, part = found
        language = ls.settings_of(result.snapshot).language
        filled = fill(result.analysis, part, Statement(line, line, "", ""))
        filled.pop("target", None)
    body = parse(snippet.body.removesuffix("\n"))
    plain = as_plain(body, filled)
    # What was typed is of ASCII, whose characters are one unit in every encoding.
    start = types.Position(position.line, position.character - len(typed))
    code = as_snippet(body, filled) if ls.client.snippets else plain
    title = text("Insert example: {title}", title=localized(snippet.title, language))
    documentation = f"**{lesson.page(language).title}**\n\n```python\n{plain}\n```"
    return types.CompletionItem(
        label=snippet.prefix,
        kind=types.CompletionItemKind.Snippet,
        detail=render(title, language),
        documentation=types.MarkupContent(types.MarkupKind.Markdown, documentation),
        sort_text=_LAST + snippet.prefix,
        filter_text=snippet.prefix,
        insert_text_format=(
            types.InsertTextFormat.Snippet
            if ls.client.snippets
            else types.InsertTextFormat.PlainText
        ),
        text_edit=types.TextEdit(types.Range(start, position), code),
    )
