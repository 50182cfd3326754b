"""SW115 claimed-shape: what an annotation, a comment or an assert says of a shape is not so."""

from __future__ import annotations

from ..claims.match import Conflict
from ..claims.model import Placed
from ..facts import Problem, Related, Span, Text, text
from ..interpreter.machine import Machine
from ..source.chunks import Chunk
from ..values.model import TensorV
from .base import Rule
from .describe import shape_text
from .watch import at_end

RULE = Rule("SW115", "claimed-shape", "warning")


def contradiction(
    placed: Placed, name: str, tensor: TensorV, conflict: Conflict, expected: bool = False
) -> Problem:
    """The problem at a claim that a tensor does not fulfil.

    Args:
        expected: the tensor is what the code around it works with.
    """
    return Problem(
        placed.span,
        RULE.code,
        RULE.slug,
        RULE.severity,
        _message(placed, name, tensor, conflict, expected),
        related=_related_origin(tensor, name),
    )


def failed_assert(span: Span, name: str, tensor: TensorV, aspect: str, said: object) -> Problem:
    """The problem of an assert that certainly fails.

    Args:
        aspect: what it compares: `dtype`, or something of the shape. said: its message.
    """
    if aspect == "dtype":
        message = text("this assert fails: `{name}` is {dtype}", name=name, dtype=tensor.sig.dtype)
    else:
        shape = shape_text(tensor.sig.shape)
        message = text("this assert fails: `{name}` is {shape}", name=name, shape=shape)
    return Problem(
        span,
        RULE.code,
        RULE.slug,
        "error",
        message,
        f"AssertionError: {said}" if said else "AssertionError",
        _related_origin(tensor, name),
    )


def _message(
    placed: Placed, name: str, tensor: TensorV, conflict: Conflict, expected: bool
) -> Text:
    who = _WHO[placed.claim.kind]
    shape = shape_text(tensor.sig.shape)
    if conflict.kind == "dtype":
        return text(
            "{who} says {claimed}, but `{name}` is {dtype}",
            who=who,
            claimed=_DTYPES.get(conflict.name, conflict.name),
            name=name,
            dtype=conflict.sizes[0],
        )
    claimed = placed.claim.source
    if expected:
        return text(
            "{who} says `{claimed}`, but the code works only with `{name}` of the shape {shape}",
            who=who,
            claimed=claimed,
            name=name,
            shape=shape,
        )
    if conflict.kind == "name":
        return text(
            "{who} says `{claimed}`, but `{name}` is {shape}: "
            "`{axis}` would be {first} and {second}",
            who=who,
            claimed=claimed,
            name=name,
            shape=shape,
            axis=conflict.name,
            first=conflict.sizes[0],
            second=conflict.sizes[1],
        )
    if conflict.kind == "size" and not conflict.name.isdigit():
        return text(
            "{who} says `{claimed}`, but `{name}` is {shape}: `{axis}` is {first}, not {second}",
            who=who,
            claimed=claimed,
            name=name,
            shape=shape,
            axis=conflict.name,
            first=conflict.sizes[0],
            second=conflict.sizes[1],
        )
    return text(
        "{who} says `{claimed}`, but `{name}` is {shape}",
        who=who,
        claimed=claimed,
        name=name,
        shape=shape,
    )


_WHO = {
    "comment": text("the comment"),
    "annotation": text("the annotation"),
    "docstring": text("the docstring"),
}
_DTYPES = {
    "floating": text("floating-point numbers"),
    "integer": text("integers"),
    "complex": text("complex numbers"),
    "inexact": text("floating-point or complex numbers"),
    "number": text("numbers"),
}


def _related_origin(tensor: TensorV, name: str) -> tuple[Related, ...]:
    origin = tensor.origin
    if origin is None:
        return ()
    message = text(
        "`{name}` gets its shape {shape} here: `{source}`",
        name=name or origin.source,
        shape=shape_text(tensor.sig.shape),
        source=origin.source,
    )
    return (Related(origin.span, message),)


@at_end
def contradicted(machine: Machine, chunks: list[Chunk]) -> None:
    """Comments and docstrings that were wrong at every visit of their place."""
    for verdict in machine.claims.verdicts.values():
        if verdict.problem is not None and not verdict.agreed:
            machine.recorder.problem(verdict.problem)
