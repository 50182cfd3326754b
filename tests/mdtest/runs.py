"""The two ways to run a block: for real in torch, and through the analysis."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

from shapewise.analyzers.oracle import Oracle

from .blocks import Outcome, Program, Seen, Trouble

SUPPORT = Path(__file__).parents[1] / "programs" / "support"
SECONDS = 120
"""A real run that takes longer is ended; generous, for a machine under load."""


class RealRun:
    """Runs programs in one child process, which a crash of one of them may end."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[str] | None = None

    def __call__(self, program: Program) -> Outcome:
        """The outcome; a crash counts as an exception in the first line."""
        if self._child is None:
            command = [sys.executable, str(Path(__file__).with_name("worker.py"))]
            self._child = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                # Its `sitecustomize` lets torchvision be imported beside any build of torch.
                env={**os.environ, "PYTHONPATH": str(SUPPORT)},
            )
        child = self._child
        assert child.stdin is not None and child.stdout is not None
        timer = threading.Timer(SECONDS, child.kill)
        timer.start()
        print(
            json.dumps({"source": program.source, "skip": program.skipped()}),
            file=child.stdin,
            flush=True,
        )
        answer = child.stdout.readline()
        timer.cancel()
        if not answer:
            self.close()
            return Outcome((), (Trouble(1, f"the run ended with status {child.returncode}"),))
        found = json.loads(answer)
        return Outcome(
            tuple(
                Seen(line, name, None if shape is None else tuple(shape), dtype, (device,), grad)
                for line, name, shape, dtype, device, grad in found["seen"]
            ),
            tuple(Trouble(line, text) for line, text in found["raised"]),
            found["accelerator"],
        )

    def close(self) -> None:
        """Ends the child."""
        if self._child is not None:
            self._child.kill()
            self._child.communicate()
            self._child = None


def static_run(program: Program, oracle: Oracle) -> Outcome:
    """What the analysis says of a program."""
    from shapewise.analyzers.analyze import Options, analyze
    from shapewise.analyzers.source import Source

    parts = program.parts()
    source = Source.of_cells(parts) if program.cells else Source.of_text(program.source)
    analysis = analyze(source, oracle, Options(seconds=SECONDS))
    seen = [
        Seen(
            binding.span.line,
            binding.name,
            fact.shape,
            fact.dtype,
            (fact.device, fact.accelerated_device or fact.device),
            fact.requires_grad,
        )
        for binding in analysis.bindings
        for fact in binding.facts
    ]
    seen += [Seen(item.span.line, item.name, None) for item in analysis.unknowns]
    return Outcome(
        tuple(seen),
        tuple(
            Trouble(problem.span.line, problem.torch_message, problem.code, problem.severity)
            for problem in analysis.problems
        ),
    )
