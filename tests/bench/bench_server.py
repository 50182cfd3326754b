"""How fast the server answers and what it takes and finds, side by side with pyrefly.

    python tests/bench/bench_server.py [--lines 100 300 1200] [--rounds 3] [--edits 15]
        [--peer FOLDER] [--alone]

Both servers are driven as an editor drives them, in one run and on the same files:
each round starts Shapewise with an empty cache, then Shapewise with what it knows by
then, and pyrefly; the last two stay open and get the same edits and hovers in turn.
Half of the edits write a statement that fails with sizes that were never seen before,
and the other half take it away; an edit is over when the diagnostics say so. Medians
of all rounds are printed as Markdown tables, and what each of the two finds of what
torch itself says about the same files (`programs.truth`).

pyrefly is installed, without torch, into an environment of its own in `--peer` (made
when it is not there), and sees this interpreter's torch and NumPy. Shapewise analyses
at once after an edit here; in an editor it waits for a pause (`debounce`, 50 ms).
"""

from __future__ import annotations

import argparse
import ast
import os
import re
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import venv
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from editor import Editor
from programs import Truth, program, truth

OURS = [
    sys.executable,
    "-c",
    "import sys, types; from shapewise.server.serve import run; "
    "sys.exit(run(types.SimpleNamespace(tcp=None, python=None)))",
]
PEER = ("pyrefly==1.4.1", "pyrefly-torch-stubs==1.4.0", "pyrefly-shape-extensions==1.4.0")
SETTINGS = {"debounce": 0}

Samples = dict[str, list[float]]


@dataclass
class Found:
    """What a server says of a file, measured by what torch does with it.

    Attributes:
        mistakes: how many failing lines have a diagnostic.
        alarms: the other lines that have one.
        right: how many names of tensors show their shape on hover.
        wrong: the names that show another shape.
    """

    mistakes: int = 0
    alarms: list[str] = field(default_factory=list)
    right: int = 0
    wrong: list[str] = field(default_factory=list)


