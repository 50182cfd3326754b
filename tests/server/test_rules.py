"""Which diagnostics are shown: comments, settings and projects, in a running session."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types
from shapewise.analyzers.messages import render
from shapewise.analyzers.ruleset import RuleSet
from shapewise.server.settings import read_project, resolve

from .conftest import REAL_SERVER

URI = "file:///work/lesson.py"
PROGRAM = "import torch\nx = torch.rand(2, 3)\ny = x @ x{}\n"


def change_settings(session, rules):
    session.client.set_configuration({"shapewise": {"rules": rules}})
    session.client.workspace_did_change_configuration(
        types.DidChangeConfigurationParams(settings={"shapewise": {"rules": rules}})
    )


def codes(diagnostics):
    return [(str(d.code), d.severity) for d in diagnostics]


ERROR = types.DiagnosticSeverity.Error
HINT = types.DiagnosticSeverity.Hint


@pytest.mark.asyncio
async def test_settings_hold_at_once(start, editor):
    session = await start(editor, command=REAL_SERVER)
    session.open(URI, PROGRAM.format(""))
    assert codes(await session.diagnostics(URI, holds=bool)) == [("SW101", ERROR)]
    change_settings(session, {"severity": {"SW1": "hint"}})
    found = await session.diagnostics(URI, holds=lambda d: codes(d) == [("SW101", HINT)])
    assert found[0].message.startswith("`x` is (2, 3)")
    session.events.clear()
    change_settings(session, {"ignore": ["SW101"]})
    assert await session.diagnostics(URI, holds=lambda d: not d) == []


@pytest.mark.asyncio
async def test_a_project_says_which_and_the_editor_wins(start, editor, tmp_path: Path):
    project = tmp_path / "pyproject.toml"
    project.write_text('[tool.shapewise.rules]\nignore = ["SW1", "SW99"]\n')
    session = await start(editor, command=REAL_SERVER, folder=tmp_path, locale="pt-BR")
    shown = await session.until(types.WINDOW_SHOW_MESSAGE)
    assert shown.message == (
        "Shapewise: pyproject.toml:2: shapewise.rules.ignore é 'SW99'; "
        "deveria ser um código ou o começo de vários, como SW501, SW5"
    )
    uri = (tmp_path / "lesson.py").as_uri()
    session.open(uri, PROGRAM.format(""))
    assert await session.diagnostics(uri, holds=lambda d: not d) == []
    change_settings(session, {"ignore": ["SW2"]})
    assert codes(await session.diagnostics(uri, holds=bool)) == [("SW101", ERROR)]


@pytest.mark.asyncio
async def test_a_comment_and_its_hover(start, editor):
    session = await start(editor, command=REAL_SERVER, locale="pt-BR")
    session.open(URI, PROGRAM.format("  # shapewise: ignore[SW101, SW5]"))
    (unused,) = await session.diagnostics(URI, holds=bool)
    assert codes([unused]) == [("SW901", HINT)]
    assert unused.message == "não há SW5 para este comentário calar"
    assert (unused.range.start.character, unused.range.end.character) == (38, 41)
    said = await session.hover_text(URI, 2, 32)
    assert said.startswith("**SW101 `matmul-inner-dim`: os tamanhos internos de um produto de")
    assert "Calados aqui: 1\n\n- SW101, linha 3: `x` tem forma (2, 3)" in said
    prefix = await session.hover_text(URI, 2, 39)
    assert prefix.startswith("Todos os diagnósticos cujo código começa com SW5:")
    assert prefix.count("\n- SW5") > 10
    assert prefix.endswith("Isto não cala nada.")
    session.change(URI, 2, PROGRAM.format("  # shapewise: ignore"))
    assert await session.diagnostics(URI, 2, holds=lambda d: not d) == []
    assert (await session.hover_text(URI, 2, 26)).startswith("Todos os diagnósticos.")


@pytest.mark.asyncio
async def test_comments_in_the_cells_of_a_notebook(start):
    session = await start("vscode", command=REAL_SERVER)
    cells = ["import torch\nx = torch.rand(2, 3)", "x @ x  # shapewise: ignore[SW101]", "x @ x"]
    uris = [f"vscode-notebook-cell:/work/a.ipynb#{n}" for n in range(3)]
    session.client.notebook_document_did_open(
        types.DidOpenNotebookDocumentParams(
            types.NotebookDocument(
                "file:///work/a.ipynb",
                "jupyter-notebook",
                1,
                [types.NotebookCell(types.NotebookCellKind.Code, uri) for uri in uris],
            ),
            [
                types.TextDocumentItem(uri, "python", 1, text)
                for uri, text in zip(uris, cells, strict=True)
            ],
        )
    )
    assert codes(await session.diagnostics(uris[2], holds=bool)) == [("SW101", ERROR)]
    assert await session.diagnostics(uris[1], holds=lambda d: not d) == []


def test_what_a_project_may_say(tmp_path: Path):
    (tmp_path / "pyproject.toml").write_text(
        '[tool.shapewise.rules]\nselect = ["SW1", "sw501"]\nignore = ["SW104"]\n'
        'severity = { SW1 = "warning", SW501 = "off" }\n'
    )
    project, complaints = read_project(tmp_path)
    found, more = resolve(None, project)
    assert (*complaints, *more) == ()
    assert found.rules == RuleSet(
        ("SW1", "SW501"), ("SW104",), (("SW1", "warning"), ("SW501", "off"))
    )


def test_bad_values_are_told_with_file_and_line_and_the_rest_holds(tmp_path: Path):
    (tmp_path / "pyproject.toml").write_text(
        "[project]\n"
        'name = "lesson"\n'
        "\n"
        "[tool.shapewise]\n"
        'inlay-hints.style = "short"\n'
        "\n"
        "[tool.shapewise.rules]\n"
        "select = [\n"
        '    "SW1",  # shapes, not "SW77"\n'
        '    "SW77",\n'
        "    3,\n"
        "]\n"
        'ignore = "SW5"\n'
        "wanted = true\n"
        "# severity\n"
        "[tool.shapewise.rules.severity]\n"
        'SW501 = "error"\n'
        'SW1 = "loud"\n'
        'zero-grad = "off"\n'
    )
    found, complaints = resolve(None, read_project(tmp_path)[0])
    code = "it should be a code or what several begin with, such as SW501, SW5"
    assert [render(text) for text in complaints] == [
        "pyproject.toml:5: shapewise.inlayHints.style is 'short'; "
        "it should be one of shape, shape+dtype, full",
        f"pyproject.toml:10: shapewise.rules.select is 'SW77'; {code}",
        f"pyproject.toml:8: shapewise.rules.select is 3; {code}",
        "pyproject.toml:13: shapewise.rules.ignore is 'SW5'; "
        "it should be a list of codes, such as SW501, SW5",
        "pyproject.toml:14: there is no setting shapewise.rules.wanted",
        "pyproject.toml:18: shapewise.rules.severity.SW1 is 'loud'; "
        "it should be one of error, warning, information, hint, off",
        f"pyproject.toml:19: shapewise.rules.severity.zero-grad is 'zero-grad'; {code}",
    ]
    assert found.rules == RuleSet(("SW1",), (), (("SW501", "error"),))
    assert all(render(text, "pt-BR") != render(text) for text in complaints)


@pytest.mark.parametrize(
    ("rules", "complaint"),
    [
        (3, "there is no setting shapewise.rules"),
        (
            {"severity": 3},
            "shapewise.rules.severity is 3; it should be a table of codes, "
            "each with one of error, warning, information, hint, off",
        ),
        (
            {"select": ["SW9999"]},
            "shapewise.rules.select is 'SW9999'; "
            "it should be a code or what several begin with, such as SW501, SW5",
        ),
    ],
)
def test_bad_settings_of_an_editor(rules, complaint):
    found, complaints = resolve({"rules": rules})
    assert [render(text) for text in complaints] == [f"settings: {complaint}"]
    assert found.rules == RuleSet()
