"""Hovers: their exact text in Markdown and plain text, in both languages."""

from __future__ import annotations

import pytest
from lsprotocol import types
from shapewise.server.pages import reason_of

URI = "file:///work/lesson.py"
TEXT = "images = tensor(B, 1, 28, 28)\nw = weight(784, 10)\nbad(images)\nbad(z)\n"

pytestmark = pytest.mark.asyncio


async def test_a_name(start, editor):
    session = await start(editor)
    session.open(URI, TEXT)
    hover = await session.hover(URI, 0, 2)
    assert hover.range == types.Range(types.Position(0, 0), types.Position(0, 6))
    assert hover.contents == types.MarkupContent(
        types.MarkupKind.Markdown,
        "```python\nimages: Tensor (B, 1, 28, 28) float32 cpu\n```\n\n"
        "from `tensor(B, 1, 28, 28)`, line 1",
    )


async def test_a_parameter_where_an_accelerator_is_available(start, editor):
    session = await start(editor)
    session.open(URI, TEXT)
    assert await session.hover_text(URI, 1, 0) == (
        "```python\nw: Parameter (784, 10) float32 cpu requires_grad=True\n```\n\n"
        "from `weight(784, 10)`, line 2\n\n"
        "where an accelerator is available: `cuda`"
    )


async def test_a_problem_is_told_beside_what_is_under_it(start, editor):
    session = await start(editor)
    session.open(URI, TEXT)
    assert await session.hover_text(URI, 2, 5) == (
        "```python\nimages: Tensor (B, 1, 28, 28) float32 cpu\n```\n\n"
        "from `tensor(B, 1, 28, 28)`, line 1\n\n"
        "SW101: images does not fit\n\n"
        "```text\nRuntimeError: mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)\n```\n\n"
        f"{reason_of('SW101', 'en')}"
    )


async def test_an_unknown_says_why(start, editor):
    session = await start(editor)
    session.open(URI, TEXT)
    assert await session.hover_text(URI, 3, 4) == ("nothing is known of `z`: it depends on a file")


async def test_nothing_where_nothing_is_known(start, editor):
    session = await start(editor)
    session.open(URI, TEXT)
    assert await session.hover(URI, 2, 1) is None
    assert await session.hover(URI, 99, 0) is None
    assert await session.hover("file:///not/open.py", 0, 0) is None


async def test_plain_text_for_an_editor_without_markdown(start):
    def plain(capabilities: types.ClientCapabilities) -> None:
        capabilities.text_document.hover.content_format = [types.MarkupKind.PlainText]

    session = await start("neovim", adjust=plain)
    session.open(URI, TEXT)
    hover = await session.hover(URI, 1, 0)
    assert hover.contents == types.MarkupContent(
        types.MarkupKind.PlainText,
        "w: Parameter (784, 10) float32 cpu requires_grad=True\n"
        "from weight(784, 10), line 2\n"
        "where an accelerator is available: cuda",
    )


@pytest.mark.parametrize(
    "arranged", [{"locale": "pt-BR"}, {"locale": "en", "settings": {"language": "pt_BR"}}]
)
async def test_in_portuguese(start, editor, arranged):
    session = await start(editor, **arranged)
    session.open(URI, TEXT)
    assert await session.hover_text(URI, 1, 0) == (
        "```python\nw: Parameter (784, 10) float32 cpu requires_grad=True\n```\n\n"
        "de `weight(784, 10)`, linha 2\n\n"
        "onde houver um acelerador: `cuda`"
    )


async def test_a_hover_after_an_edit_speaks_of_the_new_text(start, editor):
    session = await start(editor)
    session.open(URI, TEXT)
    await session.diagnostics(URI, 1)
    session.change(URI, 2, (0, 0, 0, 0, "first = tensor(1)\n"))
    assert "images: Tensor" in await session.hover_text(URI, 1, 0)


async def test_no_line_where_the_cells_come_as_one_text(start, editor):
    # JupyterLab joins the cells; the learner sees no such line.
    uri = "file:///work/.virtual_documents/lesson.ipynb"
    session = await start(editor)
    session.open(uri, TEXT)
    assert await session.hover_text(uri, 0, 2) == (
        "```python\nimages: Tensor (B, 1, 28, 28) float32 cpu\n```\n\nfrom `tensor(B, 1, 28, 28)`"
    )


async def test_no_problem_where_the_editor_shows_it_itself(start):
    session = await start("vscode", options={"hoversShowDiagnostics": True})
    session.open(URI, TEXT)
    assert await session.hover_text(URI, 2, 5) == (
        "```python\nimages: Tensor (B, 1, 28, 28) float32 cpu\n```\n\n"
        f"from `tensor(B, 1, 28, 28)`, line 1\n\n{reason_of('SW101', 'en')}"
    )
    assert await session.hover(URI, 3, 1) is None
