"""Lessons over the protocol, with the capabilities of VS Code and Neovim, in both languages."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any, Union

import pytest
from lsprotocol import types
from shapewise.lessons.new import TEMPLATE

from .conftest import Editor, Start

PROGRAM = "images = tensor(64, 1, 28, 28)\nbad(images)\n"
LEARN = {"en": "Learn: Flatten before Linear", "pt-BR": "Aprenda: Achatar antes da Linear"}
INSERT = {
    "en": "Insert example: flatten before Linear",
    "pt-BR": "Inserir exemplo: achatar antes da Linear",
}

pytestmark = pytest.mark.asyncio


@pytest.fixture(params=["en", "pt-BR"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A folder with a pack in it."""
    shutil.copytree(TEMPLATE, tmp_path / ".shapewise" / "lessons" / "my-pack")
    return tmp_path


def write(workspace: Path, text: str) -> str:
    """A program on disk: its URI."""
    path = workspace / "program.py"
    path.write_text(text, encoding="utf-8")
    return path.as_uri()


async def actions(
    session: Editor,
    uri: str,
    line: int,
    character: int = 0,
    diagnostics: list[types.Diagnostic] | None = None,
    trigger: types.CodeActionTriggerKind = types.CodeActionTriggerKind.Invoked,
    only: list[str] | None = None,
) -> list[types.CodeAction]:
    # lsprotocol takes an action that has a command for a command.
    converter = session.client.protocol._converter
    converter.register_structure_hook(
        Union[types.Command, types.CodeAction],  # noqa: UP007
        lambda found, _: converter.structure(found, types.CodeAction),
    )
    where = types.Position(line, character)
    found = await session.client.text_document_code_action_async(
        types.CodeActionParams(
            types.TextDocumentIdentifier(uri),
            types.Range(where, where),
            types.CodeActionContext(diagnostics or [], only=only, trigger_kind=trigger),
        )
    )
    return [action for action in found or () if isinstance(action, types.CodeAction)]


async def ask(session: Editor, method: str, **params: Any) -> Any:
    return await session.client.protocol.send_request_async(method, params)


async def command(session: Editor, name: str, **argument: Any) -> Any:
    return await session.client.workspace_execute_command_async(
        types.ExecuteCommandParams(name, [argument])
    )


def edits_of(action: types.CodeAction, uri: str) -> list[Any]:
    assert action.edit is not None
    if action.edit.changes is not None:
        return list(action.edit.changes[uri])
    (change,) = action.edit.document_changes or ()
    assert isinstance(change, types.TextDocumentEdit)
    assert change.text_document.uri == uri
    return list(change.edits)


async def test_actions_on_a_diagnostic(
    start: Start, editor: str, language: str, workspace: Path
) -> None:
    session = await start(editor, folder=workspace, locale=language)
    uri = write(workspace, PROGRAM)
    session.open(uri, PROGRAM)
    diagnostics = await session.diagnostics(uri, holds=bool)
    found = await actions(session, uri, 1, 4, diagnostics)
    assert [action.title for action in found] == [LEARN[language], INSERT[language]]
    learn, insert = found
    assert [action.kind for action in found] == [types.CodeActionKind.QuickFix] * 2
    assert not any(action.is_preferred for action in found)
    assert [d.code for d in learn.diagnostics or ()] == ["SW101"]
    assert learn.command is not None
    assert learn.command.command == "shapewise.lesson.open"
    assert learn.command.command in session.result.capabilities.execute_command_provider.commands
    (edit,) = edits_of(insert, uri)
    assert edit.range == types.Range(types.Position(1, 0), types.Position(1, 0))
    if editor == "vscode":
        assert isinstance(edit, types.SnippetTextEdit)
        assert edit.snippet.value == "images = images.flatten(${1:1})\n"
    else:
        assert isinstance(edit, types.TextEdit)
        assert edit.new_text == "images = images.flatten(1)\n"


async def test_a_snippet_is_indented_like_the_learners_line(
    start: Start, editor: str, workspace: Path
) -> None:
    text = "images = tensor(64, 1, 28, 28)\nif True:\n\tbad(images)\n"
    session = await start(editor, folder=workspace)
    uri = write(workspace, text)
    session.open(uri, text)
    await session.diagnostics(uri, holds=bool)
    insert = (await actions(session, uri, 2, 5))[1]
    (edit,) = edits_of(insert, uri)
    new = edit.snippet.value if editor == "vscode" else edit.new_text
    assert new.startswith("\timages = images.flatten(")
    assert edit.range.start == types.Position(2, 0)


