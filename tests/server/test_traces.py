"""Traced runs in the editor: what is shown, how they end, and what they cannot do to the server."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

from .conftest import REAL_SERVER, Editor, Start

pytestmark = pytest.mark.asyncio

TRAINING = """\
import torch
from torch import nn

model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 26 * 26, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(100):
    images = torch.rand(8, 1, 28, 28)
    loss = model(images).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
kept = torch.nonzero(torch.rand(3) < 2)
print(images.shape)
"""


async def opened(
    start: Start, folder: Path, program: str, editor: str = "vscode", **how: Any
) -> tuple[Editor, str]:
    path = folder / "program.py"
    path.write_text(program, encoding="utf-8")
    session = await start(editor, command=REAL_SERVER, folder=folder, **how)
    uri = path.as_uri()
    session.open(uri, program)
    return session, uri


async def command(session: Editor, name: str, **argument: Any) -> Any:
    return await session.client.workspace_execute_command_async(
        types.ExecuteCommandParams(name, [argument] if argument else None)
    )


async def traced(session: Editor, uri: str, **options: Any) -> Any:
    """Runs a program to its end: what the last notification says."""
    answer = await command(session, "shapewise.trace", uri=uri, **options)
    assert answer["started"]
    return await session.until("shapewise/traced", lambda told: told.state != "running")


async def test_a_training_program(start: Start, editor: str, tmp_path: Path) -> None:
    session, uri = await opened(start, tmp_path, TRAINING, editor)
    told = await traced(session, uri)
    assert told.state == "finished"
    assert told.facts > 5
    assert told.message.startswith("program.py finished in ")
    assert told.device.startswith("on ")
    labels = {line: label for line, _, label in await session.hint_labels(uri)}
    assert labels[6] == "(8, 1, 28, 28) ⟲"
    assert labels[11].endswith("1) ⟲ (3, 1)")
    hover = await session.hover_text(uri, 6, 5)
    assert "traced: `(8, 1, 28, 28) float32" in hover
    assert "visits: 2" in hover


async def test_progress_is_shown_and_ends(start: Start, tmp_path: Path) -> None:
    session, uri = await opened(start, tmp_path, TRAINING)
    await traced(session, uri)
    titles = []
    for _ in range(100):
        titles = [
            getattr(value, "title", "")
            for values in session.client.progress_reports.values()
            for value in values
        ]
        if "Tracing program.py" in titles:
            break
        await asyncio.sleep(0.02)
    assert "Tracing program.py" in titles


async def test_edits_make_facts_old_and_move_them(
    start: Start, editor: str, tmp_path: Path
) -> None:
    session, uri = await opened(start, tmp_path, TRAINING, editor)
    await traced(session, uri)
    session.change(uri, 2, "# a comment\n" + TRAINING)
    labels = {line: label for line, _, label in await session.hint_labels(uri)}
    assert labels[7] == "(8, 1, 28, 28) ⟲"
    session.change(uri, 3, TRAINING.replace("torch.rand(8,", "torch.rand(16,"))
    labels = {line: label for line, _, label in await session.hint_labels(uri)}
    assert labels[6] == "(16, 1, 28, 28) ⟲ (8, 1, 28, 28) …"
    assert "the program was edited since that run" in await session.hover_text(uri, 6, 5)


async def test_clearing(start: Start, tmp_path: Path) -> None:
    session, uri = await opened(start, tmp_path, TRAINING)
    await traced(session, uri)
    await command(session, "shapewise.trace.clear", uri=uri)
    assert not any("⟲" in label for _, _, label in await session.hint_labels(uri))


async def test_an_exception_is_a_diagnostic(start: Start, editor: str, tmp_path: Path) -> None:
    program = """\
import os
import torch

def multiply(a, b):
    return a @ b

