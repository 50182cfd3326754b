"""Quick fixes in an editor: proved, lazy where the editor can, of exactly the text they are for."""

from __future__ import annotations

import sys

import pytest
import pytest_asyncio
from lsprotocol import types

URI = "file:///work/lição 1.py"
SERVER = [
    sys.executable,
    "-c",
    "import sys, types; from shapewise.server.serve import run; "
    "sys.exit(run(types.SimpleNamespace(tcp=None, python=None)))",
]
FLAT = """\
import torch
from torch import nn

images = torch.rand(64, 1, 28, 28)
fc1 = nn.Linear(512, 10)  # the head
y = fc1(images.flatten(1))
"""
LEAF = """\
import torch

w = torch.ones(3, requires_grad=True)
loss = (w * 2).sum()
loss.backward()
w -= 0.1 * w.grad  # one step
"""
TWO = """\
import torch
from torch import nn

fc = nn.Linear(4, 2)
x = torch.arange(8).view(2, 4)
a = fc(x)
b = fc(x)
"""

pytestmark = pytest.mark.asyncio


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("cache"))


@pytest_asyncio.fixture
async def begin(start, cache):
    """Starts the real server."""

    async def run(editor: str = "vscode", **options):
        return await start(editor, command=SERVER, env={"XDG_CACHE_HOME": cache}, **options)

    return run


async def ask(session, line: int, only=None, diagnostics=(), uri: str = URI):
    """The actions on a line; asked again until there is one that fixes, as editors do."""
    where = types.Range(types.Position(line, 0), types.Position(line, 999))
    context = types.CodeActionContext(list(diagnostics), only)
    for _ in range(200):
        found = await session.client.text_document_code_action_async(
            types.CodeActionParams(types.TextDocumentIdentifier(uri), where, context)
        )
        # Lessons come behind them, with commands or examples to insert.
        fixes = [action for action in found or [] if _is_fix(action)]
        if fixes:
            return fixes
    raise AssertionError("no fix was offered")


def _is_fix(action: types.CodeAction | types.Command) -> bool:
    return isinstance(action, types.CodeAction) and (
        isinstance(action.data, dict)
        or (action.edit is not None and not action.title.startswith("Insert example"))
    )


def applied(text: str, edits: list[types.TextEdit]) -> str:
    lines = text.splitlines(keepends=True)

    def offset(position: types.Position) -> int:
        line = lines[position.line] if position.line < len(lines) else ""
        head = line.encode("utf-16-le")[: 2 * position.character].decode("utf-16-le")
        return sum(map(len, lines[: position.line])) + len(head)

    # What is put at one place stays in the order of the answer.
    for edit in sorted(edits, key=lambda e: offset(e.range.start))[::-1]:
        start, end = offset(edit.range.start), offset(edit.range.end)
        text = text[:start] + edit.new_text + text[end:]
    return text


async def test_a_fix_is_lazy_preferred_and_versioned(begin, editor):
    session = await begin(editor)
    session.open(URI, FLAT, 7)
    (problem,) = await session.diagnostics(URI, 7, bool)
    action, *_ = await ask(session, 5, diagnostics=[problem])
    assert action.title == "Change in_features of `fc1` to 784 → (64, 10)"
    assert action.kind == types.CodeActionKind.QuickFix and action.is_preferred
    assert list(action.diagnostics) == [problem]
    assert action.edit is None
    resolved = await session.client.code_action_resolve_async(action)
    if editor == "neovim":  # It says that it knows no versions.
        edits = resolved.edit.changes[URI]
    else:
        (change,) = resolved.edit.document_changes
        assert (change.text_document.uri, change.text_document.version) == (URI, 7)
        edits = change.edits
    assert applied(FLAT, edits) == FLAT.replace("512", "784")


async def test_fixes_come_before_lessons(begin):
    session = await begin()
    session.open(URI, FLAT)
    await session.diagnostics(URI, 1, bool)
    await ask(session, 5)
    found = await session.client.text_document_code_action_async(
        types.CodeActionParams(
            types.TextDocumentIdentifier(URI),
            types.Range(types.Position(5, 4), types.Position(5, 4)),
            types.CodeActionContext([]),
        )
    )
    titles = [action.title for action in found]
    assert titles[0] == "Change in_features of `fc1` to 784 → (64, 10)"
    assert titles[1].startswith("Learn: ")


async def test_nothing_is_offered_where_no_problems_are_shown(begin):
    session = await begin(settings={"diagnostics": {"enabled": False}})
    session.open(URI, FLAT)
    await session.hint_labels(URI)
    where = types.Range(types.Position(5, 0), types.Position(5, 9))
    context = types.CodeActionContext([], [types.CodeActionKind.QuickFix])
    for _ in range(20):
        found = await session.client.text_document_code_action_async(
            types.CodeActionParams(types.TextDocumentIdentifier(URI), where, context)
        )
        assert not any(_is_fix(action) for action in found or [])


