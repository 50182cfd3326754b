"""End to end: a learner's text goes in; the real analysis and torch answer, in both editors."""

from __future__ import annotations

import os
import signal
import sys
import venv
from pathlib import Path

import pytest
import pytest_asyncio
from lsprotocol import types

URI = "file:///work/lição 1.py"
STATUS = "shapewise/status"
SERVER = [
    sys.executable,
    "-c",
    "import sys, types; from shapewise.server.serve import run; "
    "sys.exit(run(types.SimpleNamespace(tcp=None, python=None)))",
]

LESSON = """\
import torch
import torch.nn as nn

images = torch.rand(32, 1, 28, 28)
x = images.flatten(1)
layer = nn.Linear(784, 10)
y = layer(x)
z = x @ y
"""

SENTENCE = (
    "`x` is (32, 784) and `y` is (32, 10): for `@` the inner sizes must be equal, and 784 is not 32"
)
PRINTED = "RuntimeError: mat1 and mat2 shapes cannot be multiplied (32x784 and 32x10)"

pytestmark = pytest.mark.asyncio


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> str:
    """One oracle's cache for this module: all but the first test start warm."""
    return str(tmp_path_factory.mktemp("cache"))


@pytest_asyncio.fixture
async def begin(start, cache):
    """Starts the real server."""

    async def run(editor: str = "vscode", **options):
        return await start(editor, command=SERVER, env={"XDG_CACHE_HOME": cache}, **options)

    return run


def ranges(diagnostics: list[types.Diagnostic]) -> list[tuple[int, int, int, int]]:
    return [
        (d.range.start.line, d.range.start.character, d.range.end.line, d.range.end.character)
        for d in diagnostics
    ]


async def test_a_lesson(begin, editor):
    session = await begin(editor)
    session.open(URI, LESSON)
    (found,) = await session.diagnostics(URI, 1, bool)
    assert found.code == "SW101"
    assert found.message == f"{SENTENCE}\n{PRINTED}"
    assert found.severity == types.DiagnosticSeverity.Error
    assert ranges([found]) == [(7, 8, 7, 9)]
    related = [(r.location.range.start.line, r.location.uri) for r in found.related_information]
    assert related == [(4, URI), (6, URI), (3, URI)]
    assert await session.hint_labels(URI) == [
        (3, 6, "(32, 1, 28, 28)"),
        (4, 1, "(32, 784)"),
        (6, 1, "(32, 10)"),
    ]
    assert await session.hover_text(URI, 6, 0) == (
        "```python\ny: Tensor (32, 10) float32 cpu requires_grad=True\n```\n\n"
        "from `layer(x)`, line 7"
    )
    assert await session.hover_text(URI, 4, 6) == (
        "```python\nimages: Tensor (32, 1, 28, 28) float32 cpu\n```\n\n"
        "from `torch.rand(32, 1, 28, 28)`, line 4"
    )
    assert "Linear(784, 10)" in await session.hover_text(URI, 6, 4)
    said, explained = (await session.hover_text(URI, 7, 8)).split("Each row on the left")
    assert said == (
        "```python\ny: Tensor (32, 10) float32 cpu requires_grad=True\n```\n\n"
        "from `layer(x)`, line 7\n\n"
        f"SW101: {SENTENCE}\n\n```text\n{PRINTED}\n```\n\n"
    )
    assert "inner: 784 is not 32" in explained


async def test_typing_a_lesson_key_by_key(begin, editor):
    session = await begin(editor)
    session.open(URI, "")
    version, line, column = 1, 0, 0
    for char in LESSON:
        version += 1
        session.change(URI, version, (line, column, line, column, char))
        line, column = (line + 1, 0) if char == "\n" else (line, column + 1)
    found = await session.diagnostics(URI, version, bool)
    assert ranges(found) == [(7, 8, 7, 9)]
    versions = [p.version for p in session.of(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)]
    assert versions == sorted(versions)