size = os.environ.get("SIZE", "4")
left = torch.rand(2, int(size))
multiply(left, torch.rand(3, 2))
"""
    session, uri = await opened(start, tmp_path, program, editor)
    told = await traced(session, uri)
    assert told.state == "failed"
    found = await session.diagnostics(uri, holds=lambda found: len(found) > 0)
    failure = next(d for d in found if d.source == "shapewise trace")
    assert failure.range.start.line == 4
    assert failure.code == "SW101"
    assert failure.message == (
        "the traced run ended here: RuntimeError: mat1 and mat2 shapes cannot be multiplied "
        "(2x4 and 3x2)\n"
        "Each row on the left is multiplied with each column on the right, so a row must be as "
        "long as a column. Written side by side, the two inner sizes must be equal; the outer "
        "sizes make the result."
    )
    assert failure.related_information is not None
    assert [r.message for r in failure.related_information] == [
        "called in `<module>`: `multiply(left, torch.rand(3, 2))`"
    ]


async def test_an_exception_that_is_reported_already_is_not_doubled(
    start: Start, tmp_path: Path
) -> None:
    program = "import torch\n\ntorch.rand(2, 4) @ torch.rand(3, 2)\n"
    session, uri = await opened(start, tmp_path, program)
    await traced(session, uri)
    found = await session.diagnostics(uri, holds=lambda found: len(found) > 0)
    assert [d.code for d in found] == ["SW101"]


async def test_portuguese(start: Start, tmp_path: Path) -> None:
    session, uri = await opened(start, tmp_path, TRAINING, locale="pt-BR")
    told = await traced(session, uri)
    assert told.message.startswith("program.py terminou em ")
    assert "visto na execução: `(8, 1, 28, 28) float32" in await session.hover_text(uri, 6, 5)


async def test_not_in_a_restricted_workspace(start: Start, tmp_path: Path) -> None:
    session, uri = await opened(start, tmp_path, TRAINING, options={"trusted": False})
    answer = await command(session, "shapewise.trace", uri=uri)
    assert not answer["started"]
    assert answer["message"] == "This workspace is not trusted, so none of its programs is run."


async def test_nothing_runs_unasked(start: Start, tmp_path: Path) -> None:
    program = f"import torch\nopen({str(tmp_path / 'ran')!r}, 'w')\nx = torch.ones(2)\n"
    session, uri = await opened(start, tmp_path, program)
    await session.hints(uri)
    assert not (tmp_path / "ran").exists()


async def test_stopping_is_quick(start: Start, tmp_path: Path) -> None:
    program = "import torch, time\nx = torch.ones(2)\nwhile True:\n    time.sleep(60)\n"
    session, uri = await opened(start, tmp_path, program)
    await command(session, "shapewise.trace", uri=uri)
    await session.until("shapewise/traced", lambda told: told.facts > 0)
    await command(session, "shapewise.trace.stop", uri=uri)
    told = await session.until("shapewise/traced", lambda told: told.state != "running")
    assert told.state == "stopped"


HOSTILE = {
    "prints a gigabyte": ("print('x' * 10**6)\nwhile True:\n    print('y' * 10**6)\n", "limited"),
    "leaves by os._exit": ("import os\nos._exit(3)\n", "failed"),
    "segfaults": ("import ctypes\nctypes.string_at(0)\n", "failed"),
    "forks": ("import os\nos.fork()\n", "finished"),
    "deletes its source": ("import os\nos.remove(__file__)\n", "finished"),
    "exits": ("raise SystemExit(2)\n", "finished"),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_programs(start: Start, tmp_path: Path, name: str) -> None:
    body, state = HOSTILE[name]
    session, uri = await opened(start, tmp_path, "import torch\nx = torch.ones(2, 3)\n" + body)
    told = await traced(session, uri)
    assert told.state == state
    assert told.message.startswith("program.py ")
    assert any("(2, 3)" in label for _, _, label in await session.hint_labels(uri))


async def test_the_end_of_the_session_ends_the_run(start: Start, tmp_path: Path) -> None:
    program = (
        "import os, time, torch\n"
        f"open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))\n"
        "x = torch.ones(1)\nwhile True:\n    time.sleep(1)\n"
    )
    session, uri = await opened(start, tmp_path, program)
    await command(session, "shapewise.trace", uri=uri)
    await session.until("shapewise/traced", lambda told: told.facts > 0)
    pid = int((tmp_path / "pid").read_text())
    assert await session.leave() == 0
    stop = time.monotonic() + 5
    while Path(f"/proc/{pid}").exists() and time.monotonic() < stop:
        await asyncio.sleep(0.05)
    assert not Path(f"/proc/{pid}").exists()


async def test_lenses_say_what_modules_take(start: Start, editor: str, tmp_path: Path) -> None:
    program = """\
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(784, 10)

    def forward(self, x):
        return self.fc(x)

def main():
    pass
