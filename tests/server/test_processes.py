"""The server with the true oracle: its child is started, restarted, and never left behind."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import sysconfig
import venv
from pathlib import Path

import pytest
from lsprotocol import types

STATUS = "shapewise/status"
SECONDS = 60

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="reads /proc"),
]


def children(pid: int) -> set[int]:
    """The processes that a process has started."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return {int(child) for task in tasks for child in task.read_text().split()}


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


async def gone(pids: set[int]) -> None:
    """Wait until processes have ended."""
    async with asyncio.timeout(SECONDS):
        while any(map(alive, pids)):
            await asyncio.sleep(0.02)


@pytest.fixture
def real(tmp_path: Path) -> dict:
    return {"env": {"FAKE_TORCH": "real", "XDG_CACHE_HOME": str(tmp_path / "cache")}}


async def test_leaving_takes_the_oracle_along(start, real):
    session = await start("vscode", **real)
    await session.until(STATUS, lambda p: p.kind == "ready")
    oracles = children(session.pid)
    assert len(oracles) == 1
    assert await session.leave() == 0
    await gone(oracles)


async def test_leaving_while_torch_is_imported(start, real):
    session = await start("vscode", **real)
    async with asyncio.timeout(SECONDS):
        while not (oracles := children(session.pid)):
            await asyncio.sleep(0)
    assert await session.leave() == 0
    await gone(oracles)


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGKILL])
async def test_a_killed_server_leaves_no_oracle(start, real, signum):
    session = await start("vscode", **real)
    await session.until(STATUS, lambda p: p.kind == "ready")
    oracles = children(session.pid)
    os.kill(session.pid, signum)
    await session.client._server.wait()
    await gone(oracles)


async def test_a_killed_oracle_is_restarted(start, editor, real):
    session = await start(editor, **real)
    await session.until(STATUS, lambda p: p.kind == "ready")
    (first,) = children(session.pid)
    os.kill(first, signal.SIGKILL)
    await session.until(STATUS, lambda p: p.kind == "restarting")
    await session.until(STATUS, lambda _: [p.kind for p in session.of(STATUS)].count("ready") == 2)
    (second,) = children(session.pid)
    assert second != first
    kinds = [progress.value["kind"] for progress in session.of(types.PROGRESS)]
    assert kinds[:2] == ["begin", "end"]
    session.open("file:///work/lesson.py", "x = tensor(2)\n")
    assert await session.hint_labels("file:///work/lesson.py") == [(0, 1, "(2,)")]


async def test_an_interpreter_without_torch(start, editor, real, tmp_path: Path):
    venv.create(tmp_path / "bare", with_pip=False)
    python = str(tmp_path / "bare" / "bin" / "python")
    session = await start(editor, **real, settings={"python": python}, locale="pt-BR")
    shown = await session.until(types.WINDOW_SHOW_MESSAGE)
    assert shown.message == (
        f"Não há PyTorch em {python}, por isso as formas não podem ser calculadas. Instale-o com "
        f"`{python} -m pip install torch` ou escolha outro interpretador na configuração "
        "shapewise.python."
    )
    session.open("file:///work/lesson.py", "x = tensor(2)\n")
    assert await session.hint_labels("file:///work/lesson.py") == [(0, 1, "(2,)")]
    # Another choice brings torch.
    session.client.set_configuration({"shapewise": {"python": sys.executable}})
    session.client.workspace_did_change_configuration(
        types.DidChangeConfigurationParams(settings=None)
    )
    ready = await session.until(STATUS, lambda p: p.kind == "ready")
    assert ready.python == sys.executable
    assert ready.info.torch.startswith("2.")
    assert len(session.of(types.WINDOW_SHOW_MESSAGE)) == 1


async def test_torch_that_is_installed_later_is_found_on_saving(start, editor, real, tmp_path):
    # A bare environment, into which the torch of this one is put.
    venv.create(tmp_path / "bare", with_pip=False)
    python = str(tmp_path / "bare" / "bin" / "python")
    uri = "file:///work/lesson.py"
    session = await start(editor, **real, settings={"python": python})
    await session.until(STATUS, lambda p: p.kind == "no-torch")
    session.open(uri, "x = tensor(2)\n")
    (folder,) = (tmp_path / "bare" / "lib").glob("python*/site-packages")
    (folder / "torch.pth").write_text(sysconfig.get_path("purelib"))
    session.client.text_document_did_save(
        types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(uri))
    )
    ready = await session.until(STATUS, lambda p: p.kind == "ready")
    assert ready.python == python
