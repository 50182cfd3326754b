"""What a check of one file says: what every report is written from."""

from __future__ import annotations

from dataclasses import dataclass

from ...analyzers.facts import Analysis, Problem, Text
from ...analyzers.source import Source


@dataclass(frozen=True, slots=True)
class FileResult:
    """A file and what is known of it.

    path: as the person named it, with forward slashes. error: why it could not
    be checked; source and analysis are then None or not to be trusted.
    """

    path: str
    source: Source | None = None
    analysis: Analysis | None = None
    error: Text | None = None

    @property
    def notebook(self) -> bool:
        """Whether its parts are the cells of a notebook."""
        return self.source is not None and self.source.notebook

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The diagnostics, in order."""
        return self.analysis.problems if self.analysis is not None else ()


def exit_status(results: list[FileResult]) -> int:
    """0 nothing was found, 1 there are errors or warnings, 2 something could not be checked."""
    if any(result.error is not None for result in results):
        return 2
    severities = {problem.severity for result in results for problem in result.problems}
    return 1 if severities & {"error", "warning"} else 0
