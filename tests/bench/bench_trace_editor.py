"""From the command in the editor to the first facts of a traced run, and from stop to the end.

    python tests/bench/bench_trace_editor.py [ROUNDS]

A CNN that trains, and a program that sleeps for ever, over LSP; medians in seconds.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.lsp.client import LanguageClient

CNN = """\
import torch
from torch import nn
model = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 26 * 26, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(100):
    images, labels = torch.rand(32, 1, 28, 28), torch.randint(0, 10, (32,))
    loss = nn.functional.cross_entropy(model(images), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""
SLEEPER = "import time, torch\nx = torch.ones(2)\nwhile True:\n    time.sleep(60)\n"


async def session(program: str, folder: Path, *, stop: bool) -> tuple[float, float]:
    """Seconds to the first facts, and from there (or from stop) to the end."""
    path = folder / "program.py"
    path.write_text(program, encoding="utf-8")
    client = LanguageClient("bench", "1")
    told: asyncio.Queue[tuple[float, Any]] = asyncio.Queue()

    @client.feature("shapewise/traced")
    def _traced(params: Any) -> None:
        told.put_nowait((time.monotonic(), params))

    await client.start_io(sys.executable, "-m", "shapewise.server", "serve")
    await client.initialize_async(
        types.InitializeParams(types.ClientCapabilities(), root_uri=folder.as_uri())
    )
    client.initialized(types.InitializedParams())
    client.text_document_did_open(
        types.DidOpenTextDocumentParams(types.TextDocumentItem(path.as_uri(), "python", 1, program))
    )
    begin = time.monotonic()
    await client.workspace_execute_command_async(
        types.ExecuteCommandParams("shapewise.trace", [{"uri": path.as_uri()}])
    )
    first = end = 0.0
    while not end:
        at, params = await told.get()
        if params.facts and not first:
            first = at
            if stop:
                first_to_stop = time.monotonic()
                client.workspace_execute_command(
                    types.ExecuteCommandParams("shapewise.trace.stop", [{"uri": path.as_uri()}])
                )
        if params.state != "running":
            end = at
    await client.shutdown_async(None)
    client.exit(None)
    await client.stop()
    return first - begin, end - (first_to_stop if stop else begin)


async def main(rounds: int) -> None:
    """Prints the medians."""
    rows = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            first, whole = await session(CNN, Path(folder), stop=False)
            _, stopped = await session(SLEEPER, Path(folder), stop=True)
            rows.append((first, whole, stopped))
    for name, column in zip(("first facts", "whole run", "stop"), zip(*rows, strict=True)):
        print(f"{name}: {statistics.median(column):.2f} s (worst {max(column):.2f})")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5))
