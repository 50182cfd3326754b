"""How the results of a check are written: for people, programs and services."""

from __future__ import annotations

from typing import IO, Protocol

from ..check.result import FileResult


class Report(Protocol):
    """Takes the results one by one, in the order of the files."""

    def will_print(self, result: FileResult) -> bool:
        """Whether `add` prints something for a result at once."""
        ...

    def add(self, result: FileResult) -> None:
        """Report on a file."""
        ...

    def finish(self) -> None:
        """There are no more files."""
        ...


def make_report(format: str, out: IO[str], language: str, *, show_shapes: bool = False) -> Report:
    """The report of a format: `text`, `json`, `github`, `sarif`, or `diff`.

    Args:
        out: where it is written.
        show_shapes: also print the programs with the shapes beside their lines
            (the text format alone).
    """
    if format == "json":
        from .as_json import JsonReport

        return JsonReport(out, language)
    if format == "github":
        from .as_github import GithubReport

        return GithubReport(out, language)
    if format == "sarif":
        from .as_sarif import SarifReport

        return SarifReport(out, language)
    if format == "diff":
        from .as_diff import DiffReport

        return DiffReport(out, language)
    from .as_text import TextReport, make_console

    return TextReport(make_console(out), language, show_shapes=show_shapes)
