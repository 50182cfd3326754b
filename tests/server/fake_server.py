"""The server over an analysis and an oracle that do what the text and the environment say.

So a test can hold an analysis, let it crash, or have torch get ready when it wants to.

In a text, a line means:
    NAME = tensor(SHAPE)    a binding, float32 on the cpu
    NAME = weight(SHAPE)    the same, a parameter that requires grad
    bad(NAME)               an error under NAME, related to where NAME was bound
    # wait PATH             do not go on before the file PATH exists, or the text is newer
    # hold PATH             the same, whatever comes
    # crash                 raise
Analyses that were begun are written to the file $FAKE_LOG.

$FAKE_TORCH is `ready`, `none`, `real` for the true oracle, or the path of a file
whose coming makes torch ready; until then only the first line of a text is
understood.

The lesson packs that are built in are not there: tests bring their own.
"""

from __future__ import annotations

import os
import re
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

from shapewise.analyzers.facts import (
    Analysis,
    Binding,
    Origin,
    Problem,
    Related,
    Signature,
    Span,
    TensorFact,
    UnknownFact,
    Value,
    text,
)
from shapewise.analyzers.oracle import NoOracle
from shapewise.lessons import discover
from shapewise.runtime.oracle.wire import Unsure
from shapewise.server.documents import Snapshot
from shapewise.server.lsp import ShapewiseServer
from shapewise.server.oracle_pool import make_client
from shapewise.server.serve import serve
from shapewise.server.settings import Settings

TORCH = os.environ.get("FAKE_TORCH", "ready")
BINDING = re.compile(r"\s*(?P<name>[\w.]+) = (?P<kind>tensor|weight)\((?P<shape>[^)]*)\)")
TAKES = re.compile(r"def (?P<name>\w+)\(x\)")
BAD = re.compile(r"bad\((?P<name>\w+)\)")


class FakeOracle(NoOracle):
    """Knows nothing, but has the states of a real one."""

    def __init__(self, python: str, on_state: Callable[[SimpleNamespace], None]) -> None:
        self.info = {"python": python, "torch": "2.13.0"}
        self.state = SimpleNamespace(kind="starting", detail="")
        self._on_state = on_state
        self._closed = threading.Event()

    def ask(self, request: object) -> Unsure:
        return Unsure("no-torch")

    def start(self) -> None:
        threading.Thread(target=self._go, daemon=True).start()

    def close(self) -> None:
        self._closed.set()

    def _go(self) -> None:
        if TORCH not in ("ready", "none"):
            while not Path(TORCH).exists() and not self._closed.wait(0.01):
                pass
        self._to("no-torch" if TORCH == "none" else "ready")

    def _to(self, kind: str) -> None:
        self.state = SimpleNamespace(kind=kind, detail="")
        self._on_state(self.state)


def analyze(
    snapshot: Snapshot, oracle: FakeOracle, settings: Settings, cancelled: Callable[[], bool]
) -> Analysis:
    """What the module's docstring says."""
    if log := os.environ.get("FAKE_LOG"):
        with open(log, "a", encoding="utf-8") as file:
            print([part.version for part in snapshot.parts], settings.steps, file=file)
    bindings: dict[str, Binding] = {}
    values: list[Value] = []
    problems: list[Problem] = []
    unknowns: list[UnknownFact] = []
    signatures: list[Signature] = []
    first_only = oracle.state.kind == "starting"
    for number, part in enumerate(snapshot.parts):
        for line, content in enumerate(part.lines[:1] if first_only else part.lines, 1):
            if content.startswith("# wait "):
                path = Path(content[len("# wait ") :].strip())
                while not path.exists() and not cancelled():
                    time.sleep(0.005)
            if content.startswith("# hold "):
                while not Path(content[len("# hold ") :].strip()).exists():
                    time.sleep(0.005)
            if content.startswith("# crash"):
                raise RuntimeError("the engine broke")
            if match := BINDING.match(content):
                binding = _binding(match, number, line)
                bindings[binding.name] = binding
            if match := TAKES.match(content):
                span = _span(match, "name", number, line)
                taken = ("x", TensorFact((2, 3), "float32", "cpu"))
                signatures.append(Signature(span, match["name"], (taken,), "", False))
            for match in BAD.finditer(content):
                span = _span(match, "name", number, line)
                known = bindings.get(match["name"])
                if known is None:
                    reason = text("it depends on a file")
                    unknowns.append(UnknownFact(span, match["name"], reason))
                    continue
                values.append(Value(span, match["name"], known.facts, origin=known.origin))
                problems.append(_problem(span, known))
    return Analysis(
        tuple(bindings.values()),
        tuple(values),
        tuple(problems),
        tuple(unknowns),
        signatures=tuple(signatures),
    )


def _span(match: re.Match[str], group: str, part: int, line: int) -> Span:
    return Span(part, line, match.start(group) + 1, line, match.end(group) + 1)


def _binding(match: re.Match[str], part: int, line: int) -> Binding:
    shape = tuple(
        int(dim) if dim.strip().isdigit() else dim.strip()
        for dim in match["shape"].split(",")
        if dim.strip()
    )
    weight = match["kind"] == "weight"
    fact = TensorFact(
        shape,
        "float32",
        "cpu",
        requires_grad=weight,
        kind="parameter" if weight else "tensor",
        accelerated_device="cuda" if weight else None,
    )
    span = _span(match, "kind", part, line)
    origin = Origin(span, f"{match['kind']}({match['shape']})")
    return Binding(_span(match, "name", part, line), match["name"], "variable", (fact,), origin)


def _problem(span: Span, known: Binding) -> Problem:
    return Problem(
        span,
        "SW101",
        "matmul-inner-dim",
        "error",
        text("{name} does not fit", name=known.name),
        "RuntimeError: mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)",
        (Related(known.span, text("{name} got its shape here", name=known.name)),),
    )


if __name__ == "__main__":
    discover.BUILT_IN = Path(__file__).parent / "no-packs"
    sys.exit(
        serve(
            ShapewiseServer(
                analyze=analyze,
                make_oracle=make_client if TORCH == "real" else FakeOracle,
                find=lambda explicit, root: explicit or sys.executable,
            )
        )
    )
