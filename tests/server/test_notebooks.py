"""Notebooks: their code cells are one program; each cell has answers of its own."""

from __future__ import annotations

import pytest
from lsprotocol import types

NOTEBOOK = "file:///work/lesson.ipynb"
# VS Code's cell URIs hold an encoded equals sign; pygls and others write it plainly.
CELLS = [f"vscode-notebook-cell:/work/lesson.ipynb#W{n}sZmlsZQ%3D%3D" for n in range(4)]

pytestmark = pytest.mark.asyncio


def cell(number: int) -> types.NotebookCell:
    return types.NotebookCell(types.NotebookCellKind.Code, CELLS[number])


def item(number: int, text: str, language: str = "python") -> types.TextDocumentItem:
    return types.TextDocumentItem(CELLS[number], language, 1, text)


def open_notebook(session, *texts: str) -> None:
    cells = [cell(number) for number in range(len(texts))]
    cells.insert(1, types.NotebookCell(types.NotebookCellKind.Markup, "vscode-notebook-cell:/m"))
    session.client.notebook_document_did_open(
        types.DidOpenNotebookDocumentParams(
            types.NotebookDocument(NOTEBOOK, "jupyter-notebook", 1, cells),
            [item(number, text) for number, text in enumerate(texts)],
        )
    )


def change_notebook(session, version: int, change: types.NotebookDocumentCellChanges) -> None:
    session.client.notebook_document_did_change(
        types.DidChangeNotebookDocumentParams(
            types.VersionedNotebookDocumentIdentifier(version, NOTEBOOK),
            types.NotebookDocumentChangeEvent(cells=change),
        )
    )


def edit(session, version: int, number: int, text: str) -> None:
    change_notebook(
        session,
        version,
        types.NotebookDocumentCellChanges(
            text_content=[
                types.NotebookDocumentCellContentChanges(
                    types.VersionedTextDocumentIdentifier(version, CELLS[number]),
                    [types.TextDocumentContentChangeWholeDocument(text)],
                )
            ]
        ),
    )


def restructure(session, version: int, start: int, delete: int, cells, opened=(), closed=()):
    change_notebook(
        session,
        version,
        types.NotebookDocumentCellChanges(
            structure=types.NotebookDocumentCellChangeStructure(
                types.NotebookCellArrayChange(start, delete, cells),
                did_open=list(opened),
                did_close=[types.TextDocumentIdentifier(uri) for uri in closed],
            )
        ),
    )


@pytest.fixture(params=["vscode", "pushed"])
def notebook_editor(request) -> dict:
    """VS Code, and an editor with notebooks that is pushed to."""

    def push(capabilities: types.ClientCapabilities) -> None:
        capabilities.text_document.diagnostic = None

    return {} if request.param == "vscode" else {"adjust": push}


async def test_cells_are_one_program(start, notebook_editor):
    session = await start("vscode", **notebook_editor)
    open_notebook(session, "x = tensor(2, 3)\n", "# ção 🙂\nbad(x)")
    (found,) = await session.diagnostics(CELLS[1], 1, bool)
    assert found.range == types.Range(types.Position(1, 4), types.Position(1, 5))
    assert found.related_information[0].location.uri == CELLS[0]
    assert await session.diagnostics(CELLS[0], 1) == []
    assert await session.hint_labels(CELLS[0]) == [(0, 1, "(2, 3)")]
    assert await session.hint_labels(CELLS[1]) == []
    assert (await session.hover_text(CELLS[1], 1, 4)).startswith(
        "```python\nx: Tensor (2, 3) float32 cpu\n```\n\nfrom `tensor(2, 3)`, cell 1, line 1"
    )


async def test_an_edit_in_one_cell_changes_another(start, notebook_editor):
    session = await start("vscode", **notebook_editor)
    open_notebook(session, "x = tensor(2, 3)\n", "bad(x)")
    assert len(await session.diagnostics(CELLS[1], 1, bool)) == 1
    edit(session, 2, 0, "y = tensor(5)\n")
    # The second cell keeps its version, and must be told all the same.
    if session.pulls:
        await session.until(types.WORKSPACE_DIAGNOSTIC_REFRESH)
        assert await session.diagnostics(CELLS[1], 1) == []
    else:
        pushed = types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS
        await session.until(pushed, lambda p: p.uri == CELLS[1] and not p.diagnostics)
    assert await session.hint_labels(CELLS[0]) == [(0, 1, "(5,)")]


