"""How long an editor waits for quick fixes.

    python tests/bench/bench_fixes.py [--edits 20]

Each edit makes a mistake with a size that was never seen. Asked for is what can be done about it,
at once when its diagnostic has come, which is faster than anybody can point at it, and
again until there is a fix; then once more, as an editor does whose user looks at the
problem. The server's cache is empty at the start. Medians and the slowest are printed as a
Markdown table.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from editor import Editor
from programs import program

COMMAND = [
    sys.executable,
    "-c",
    "import sys, types; from shapewise.server.serve import run; "
    "sys.exit(run(types.SimpleNamespace(tcp=None, python=None)))",
]

FLAT = """\
import torch
from torch import nn

images = torch.rand(64, 1, 28, 28)
fc1 = nn.Linear(784, 10)
scores = fc1(images.flatten(1))
"""


@dataclass(frozen=True)
class Case:
    """A program, and the line (from 0) that is edited: `{size}` is what changes."""

    name: str
    text: str
    line: int
    edited: str


def cases() -> list[Case]:
    """Six lines; a script that trains a CNN; and one with many other mistakes."""
    cnn = (Path(__file__).parent / "cnn.py").read_text(encoding="utf-8")
    long = program(300) + FLAT.partition("\n\n")[2]
    found = []
    for name, text in (("6 lines", FLAT), ("a CNN", cnn), ("15 mistakes", long)):
        lines = text.splitlines()
        line = max(i for i, code in enumerate(lines) if "fc1 = nn.Linear(" in code)
        head, _, rest = lines[line].partition("nn.Linear(")
        edited = f"{head}nn.Linear({{size}},{rest.partition(',')[2]}\n"
        found.append(Case(f"{name}, {len(lines)} lines", text, line, edited))
    return found


def measure(case: Case, edits: int) -> dict[str, list[float]]:
    """Milliseconds, by what was measured."""
    found: dict[str, list[float]] = {"first": [], "until": [], "again": [], "resolve": []}
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "XDG_CACHE_HOME": folder}
        editor = Editor(COMMAND, Path(folder), env, {"debounce": 0})
        start = case.text.splitlines(keepends=True)
        start[case.line] = case.edited.format(size=3)
        editor.open("".join(start))
        editor.settle()
        known = set(editor.lines)
        for size in range(100, 100 + edits):
            new = case.edited.format(size=size)
            editor.change(case.line, case.line + 1, "# nothing yet\n", lambda now: now != known)
            editor.settle()
            editor.change(case.line, case.line + 1, new, lambda now: now == known)
            begin = time.perf_counter()
            fix, took = ask(editor, max(known))
            found["first"].append(took)
            while fix is None:
                fix, _ = ask(editor, max(known))
            found["until"].append(1000 * (time.perf_counter() - begin))
            fix, took = ask(editor, max(known))
            found["again"].append(took)
            before = time.perf_counter()
            resolved = editor.request("codeAction/resolve", fix)
            found["resolve"].append(1000 * (time.perf_counter() - before))
            assert resolved["edit"]
        editor.close()
    return found


def ask(editor: Editor, line: int) -> tuple[dict[str, Any] | None, float]:
    """The first fix that is offered on a line, and the milliseconds of the answer."""
    place = {"line": line, "character": 8}
    params = {
        "textDocument": {"uri": editor.uri},
        "range": {"start": place, "end": place},
        "context": {"diagnostics": []},
    }
    begin = time.perf_counter()
    actions = editor.request("textDocument/codeAction", params)
    took = 1000 * (time.perf_counter() - begin)
    return next((a for a in actions or () if "fix" in (a.get("data") or ())), None), took


def main() -> None:
    """Measures, and prints a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--edits", type=int, default=20)
    edits = parser.parse_args().edits
    print("| median (slowest), ms |", end="")
    results = [(case, measure(case, edits)) for case in cases()]
    print("".join(f" {case.name} |" for case, _ in results))
    print("|---" * (len(results) + 1) + "|")
    for key, name in (
        ("first", "asked at once: the answer"),
        ("until", "asked at once: until there is a fix"),
        ("again", "asked later: the answer"),
        ("resolve", "the edit of the chosen one"),
    ):
        cells = [f" {statistics.median(f[key]):.0f} ({max(f[key]):.0f}) |" for _, f in results]
        print(f"| {name} |" + "".join(cells))


if __name__ == "__main__":
    main()
