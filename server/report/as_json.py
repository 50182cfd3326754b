"""`--format json`, for programs. Its shape is a promise: see docs/check.md."""

from __future__ import annotations

import json
from typing import IO, Any

from ...analyzers.facts import Binding, Problem, Span, TensorFact, UnknownFact
from ...analyzers.messages import render
from ..check.result import FileResult

VERSION = 1
"""Changes when a reader of the old shape would be misled."""


class JsonReport:
    """One JSON document on one line, when all files are there."""

    def __init__(self, out: IO[str], language: str) -> None:
        self._out = out
        self._language = language
        self._files: list[dict[str, Any]] = []

    def will_print(self, result: FileResult) -> bool:
        """Never before the end."""
        return False

    def add(self, result: FileResult) -> None:
        """Keep a file's entry."""
        self._files.append(file_entry(result, self._language))

    def finish(self) -> None:
        """Write."""
        document = {"version": VERSION, "files": self._files}
        # ASCII: the text is the same whatever the console's encoding.
        self._out.write(json.dumps(document, separators=(",", ":")) + "\n")


def file_entry(result: FileResult, language: str) -> dict[str, Any]:
    """What is said of a file."""
    entry: dict[str, Any] = {"path": result.path}
    if result.error is not None:
        entry["error"] = render(result.placed_error or result.error, language)
    analysis, cells = result.analysis, result.notebook
    if result.fixed is not None:
        entry["fixed"] = [
            {**_start(p.span, cells), "code": p.code, "title": render(title, language)}
            for p, title in result.fixed
        ]
    entry["bindings"] = [_binding(b, cells) for b in analysis.bindings] if analysis else []
    entry["diagnostics"] = [_diagnostic(p, cells, language) for p in result.problems]
    entry["unknowns"] = (
        [_unknown(u, cells, language) for u in analysis.unknowns] if analysis else []
    )
    return entry


def _binding(binding: Binding, cells: bool) -> dict[str, Any]:
    """A place that binds a name to a tensor or an array."""
    facts = [_fact(fact) for fact in binding.facts]
    return {
        **_start(binding.span, cells),
        "name": binding.name,
        "kind": binding.kind,
        **facts[0],
        "alternatives": facts[1:],
    }


def _fact(fact: TensorFact) -> dict[str, Any]:
    entry = {
        "shape": None if fact.claimed_shape is None else list(fact.claimed_shape),
        "dtype": fact.dtype,
        # An array is nowhere but in the computer's memory.
        "device": None if fact.kind == "ndarray" else fact.device,
        "requires_grad": fact.requires_grad,
    }
    if fact.accelerated_device is not None and fact.accelerated_device != fact.device:
        entry["accelerated_device"] = fact.accelerated_device
    return entry


def _diagnostic(problem: Problem, cells: bool, language: str) -> dict[str, Any]:
    return {
        **_start(problem.span, cells),
        "end_line": problem.span.end_line,
        "end_column": problem.span.end_column,
        "code": problem.code,
        "slug": problem.slug,
        "severity": problem.severity,
        "message": render(problem.message, language),
        "torch_message": problem.torch_message,
    }


def _unknown(unknown: UnknownFact, cells: bool, language: str) -> dict[str, Any]:
    return {
        **_start(unknown.span, cells),
        "name": unknown.name,
        "reason": render(unknown.reason, language),
    }


def _start(span: Span, cells: bool) -> dict[str, int]:
    where = {"line": span.line, "column": span.column}
    return {"cell": span.part + 1, **where} if cells else where
