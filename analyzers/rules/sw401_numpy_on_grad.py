"""SW401 numpy-on-grad: NumPy cannot take a tensor that is part of a graph."""

from __future__ import annotations

from ..facts import text
from ..interpreter.failures import Failure
from .base import Finding, Rule, matches
from .describe import name_of


def _find(failure: Failure) -> Finding | None:
    if not matches(failure, r"Can't call numpy\(\) on Tensor that requires grad"):
        return None
    return Finding(
        text(
            "`{name}` requires grad: NumPy can have it only after `detach()`",
            name=name_of(failure, 0),
        ),
        0,
    )


RULE = Rule("SW401", "numpy-on-grad", "error", _find)