async def test_actions_on_an_operator_only_when_asked(start: Start, workspace: Path) -> None:
    text = "x = tensor(2, 3)\ny = x.flatten(1)\nz = nn.Linear(3, 4)\nw = x + 1\n"
    session = await start(folder=workspace)
    uri = write(workspace, text)
    session.open(uri, text)
    await session.diagnostics(uri)
    for line, character in ((1, 7), (1, 0), (2, 8)):
        learn = (await actions(session, uri, line, character))[0]
        assert learn.title == LEARN["en"]
        assert learn.kind == types.CodeActionKind.Refactor
        assert learn.diagnostics is None
    assert await actions(session, uri, 3) == []
    automatic = types.CodeActionTriggerKind.Automatic
    assert await actions(session, uri, 1, 7, trigger=automatic) == []
    assert await actions(session, uri, 1, 7, only=["quickfix"]) == []
    assert await actions(session, uri, 1, 7, only=["refactor"])


async def test_an_automatic_request_on_a_diagnostic_has_lessons(
    start: Start, workspace: Path
) -> None:
    session = await start(folder=workspace)
    uri = write(workspace, PROGRAM)
    session.open(uri, PROGRAM)
    await session.diagnostics(uri, holds=bool)
    automatic = types.CodeActionTriggerKind.Automatic
    found = await actions(session, uri, 1, 4, trigger=automatic)
    assert [action.title for action in found] == [LEARN["en"], INSERT["en"]]


async def test_a_lesson_as_markdown(
    start: Start, editor: str, language: str, workspace: Path
) -> None:
    session = await start(editor, folder=workspace, locale=language)
    answer = await ask(session, "shapewise/lesson", pack="my-pack", lesson="flatten")
    assert answer.language == language
    assert answer.title == LEARN[language].partition(": ")[2]
    assert answer.markdown.startswith(f"# {answer.title}\n")
    assert "rows = images.flatten(1)  # (64, 784) float32" in answer.markdown
    assert "layer(images)  # ✗" in answer.markdown
    heading = {"en": "## Exercise", "pt-BR": "## Exercício"}[language]
    assert heading in answer.markdown
    assert [question.kind for question in answer.quiz] == ["choice", "shape"]
    assert not hasattr(answer.quiz[0], "answer")
    assert await ask(session, "shapewise/lesson", pack="my-pack", lesson="other") is None
    progress = json.loads((workspace / ".shapewise/progress.json").read_text("utf-8"))
    assert "opened" in progress["lessons"]["my-pack/flatten"]


async def test_a_lesson_as_html(start: Start, workspace: Path) -> None:
    session = await start(folder=workspace)
    named: dict[str, Any] = {"pack": "my-pack", "lesson": "flatten", "format": "html"}
    answer = await ask(session, "shapewise/lesson", **named)
    assert answer.html.startswith("<h1>Flatten before Linear</h1>")
    assert '<pre class="code">' in answer.html
    assert "Exercise" not in answer.html
    assert "<code>rows</code>" in " ".join([answer.exercise.goal, *answer.exercise.steps])
    codes = [question.code for question in answer.quiz if question.kind == "shape"]
    assert codes and all(code.startswith('<pre class="code">') for code in codes)
    solution = await ask(session, "shapewise/lessonSolution", **named)
    assert solution.solution.startswith('<pre class="code">')
    hint = await ask(session, "shapewise/lessonHint", **named)
    assert "`" not in hint.hint


async def test_a_lesson_in_another_language_than_the_editors(start: Start, workspace: Path) -> None:
    session = await start(folder=workspace)
    answer = await ask(session, "shapewise/lesson", pack="my-pack", lesson="flatten", language="pt")
    assert answer.title == "Achatar antes da Linear"


async def test_the_command_shows_a_file_in_any_editor(
    start: Start, editor: str, workspace: Path, tmp_path: Path
) -> None:
    session = await start(editor, folder=workspace, env={"XDG_CACHE_HOME": str(tmp_path / "cache")})
    await command(session, "shapewise.lesson.open", pack="my-pack", lesson="flatten")
    shown = await session.until(types.WINDOW_SHOW_DOCUMENT)
    path = Path(shown.uri.removeprefix("file://"))
    assert path.suffix == ".md"
    assert path.read_text("utf-8").startswith("# Flatten before Linear\n")


