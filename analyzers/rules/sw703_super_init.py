"""SW703 super-init: a module is filled before `super().__init__()`."""

from __future__ import annotations

from ..facts import text
from ..interpreter.failures import Failure
from .base import Finding, Rule, matches


def _find(failure: Failure) -> Finding | None:
    found = matches(failure, r"cannot assign (module|parameters?) before Module.__init__\(\) call")
    if not found:
        return None
    if found.group(1) == "module":
        return Finding(
            text("a module can hold layers only after `super().__init__()`, which is missing here")
        )
    return Finding(
        text("a module can hold parameters only after `super().__init__()`, which is missing here")
    )


RULE = Rule("SW703", "super-init", "error", _find)
