"""Code lenses: asked for again when more is known, or not before torch is there."""

from __future__ import annotations

import asyncio

import pytest
from lsprotocol import types

URI = "file:///work/lesson.py"
TEXT = "import torch\ndef f(x): ...\n"

pytestmark = pytest.mark.asyncio


async def titles(session) -> list[str]:
    lenses = await session.client.text_document_code_lens_async(
        types.CodeLensParams(types.TextDocumentIdentifier(URI))
    )
    return [lens.command.title for lens in lenses or () if lens.command]


async def test_they_are_asked_for_again_when_torch_is_there(start, tmp_path):
    torch = tmp_path / "torch"
    session = await start("vscode", env={"FAKE_TORCH": str(torch)})
    session.open(URI, TEXT)
    # Before torch is there, the engine of these tests knows the first line only.
    assert await titles(session) == ["trace this program"]
    torch.touch()
    await session.until(types.WORKSPACE_CODE_LENS_REFRESH)
    assert await titles(session) == ["takes (2, 3)", "trace this program"]


async def test_they_wait_for_torch_where_they_are_asked_for_once(start, tmp_path):
    torch = tmp_path / "torch"
    session = await start("neovim", env={"FAKE_TORCH": str(torch)})
    session.open(URI, TEXT)
    await session.diagnostics(URI)
    asked = asyncio.ensure_future(titles(session))
    assert await session.hover(URI, 0, 0) is None
    assert not asked.done()
    torch.touch()
    assert await asked == ["takes (2, 3)", "trace this program"]
    assert session.of(types.WORKSPACE_CODE_LENS_REFRESH) == []
