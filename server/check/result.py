"""What a check of one file says: what every report is written from."""

from __future__ import annotations

from dataclasses import dataclass

from ...analyzers.facts import Analysis, Problem, Span, Text, text
from ...analyzers.source import Source


@dataclass(frozen=True, slots=True)
class FileResult:
    """A file and what is known of it.

    path: as the person named it, with forward slashes. source: as written, a
    notebook's magics included. error: why it, or the part of it at `fault`,
    could not be checked. everywhere: the error is the same for every file.
    fixed: the problems that are gone and what was done, where the file was to be fixed; all
    else is of the fixed file. diff: what that changes.
    """

    path: str
    source: Source | None = None
    analysis: Analysis | None = None
    error: Text | None = None
    fault: Span | None = None
    everywhere: bool = False
    fixed: tuple[tuple[Problem, Text], ...] | None = None
    diff: str = ""

    @property
    def notebook(self) -> bool:
        """Whether its parts are the cells of a notebook."""
        return self.source is not None and self.source.notebook

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The diagnostics, in order."""
        return self.analysis.problems if self.analysis is not None else ()

    def place_of(self, span: Span) -> Text:
        """A place within the file, in words."""
        if self.notebook:
            return text("cell {cell}, line {line}", cell=span.part + 1, line=span.line)
        return text("line {line}", line=span.line)

    @property
    def placed_error(self) -> Text | None:
        """The error, with its place in words."""
        if self.error is None or self.fault is None:
            return self.error
        return text("{place}: {error}", place=self.place_of(self.fault), error=self.error)


def exit_status(results: list[FileResult]) -> int:
    """0 nothing was found, 1 there are errors or warnings, 2 something could not be checked.

    What `--diff` shows counts as found: it is still there.
    """
    if any(result.error is not None for result in results):
        return 2
    severities = {problem.severity for result in results for problem in result.problems}
    return 1 if severities & {"error", "warning"} or any(r.diff for r in results) else 0
