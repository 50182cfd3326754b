"""Runs both sides over files and says how they compare."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from ...analyzers.analyze import Options, analyze
from ...analyzers.facts import Analysis, text
from ...analyzers.messages import language_of, render
from ...analyzers.source import SourceError, read_source
from ...runtime.cache import default_cache
from ...runtime.client import OracleClient
from ...runtime.interpreter import find_python
from ...runtime.tracing import run_trace
from ...runtime.tracing_types import Limits, Mode, TraceReport, TraceRequest
from ..check.files import find_files
from ..locales import system_locale
from .arguments import arguments_of, read_arguments
from .compare import ASPECTS, Score, compare

CLEAN, WRONG, UNUSABLE = 0, 1, 2
TOP_REASONS = 20


@dataclass(frozen=True, slots=True)
class Audited:
    """A program from both sides, and how they compare."""

    path: Path
    analysis: Analysis
    report: TraceReport
    score: Score


def audit_program(
    path: Path,
    oracle: OracleClient,
    interpreter: str,
    iterations: int | None,
    seconds: float,
    arguments: Sequence[str] = (),
) -> Audited:
    """Runs and analyses one program, with the person's own rights.

    Args:
        arguments: what the program finds in `sys.argv[1:]`.

    Raises:
        SourceError: the file cannot be read.
    """
    source = replace(read_source(path), arguments=tuple(arguments))
    report = run_trace(_request(path, interpreter, iterations, seconds, arguments))
    analysis = analyze(source, oracle, Options(seconds=20.0))
    score = compare(analysis, report, os.path.abspath(path))
    return Audited(path, analysis, report, score)


def audit(
    paths: Sequence[Path],
    format: str,
    iterations: int | None,
    seconds: float,
    language: str | None,
    python: str | None,
    arguments: Path | None = None,
) -> int:
    """Audits files; the exit status: 1 when something is wrong or false, 2 when nothing ran."""
    spoken = language_of(language or system_locale())
    try:
        given = read_arguments(arguments) if arguments is not None else {}
    except SourceError as error:
        print(f"shapewise audit: {render(error.message, spoken)}", file=sys.stderr)
        return UNUSABLE
    interpreter = find_python(python, Path.cwd())
    console = Console(stderr=True)
    oracle = OracleClient(interpreter, cache=default_cache())
    oracle.start()
    results: list[Audited] = []
    try:
        for path in find_files(paths):
            if console.is_terminal:
                console.print(f"[dim]{path}[/dim]")
            try:
                own = arguments_of(path, given)
                results.append(audit_program(path, oracle, interpreter, iterations, seconds, own))
            except SourceError as error:
                console.print(render(error.message, spoken))
    finally:
        oracle.close()
    total = Score()
    for result in results:
        total.add(result.score)
    if format == "json":
        print(json.dumps(_data(results, total, spoken), indent=1, ensure_ascii=False))
    else:
        _show(results, total, spoken)
    if not any(result.report.seen for result in results):
        return UNUSABLE
    return CLEAN if total.clean else WRONG


def _request(
    path: Path,
    interpreter: str,
    iterations: int | None,
    seconds: float,
    arguments: Sequence[str] = (),
) -> TraceRequest:
    mode: Mode = "notebook" if path.suffix == ".ipynb" else "script"
    absolute = Path(os.path.abspath(path))
    return TraceRequest(
        target=str(absolute),
        python=interpreter,
        mode=mode,
        args=tuple(arguments),
        roots=(absolute.parent,),
        folder=absolute.parent,
        iterations=iterations,
        limits=Limits(seconds=seconds),
    )


def _counts(score: Score) -> dict[str, Any]:
    kinds = ("agreed", "missing", "wrong")
    return {
        **{aspect: {k: score.aspects[aspect][k] for k in kinds} for aspect in ASPECTS},
        "errors": {kind: score.errors[kind] for kind in ("agreed", "missed", "false")},
    }


def _data(results: list[Audited], total: Score, language: str) -> dict[str, Any]:
    return {
        "version": 1,
        "files": [
            {
                "path": result.path.as_posix(),
                "run": result.report.reason,
                **_counts(result.score),
                "wrong": [
                    {
                        "part": wrong.part,
                        "line": wrong.line,
                        "name": wrong.name,
                        "aspect": wrong.aspect,
                        "static": wrong.static,
                        "traced": wrong.traced,
                    }
                    for wrong in result.score.wrong
                ],
            }
            for result in results
        ],
        "total": _counts(total),
        "reasons": [
            {"reason": render(reason, language), "count": count}
            for reason, count in total.reasons.most_common(TOP_REASONS)
        ],
    }


def _show(results: list[Audited], total: Score, language: str) -> None:
    console = Console(width=None if sys.stdout.isatty() else 120)
    table = Table(box=None, pad_edge=False)
    table.add_column("")
    for title in (*ASPECTS, render(text("errors"), language)):
        table.add_column(title, justify="right")
    table.add_column(render(text("run"), language))
    for result in results:
        table.add_row(result.path.name, *_cells(result.score), result.report.reason)
    table.add_row(render(text("total"), language), *_cells(total), "", style="bold")
    console.print(table)
    console.print(
        render(text("agreed / missing / wrong; errors: agreed / missed / false"), language)
    )
    for result in results:
        for wrong in result.score.wrong:
            console.print(
                f"{result.path}:{wrong.line} {wrong.name} {wrong.aspect}: "
                f"{wrong.static} ≠ {wrong.traced}",
                style="red",
                markup=False,
                soft_wrap=True,
            )
    for reason, count in total.reasons.most_common(TOP_REASONS):
        console.print(f"{count:5} {render(reason, language)}", markup=False, highlight=False)


def _cells(score: Score) -> list[str]:
    cells = []
    for aspect in ASPECTS:
        counter = score.aspects[aspect]
        cells.append(f"{counter['agreed']} / {counter['missing']} / {counter['wrong']}")
    errors = score.errors
    return [*cells, f"{errors['agreed']} / {errors['missed']} / {errors['false']}"]