def install(folder: Path) -> Path:
    """pyrefly's program, in an environment that sees this one's torch.

    Raises:
        subprocess.CalledProcessError: it could not be installed.
    """
    program = folder / "bin" / "pyrefly"
    if not program.exists():
        venv.create(folder, with_pip=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-deps"]
        subprocess.run([*pip, *PEER], check=True)
    packages = subprocess.run(
        [folder / "bin" / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    (Path(packages) / "learner.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return program


def edit(editors: dict[str, Editor], text: str, count: int, number: int, into: Samples) -> None:
    """The same edits to all: a statement that fails is written in the middle and taken away.

    Args:
        number: the round; the sizes depend on it, so that none is known.
    """
    statements = ast.parse(text).body
    line = statements[len(statements) // 2].lineno - 1
    for step in range(count):
        size = 1000 * (number + 1) + 7 * step
        mistake = f"torch.rand(2, {size}) @ torch.rand({size + 1}, 5)\n"
        for name, editor in editors.items():
            took = editor.change(line, line, mistake, lambda lines: line in lines)
            into[f"{name} edit"].append(took * 1e3)
        for name, editor in editors.items():
            took = editor.change(line, line + 1, "", lambda lines: line not in lines)
            into[f"{name} edit back"].append(took * 1e3)


def places(text: str, shapes: dict[tuple[int, str], tuple[int, ...]]) -> list[tuple[int, int]]:
    """Where the names of tensors stand: lines and characters, from 0."""
    lines = text.splitlines()
    found = []
    for line, name in shapes:
        match = re.search(rf"\b{name}\b", lines[line - 1])
        assert match
        found.append((line - 1, match.start()))
    return found


def shape_of(hover: str) -> tuple[int, ...] | None:
    """The shape a hover shows, by either server, if all of its sizes are numbers."""
    match = re.search(r"Tensor ?[(\[]+([\d, ]*)[)\]]", hover)
    if match is None:
        return None
    return tuple(int(size) for size in match[1].split(",") if size.strip())


def hover(editors: dict[str, Editor], text: str, true: Truth, into: Samples) -> dict[str, Found]:
    """The same hovers to all, over every name that torch binds to a tensor."""
    found = {name: Found() for name in editors}
    for place, shape in zip(places(text, true.shapes), true.shapes.values(), strict=True):
        for name, editor in editors.items():
            said, took = editor.hover(*place)
            into[f"{name} hover"].append(took * 1e3)
            if (seen := shape_of(said)) == shape:
                found[name].right += 1
            elif seen is not None:
                found[name].wrong.append(f"line {place[0] + 1}: {seen}, not {shape}")
    return found


def measure(
    text: str, true: Truth, peer: Path | None, args: argparse.Namespace, number: int, into: Samples
) -> dict[str, Found]:
    """One round over one file: the samples of each measurement, and what was found."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "work"
        folder.mkdir()
        (folder / "lesson.py").write_text(text)
        if peer is not None:
            interpreter = peer.parent / "python"
            (folder / "pyrefly.toml").write_text(f"python-interpreter-path = '{interpreter}'\n")
        env = {**os.environ, "XDG_CACHE_HOME": str(Path(name) / "cache")}

        def start(command: list[str], label: str) -> Editor:
            editor = Editor(command, folder, env, SETTINGS)
            into[f"{label} start"].append(editor.open(text) * 1e3)
            editor.settle()
            return editor

        start(OURS, "empty").close()
        editors = {"ours": start(OURS, "ours")}
        if peer is not None:
            editors["peer"] = start([str(peer), "lsp"], "peer")
        edit(editors, text, args.edits, number, into)
        found = hover(editors, text, true, into)
        for label, editor in editors.items():
            own, children = editor.memory()
            into[f"{label} memory"].append(own)
            into[f"{label} children"].append(children)
            editor.settle()
            editor.hover(0, 0)
            lines = {line + 1 for line in editor.lines}
            found[label].mistakes = len(lines & true.failing)
            found[label].alarms = [text.splitlines()[line - 1] for line in lines - true.failing]
            editor.close()
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--lines", type=int, nargs="+", default=[100, 300, 1200])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--edits", type=int, default=15)
    parser.add_argument("--alone", action="store_true", help="without pyrefly")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    parser.add_argument("--peer", type=Path, default=cache / "shapewise-bench" / "pyrefly-1.4.1")
    args = parser.parse_args()
    peer = None if args.alone else install(args.peer)

    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    for lines in args.lines:
        text = program(lines)
        true = truth(text)
        samples: Samples = defaultdict(list)
        for number in range(args.rounds):
            found = measure(text, true, peer, args, number, samples)
        report(text, true, samples, found)
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def digits(value: float) -> str:
    """A measured number as a table shows it."""
    return f"{value:.0f}" if value >= 20 else f"{value:.2g}"


def report(text: str, true: Truth, samples: Samples, found: dict[str, Found]) -> None:
    """Print the tables of one file."""
    middle = {name: statistics.median(values) for name, values in samples.items()}
    rows = (
        ("start to diagnostics, empty cache (ms)", "empty start", "peer start"),
        ("start to diagnostics (ms)", "ours start", "peer start"),
        ("edit to diagnostics, a new mistake (ms)", "ours edit", "peer edit"),
        ("edit to diagnostics, mended again (ms)", "ours edit back", "peer edit back"),
        ("hover (ms)", "ours hover", "peer hover"),
        ("memory of the server (MB)", "ours memory", "peer memory"),
        ("memory with its child processes (MB)", "ours children", "peer children"),
    )
    print(f"| {text.count(chr(10))} lines | Shapewise | pyrefly | ratio |\n|---|---|---|---|")
    for label, ours, theirs in rows:
        pair = [middle.get(ours, 0.0), middle.get(theirs, 0.0)]
        if "children" in ours:
            pair = [value + middle.get(f"{who} memory", 0.0) for value, who in zip(pair, found)]
        ratio = f"{pair[0] / pair[1]:.2f}" if pair[1] else "–"
        print(f"| {label} | {digits(pair[0])} | {digits(pair[1])} | {ratio} |")
    nothing = Found()
    ours, peers = found["ours"], found.get("peer", nothing)
    counts = (
        ("failing lines found", ours.mistakes, peers.mistakes, len(true.failing)),
        ("other lines with a diagnostic", len(ours.alarms), len(peers.alarms), 0),
        ("tensors shown with their shape", ours.right, peers.right, len(true.shapes)),
        ("tensors shown with another shape", len(ours.wrong), len(peers.wrong), 0),
    )
    for label, own, other, right in counts:
        print(f"| {label} (true: {right}) | {own} | {other} | |")
    print()
    for name, each in found.items():
        for line in each.alarms[:5]:
            print(f"{name}, a diagnostic where nothing fails: `{line.strip()}`")
        for line in each.wrong[:5]:
            print(f"{name}, a wrong shape: {line}")
    print(flush=True)


if __name__ == "__main__":
    main()
