"""SW708 attribute: a tensor is asked for what it does not have."""

from __future__ import annotations

import ast
import re

from ..facts import text
from ..interpreter.failures import Failure
from .base import Case, Finding, Rule, first_case


def _find(failure: Failure) -> Finding | None:
    return first_case(failure, _CASES)


def _pair(failure: Failure, found: re.Match[str]) -> Finding:
    """`x.max(1)` is not only the values."""
    return Finding(
        text(
            "`{function}` with an axis gives values and indices together: `{attribute}` is for "
            "`.values`, not for the pair",
            function=found.group(1),
            attribute=found.group(2),
        )
    )


def _attribute(failure: Failure, found: re.Match[str]) -> Finding | None:
    kind, attribute = found.groups()
    if kind == "Tensor" and attribute in _OF_NUMPY:
        return Finding(
            text(
                "a tensor has no `{attribute}`, which is NumPy's: `{here}` does the same here",
                attribute=attribute,
                here=_OF_NUMPY[attribute],
            )
        )
    return Finding(text("a {type} has no `{attribute}`", type=kind, attribute=attribute))


def _next(failure: Failure, found: re.Match[str]) -> Finding:
    """`iter(loader).next()`, which old tutorials write."""
    function = failure.call.node.func if isinstance(failure.call.node, ast.Call) else None
    owner = function.value if isinstance(function, ast.Attribute) else None
    name = failure.call.machine.frame.chunk.source(owner, 40) if owner is not None else "…"
    return Finding(
        text("an iterator has no method `next()` since Python 3: `next({name})`", name=name)
    )


_OF_NUMPY = {
    "astype": ".to(dtype)",
    "copy": ".clone()",
    "ptp": ".max() - .min()",
}


def _not_callable(failure: Failure, found: re.Match[str]) -> Finding:
    return Finding(
        text(
            "a {type} is no function and cannot be called: leave out the brackets",
            type=found.group(1),
        )
    )


_CASES: tuple[Case, ...] = (
    (r"^'torch\.return_types\.(\w+)' object has no attribute '(\w+)'", _pair),
    (
        r"^'(Tensor|Parameter|numpy\.ndarray)' object has no attribute '(\w+)'",
        _attribute,
    ),
    (r"^'(?:generator|_\w+DataLoaderIter)' object has no attribute 'next'", _next),
    (r"^'(Tensor|torch\.Size|tuple)' object is not callable", _not_callable),
)

RULE = Rule("SW708", "attribute", "error", _find)