"""
    session, uri = await opened(start, tmp_path, program, editor)
    lenses = await session.client.text_document_code_lens_async(
        types.CodeLensParams(types.TextDocumentIdentifier(uri))
    )
    found = [(lens.range.start.line, lens.command.title) for lens in lenses or () if lens.command]
    assert sorted(found) == [
        (0, "trace this program"),
        (3, "expects (N, 784) → (N, 10)"),
        (11, "trace `main()`"),
    ]
    assert "x: Tensor (N, 784) float32" in await session.hover_text(uri, 8, 22)


async def test_a_newer_run_ends_the_older(start: Start, tmp_path: Path) -> None:
    program = (
        "import os, sys, time, torch\nx = torch.ones(2)\n"
        "while sys.argv[1:] == ['wait']:\n    time.sleep(60)\n"
    )
    session, uri = await opened(start, tmp_path, program)
    await command(session, "shapewise.trace", uri=uri, args=["wait"])
    await session.until("shapewise/traced", lambda told: told.facts > 0)
    told = await traced(session, uri, args=["end"])
    assert told.state == "finished"
    assert len([t for t in session.of("shapewise/traced") if t.state != "running"]) == 1


async def test_cancelling_the_progress_ends_the_run(start: Start, tmp_path: Path) -> None:
    program = "import torch, time\nx = torch.ones(2)\nwhile True:\n    time.sleep(60)\n"
    session, uri = await opened(start, tmp_path, program)
    await command(session, "shapewise.trace", uri=uri)
    await session.until("shapewise/traced", lambda told: told.facts > 0)
    token = next(
        token
        for token, values in session.client.progress_reports.items()
        if any(getattr(value, "title", "") == "Tracing program.py" for value in values)
    )
    session.client.window_work_done_progress_cancel(types.WorkDoneProgressCancelParams(token))
    told = await session.until("shapewise/traced", lambda told: told.state != "running")
    assert told.state == "stopped"


async def test_an_untitled_program(start: Start, editor: str, tmp_path: Path) -> None:
    session = await start(editor, command=REAL_SERVER, folder=tmp_path)
    uri = "untitled:Untitled-1"
    session.open(uri, "import torch\nkept = torch.nonzero(torch.rand(3) < 2)\n")
    told = await traced(session, uri)
    assert told.state == "finished"
    labels = {line: label for line, _, label in await session.hint_labels(uri)}
    assert labels[1].endswith("1) ⟲ (3, 1)")


async def test_statistics_and_disagreement(start: Start, tmp_path: Path) -> None:
    program = (
        "import torch\n\nx = torch.ones(2, 3)\nsetattr(x, 'data', torch.zeros(5))\ny = x * 2\n"
    )
    session, uri = await opened(start, tmp_path, program)
    await traced(session, uri, stats=True)
    hover = await session.hover_text(uri, 2, 0)
    assert "at the last visit: min 1 max 1 mean 1" in hover
    labels = {line: label for line, _, label in await session.hint_labels(uri)}
    assert labels[4].endswith("⟲ (5,)")


async def test_a_notebook_runs_its_cells_in_order(start: Start, tmp_path: Path) -> None:
    cells = ["import torch\nx = torch.nonzero(torch.rand(3) < 2)", "y = x.float()"]
    path = tmp_path / "notes.ipynb"
    path.write_text(
        json.dumps(
            {
                "nbformat": 4,
                "nbformat_minor": 5,
                "metadata": {},
                "cells": [
                    {
                        "cell_type": "code",
                        "id": str(number),
                        "metadata": {},
                        "outputs": [],
                        "execution_count": None,
                        "source": source,
                    }
                    for number, source in enumerate(cells)
                ],
            }
        ),
        encoding="utf-8",
    )
    session = await start("vscode", command=REAL_SERVER, folder=tmp_path)
    uris = [f"vscode-notebook-cell://{path}#{number}" for number in range(len(cells))]
    session.client.notebook_document_did_open(
        types.DidOpenNotebookDocumentParams(
            types.NotebookDocument(
                path.as_uri(),
                "jupyter-notebook",
                1,
                [types.NotebookCell(types.NotebookCellKind.Code, uri) for uri in uris],
            ),
            [
                types.TextDocumentItem(uri, "python", 1, source)
                for uri, source in zip(uris, cells, strict=True)
            ],
        )
    )
    told = await traced(session, uris[0])
    assert told.state == "finished"
    labels = {line: label for line, _, label in await session.hint_labels(uris[1])}
    assert labels[0].endswith("1) ⟲ (3, 1)")
