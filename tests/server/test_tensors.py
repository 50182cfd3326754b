"""`shapewise/tensors`: what is known at the cursor, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from .conftest import REAL_SERVER, Editor, Start

URI = "file:///work/net.py"
PROGRAM = """\
import torch
from torch import nn

scale = torch.ones(3)
other = torch.ones(4)

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.rand(4, 3))
        self.unused = 1

    def forward(self, x):
        y = x @ self.weight
        y = y * scale
        return y.sum(1)

    def helper(self, x):
        return x

image = torch.rand(5, 4)
out = Net()(image)
last = out + 1
"""

pytestmark = pytest.mark.asyncio


async def ask(session: Editor, uri: str, line: int) -> list[Any]:
    params = {"textDocument": {"uri": uri}, "position": {"line": line - 1, "character": 0}}
    answer = await session.client.protocol.send_request_async("shapewise/tensors", params)
    return list(answer.tensors)


async def opened(start: Start, editor: str = "vscode") -> Editor:
    session = await start(editor, command=REAL_SERVER)
    session.open(URI, PROGRAM)
    await session.until("shapewise/status", lambda status: status.kind == "ready")
    return session


@pytest.mark.parametrize(
    ("line", "known"),
    [
        (3, []),
        (4, ["scale (3,)"]),
        (6, ["scale (3,)", "other (4,)"]),
        (13, ["scale (3,)", "self.weight (4, 3)", "x (5, 4)"]),
        (14, ["scale (3,)", "self.weight (4, 3)", "x (5, 4)", "y (5, 3)"]),
        (16, ["scale (3,)", "self.weight (4, 3)", "x (5, 4)", "y (5, 3)"]),
        (21, ["scale (3,)", "other (4,)", "image (5, 4)"]),
        (23, ["scale (3,)", "other (4,)", "image (5, 4)", "out (5,)", "last (5,)"]),
    ],
)
async def test_what_is_known_at_a_line(start: Start, line: int, known: list[str]) -> None:
    session = await opened(start)
    assert [f"{t.name} {t.shape}" for t in await ask(session, URI, line)] == known


async def test_the_last_binding_of_a_name_counts(start: Start, editor: str) -> None:
    session = await opened(start, editor)
    y = (await ask(session, URI, 15))[-1]
    assert (y.name, y.kind, y.current) == ("y", "variable", True)
    assert (y.range.start.line, y.range.start.character) == (14, 8)
    assert (y.range.end.line, y.range.end.character) == (14, 9)
    assert (y.dtype, y.device, y.requiresGrad, y.type) == ("float32", "cpu", True, "tensor")
    assert y.origin.source == "y * scale"
    assert y.origin.range.start.character == 12
    assert y.uri == y.origin.uri == URI
    assert y.alternatives == []
    assert [t.current for t in await ask(session, URI, 16)] == [False] * 4


async def test_cells_above_are_known(start: Start) -> None:
    session = await start("vscode", command=REAL_SERVER)
    cells = ["import torch\nx = torch.rand(2, 3)", "y = x.sum(1)", "z = y + 1"]
    uris = [f"vscode-notebook-cell:/work/a.ipynb#{index}" for index in range(3)]
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
    await session.until("shapewise/status", lambda status: status.kind == "ready")
    found = await ask(session, uris[1], 1)
    assert [(t.name, t.uri) for t in found] == [("x", uris[0]), ("y", uris[1])]


async def test_what_is_not_open(start: Start) -> None:
    session = await start("vscode", command=REAL_SERVER)
    params = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 0}}
    assert await session.client.protocol.send_request_async("shapewise/tensors", params) is None


async def test_what_only_a_run_has_seen(start: Start, tmp_path: Path) -> None:
    program = (
        "import json, os, torch\n"
        'row = torch.tensor(json.loads(os.environ.get("ROW", "[1, 2]")))\n'
        "x = torch.ones(3)\n"
    )
    path = tmp_path / "program.py"
    path.write_text(program, encoding="utf-8")
    session = await start("vscode", command=REAL_SERVER, folder=tmp_path)
    session.open(path.as_uri(), program)
    await session.client.workspace_execute_command_async(
        types.ExecuteCommandParams("shapewise.trace", [{"uri": path.as_uri()}])
    )
    await session.until("shapewise/traced", lambda told: told.state == "finished")
    row, x = await ask(session, path.as_uri(), 3)
    assert (row.name, row.shape, row.dtype, row.origin, row.current) == (
        "row",
        None,
        None,
        None,
        False,
    )
    assert (row.range.start.line, row.range.start.character, row.range.end.character) == (1, 0, 3)
    assert (row.traced.shape, row.traced.dtype, row.traced.visits) == ("(2,)", "int64", 1)
    assert (x.name, x.shape, x.traced.shape) == ("x", "(3,)", "(3,)")
    assert [t.name for t in await ask(session, path.as_uri(), 2)] == ["row"]
