"""An exercise over the protocol: begun, checked while it is worked on, hints, the solution."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from lsprotocol import types
from shapewise.lessons.new import TEMPLATE

from .conftest import REAL_SERVER, Editor, Start
from .test_lessons import actions

pytestmark = pytest.mark.asyncio

SAID = {
    "en": [
        "Steps done: 0 of 2. Next: Make `rows`: one row of numbers for each image.",
        "Steps done: 1 of 2. Next: Make `scores`: ten numbers for each image.",
        "Solved: every step is done",
        "every step is done; now clear the errors",
        "`rows` is no tensor yet",
        "`rows` has shape (64, 1, 784); it should be (64, 784)",
        "Hint 1 of 2: The batch is axis 0 and stays.",
    ],
    "pt-BR": [
        "Passos feitos: 0 de 2. A seguir: Faça `rows`: uma linha de números para cada imagem.",
        "Passos feitos: 1 de 2. A seguir: Faça `scores`: dez números para cada imagem.",
        "Resolvido: todos os passos estão feitos",
        "todos os passos estão feitos; agora elimine os erros",
        "`rows` ainda não é um tensor",
        "`rows` tem formato (64, 1, 784); deveria ser (64, 784)",
        "Dica 1 de 2: O lote é o eixo 0 e fica.",
    ],
}


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    shutil.copytree(TEMPLATE, tmp_path / ".shapewise" / "lessons" / "my-pack")
    return tmp_path


async def command(session: Editor, name: str) -> Any:
    argument = {"pack": "my-pack", "lesson": "flatten"}
    answer = await session.client.workspace_execute_command_async(
        types.ExecuteCommandParams(name, [argument])
    )
    return None if answer is None else SimpleNamespace(**answer)


def answering_edits(session: Editor) -> list[types.WorkspaceEdit]:
    """The edits that the server asks for; the editor makes them all."""
    asked: list[types.WorkspaceEdit] = []

    def apply(params: types.ApplyWorkspaceEditParams) -> types.ApplyWorkspaceEditResult:
        asked.append(params.edit)
        return types.ApplyWorkspaceEditResult(applied=True)

    session.client.protocol.fm.features.pop(types.WORKSPACE_APPLY_EDIT, None)
    session.client.feature(types.WORKSPACE_APPLY_EDIT)(apply)
    return asked


def text_of(edit: types.WorkspaceEdit) -> tuple[str, str]:
    create, change = edit.document_changes or ()
    assert isinstance(create, types.CreateFile) and isinstance(change, types.TextDocumentEdit)
    (insert,) = change.edits
    assert isinstance(insert, types.TextEdit)
    return create.uri, insert.new_text


def done(workspace: Path) -> dict[str, Any]:
    content = json.loads((workspace / ".shapewise/progress.json").read_text("utf-8"))
    return dict(content["lessons"]["my-pack/flatten"]["exercise"])


async def begun(session: Editor) -> tuple[str, str]:
    edits = answering_edits(session)
    answer = await command(session, "shapewise.lesson.exercise")
    uri, text = text_of(edits[0])
    assert answer.created and answer.uri == uri
    await session.until(types.WINDOW_SHOW_DOCUMENT, lambda p: p.uri == uri)
    return uri, text


@pytest.mark.parametrize(("editor", "language"), [("vscode", "pt-BR"), ("neovim", "en")])
async def test_an_exercise_from_start_to_end(
    start: Start, editor: str, language: str, workspace: Path
) -> None:
    session = await start(editor, command=REAL_SERVER, folder=workspace, locale=language)
    nothing, first, solved, errors, no_tensor, wrong, _ = SAID[language]

    async def shown(version: int, text: str, message: str) -> dict[str, int]:
        if version > 1:
            session.change(uri, version, text)
        found = await session.diagnostics(
            uri, version, lambda ds: any(d.message.startswith(message) for d in ds)
        )
        mine = [d for d in found if d.code == "exercise"]
        assert all(d.severity == types.DiagnosticSeverity.Information for d in mine)
        return {d.message: d.range.start.line for d in mine}

    uri, text = await begun(session)
    assert uri == (workspace / "exercises/my-pack/flatten.py").as_uri()
    assert text.startswith("# shapewise: exercise my-pack/flatten\n")
    line = text.split("\n").index("rows = ...")
    session.open(uri, text)
    assert await shown(1, text, nothing) == {nothing: 0, no_tensor: line}

    almost = text.replace("rows = ...", "rows = images.flatten(2)")
    assert await shown(2, almost, nothing) == {nothing: 0, wrong: line}

    half = text.replace("rows = ...", "rows = images.flatten(1)")
    assert first in await shown(3, half, first)
    assert done(workspace)["done"] == 1

    whole = half.replace("scores = ...", "scores = layer(rows)")
    assert await shown(4, whole + "layer(images)\n", errors) == {errors: 0}
    assert "passed" not in done(workspace)
    assert await shown(5, whole, solved) == {solved: 0}
    assert "passed" in done(workspace)


@pytest.mark.parametrize(("editor", "language"), [("vscode", "en"), ("neovim", "pt-BR")])
async def test_hints_come_one_by_one(
    start: Start, editor: str, language: str, workspace: Path
) -> None:
    session = await start(editor, command=REAL_SERVER, folder=workspace, locale=language)
    nothing, *_, hint = SAID[language]
    uri, text = await begun(session)
    session.open(uri, text)
    await session.diagnostics(uri, 1, lambda ds: any(d.message == nothing for d in ds))
    for number in (0, 1, 1):
        answer = await command(session, "shapewise.lesson.hint")
        assert (answer.step, answer.number, answer.of) == (0, number, 2)
    messages = [params.message for params in session.of(types.WINDOW_SHOW_MESSAGE)]
    assert messages[0] == hint
    assert len(set(messages)) == 2
    await session.diagnostics(
        uri,
        1,
        lambda ds: any(d.message == f"{nothing}\n{_label(answer.hint, language)}" for d in ds),
    )
    assert done(workspace)["hints"] == {"0": 2}


def _label(hint: str, language: str) -> str:
    return f"{'Hint' if language == 'en' else 'Dica'}: {hint}"


@pytest.mark.parametrize(("editor", "language"), [("vscode", "pt-BR"), ("neovim", "en")])
async def test_what_helps_is_offered_on_the_exercise(
    start: Start, editor: str, language: str, workspace: Path
) -> None:
    session = await start(editor, folder=workspace, locale=language)
    uri = (workspace / "a.py").as_uri()
    session.open(uri, "# shapewise: exercise my-pack/flatten\nrows = ...\n")
    diagnostics = await session.diagnostics(uri, holds=bool)
    found = await actions(session, uri, 0, 3, diagnostics)
    assert [action.title for action in found] == {
        "en": [
            "Show a hint",
            "Open the lesson",
            "Check the exercise by running it",
            "Show the solution",
        ],
        "pt-BR": [
            "Mostrar uma dica",
            "Abrir a lição",
            "Conferir o exercício executando-o",
            "Mostrar a solução",
        ],
    }[language]
    offered = session.result.capabilities.execute_command_provider
    assert offered is not None
    for action in found:
        assert action.command is not None and action.command.command in offered.commands
        assert list(action.command.arguments or ()) == [
            {"pack": "my-pack", "lesson": "flatten", "uri": uri}
        ]
        assert action.diagnostics


async def test_the_solution(start: Start, workspace: Path, tmp_path: Path) -> None:
    session = await start(folder=workspace, env={"XDG_CACHE_HOME": str(tmp_path / "cache")})
    answer = await command(session, "shapewise.lesson.solution")
    assert answer.solution == (TEMPLATE / "lessons/flatten/solution.py").read_text("utf-8")
    shown = await session.until(types.WINDOW_SHOW_DOCUMENT)
    assert Path(shown.uri.removeprefix("file://")).read_text("utf-8") == answer.solution
    assert "solution_shown" in done(workspace)


async def test_a_file_that_is_there_is_only_shown(start: Start, workspace: Path) -> None:
    path = workspace / "exercises" / "my-pack" / "flatten.py"
    path.parent.mkdir(parents=True)
    path.write_text("mine = 1\n")
    session = await start(folder=workspace)
    edits = answering_edits(session)
    answer = await command(session, "shapewise.lesson.exercise")
    assert not answer.created
    await session.until(types.WINDOW_SHOW_DOCUMENT, lambda p: p.uri == path.as_uri())
    assert not edits
    assert path.read_text() == "mine = 1\n"


async def test_without_a_folder(start: Start, tmp_path: Path) -> None:
    packs = shutil.copytree(TEMPLATE, tmp_path / "packs" / "mine").parent
    session = await start(settings={"lessons": {"paths": [str(packs)]}})
    assert await command(session, "shapewise.lesson.exercise") is None
    shown = await session.until(types.WINDOW_SHOW_MESSAGE)
    assert shown.message == "Open a folder first: the exercise is a file in it."


async def test_an_exercise_of_a_pack_that_is_not_there(start: Start, tmp_path: Path) -> None:
    session = await start(folder=tmp_path)
    uri = (tmp_path / "program.py").as_uri()
    session.open(uri, "# shapewise: exercise other/thing\nx = tensor(2)\n")
    (found,) = await session.diagnostics(uri, holds=bool)
    assert found.message == "there is no exercise other/thing in the lesson packs"


async def test_an_exercise_in_a_notebook(start: Start, workspace: Path) -> None:
    session = await start(command=REAL_SERVER, folder=workspace)
    notebook = (workspace / "a.ipynb").as_uri()
    start_text = (TEMPLATE / "lessons/flatten/start.py").read_text("utf-8")
    texts = ["# shapewise: exercise my-pack/flatten", start_text, "rows = images.flatten(1)"]
    uris = [f"vscode-notebook-cell:{notebook.removeprefix('file:')}#W{n}" for n in range(3)]
    session.client.notebook_document_did_open(
        types.DidOpenNotebookDocumentParams(
            types.NotebookDocument(
                notebook,
                "jupyter-notebook",
                1,
                [types.NotebookCell(types.NotebookCellKind.Code, uri) for uri in uris],
            ),
            [types.TextDocumentItem(u, "python", 1, text) for u, text in zip(uris, texts)],
        )
    )
    first = SAID["en"][1]
    found = await session.diagnostics(uris[0], 1, lambda ds: any(d.message == first for d in ds))
    assert [d.range.start.line for d in found] == [0]
    (found,) = await session.diagnostics(uris[1], 1, bool)
    assert found.message == "`scores` is no tensor yet"