async def test_moving_a_cell_changes_the_order(start, notebook_editor):
    session = await start("vscode", **notebook_editor)
    open_notebook(session, "bad(x)", "x = tensor(2, 3)\n")
    assert await session.diagnostics(CELLS[0], 1) == []
    # The cells are [0, markup, 1]: the last one goes to the front.
    restructure(session, 2, 2, 1, [])
    restructure(session, 3, 0, 0, [cell(1)])
    assert len(await session.diagnostics(CELLS[0], 1, bool)) == 1
    assert "cell 1, line 1" in await session.hover_text(CELLS[0], 0, 4)


async def test_cells_come_and_go(start, notebook_editor):
    session = await start("vscode", **notebook_editor)
    open_notebook(session, "bad(x)")
    assert await session.diagnostics(CELLS[0], 1) == []
    restructure(session, 2, 0, 0, [cell(1)], opened=[item(1, "x = tensor(4)\n")])
    assert len(await session.diagnostics(CELLS[0], 1, bool)) == 1
    restructure(session, 3, 0, 1, [], closed=[CELLS[1]])
    assert await session.hint_labels(CELLS[1]) == []
    if session.pulls:
        assert await session.diagnostics(CELLS[0], 1) == []
    else:
        pushed = types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS
        seen = await session.until(pushed, lambda p: p.uri == CELLS[1] and p.version is None)
        assert not seen.diagnostics


async def test_a_cell_that_changes_its_language(start):
    session = await start("vscode")
    open_notebook(session, "x = tensor(1)\n", "bad(x)")
    assert len(await session.diagnostics(CELLS[1], 1, bool)) == 1
    # To Markdown and back: closed, and opened again under the same URI in one event.
    restructure(session, 2, 0, 1, [], closed=[CELLS[0]])
    assert await session.diagnostics(CELLS[1], 1) == []
    restructure(session, 3, 0, 0, [cell(0)], opened=[item(0, "x = tensor(2)\n")], closed=[CELLS[0]])
    assert len(await session.diagnostics(CELLS[1], 1, bool)) == 1


async def test_uris_quoted_in_another_way(start, notebook_editor):
    session = await start("vscode", **notebook_editor)
    open_notebook(session, "x = tensor(2)\n", "bad(x)")
    plain = CELLS[1].replace("%3D", "=")
    assert "x: Tensor (2,)" in await session.hover_text(plain, 0, 4)
    # Answers bear the URI as the editor wrote it.
    (found,) = await session.diagnostics(CELLS[1], 1, bool)
    assert found.related_information[0].location.uri == CELLS[0]


async def test_closing_a_notebook(start):
    def push(capabilities: types.ClientCapabilities) -> None:
        capabilities.text_document.diagnostic = None

    session = await start("vscode", adjust=push)
    open_notebook(session, "x = tensor(2)\n", "bad(x)")
    assert len(await session.diagnostics(CELLS[1], 1, bool)) == 1
    session.client.notebook_document_did_close(
        types.DidCloseNotebookDocumentParams(
            types.NotebookDocumentIdentifier(NOTEBOOK),
            [types.TextDocumentIdentifier(uri) for uri in CELLS[:2]],
        )
    )
    for uri in CELLS[:2]:
        pushed = types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS
        await session.until(pushed, lambda p, uri=uri: p.uri == uri and p.version is None)
    assert await session.hover(CELLS[0], 0, 0) is None


async def test_jupyterlab_sends_a_notebook_as_one_document(start):
    session = await start("neovim")
    uri = "file:///work/.virtual_documents/lesson.ipynb"
    session.open(uri, "x = tensor(2, 3)\n\n\nbad(x)\n")
    assert len(await session.diagnostics(uri, 1, bool)) == 1
