"""A session's course: torch's state shown, interpreters, folders, and a clean end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from lsprotocol import types
from shapewise.server.serve import serve

URI = "file:///work/lesson.py"
STATUS = "shapewise/status"
SECONDS = 30
PYTHON = sys.executable
FAKE_SERVER = Path(__file__).parent / "fake_server.py"

pytestmark = pytest.mark.asyncio


async def test_progress_while_torch_starts(start, editor, tmp_path: Path):
    ready = tmp_path / "ready"
    session = await start(editor, env={"FAKE_TORCH": str(ready)})
    begin = await session.until(types.PROGRESS, lambda p: p.value["kind"] == "begin")
    assert begin.value["title"] == "Starting PyTorch…"
    assert [p.value["kind"] for p in session.of(types.PROGRESS)] == ["begin"]
    ready.touch()
    end = await session.until(types.PROGRESS, lambda p: p.value["kind"] == "end")
    assert end.token == begin.token
    shown = await session.until(STATUS, lambda p: p.kind == "ready")
    assert shown.python == PYTHON
    assert shown.message == f"PyTorch 2.13.0 is ready ({PYTHON})"


async def test_no_progress_for_an_editor_that_shows_none(start):
    def no_progress(capabilities: types.ClientCapabilities) -> None:
        capabilities.window.work_done_progress = False

    session = await start("neovim", adjust=no_progress)
    await session.until(STATUS, lambda p: p.kind == "ready")
    assert session.of(types.WINDOW_WORK_DONE_PROGRESS_CREATE) == []
    assert session.of(types.PROGRESS) == []


async def test_no_torch_is_said_once_with_what_to_do(start, editor):
    session = await start(editor, env={"FAKE_TORCH": "none"})
    shown = await session.until(types.WINDOW_SHOW_MESSAGE)
    assert shown.type == types.MessageType.Warning
    assert shown.message == (
        f"There is no PyTorch in {PYTHON}, so no shapes can be worked out. Install it with "
        f"`{PYTHON} -m pip install torch`, or choose another interpreter with the setting "
        "shapewise.python."
    )
    session.open(URI, "x = tensor(2)\n")
    assert await session.hint_labels(URI) == [(0, 1, "(2,)")]
    assert len(session.of(types.WINDOW_SHOW_MESSAGE)) == 1


async def test_a_missing_interpreter_is_said(start):
    session = await start(
        "vscode", env={"FAKE_TORCH": "none"}, settings={"python": "/nowhere/python"}
    )
    await session.until(
        types.WINDOW_SHOW_MESSAGE,
        lambda p: (
            p.message
            == "There is no Python interpreter at /nowhere/python. Choose one with the setting "
            "shapewise.python."
        ),
    )


async def test_another_interpreter(start, editor):
    session = await start(editor)
    await session.until(STATUS, lambda p: p.kind == "ready")
    session.client.set_configuration({"shapewise": {"python": "/other/python"}})
    session.client.workspace_did_change_configuration(
        types.DidChangeConfigurationParams(settings=None)
    )
    session.open(URI, "x = tensor(2)\n")
    await session.until(STATUS, lambda p: p.kind == "ready" and p.python == "/other/python")
    assert await session.hint_labels(URI) == [(0, 1, "(2,)")]


async def test_a_restricted_workspace_does_not_choose_the_interpreter(start, tmp_path: Path):
    (tmp_path / "pyproject.toml").write_text("[tool.shapewise]\npython = '/evil/python'\n")
    session = await start("vscode", folder=tmp_path, options={"trusted": False})
    assert (await session.until(STATUS)).python == PYTHON
    trusting = await start("vscode", folder=tmp_path)
    assert (await trusting.until(STATUS)).python == "/evil/python"


@pytest.mark.parametrize(
    ("setting", "python"),
    [("envs/bin/python", "{folder}/envs/bin/python"), ("/abs/python", "/abs/python")],
)
async def test_an_interpreter_is_looked_for_from_the_folder(start, tmp_path, setting, python):
    session = await start("vscode", folder=tmp_path, settings={"python": setting})
    assert (await session.until(STATUS)).python == python.format(folder=tmp_path)


async def test_a_command_stays_a_command(start, tmp_path: Path):
    session = await start("vscode", folder=tmp_path, settings={"python": "python3.11"})
    assert (await session.until(STATUS)).python == "python3.11"


async def test_folders_come_and_go(start, tmp_path: Path):
    session = await start("vscode")
    (tmp_path / "pyproject.toml").write_text("[tool.shapewise.inlay-hints]\nstyle = 'full'\n")
    folder = types.WorkspaceFolder(tmp_path.as_uri(), "course")
    uri = (tmp_path / "lesson.py").as_uri()
    session.open(uri, "x = tensor(2)\n")
    assert await session.hint_labels(uri) == [(0, 1, "(2,)")]
    for added, removed, label in ([[folder], [], "(2,) float32 cpu"], [[], [folder], "(2,)"]):
        before = len(session.of(types.WORKSPACE_INLAY_HINT_REFRESH))
        session.client.workspace_did_change_workspace_folders(
            types.DidChangeWorkspaceFoldersParams(types.WorkspaceFoldersChangeEvent(added, removed))
        )
        await session.until(
            types.WORKSPACE_INLAY_HINT_REFRESH,
            lambda _, n=before: len(session.of(types.WORKSPACE_INLAY_HINT_REFRESH)) > n,
        )
        assert await session.hint_labels(uri) == [(0, 1, label)]


async def test_leaving(start, editor, tmp_path: Path):
    session = await start(editor)
    session.open(URI, "x = tensor(2)\n")
    await session.diagnostics(URI, 1)
    assert await session.leave() == 0


async def test_leaving_while_analysing(start, editor, tmp_path: Path):
    session = await start(editor)
    session.open(URI, f"# wait {tmp_path / 'never'}\n")
    assert await session.leave() == 0


async def test_leaving_while_an_analysis_does_not_let_go(start, tmp_path: Path):
    session = await start("vscode")
    session.open(URI, f"# hold {tmp_path / 'never'}\n")
    session.open("file:///work/other.py", "x = tensor(2)\n")
    assert await session.hint_labels("file:///work/other.py") == [(0, 1, "(2,)")]
    assert await session.leave() == 0


async def test_going_without_goodbye(start):
    session = await start("vscode")
    server = session.client._server
    session.client.exit(None)
    assert await asyncio.wait_for(server.wait(), SECONDS) == 1


async def test_an_editor_that_dies(start):
    session = await start("vscode")
    server = session.client._server
    server.stdin.close()
    assert await asyncio.wait_for(server.wait(), SECONDS) == 1


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_ends_it(start, signum):
    session = await start("vscode")
    server = session.client._server
    server.send_signal(signum)
    assert await asyncio.wait_for(server.wait(), SECONDS) == 128 + signum


async def test_tcp():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    code = (
        f"import sys, runpy; m = runpy.run_path({str(FAKE_SERVER)!r}); "
        "from shapewise.server.lsp import ShapewiseServer; "
        "from shapewise.server.serve import serve; "
        "sys.exit(serve(ShapewiseServer(analyze=m['analyze'], make_oracle=m['FakeOracle'], "
        f"find=lambda e, r: 'py'), '{port}'))"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, stderr=subprocess.PIPE
    )
    assert process.stderr is not None
    line = await asyncio.wait_for(process.stderr.readline(), SECONDS)
    assert line.decode().strip() == (f"shapewise serve: waiting for an editor on 127.0.0.1:{port}")
    async with asyncio.timeout(SECONDS):
        while True:
            with contextlib.suppress(ConnectionRefusedError):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                break

    def message(body: str) -> bytes:
        return f"Content-Length: {len(body)}\r\n\r\n{body}".encode()

    writer.write(
        message(
            '{"jsonrpc":"2.0","id":1,"method":"initialize",'
            '"params":{"processId":null,"rootUri":null,"capabilities":{}}}'
        )
    )
    header = await asyncio.wait_for(reader.readline(), SECONDS)
    assert header.startswith(b"Content-Length: ")
    writer.write(message('{"jsonrpc":"2.0","id":2,"method":"shutdown"}'))
    writer.write(message('{"jsonrpc":"2.0","method":"exit"}'))
    assert await asyncio.wait_for(process.wait(), SECONDS) == 0
    writer.close()


async def test_a_bad_address(capsys):
    class Unused:
        def close(self) -> None:
            pass

    assert serve(Unused(), "host:none") == 2  # type: ignore[arg-type]
    assert serve(Unused(), "70000") == 2  # type: ignore[arg-type]
    assert "no port and no HOST:PORT" in capsys.readouterr().err