async def test_all_lessons(start: Start, editor: str, language: str, workspace: Path) -> None:
    session = await start(editor, folder=workspace, locale=language)
    answer = await ask(session, "shapewise/lessons")
    pack = next(pack for pack in answer.packs if pack.id == "my-pack")
    assert pack.title == {"en": "My pack", "pt-BR": "Meu pacote"}[language]
    assert pack.origin == "workspace"
    (concept,) = pack.concepts
    assert concept.title == {"en": "Shapes", "pt-BR": "Formatos"}[language]
    assert concept.lessons == ["flatten"]
    (lesson,) = pack.lessons
    assert (lesson.id, lesson.codes, lesson.steps, lesson.questions) == ("flatten", ["SW101"], 2, 2)
    assert not answer.faults


async def test_questions(start: Start, editor: str, language: str, workspace: Path) -> None:
    session = await start(editor, folder=workspace, locale=language)

    async def answered(question: str, answer: Any) -> Any:
        return await ask(
            session,
            "shapewise/lessonAnswer",
            pack="my-pack",
            lesson="flatten",
            question=question,
            answer=answer,
        )

    assert not (await answered("which-axis", 0)).right
    right = await answered("which-axis", 1)
    assert right.right
    says = {"en": "The last axis must", "pt-BR": "O último eixo precisa"}[language]
    assert right.explanation.startswith(says)
    for answer in ([8, 3072], "(8, 3072)", "8 x 3072"):
        assert (await answered("flat-shape", answer)).right
    for answer in ([3072, 8], "(8, 3, 32, 32)", "many", True):
        assert not (await answered("flat-shape", answer)).right
    assert await answered("other", 1) is None
    progress = json.loads((workspace / ".shapewise/progress.json").read_text("utf-8"))
    quiz = progress["lessons"]["my-pack/flatten"]["quiz"]
    assert quiz["which-axis"]["tries"] == 2
    assert "right" in quiz["which-axis"]


async def completed(session: Editor, uri: str, line: int, character: int) -> list[Any]:
    answer = await session.client.text_document_completion_async(
        types.CompletionParams(types.TextDocumentIdentifier(uri), types.Position(line, character))
    )
    return list(answer.items) if isinstance(answer, types.CompletionList) else list(answer or ())


async def test_a_snippet_by_its_prefix(
    start: Start, editor: str, language: str, workspace: Path
) -> None:
    text = "images = tensor(64, 1, 28, 28)\nsw-fl\nx = sw-fl\n"
    session = await start(editor, folder=workspace, locale=language)
    uri = write(workspace, text)
    session.open(uri, text)
    await session.diagnostics(uri)
    (item,) = await completed(session, uri, 1, 5)
    assert item.label == "sw-flatten"
    assert item.detail == INSERT[language]
    assert item.insert_text_format == types.InsertTextFormat.Snippet
    assert item.text_edit == types.TextEdit(
        types.Range(types.Position(1, 0), types.Position(1, 5)),
        "images = images.flatten(${1:1})",
    )
    assert await completed(session, uri, 2, 9) == []


async def test_a_snippet_for_an_editor_without_snippets(start: Start, workspace: Path) -> None:
    def without(capabilities: types.ClientCapabilities) -> None:
        completion = capabilities.text_document.completion
        completion.completion_item.snippet_support = False

    session = await start(folder=workspace, adjust=without)
    uri = write(workspace, "sw-f\n")
    session.open(uri, "sw-f\n")
    await session.diagnostics(uri)
    (item,) = await completed(session, uri, 0, 4)
    assert item.insert_text_format == types.InsertTextFormat.PlainText
    assert item.text_edit.new_text == "images = images.flatten(1)"


