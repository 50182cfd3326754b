"""Diagnostics in both editors: pushed to Neovim, pulled by VS Code."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

URI = "file:///work/lesson.py"
WRONG = "x = tensor(2, 3)\nbad(x)\n"
MESSAGE = "x does not fit\nRuntimeError: mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)"

pytestmark = pytest.mark.asyncio


def at(line: int, start: int, end: int) -> types.Range:
    return types.Range(types.Position(line, start), types.Position(line, end))


async def test_an_opened_file_is_diagnosed(start, editor):
    session = await start(editor)
    session.open(URI, WRONG)
    (found,) = await session.diagnostics(URI, 1, bool)
    assert found.range == at(1, 4, 5)
    assert found.message == MESSAGE
    assert found.severity == types.DiagnosticSeverity.Error
    assert found.code == "SW101"
    assert found.source == "shapewise"
    assert found.data == {
        "code": "SW101",
        "slug": "matmul-inner-dim",
        "torchMessage": MESSAGE.splitlines()[1],
        "acceleratedOnly": False,
    }
    (related,) = found.related_information
    assert related.location == types.Location(URI, at(0, 0, 1))
    assert related.message == "x got its shape here"


async def test_an_editor_is_either_pushed_to_or_pulls(start):
    vscode = await start("vscode")
    assert vscode.pulls
    vscode.open(URI, WRONG)
    await vscode.diagnostics(URI, 1, bool)
    assert vscode.of(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS) == []
    # It cannot be told to pull again, which is needed when torch gets ready.
    neovim = await start("neovim")
    assert not neovim.pulls


async def test_pulling_again_says_unchanged_until_the_text_changes(start):
    session = await start("vscode")
    session.open(URI, WRONG)
    await session.diagnostics(URI, 1, bool)
    first = await session.pull(URI)
    again = await session.pull(URI, first.result_id)
    assert isinstance(again, types.RelatedUnchangedDocumentDiagnosticReport)
    assert again.result_id == first.result_id
    session.change(URI, 2, "x = tensor(2, 3)\n")
    after = await session.pull(URI, first.result_id)
    assert isinstance(after, types.RelatedFullDocumentDiagnosticReport)
    assert list(after.items) == []


async def test_an_old_editor_gets_what_it_understands(start):
    def forget_support(capabilities: types.ClientCapabilities) -> None:
        capabilities.text_document.publish_diagnostics = None

    session = await start("visual-studio-code@1.65.2", adjust=forget_support)
    session.open(URI, WRONG)
    (found,) = await session.diagnostics(URI, 1, bool)
    assert found.message == MESSAGE
    assert found.related_information is None
    assert found.code_description is None
    assert found.data is None


async def test_fixing_the_line_takes_the_diagnostic_away(start, editor):
    session = await start(editor)
    session.open(URI, WRONG)
    assert await session.diagnostics(URI, 1, bool)
    session.change(URI, 2, (1, 0, 1, 6, "ok(x)"))
    assert await session.diagnostics(URI, 2) == []


async def test_closing_takes_pushed_diagnostics_back(start):
    session = await start("neovim")
    session.open(URI, WRONG)
    await session.diagnostics(URI, 1, bool)
    session.close(URI)
    await session.until(
        types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS,
        lambda p: p.uri == URI and p.version is None and not p.diagnostics,
    )


async def test_only_the_newest_of_rapid_edits_is_answered(start, editor, tmp_path: Path):
    log = tmp_path / "log"
    session = await start(editor, env={"FAKE_LOG": str(log)}, settings={"debounce": 500})
    session.open(URI, WRONG)
    await session.diagnostics(URI, 1, bool)
    for version in range(2, 22):
        session.change(URI, version, (0, 0, 0, 0, "#\n"))
    (found,) = await session.diagnostics(URI, 21, bool)
    assert found.range == at(21, 4, 5)
    pushed = session.of(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    versions = [push.version for push in pushed]
    assert versions == sorted(versions)
    # The pause in typing was waited for: not one analysis for each keystroke.
    assert len(log.read_text().splitlines()) < 10


async def test_newer_text_cancels_an_analysis_that_runs(start, editor, tmp_path: Path):
    session = await start(editor, env={"FAKE_LOG": str(tmp_path / "log")})
    session.open(URI, WRONG + f"# wait {tmp_path / 'never'}\n")
    while not (tmp_path / "log").exists():
        await session.until("shapewise/status")
        await session.hover("file:///nothing.py", 0, 0)
    session.change(URI, 2, WRONG)
    assert len(await session.diagnostics(URI, 2)) == 1
    pushed = session.of(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    assert [push.version for push in pushed] == ([] if session.pulls else [2])


async def test_closing_while_analysing(start, editor, tmp_path: Path):
    session = await start(editor)
    other = "file:///work/other.py"
    session.open(URI, WRONG + f"# wait {tmp_path / 'never'}\n")
    session.close(URI)
    session.open(other, WRONG)
    assert len(await session.diagnostics(other, 1)) == 1
    assert await session.hover(URI, 0, 0) is None
    # The same file again: nothing of the first analysis is left.
    session.open(URI, "y = tensor(1)\n", version=1)
    assert await session.hint_labels(URI) == [(0, 1, "(1,)")]


async def test_a_crash_is_logged_and_the_server_lives(start, editor):
    session = await start(editor)
    session.expects_errors = True
    session.open(URI, WRONG + "# crash\n")
    assert await session.diagnostics(URI, 1) == []
    log = await session.until(types.WINDOW_LOG_MESSAGE, lambda p: "the engine broke" in p.message)
    assert log.type == types.MessageType.Error
    assert await session.hover(URI, 0, 0) is None
    session.change(URI, 2, WRONG)
    assert len(await session.diagnostics(URI, 2)) == 1


async def test_torch_getting_ready_renews_the_answers(start, editor, tmp_path: Path):
    ready = tmp_path / "ready"
    session = await start(editor, env={"FAKE_TORCH": str(ready)})
    session.open(URI, WRONG)
    assert await session.diagnostics(URI, 1) == []
    assert await session.hint_labels(URI) == [(0, 1, "(2, 3)")]
    ready.touch()
    assert len(await session.diagnostics(URI, 1, bool)) == 1


async def test_diagnostics_can_be_switched_off_and_on(start, editor):
    session = await start(editor, settings={"diagnostics": {"enabled": False}})
    session.open(URI, WRONG)
    assert await session.diagnostics(URI, 1) == []
    session.client.set_configuration({"shapewise": {"diagnostics": {"enabled": True}}})
    session.client.workspace_did_change_configuration(
        types.DidChangeConfigurationParams(settings=None)
    )
    assert len(await session.diagnostics(URI, 1, bool)) == 1


async def test_an_untitled_document(start, editor):
    session = await start(editor)
    session.open("untitled:Untitled-1", WRONG)
    assert len(await session.diagnostics("untitled:Untitled-1", 1)) == 1
    assert await session.hint_labels("untitled:Untitled-1") == [(0, 1, "(2, 3)")]


async def test_other_languages_are_left_alone(start, editor):
    session = await start(editor)
    uri = "file:///work/notes.md"
    session.client.text_document_did_open(
        types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, "markdown", 1, WRONG))
    )
    assert await session.hint_labels(uri) == []