async def test_in_portuguese(begin):
    session = await begin(locale="pt-BR")
    session.open(URI, FLAT)
    await session.diagnostics(URI, 1, bool)
    action, *_ = await ask(session, 5)
    assert action.title == "Mudar in_features de `fc1` para 784 → (64, 10)"


async def test_an_editor_that_cannot_resolve_gets_the_edit(begin):
    def without(capabilities: types.ClientCapabilities) -> None:
        capabilities.text_document.code_action.resolve_support = None
        capabilities.workspace.workspace_edit.document_changes = False

    session = await begin(adjust=without)
    session.open(URI, FLAT)
    await session.diagnostics(URI, 1, bool)
    action, *_ = await ask(session, 5)
    assert applied(FLAT, action.edit.changes[URI]) == FLAT.replace("512", "784")


async def test_line_ends_stay(begin):
    text = LEAF.replace("\n", "\r\n")
    session = await begin()
    session.open(URI, text)
    await session.diagnostics(URI, 1, bool)
    action, *_ = await ask(session, 5)
    assert action.title == "Put it under `with torch.no_grad():`"
    resolved = await session.client.code_action_resolve_async(action)
    changed = applied(text, resolved.edit.document_changes[0].edits)
    assert changed == text.replace(
        "w -= 0.1 * w.grad", "with torch.no_grad():\r\n    w -= 0.1 * w.grad"
    )


async def test_all_of_one_kind(begin):
    session = await begin()
    session.open(URI, TWO)
    await session.diagnostics(URI, 1, bool)
    for _ in range(200):
        actions = await ask(session, 5)
        together = [a for a in actions if a.title == "Fix all 2 problems of this kind"]
        if together:
            break
    resolved = await session.client.code_action_resolve_async(together[0])
    assert applied(TWO, resolved.edit.document_changes[0].edits) == TWO.replace(
        "fc(x)", "fc(x.float())"
    )


async def test_all_that_is_safe_on_saving(begin):
    session = await begin()
    session.open(URI, TWO)
    await session.diagnostics(URI, 1, bool)
    (action,) = await ask(session, 0, only=["source.fixAll.shapewise"])
    assert action.kind == "source.fixAll.shapewise"
    resolved = await session.client.code_action_resolve_async(action)
    assert applied(TWO, resolved.edit.document_changes[0].edits) == TWO.replace(
        "fc(x)", "fc(x.float())"
    )


async def test_a_fix_of_older_text_names_its_version(begin):
    """The editor refuses it then; what it would write is for a text that is gone."""
    session = await begin()
    session.open(URI, FLAT, 1)
    await session.diagnostics(URI, 1, bool)
    action, *_ = await ask(session, 5)
    session.change(URI, 2, "# nothing is left\n")
    await session.diagnostics(URI, 2)
    resolved = await session.client.code_action_resolve_async(action)
    assert resolved.edit.document_changes[0].text_document.version == 1


async def test_a_notebook_is_edited_in_its_cells(begin):
    notebook = "file:///work/nb.ipynb"
    uris = [f"vscode-notebook-cell:/work/nb.ipynb#{i}" for i in range(2)]
    texts = [
        "%matplotlib inline\nimport torch\nfrom torch import nn\nfc = nn.Linear(8, 2)",
        "y = fc(torch.rand(3, 4))",
    ]
    session = await begin()
    kind = types.NotebookCellKind.Code
    session.client.notebook_document_did_open(
        types.DidOpenNotebookDocumentParams(
            types.NotebookDocument(
                notebook, "jupyter-notebook", 1, [types.NotebookCell(kind, uri) for uri in uris]
            ),
            [
                types.TextDocumentItem(uri, "python", 1, text)
                for uri, text in zip(uris, texts, strict=True)
            ],
        )
    )
    action, *_ = await ask(session, 0, uri=uris[1])
    resolved = await session.client.code_action_resolve_async(action)
    (change,) = resolved.edit.document_changes
    assert change.text_document.uri == uris[0]
    assert applied(texts[0], change.edits) == texts[0].replace("8", "4")


async def test_a_problem_that_nobody_looked_at_is_fixed_when_asked_for(begin):
    """With many problems, those that are asked for go first."""
    lines = [f"a{i} = torch.rand(2, {i + 3}) @ torch.rand(2, {i + 3})" for i in range(25)]
    text = "import torch\n\n" + "\n".join(lines) + "\n"
    session = await begin()
    session.open(URI, text)
    await session.diagnostics(URI, 1, lambda found: len(found) == 25)
    action, *_ = await ask(session, 26)
    assert action.title == "Write `torch.rand(2, 27) @ torch.rand(2, 27).T` → (2, 2)"