async def test_what_stands_before_a_half_typed_line_keeps_its_answers(begin, editor):
    session = await begin(editor)
    session.open(URI, LESSON)
    assert await session.diagnostics(URI, 1, bool)
    for version, half in enumerate(
        ("w = torch.rand(", "w = x.view(-1,", "if x.shape[", "class A("), 2
    ):
        session.change(URI, version, LESSON + half)
        assert ranges(await session.diagnostics(URI, version, bool)) == [(7, 8, 7, 9)]
        assert (4, 1, "(32, 784)") in await session.hint_labels(URI)


async def test_fixing_the_shape_clears_the_error(begin, editor):
    session = await begin(editor)
    session.open(URI, LESSON)
    assert await session.diagnostics(URI, 1, bool)
    session.change(URI, 2, (7, 4, 7, 9, "x.T @ y"))
    assert await session.diagnostics(URI, 2) == []
    assert (7, 1, "(784, 10)") in await session.hint_labels(URI)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
async def test_exact_ranges_behind_cedillas_and_emojis_with_crlf(begin, editor, encoding):
    def only(capabilities: types.ClientCapabilities) -> None:
        capabilities.general.position_encodings = [types.PositionEncodingKind(encoding)]

    session = await begin(editor, adjust=only)
    line = 'nota = "ação 😀"; maçã = torch.rand(2, 3); maçã @ maçã'
    session.open(URI, f"import torch\r\n\r\n{line}\r\n")
    (found,) = await session.diagnostics(URI, 1, bool)
    units = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}
    code, width = units[encoding]

    def column(index: int) -> int:
        return len(line[:index].encode(code)) // width

    start = line.rindex("maçã")
    assert ranges([found]) == [(2, column(start), 2, column(start + 4))]
    name = line.index("maçã") + len("maçã")
    assert await session.hint_labels(URI) == [(2, column(name), "(2, 3)")]
    hover = await session.hover(URI, 2, column(start) + 1)
    assert hover.range == found.range


async def test_a_notebook(begin):
    session = await begin("vscode")
    cells = [
        "vscode-notebook-cell:/work/a.ipynb#W0sZmlsZQ%3D%3D",
        "vscode-notebook-cell:/work/a.ipynb#W1",
    ]
    texts = ["%matplotlib inline\nimport torch\na = torch.rand(2, 3)\n", "a @ a\n"]
    session.client.notebook_document_did_open(
        types.DidOpenNotebookDocumentParams(
            types.NotebookDocument(
                "file:///work/a.ipynb",
                "jupyter-notebook",
                1,
                [types.NotebookCell(types.NotebookCellKind.Code, uri) for uri in cells],
            ),
            [
                types.TextDocumentItem(uri, "python", 1, text)
                for uri, text in zip(cells, texts, strict=True)
            ],
        )
    )
    (found,) = await session.diagnostics(cells[1], 1, bool)
    assert (found.code, ranges([found])) == ("SW101", [(0, 4, 0, 5)])
    assert {related.location.uri for related in found.related_information} == {cells[0]}
    assert await session.hint_labels(cells[0]) == [(2, 1, "(2, 3)")]
    assert "from `torch.rand(2, 3)`, cell 1, line 3" in await session.hover_text(cells[1], 0, 0)


async def test_in_portuguese(begin, editor):
    session = await begin(editor, locale="pt-br")
    session.open(URI, LESSON)
    assert "de `layer(x)`, linha 7" in await session.hover_text(URI, 6, 0)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="reads /proc")
