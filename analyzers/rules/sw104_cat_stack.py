"""SW104 cat-stack: tensors that cannot be joined."""

from __future__ import annotations

from ..facts import text
from ..interpreter.failures import Failure
from .base import Finding, Rule, matches
from .describe import function_name, shape_text, tensors


def _find(failure: Failure) -> Finding | None:
    if failure.name.rpartition(".")[2] not in _JOINS:
        return None
    if not matches(
        failure,
        r"Sizes of tensors must match except in dimension",
        r"Tensors must have same number of dimensions",
        r"stack expects each tensor to be equal size",
        r"must be tuple of Tensors, not Tensor",
        r"expected a non-empty list of Tensors",
        r"zero-dimensional tensor .* cannot be concatenated",
    ):
        return None
    if matches(failure, r"expected a non-empty list of Tensors"):
        return Finding(text("`{function}` gets an empty list", function=function_name(failure)), 0)
    shapes = [shape_text(tensor.sig.shape) for _, tensor in tensors(failure)]
    if not shapes:
        return None
    message = text(
        "`{function}` gets tensors of the shapes {shapes}, which do not fit together",
        function=function_name(failure),
        shapes=", ".join(shapes[:6]),
    )
    return Finding(message, 0)


_JOINS = ("cat", "concat", "concatenate", "stack", "hstack", "vstack", "dstack")

RULE = Rule("SW104", "cat-stack", "error", _find)
