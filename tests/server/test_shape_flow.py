"""`shapewise/shapeFlow`: the picture, the boxes' places, for documents and notebook cells."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from typing import Any

import pytest
from lsprotocol import types

from .conftest import REAL_SERVER, Editor, Start

URI = "file:///work/net.py"
METHOD = "shapewise/shapeFlow"
NET = """\
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 2)

    def forward(self, ção):
        return self.fc(ção)

Net()(torch.rand(5, 4))
"""

pytestmark = pytest.mark.asyncio


async def flow(session: Editor, uri: str, line: int) -> Any:
    params = {"textDocument": {"uri": uri}, "position": {"line": line, "character": 0}}
    return await session.client.protocol.send_request_async(METHOD, params)


async def ready(session: Editor) -> None:
    await session.until("shapewise/status", lambda status: status.kind == "ready")


async def test_a_function(start: Start, editor: str) -> None:
    session = await start(editor, command=REAL_SERVER)
    session.open(URI, NET)
    await ready(session)
    found = await flow(session, URI, 9)
    assert found.title == "Net.forward"
    assert [node.label for node in found.nodes] == ["ção", "Linear(3, 2)", "return"]
    layer = found.nodes[1]
    assert (layer.kind, layer.detail) == ("layer", "self.fc · 8 parameters")
    assert layer.problem.startswith("SW101: ")
    assert layer.uri == URI
    start_, end = layer.range.start, layer.range.end
    length = len("self.fc(ção)".encode()) if editor == "neovim" else len("self.fc(ção)")
    assert (start_.line, start_.character) == (9, 15)
    assert (end.line, end.character) == (9, 15 + length)
    first = found.edges[0]
    assert (first.source, first.target, first.shape, first.failed) == (0, 1, "(5, 4)", True)
    assert (first.dtype, first.device) == ("float32", "cpu")
    assert ElementTree.fromstring(found.svg).get("class") == "shapewise-flow"
    assert found.lines[2].text == "□ ção" and found.lines[2].node == 0
    assert found.truncated is False


async def test_in_the_editors_language(start: Start) -> None:
    session = await start("vscode", command=REAL_SERVER, locale="pt-br")
    session.open(URI, "import torch\nx = torch.rand(3) + 1\n")
    await ready(session)
    assert (await flow(session, URI, 0)).title == "o programa de cima a baixo"


async def test_cells_of_a_notebook_flow_together(start: Start) -> None:
    session = await start("vscode", command=REAL_SERVER)
    cells = ["%matplotlib inline\nimport torch\nx = torch.rand(2, 3)", "y = x.sum(1)"]
    uris = [f"vscode-notebook-cell:/work/a.ipynb#{index}" for index in range(2)]
    session.client.notebook_document_did_open(
        types.DidOpenNotebookDocumentParams(
            types.NotebookDocument(
                "file:///work/a.ipynb",
                "jupyter-notebook",
                1,
                [types.NotebookCell(types.NotebookCellKind.Code, uri) for uri in uris],
            ),
            [types.TextDocumentItem(u, "python", 1, text) for u, text in zip(uris, cells)],
        )
    )
    await ready(session)
    found = await flow(session, uris[1], 0)
    assert [node.label for node in found.nodes] == ["rand(2, 3)", "sum(1)"]
    assert [node.uri for node in found.nodes] == uris
    assert [edge.shape for edge in found.edges] == ["(2, 3)"]


async def test_what_is_not_open(start: Start) -> None:
    session = await start("vscode", command=REAL_SERVER)
    assert await flow(session, "file:///work/other.py", 0) is None
