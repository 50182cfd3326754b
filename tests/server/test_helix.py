"""Helix, by what it says it can: it is pushed to, and asks for hints only once."""

from __future__ import annotations

import asyncio

import pytest
from lsprotocol import types

URI = "file:///work/lesson.py"
TEXT = "ação = tensor(2, 3)\n'🙂'; bad(ação)\n"

pytestmark = pytest.mark.asyncio


async def test_positions_count_bytes_and_problems_are_pushed(start):
    session = await start("helix")
    assert session.result.capabilities.position_encoding == types.PositionEncodingKind.Utf8
    assert not session.pulls
    session.open(URI, TEXT)
    (problem,) = await session.diagnostics(URI, holds=bool)
    start_of = len("'🙂'; bad(".encode())
    assert problem.range.start == types.Position(1, start_of)
    assert problem.range.end == types.Position(1, start_of + len("ação".encode()))


async def test_settings_come_from_its_configuration(start):
    session = await start("helix", settings={"language": "pt-BR"})
    session.open(URI, TEXT)
    assert "linha 1" in await session.hover_text(URI, 0, 0)


async def test_hints_wait_for_torch_where_nothing_brings_them_later(start, tmp_path):
    torch = tmp_path / "torch"
    session = await start("helix", env={"FAKE_TORCH": str(torch)})
    session.open(URI, "a = tensor(1)\nb = tensor(2)\n")
    # Before torch is there, the engine of these tests knows the first line only.
    await session.diagnostics(URI)
    asked = asyncio.ensure_future(session.hint_labels(URI))
    assert "a: Tensor (1,)" in await session.hover_text(URI, 0, 0)
    assert not asked.done()
    torch.touch()
    assert await asked == [(0, 1, "(1,)"), (1, 1, "(2,)")]


async def test_hints_come_at_once_where_torch_is_missing(start):
    session = await start("helix", env={"FAKE_TORCH": "none"})
    session.open(URI, "a = tensor(1)\n")
    assert await session.hint_labels(URI) == [(0, 1, "(1,)")]
