"""Code actions that fix a problem; each was proved before it is offered.

An editor that can is given the titles first, and the edits of the action it chooses
when it asks for them (`codeAction/resolve`).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from ...analyzers.facts import Problem, text
from ...analyzers.messages import render
from ..scheduler import Result

if TYPE_CHECKING:
    from ...analyzers.fixes import Edit
    from ..lsp import ShapewiseServer

FIX_ALL = "source.fixAll.shapewise"

_SECONDS = 0.08
"""How long an answer waits for proofs that have not ended yet."""


async def actions(
    ls: ShapewiseServer, result: Result, part: int, params: types.CodeActionParams
) -> list[types.CodeAction]:
    """The proved fixes of the problems on the lines of a range, the preferred ones first."""
    document = result.snapshot.parts[part]
    encoding = ls.documents.encoding
    first, _ = result.snapshot.place_of(document, params.range.start, encoding)
    last, _ = result.snapshot.place_of(document, params.range.end, encoding)
    settings = ls.settings_of(result.snapshot)
    if not settings.diagnostics:
        return []
    language = settings.language
    wanted = [str(getattr(kind, "value", kind)) for kind in params.context.only or ()]
    if any(kind == FIX_ALL or FIX_ALL.startswith(f"{kind}.") for kind in wanted):
        return await _fix_all(ls, result, language)
    end = time.monotonic() + _SECONDS
    found: list[types.CodeAction] = []
    kinds: list[str] = []
    for index, problem in enumerate(result.analysis.problems):
        if problem.span.part != part or not _meets(problem, first, last):
            continue
        given = _diagnostics(ls, result, problem, params.context.diagnostics)
        for number, fix in enumerate(await ls.fixing.of(result, problem, end - time.monotonic())):
            action = types.CodeAction(
                render(fix.title, language),
                types.CodeActionKind.QuickFix,
                diagnostics=given or None,
                is_preferred=fix.preferred or None,
            )
            if ls.client.lazy_edits:
                action.data = {"result": result.number, "problem": index, "fix": number}
            else:
                action.edit = workspace_edit(ls, result, fix.edits)
            found.append(action)
            if fix.preferred:
                kinds.append(fix.kind)
    for kind in dict.fromkeys(kinds):
        together = ls.fixing.together(result, kind)
        if together is not None:
            action = types.CodeAction(
                render(together.title, language), types.CodeActionKind.QuickFix
            )
            if ls.client.lazy_edits:
                action.data = {"result": result.number, "kind": kind}
            else:
                action.edit = workspace_edit(ls, result, together.edits)
            found.append(action)
    return found


async def resolve(ls: ShapewiseServer, action: types.CodeAction) -> types.CodeAction:
    """Put the edits into an action; one of a text that is gone stays without."""
    data: Any = action.data
    if not isinstance(data, dict) or not isinstance(data.get("result"), int):
        return action
    result = ls.fixing.by_number(data["result"])
    if result is None:
        return action
    edits: Sequence[Edit] = ()
    if "kind" in data:
        together = ls.fixing.together(result, str(data["kind"]))
        edits = together.edits if together is not None else ()
    elif "all" in data:
        edits = await ls.fixing.everything(result)
    else:
        edits = ls.fixing.known(data["result"], int(data["problem"]), int(data["fix"]))
    if edits:
        action.edit = workspace_edit(ls, result, edits)
    return action


async def _fix_all(ls: ShapewiseServer, result: Result, language: str) -> list[types.CodeAction]:
    """The action an editor runs on saving: what may be fixed without being read."""
    if not await ls.fixing.may_fix_all(result):
        return []
    title = render(text("Fix all that can be fixed safely"), language)
    action = types.CodeAction(title, FIX_ALL)
    if ls.client.lazy_edits:
        action.data = {"result": result.number, "all": True}
        return [action]
    edits = await ls.fixing.everything(result)
    action.edit = workspace_edit(ls, result, edits)
    return [action] if edits else []


def _meets(problem: Problem, first: int, last: int) -> bool:
    return problem.span.line <= last and first <= problem.span.end_line


def _diagnostics(
    ls: ShapewiseServer, result: Result, problem: Problem, given: Sequence[types.Diagnostic]
) -> list[types.Diagnostic]:
    """Those of the editor's diagnostics that are the problem."""
    where = result.snapshot.range_of(problem.span, ls.documents.encoding)
    return [d for d in given if d.code == problem.code and d.range == where]


def workspace_edit(
    ls: ShapewiseServer, result: Result, edits: Sequence[Edit]
) -> types.WorkspaceEdit:
    """Edits for the editor, of exactly the text they were proved on where it can tell."""
    from ...analyzers.fixes.edits import newline, with_ends

    by_part: dict[int, list[types.TextEdit]] = {}
    for edit in edits:
        document = result.snapshot.parts[edit.span.part]
        new = with_ends(edit.new, newline(document.text))
        where = result.snapshot.range_of(edit.span, ls.documents.encoding)
        by_part.setdefault(edit.span.part, []).append(types.TextEdit(where, new))
    if not ls.client.document_changes:
        return types.WorkspaceEdit(
            changes={result.snapshot.parts[part].uri: found for part, found in by_part.items()}
        )
    return types.WorkspaceEdit(
        document_changes=[
            types.TextDocumentEdit(
                types.OptionalVersionedTextDocumentIdentifier(
                    result.snapshot.parts[part].uri, result.snapshot.parts[part].version
                ),
                list(found),
            )
            for part, found in by_part.items()
        ]
    )
