"""Programs of several files: what is edited in one is seen in the others that import it."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest
import pytest_asyncio
from lsprotocol import types

SERVER = [
    sys.executable,
    "-c",
    "import sys, types; from shapewise.server.serve import run; "
    "sys.exit(run(types.SimpleNamespace(tcp=None, python=None)))",
]
MAIN = """\
import torch
from net import make

y = make()(torch.rand(5, 8))
"""
NET = """\
from sizes import INPUTS
from torch import nn

def make():
    return nn.Linear(INPUTS, 2)
"""

pytestmark = pytest.mark.asyncio


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("cache"))


@pytest_asyncio.fixture
async def session(start, cache, editor: str, tmp_path: Path):
    """The real server in a folder of three files, the last of which imports the others."""
    (tmp_path / "sizes.py").write_text("INPUTS = 8\n", encoding="utf-8")
    (tmp_path / "net.py").write_text(NET, encoding="utf-8")
    (tmp_path / "main.py").write_text(MAIN, encoding="utf-8")
    session = await start(editor, command=SERVER, env={"XDG_CACHE_HOME": cache})
    session.open((tmp_path / "main.py").as_uri(), MAIN)
    assert await problems(session, tmp_path, bool_of=False) == []
    return session


async def problems(
    session, folder: Path, *, bool_of: bool, version: int = 1
) -> list[tuple[int, object]]:
    """The problems of main.py, once there are some, or none."""
    uri = (folder / "main.py").as_uri()
    if session.pulls:
        found = await session.diagnostics(uri, version, lambda found: bool(found) is bool_of)
        return [(d.range.start.line, d.code) for d in found]
    async with asyncio.timeout(60):
        while True:
            pushed = [
                p
                for p in session.of(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
                if p.uri == uri and p.version == version
            ]
            if pushed and bool(pushed[-1].diagnostics) is bool_of:
                return [(d.range.start.line, d.code) for d in pushed[-1].diagnostics]
            await asyncio.sleep(0.05)


async def test_what_is_typed_in_an_imported_file_is_seen_before_it_is_saved(session, tmp_path):
    sizes = (tmp_path / "sizes.py").as_uri()
    session.open(sizes, "INPUTS = 8\n")
    session.change(sizes, 2, "INPUTS = 7\n")
    assert await problems(session, tmp_path, bool_of=True) == [(3, "SW101")]
    session.change(sizes, 3, "INPUTS = 8\n")
    assert await problems(session, tmp_path, bool_of=False) == []
    session.change(sizes, 4, "INPUTS = 7\n")
    assert await problems(session, tmp_path, bool_of=True) == [(3, "SW101")]
    # Closed without being saved: what is on disk counts again.
    session.close(sizes)
    assert await problems(session, tmp_path, bool_of=False) == []


async def test_what_changes_on_disk_is_seen(session, tmp_path):
    sizes = tmp_path / "sizes.py"
    sizes.write_text("INPUTS = 7\n", encoding="utf-8")
    session.client.workspace_did_change_watched_files(
        types.DidChangeWatchedFilesParams(
            [types.FileEvent(sizes.as_uri(), types.FileChangeType.Changed)]
        )
    )
    assert await problems(session, tmp_path, bool_of=True) == [(3, "SW101")]


async def test_a_file_that_was_missing_is_found(session, tmp_path):
    uri = (tmp_path / "main.py").as_uri()
    text = MAIN.replace("from net", "from other")
    session.change(uri, 2, text)
    assert await problems(session, tmp_path, bool_of=False, version=2) == []
    other = tmp_path / "other.py"
    other.write_text(NET.replace("INPUTS,", "9,"), encoding="utf-8")
    session.client.workspace_did_change_watched_files(
        types.DidChangeWatchedFilesParams(
            [types.FileEvent(other.as_uri(), types.FileChangeType.Created)]
        )
    )
    assert await problems(session, tmp_path, bool_of=True, version=2) == [(3, "SW101")]
