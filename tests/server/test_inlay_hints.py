"""Inlay hints: exact places and texts, styles, ranges, tooltips, refreshing."""

from __future__ import annotations

import pytest
from lsprotocol import types

URI = "file:///work/lesson.py"
TEXT = "a = tensor(3)\n  b = tensor(2, N)\nself.w = weight(784, 10)\nz = tensor()\n"

pytestmark = pytest.mark.asyncio


async def test_shapes_after_names(start, editor):
    session = await start(editor)
    session.open(URI, TEXT)
    hints = await session.hints(URI)
    assert [(h.position.line, h.position.character, h.label) for h in hints] == [
        (0, 1, "(3,)"),
        (1, 3, "(2, N)"),
        (2, 6, "(784, 10)"),
        (3, 1, "()"),
    ]
    assert {h.kind for h in hints} == {types.InlayHintKind.Type}
    assert {h.padding_left for h in hints} == {True}


@pytest.mark.parametrize(
    ("style", "label"),
    [
        ("shape", "(784, 10)"),
        ("shape+dtype", "(784, 10) float32"),
        ("full", "(784, 10) float32 cpu requires_grad"),
    ],
)
async def test_styles(start, style, label):
    session = await start("vscode", settings={"inlayHints": {"style": style}})
    session.open(URI, TEXT)
    assert (2, 6, label) in await session.hint_labels(URI)


async def test_only_the_lines_asked_for(start, editor):
    session = await start(editor)
    session.open(URI, TEXT)
    assert [h.label for h in await session.hints(URI, 1, 2)] == ["(2, N)"]


async def test_tooltips_are_resolved(start, editor):
    session = await start(editor)
    session.open(URI, TEXT)
    hint = (await session.hints(URI))[0]
    assert hint.tooltip is None
    resolved = await session.client.inlay_hint_resolve_async(hint)
    assert resolved.tooltip.value == (
        "```python\na: Tensor (3,) float32 cpu\n```\n\nfrom `tensor(3)`, line 1"
    )


async def test_tooltips_come_along_where_they_cannot_be_resolved(start):
    def no_resolving(capabilities: types.ClientCapabilities) -> None:
        capabilities.text_document.inlay_hint.resolve_support = None

    session = await start("vscode", adjust=no_resolving)
    session.open(URI, TEXT)
    assert "a: Tensor (3,)" in (await session.hints(URI))[0].tooltip.value


async def test_a_hint_of_an_edited_document_stays_without_tooltip(start, editor):
    session = await start(editor)
    session.open(URI, TEXT)
    hint = (await session.hints(URI))[0]
    session.close(URI)
    assert (await session.client.inlay_hint_resolve_async(hint)).tooltip is None


async def test_hints_are_refreshed_when_a_setting_changes(start, editor):
    session = await start(editor)
    session.open(URI, TEXT)
    assert (0, 1, "(3,)") in await session.hint_labels(URI)
    session.client.set_configuration({"shapewise": {"inlayHints": {"style": "shape+dtype"}}})
    session.client.workspace_did_change_configuration(
        types.DidChangeConfigurationParams(settings=None)
    )
    await session.until(types.WORKSPACE_INLAY_HINT_REFRESH)
    assert (0, 1, "(3,) float32") in await session.hint_labels(URI)


async def test_an_edit_needs_no_refresh(start, editor):
    session = await start(editor)
    session.open(URI, TEXT)
    await session.hints(URI)
    session.change(URI, 2, "a = tensor(4)\n")
    assert await session.hint_labels(URI) == [(0, 1, "(4,)")]
    await session.diagnostics(URI, 2)
    assert session.of(types.WORKSPACE_INLAY_HINT_REFRESH) == []


async def test_hints_can_be_switched_off(start, editor):
    session = await start(editor, settings={"inlayHints": {"enabled": False}})
    session.open(URI, TEXT)
    assert await session.hint_labels(URI) == []
