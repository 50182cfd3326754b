"""Code actions of lessons: "Learn: …" and "Insert example: …".

On a diagnostic they are quick fixes without being preferred. On operators they are
offered only when the person asks for actions, so that no light bulb follows the cursor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types

from ...analyzers.facts import Problem, text
from ...analyzers.messages import render
from ..documents import OpenText
from ..scheduler import Result
from .lesson_exercises import CODE as EXERCISE
from .lesson_exercises import marked

if TYPE_CHECKING:
    from ...lessons.model import Lesson, Pack, Snippet
    from ...lessons.statements import Edit
    from ..lsp import ShapewiseServer

OPEN = "shapewise.lesson.open"
"""The command that opens a lesson; its argument is `{pack, lesson}`."""

PREDICT = "shapewise.lesson.predict"

_MOST = 3
"""Lessons offered at one place, and snippets."""


async def actions(
    ls: ShapewiseServer, result: Result, part: int, params: types.CodeActionParams
) -> list[types.CodeAction]:
    """The lessons that belong to the diagnostics and operators of a range."""
    from ...lessons.offers import offers, operators_at

    document = result.snapshot.parts[part]
    encoding = ls.documents.encoding
    line, column = result.snapshot.place_of(document, params.range.start, encoding)
    end = result.snapshot.place_of(document, params.range.end, encoding)
    problems = [
        problem
        for problem in result.analysis.problems
        if problem.span.part == part and _meets(problem, (line, column), end)
    ]
    invoked = params.context.trigger_kind != types.CodeActionTriggerKind.Automatic
    if not problems and not invoked:
        return []
    shelf = await ls.teacher.shelf()
    if not shelf.packs:
        return []
    language = ls.settings_of(result.snapshot).language
    if any(problem.code == EXERCISE for problem in problems):
        return _on_exercise(result, params, language)
    codes = list(dict.fromkeys(problem.code for problem in problems))
    operators = operators_at(document.text, line, column, result.analysis, part) if invoked else []
    found = offers(shelf.lessons(), codes, operators)
    by_code = {(pack.id, lesson.id) for pack, lesson in offers(shelf.lessons(), codes, [])}
    given = [d for d in params.context.diagnostics if d.code in codes]
    learn, insert = [], []
    for pack, lesson in found[:_MOST]:
        on_problem = (pack.id, lesson.id) in by_code
        kind = types.CodeActionKind.QuickFix if on_problem else types.CodeActionKind.Refactor
        about = [d for d in given if d.code in lesson.triggers.codes] if on_problem else []
        learn.append(_learn(pack, lesson, kind, about, language))
        for snippet in lesson.snippets:
            problem = next((p for p in problems if p.code in snippet.fixes), None)
            edit = _edit(snippet, result, part, document, line, problem)
            if edit is None or (problem is None and snippet.fixes and problems):
                continue
            insert.append(_insert(ls, snippet, edit, document, result, kind, about, language))
    question = []
    if operators and found and not problems and _predictable(result, part, document, line):
        argument = {"uri": document.uri, "position": {"line": line - 1, "character": 0}}
        title = render(text("Predict the shape"), language)
        question.append(_command(title, PREDICT, argument, types.CodeActionKind.Refactor))
    return [*learn, *insert[:_MOST], *question]


def _predictable(result: Result, part: int, document: OpenText, line: int) -> bool:
    from ...lessons.predict import prediction_at

    program = document.text.replace("\r\n", "\n")
    return prediction_at(result.analysis, part, program, line) is not None


def _on_exercise(
    result: Result, params: types.CodeActionParams, language: str
) -> list[types.CodeAction]:
    """What helps with an exercise: a run, a hint, at last the solution."""
    mark = marked(result.snapshot)
    if mark is None:
        return []
    argument = {"pack": mark[0], "lesson": mark[1], "uri": params.text_document.uri}
    about = [d for d in params.context.diagnostics if d.code == EXERCISE]
    offered = (
        (text("Show a hint"), "shapewise.lesson.hint"),
        (text("Open the lesson"), OPEN),
        (text("Check the exercise by running it"), "shapewise.lesson.run"),
        (text("Show the solution"), "shapewise.lesson.solution"),
    )
    kind = types.CodeActionKind.QuickFix
    return [
        _command(render(title, language), command, argument, kind, about)
        for title, command in offered
    ]


def _command(
    title: str,
    command: str,
    argument: dict[str, Any],
    kind: types.CodeActionKind,
    about: list[types.Diagnostic] | None = None,
) -> types.CodeAction:
    return types.CodeAction(
        title,
        kind,
        diagnostics=about or None,
        command=types.Command(title, command, arguments=[argument]),
    )


def _meets(problem: Problem, start: tuple[int, int], end: tuple[int, int]) -> bool:
    """Whether a problem lies on the lines of a range."""
    return problem.span.line <= end[0] and start[0] <= problem.span.end_line


def _learn(
    pack: Pack,
    lesson: Lesson,
    kind: types.CodeActionKind,
    about: list[types.Diagnostic],
    language: str,
) -> types.CodeAction:
    title = render(text("Learn: {title}", title=lesson.page(language).title), language)
    argument = {"pack": pack.id, "lesson": lesson.id, "language": language}
    command = types.Command(title, OPEN, arguments=[argument])
    return types.CodeAction(title, kind, diagnostics=about or None, command=command)


def _edit(
    snippet: Snippet,
    result: Result,
    part: int,
    document: OpenText,
    line: int,
    problem: Problem | None,
) -> tuple[Edit, str] | None:
    """The edit that inserts a snippet as plain code, and the same as an LSP snippet."""
    from ...lessons.fill import fill
    from ...lessons.placeholders import as_plain, as_snippet, parse
    from ...lessons.statements import insertion, statement_at

    program = "\n".join(content.rstrip("\r\n") for content in document.lines)
    statement = statement_at(program, problem.span.line if problem is not None else line)
    focus = problem.span if problem is not None else None
    filled = fill(result.analysis, part, statement, focus)
    body = parse(snippet.body)
    plain = insertion(program, statement, snippet.place, as_plain(body, filled))
    stops = insertion(program, statement, snippet.place, as_snippet(body, filled))
    return (plain, stops.text) if plain is not None and stops is not None else None


def _insert(
    ls: ShapewiseServer,
    snippet: Snippet,
    edit: tuple[Edit, str],
    document: OpenText,
    result: Result,
    kind: types.CodeActionKind,
    about: list[types.Diagnostic],
    language: str,
) -> types.CodeAction:
    from ...lessons.model import localized

    plain, stops = edit
    title = text("Insert example: {title}", title=localized(snippet.title, language))
    encoding = ls.documents.encoding
    where = types.Range(
        result.snapshot.position_of(document, plain.line, plain.column, encoding),
        result.snapshot.position_of(document, plain.end_line, plain.end_column, encoding),
    )
    return types.CodeAction(
        render(title, language),
        kind,
        diagnostics=about or None,
        edit=_workspace_edit(ls, document, where, plain.text, stops),
    )


def _workspace_edit(
    ls: ShapewiseServer, document: OpenText, where: types.Range, plain: str, stops: str
) -> types.WorkspaceEdit:
    # Behind the last line an editor would indent the snippet's lines a second time.
    at_line = where.start.character == 0
    edits: list[Any] = [types.TextEdit(where, plain)]
    if not ls.client.document_changes:
        return types.WorkspaceEdit(changes={document.uri: edits})
    if ls.client.snippet_edits and at_line:
        edits = [types.SnippetTextEdit(where, types.StringValue(stops))]
    identifier = types.OptionalVersionedTextDocumentIdentifier(document.uri, document.version)
    return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(identifier, edits)])
