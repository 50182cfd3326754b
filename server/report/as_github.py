"""`--format github`: workflow commands, which GitHub shows beside the changed lines."""

from __future__ import annotations

from typing import IO

from ...analyzers.facts import Problem, Severity, Span, text
from ...analyzers.messages import render
from ..check.result import FileResult

_COMMANDS: dict[Severity, str] = {
    "error": "error",
    "warning": "warning",
    "information": "notice",
    "hint": "notice",
}


class GithubReport:
    """One workflow command for each problem."""

    def __init__(self, out: IO[str], language: str) -> None:
        self._out = out
        self._language = language

    def will_print(self, result: FileResult) -> bool:
        """Whether there is anything to say of the file."""
        return bool(result.error or result.problems)

    def add(self, result: FileResult) -> None:
        """Write a file's commands."""
        if result.error is not None:
            message = render(result.error, self._language)
            where = {"file": result.path}
            if result.fault is not None:
                where, message = self._placed(result, result.fault, message)
            self._write("error", where | {"title": "shapewise"}, message)
        for problem in result.problems:
            self._problem(result, problem)

    def finish(self) -> None:
        """Nothing is left."""

    def _problem(self, result: FileResult, problem: Problem) -> None:
        message = render(problem.message, self._language)
        where, message = self._placed(result, problem.span, message)
        if problem.torch_message:
            printed = text("torch will print: {message}", message=problem.torch_message)
            message += "\n" + render(printed, self._language)
        title = f"{problem.code} {problem.slug}"
        self._write(_COMMANDS[problem.severity], where | {"title": title}, message)

    def _placed(self, result: FileResult, span: Span, message: str) -> tuple[dict[str, str], str]:
        """The properties that say where, and the message."""
        where = {"file": result.path}
        if result.notebook:
            # GitHub counts the lines of the notebook's JSON.
            return where, f"{render(result.place_of(span), self._language)}: {message}"
        where |= {"line": str(span.line), "endLine": str(span.end_line)}
        # GitHub takes columns only within one line.
        if span.line == span.end_line:
            where |= {"col": str(span.column), "endColumn": str(span.end_column)}
        return where, message

    def _write(self, command: str, properties: dict[str, str], message: str) -> None:
        written = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
        self._out.write(f"::{command} {written}::{_data(message)}\n")


def _data(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")
