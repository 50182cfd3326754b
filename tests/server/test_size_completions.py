"""Completion that knows the number, in the editors and in both languages, with a real torch."""

from __future__ import annotations

import pytest
from lsprotocol import types

from .conftest import REAL_SERVER

URI = "file:///work/lesson.py"
NET = """\
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(|
        self.fc2 = nn.Linear(128, 10)

    def forward(self, x):
        x = torch.flatten(x, 1)
        return self.fc2(self.fc1(x))

out = Net()(torch.rand(64, 1, 28, 28))
"""


def units(session, text: str) -> int:
    """The length of a text as the session counts characters."""
    encoding = types.PositionEncodingKind(session.result.capabilities.position_encoding).value
    return {
        "utf-8": len(text.encode()),
        "utf-16": len(text.encode("utf-16-le")) // 2,
        "utf-32": len(text),
    }[encoding]


async def complete(session, uri: str, text: str, trigger: str | None = None):
    """What is offered at the mark `|` of a text that is open without it."""
    before = text.partition("|")[0]
    line, character = before.count("\n"), units(session, before.rpartition("\n")[2])
    kinds = types.CompletionTriggerKind
    context = types.CompletionContext(kinds.Invoked)
    if trigger is not None:
        context = types.CompletionContext(kinds.TriggerCharacter, trigger)
    answer = await session.client.text_document_completion_async(
        types.CompletionParams(
            types.TextDocumentIdentifier(uri), types.Position(line, character), context=context
        )
    )
    return list(answer.items) if answer is not None else []


async def first_offers(session, text: str, version: int = 1, trigger: str | None = None):
    """What is offered, once torch has started."""
    plain = text.replace("|", "")
    if version == 1:
        session.open(URI, plain)
    else:
        session.change(URI, version, plain)
    await session.diagnostics(URI, version)
    for _ in range(10):
        items = await complete(session, URI, text, trigger)
        if items:
            return items
    return []


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("locale", "reason"),
    [
        ("en", "x is (64, 1, 28, 28); after torch.flatten(x, 1), fc1 gets 784 features"),
        (
            "pt-BR",
            "x tem forma (64, 1, 28, 28); depois de torch.flatten(x, 1), "
            "fc1 recebe 784 características",
        ),
    ],
)
async def test_the_number_that_reaches_a_layer(start, editor, locale, reason):
    session = await start(editor, command=REAL_SERVER, locale=locale)
    (item,) = await first_offers(session, NET, trigger="(")
    assert (item.label, item.detail) == ("784", reason)
    assert item.text_edit == types.TextEdit(
        types.Range(types.Position(6, 29), types.Position(6, 29)), "784"
    )
    # Typing goes on: what was found still serves, as far as it begins so.
    session.change(URI, 2, NET.replace("|", "78"))
    (item,) = await complete(session, URI, NET.replace("|", "78|"))
    assert item.text_edit.range.start.character == 29
    assert item.text_edit.range.end.character == 31
    session.change(URI, 3, NET.replace("|", "79"))
    assert await complete(session, URI, NET.replace("|", "79|")) == []


@pytest.mark.asyncio
async def test_what_was_offered_is_right(start, editor):
    session = await start(editor, command=REAL_SERVER)
    text = NET.replace("nn.Linear(|", "nn.Linear(in_features=|, out_features=128)")
    (item,) = await first_offers(session, text)
    session.change(URI, 2, text.replace("|", item.text_edit.new_text))
    assert await session.diagnostics(URI, 2, holds=lambda found: not found) == []


@pytest.mark.asyncio
async def test_shapes_and_the_blank_behind_a_comma(start, editor):
    session = await start(editor, command=REAL_SERVER)
    text = 'import torch\ns = "ação 🎲"; x = torch.rand(64, 1, 28, 28); y = x.view(64, |'
    items = await first_offers(session, text, trigger=" ")
    assert [item.label for item in items] == ["784", "-1"]
    assert items[0].preselect and not items[1].preselect
    assert items[0].detail == "x is (64, 1, 28, 28); x.view(64, 784) is (64, 784)"
    before = text.rpartition("\n")[2].partition("|")[0]
    assert items[0].text_edit.range.start.character == units(session, before)
    # A blank elsewhere asks for nothing.
    text = text.replace("64, |", "64 |")
    session.change(URI, 2, text.replace("|", ""))
    assert await complete(session, URI, text, trigger=" ") == []


@pytest.mark.asyncio
async def test_what_is_silenced_counts_all_the_same(start):
    session = await start("vscode", command=REAL_SERVER, settings={"rules": {"ignore": ["SW1"]}})
    text = NET.replace("nn.Linear(|", "nn.Linear(|, 128)  # shapewise: ignore")
    (item,) = await first_offers(session, text)
    assert item.label == "784"


@pytest.mark.asyncio
async def test_the_cells_of_a_notebook(start):
    session = await start("vscode", command=REAL_SERVER)
    cells = [
        "%matplotlib inline\nimport torch\nfrom torch import nn",
        "!pip list\nfc = nn.Linear(|, 10)",
        "y = fc(torch.rand(32, 20))",
    ]
    uris = [f"vscode-notebook-cell:/work/a.ipynb#{n}" for n in range(3)]
    session.client.notebook_document_did_open(
        types.DidOpenNotebookDocumentParams(
            types.NotebookDocument(
                "file:///work/a.ipynb",
                "jupyter-notebook",
                1,
                [types.NotebookCell(types.NotebookCellKind.Code, uri) for uri in uris],
            ),
            [
                types.TextDocumentItem(uri, "python", 1, text.replace("|", ""))
                for uri, text in zip(uris, cells, strict=True)
            ],
        )
    )
    await session.diagnostics(uris[2])
    items = []
    while not items:
        items = await complete(session, uris[1], cells[1])
    assert [item.label for item in items] == ["20"]
    assert items[0].text_edit.range.start == types.Position(1, 15)


@pytest.mark.asyncio
@pytest.mark.parametrize("text", ["x = f(|)", "s = 'nn.Linear(|'", "# nn.Linear(|", "|", "x = (|"])
async def test_elsewhere_nothing_is_offered(start, text):
    session = await start("vscode", command=REAL_SERVER)
    session.open(URI, text.replace("|", ""))
    assert await complete(session, URI, text, trigger="(") == []