async def test_a_broken_pack_is_reported_and_the_others_stay(
    start: Start, editor: str, language: str, workspace: Path
) -> None:
    broken = workspace / ".shapewise/lessons/broken"
    shutil.copytree(TEMPLATE, broken)
    manifest = broken / "pack.toml"
    manifest.write_text(manifest.read_text("utf-8").replace("requires", "require"), "utf-8")
    session = await start(editor, folder=workspace, locale=language)
    published = await session.until(
        types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, lambda p: p.uri == manifest.as_uri()
    )
    (diagnostic,) = published.diagnostics
    assert diagnostic.range.start.line == 21
    assert (
        diagnostic.message
        == {
            "en": "there is no key `require`; is `requires` meant?",
            "pt-BR": "não há a chave `require`; quis dizer `requires`?",
        }[language]
    )
    shown = await session.until(types.WINDOW_SHOW_MESSAGE)
    assert diagnostic.message in shown.message
    answer = await ask(session, "shapewise/lessons")
    assert "my-pack" in [pack.id for pack in answer.packs]
    assert [fault.line for fault in answer.faults] == [22]


async def test_an_edited_lesson_appears_at_once(start: Start, editor: str, workspace: Path) -> None:
    session = await start(editor, folder=workspace)
    uri = write(workspace, PROGRAM)
    session.open(uri, PROGRAM)
    await session.diagnostics(uri, holds=bool)
    assert (await actions(session, uri, 1, 4))[0].title == LEARN["en"]
    page = workspace / ".shapewise/lessons/my-pack/lessons/flatten/en.md"
    page.write_text(page.read_text("utf-8").replace("# Flatten before", "# First flatten, then"))
    if editor == "vscode":
        session.client.workspace_did_change_watched_files(
            types.DidChangeWatchedFilesParams(
                [types.FileEvent(page.as_uri(), types.FileChangeType.Changed)]
            )
        )
    assert (await actions(session, uri, 1, 4))[0].title == "Learn: First flatten, then Linear"


async def test_a_mended_pack_is_no_longer_reported(start: Start, workspace: Path) -> None:
    manifest = workspace / ".shapewise/lessons/my-pack/pack.toml"
    sound = manifest.read_text("utf-8")
    manifest.write_text(sound.replace("requires", "require"), "utf-8")
    session = await start(folder=workspace)
    uri = manifest.as_uri()
    method = types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS
    await session.until(method, lambda p: p.uri == uri and p.diagnostics)
    manifest.write_text(sound, "utf-8")
    session.client.workspace_did_change_watched_files(
        types.DidChangeWatchedFilesParams([types.FileEvent(uri, types.FileChangeType.Changed)])
    )
    await session.until(method, lambda p: p.uri == uri and not p.diagnostics)
    answer = await ask(session, "shapewise/lessons")
    assert "my-pack" in [pack.id for pack in answer.packs]


async def test_packs_are_watched(start: Start, editor: str, workspace: Path) -> None:
    session = await start(editor, folder=workspace)
    await ask(session, "shapewise/lessons")
    registered = [
        registration
        for params in session.of(types.CLIENT_REGISTER_CAPABILITY)
        for registration in params.registrations
        if registration.method == types.WORKSPACE_DID_CHANGE_WATCHED_FILES
    ]
    # Neovim cannot be asked to watch: there, files are looked at with each request.
    assert bool(registered) == (editor == "vscode")
    for registration in registered:
        patterns = [watcher["globPattern"] for watcher in _plain(registration)["watchers"]]
        assert "**/.shapewise/lessons/**" in patterns


def _plain(registration: Any) -> Any:
    options = registration.register_options
    if isinstance(options, dict):
        return options
    from pygls.protocol import default_converter

    return json.loads(json.dumps(default_converter().unstructure(options), default=vars))


async def test_a_configured_path(start: Start, tmp_path: Path) -> None:
    shutil.copytree(TEMPLATE, tmp_path / "course" / "packs" / "mine")
    folder = tmp_path / "work"
    folder.mkdir()
    session = await start(folder=folder, settings={"lessons": {"paths": ["../course/packs"]}})
    answer = await ask(session, "shapewise/lessons")
    assert [(p.id, p.origin) for p in answer.packs if p.id == "my-pack"] == [
        ("my-pack", "configured")
    ]


async def test_without_packs_nothing_is_offered(start: Start, tmp_path: Path) -> None:
    session = await start(folder=tmp_path)
    uri = write(tmp_path, "w = x.frobnicate(1)\n")
    session.open(uri, "w = x.frobnicate(1)\n")
    await session.diagnostics(uri)
    assert await actions(session, uri, 0, 8) == []
