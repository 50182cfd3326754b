"""Explanations in hovers, under the abilities of real editors: images, text, or neither."""

from __future__ import annotations

import base64
import re
import sys
from xml.etree import ElementTree

import pytest
import pytest_asyncio
from lsprotocol import types

URI = "file:///work/lesson.py"
SERVER = [
    sys.executable,
    "-c",
    "import sys, types; from shapewise.server.serve import run; "
    "sys.exit(run(types.SimpleNamespace(tcp=None, python=None)))",
]
VSCODE = {"hoversShowDiagnostics": True, "hoversShowImages": True}
IMAGE = re.compile(r"!\[(?P<alt>[^\]]*)\]\(data:image/svg\+xml;base64,(?P<data>[\w+/=]+)\)")

LESSON = """\
import torch

heights = torch.rand(5, 4)
means = torch.rand(4, 5).mean(1)[:3]
centred = heights - means
"""
TABLE = """\
axis     -2  -1
heights   5   4
means         3
         ──  ──
result    5   ✗  4 meets 3"""
RULE = (
    "The shapes are lined up from the right. On each axis the sizes must be equal, or one of "
    "them 1 or missing: there the tensor is repeated. That is broadcasting."
)

pytestmark = pytest.mark.asyncio


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> str:
    """One oracle's cache for this module: all but the first test start warm."""
    return str(tmp_path_factory.mktemp("cache"))


@pytest_asyncio.fixture
async def begin(start, cache):
    """Starts the real server and opens the lesson."""

    async def run(editor: str, **options):
        session = await start(editor, command=SERVER, env={"XDG_CACHE_HOME": cache}, **options)
        session.open(URI, LESSON)
        assert await session.diagnostics(URI, 1, bool)
        return session

    return run


async def test_in_neovim_the_picture_is_text(begin):
    session = await begin("neovim")
    said = await session.hover_text(URI, 4, 21)
    assert "SW102: `heights` is (5, 4)" in said
    assert f"{RULE}\n\n```text\n{TABLE}\n```" in said
    assert "data:image" not in said


async def test_in_vs_code_the_picture_is_an_image_and_the_problem_is_not_repeated(begin):
    session = await begin("vscode", options=VSCODE)
    said = await session.hover_text(URI, 4, 21)
    assert "SW102" not in said and TABLE not in said
    found = IMAGE.search(said)
    assert found is not None
    assert found["alt"] == "(5, 4) and (3,), lined up from the right"
    drawn = ElementTree.fromstring(base64.b64decode(found["data"]))
    texts = [element.text for element in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert "heights" in texts and "4 meets 3" in texts
    # VS Code cuts what is longer.
    assert len(said) < 100_000


async def test_an_editor_that_says_nothing_of_images_gets_text(begin):
    session = await begin("vscode")
    assert f"```text\n{TABLE}\n```" in await session.hover_text(URI, 4, 21)


async def test_without_markdown_it_is_plain_text(begin):
    def plain(capabilities: types.ClientCapabilities) -> None:
        capabilities.text_document.hover.content_format = [types.MarkupKind.PlainText]

    session = await begin("neovim", adjust=plain)
    said = await session.hover_text(URI, 4, 21)
    assert f"{RULE}\n{TABLE}" in said and "`" not in said


async def test_in_portuguese(begin):
    session = await begin("neovim", locale="pt-BR")
    said = await session.hover_text(URI, 4, 21)
    assert "As formas são alinhadas pela direita." in said
    assert "resultado   5   ✗  4 encontra 3" in said


async def test_a_fix_takes_the_explanation_away(begin):
    session = await begin("neovim")
    session.change(URI, 2, (4, 20, 4, 25, "means[0]"))
    assert await session.diagnostics(URI, 2) == []
    assert RULE not in await session.hover_text(URI, 4, 20)
