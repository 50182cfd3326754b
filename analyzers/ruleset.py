"""Which diagnostics are wanted, and how severe each is: what a person has set."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from .facts import Problem, Severity

Level = Severity | Literal["off"]
LEVELS: tuple[Level, ...] = ("error", "warning", "information", "hint", "off")


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A selection by prefixes of codes; the longest prefix that fits a code decides.

    select: what is wanted. ignore: what is not; it wins over a `select` of the same
    length. severity: by prefix; what is not named keeps the severity of its rule.
    """

    select: tuple[str, ...] = ("SW",)
    ignore: tuple[str, ...] = ()
    severity: tuple[tuple[str, Level], ...] = ()

    def level(self, code: str, usual: Severity) -> Level:
        """How severe a diagnostic is; `off` if it is not wanted."""
        wanted = _longest(code, self.select)
        if wanted is None or len(_longest(code, self.ignore) or "") >= len(wanted):
            return "off"
        levels = dict(self.severity)
        named = _longest(code, levels)
        return usual if named is None else levels[named]

    def of(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """The problems that are wanted, with their severities."""
        found = []
        for problem in problems:
            level = self.level(problem.code, problem.severity)
            if level == problem.severity:
                found.append(problem)
            elif level != "off":
                found.append(replace(problem, severity=level))
        return tuple(found)


ALL = RuleSet()
"""Everything, as severe as its rule says."""


def _longest(code: str, prefixes: Iterable[str]) -> str | None:
    return max((p for p in prefixes if code.startswith(p)), key=len, default=None)
