"""Problems that another one hides: the analysis of what comes after a failure is cut short.

They are found by leaving the failing expression out. What is reported then has nothing
to do with how that expression is put right, so a fix does not bring it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from ..facts import Analysis, Problem
from ..source import Source
from .base import Analyse, Edit
from .edits import apply
from .site import Program, Site

_NAME = "_shapewise_unknown"


class Hidden:
    """What some failures hide; worked out when it is first asked for.

    Args:
        problems: of `source`, whose analysis is `analysis`.
    """

    def __init__(
        self, problems: Sequence[Problem], program: Program, analysis: Analysis, analyse: Analyse
    ) -> None:
        self._problems = problems
        self._program = program
        self._analysis = analysis
        self._analyse = analyse
        self.found = lru_cache(1)(self._found)

    def _found(self) -> tuple[Problem, ...]:
        source: Source = self._program.source
        edits: dict[Edit, None] = {}
        for problem in self._problems:
            operation = Site(self._program, problem, self._analysis).operation
            if operation is None or not problem.torch_message:
                return ()
            span = self._program.span(operation)
            # As many lines as before, so that places stay.
            lines = "\n" * (span.end_line - span.line)
            edits[Edit(span, f"({_NAME}{lines})")] = None
        edited = apply(source, tuple(edits))
        return self._analyse(edited.after).problems if edited is not None else ()