async def test_a_killed_oracle_is_asked_again(begin, editor):
    session = await begin(editor)
    await session.until(STATUS, lambda p: p.kind == "ready")
    session.open(URI, LESSON)
    assert await session.diagnostics(URI, 1, bool)
    for task in Path(f"/proc/{session.pid}/task").glob("*/children"):
        for child in task.read_text().split():
            os.kill(int(child), signal.SIGKILL)
    await session.until(STATUS, lambda p: p.kind == "restarting")
    # Sizes that no test has asked about: only a living oracle can answer.
    size = 1000 + os.getpid() % 1000
    session.change(URI, 2, f"import torch\nq = torch.rand({size}, 3) @ torch.rand(3, {size})\n")
    labels = await session.hint_labels(URI)
    while labels != [(1, 1, f"({size}, {size})")]:
        await session.until(
            STATUS, lambda _: [p.kind for p in session.of(STATUS)].count("ready") == 2
        )
        labels = await session.hint_labels(URI)


async def test_without_torch_the_server_lives_and_says_why(begin, editor, tmp_path: Path):
    venv.create(tmp_path / "bare", with_pip=False)
    session = await begin(editor, settings={"python": str(tmp_path / "bare" / "bin" / "python")})
    shown = await session.until(types.WINDOW_SHOW_MESSAGE)
    assert "-m pip install torch" in shown.message
    session.open(URI, LESSON)
    assert await session.diagnostics(URI, 1) == []
    assert await session.hint_labels(URI) == []


@pytest.mark.parametrize(
    "text",
    [
        "\x00\x01\x02 binary \x00",
        "this is no Python at all )))",
        "while True:\n    pass\n",
        "def f(n):\n    return f(n + 1)\nf(0)\n",
        "import torch\nx = torch.rand(2)\nwhile True:\n    x = torch.cat([x, x])\n",
        "import torch\nx = torch.rand(10**6, 10**6)\n",
        "x = " + "(" * 5000 + ")" * 5000 + "\n",
        "x = [" * 500 + "]" * 500 + "\n",
        "x = 10 ** 10 ** 10\n",
        "\udc00 = 1\n",
    ],
    ids=lambda text: text[:20].encode("unicode_escape").decode(),
)
async def test_awkward_texts_are_answered_and_the_server_lives(begin, text):
    session = await begin("vscode", settings={"budget": {"seconds": 0.5}})
    session.open(URI, text)
    await session.diagnostics(URI, 1)
    session.change(URI, 2, LESSON)
    assert ranges(await session.diagnostics(URI, 2, bool)) == [(7, 8, 7, 9)]


async def test_a_text_of_ten_megabytes_is_refused_with_the_reason(begin, editor):
    session = await begin(editor)
    session.open("file:///work/big.py", "x = 1\n" * 1_800_000)
    assert await session.diagnostics("file:///work/big.py", 1) == []
    await session.until(
        types.WINDOW_LOG_MESSAGE,
        lambda p: p.message == "big.py is too large to be checked: 10.3 MB, the limit is 4 MB",
    )
    session.change("file:///work/big.py", 2, (3, 0, 3, 5, "y = 2"))
    assert await session.diagnostics("file:///work/big.py", 2) == []


async def test_a_failure_in_an_imported_file(begin, editor, tmp_path):
    helpers = tmp_path / "ajuda.py"
    helpers.write_text(
        "import torch\n\n\ndef mul(a, b):\n    'ção 🙂'; return a @ b\n", encoding="utf-8"
    )
    session = await begin(editor)
    uri = (tmp_path / "main.py").as_uri()
    session.open(uri, "import torch\nfrom ajuda import mul\nx = torch.rand(2, 3)\ny = mul(x, x)\n")
    (found,) = await session.diagnostics(uri, 1, bool)
    assert ranges([found]) == [(3, 4, 3, 13)]
    assert found.code == "SW101"
    place = found.related_information[0].location
    assert place.uri == helpers.as_uri()
    assert place.range.start.line == 4
    # The place is in the editor's units: an emoji is two of UTF-16 and four bytes of UTF-8.
    line = helpers.read_text(encoding="utf-8").splitlines()[4]
    before = line[: line.index("@") + 2]
    units = {len(before.encode("utf-16-le")) // 2, len(before.encode())}
    assert place.range.start.character in units
