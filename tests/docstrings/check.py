"""Torch's own docstring examples, analysed: what runs clean must be reported clean.

Programs nobody here wrote, with the truth beside them: no error and no warning may be
reported on any of them, and no shape, dtype or requires_grad may be wrong.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shapewise.analyzers.analyze import Options, analyze
from shapewise.analyzers.facts import TensorFact
from shapewise.analyzers.messages import render
from shapewise.analyzers.oracle import Oracle
from shapewise.analyzers.source import Source

_SECONDS = 20
"""For one example: a slow machine must not make a result incomplete."""

Program = tuple[str, list[str], list[list[Any]]]
"""The name of an example, its cells, and the tensors: cell, line, name, shape, dtype, grad."""


@dataclass
class Outcome:
    """What the analysis said of the examples.

    alarms: false ones. wrong: facts that are not true. agreed, total: of the tensors.
    """

    programs: int = 0
    alarms: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    agreed: int = 0
    total: int = 0


def run_clean(folder: Path) -> Iterator[Program]:
    """Runs the examples in real torch, in a folder where they may write."""
    script = Path(__file__).with_name("truth.py")
    with subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=folder,
    ) as child:
        assert child.stdout is not None
        for line in child.stdout:
            yield json.loads(line)
    assert child.returncode == 0


def check(programs: Iterable[Program], oracle: Oracle) -> Outcome:
    """Analyses programs that ran clean."""
    outcome = Outcome()
    for name, cells, facts in programs:
        outcome.programs += 1
        analysis = analyze(Source.of_cells(cells), oracle, Options(seconds=_SECONDS))
        for problem in analysis.problems:
            if problem.severity in ("error", "warning"):
                said = render(problem.message)
                place = cells[problem.span.part].splitlines()[problem.span.line - 1].strip()
                outcome.alarms.append(f"{name}: {place}: {problem.code} {said}")
        shown = {(b.span.part, b.span.line, b.name): b.facts for b in analysis.bindings}
        for part, line, variable, shape, dtype, grad in facts:
            outcome.total += 1
            known = shown.get((part, line, variable))
            if known is None:
                continue
            outcome.agreed += 1
            if not any(fits(fact, shape, dtype) for fact in known):
                outcome.wrong.append(f"{name}: {variable} is {shape} {dtype}, shown {known}")
            elif not any(fact.requires_grad in (grad, None) for fact in known):
                outcome.wrong.append(f"{name}: {variable} requires_grad is {grad}, shown {known}")
    return outcome


def fits(fact: TensorFact, shape: list[int], dtype: str) -> bool:
    """Whether a fact is true of a real tensor; a symbol stands for any size."""
    if fact.shape is None:
        return True
    sizes = len(fact.shape) == len(shape) and all(
        isinstance(dim, str) or dim == size for dim, size in zip(fact.shape, shape, strict=True)
    )
    return sizes and fact.dtype == dtype
