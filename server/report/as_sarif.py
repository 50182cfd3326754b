"""`--format sarif`: SARIF 2.1.0, which code hosts and editors read."""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import IO, Any
from urllib.parse import quote

from ...analyzers.facts import Problem, Related, Severity, Span, text
from ...analyzers.messages import render
from ..check.result import FileResult
from ..version import version

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"

_LEVELS: dict[Severity, str] = {
    "error": "error",
    "warning": "warning",
    "information": "note",
    "hint": "note",
}


class SarifReport:
    """One SARIF log with one run, when all files are there."""

    def __init__(self, out: IO[str], language: str) -> None:
        self._out = out
        self._language = language
        self._results: list[FileResult] = []

    def will_print(self, result: FileResult) -> bool:
        """Never before the end."""
        return False

    def add(self, result: FileResult) -> None:
        """Keep a file's results."""
        self._results.append(result)

    def finish(self) -> None:
        """Write."""
        self._out.write(json.dumps(sarif_log(self._results, self._language), indent=2) + "\n")


def sarif_log(results: list[FileResult], language: str) -> dict[str, Any]:
    """The log of a check."""
    found = {(problem.code, problem.slug) for result in results for problem in result.problems}
    rules = sorted(found)
    failures = [_failure(result, language) for result in results if result.error is not None]
    invocation: dict[str, Any] = {"executionSuccessful": not failures}
    if failures:
        invocation["toolExecutionNotifications"] = failures
    driver = {
        "name": "Shapewise",
        "version": version(),
        "rules": [{"id": code, "name": slug} for code, slug in rules],
    }
    run = {
        "tool": {"driver": driver},
        "language": "pt-BR" if language == "pt-BR" else "en-US",
        "columnKind": "unicodeCodePoints",
        "invocations": [invocation],
        "results": [
            _result(result, problem, rules.index((problem.code, problem.slug)), language)
            for result in results
            for problem in result.problems
        ],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _result(file: FileResult, problem: Problem, rule: int, language: str) -> dict[str, Any]:
    sentence = render(problem.message, language)
    if problem.torch_message:
        printed = text("torch will print: {message}", message=problem.torch_message)
        sentence += "\n" + render(printed, language)
    entry: dict[str, Any] = {
        "ruleId": problem.code,
        "ruleIndex": rule,
        "level": _LEVELS[problem.severity],
        "message": {"text": sentence},
        "locations": [_location(file, problem.span, language)],
    }
    if problem.related:
        entry["relatedLocations"] = [
            _related(file, related, number, language)
            for number, related in enumerate(problem.related, 1)
        ]
    return entry


def _related(file: FileResult, related: Related, number: int, language: str) -> dict[str, Any]:
    location = _location(file, related.span, language)
    if related.path is not None:
        uri = _uri(str(related.path))
        location = {
            "physicalLocation": {"artifactLocation": {"uri": uri}, "region": _region(related.span)}
        }
    return {
        "id": number,
        **location,
        "message": {"text": render(related.message, language)},
    }


def _location(file: FileResult, span: Span, language: str) -> dict[str, Any]:
    artifact: dict[str, Any] = {"artifactLocation": {"uri": _uri(file.path)}}
    if file.notebook:
        # A region would count the lines of the notebook's JSON.
        return {
            "physicalLocation": artifact,
            "logicalLocations": [{"name": render(file.place_of(span), language), "kind": "member"}],
        }
    artifact["region"] = _region(span)
    return {"physicalLocation": artifact}


def _region(span: Span) -> dict[str, int]:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def _failure(result: FileResult, language: str) -> dict[str, Any]:
    assert result.error is not None
    location: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": {"uri": _uri(result.path)}}
    }
    if result.fault is not None:
        location = _location(result, result.fault, language)
    return {
        "level": "error",
        "message": {"text": render(result.error, language)},
        "locations": [location],
    }


def _uri(path: str) -> str:
    """A URI: relative for a relative path."""
    pure = PurePath(path)
    return pure.as_uri() if pure.is_absolute() else quote(path)
