"""SW101 matmul-inner-dim: the inner sizes of a matrix product differ."""

from __future__ import annotations

import re

from ..facts import Text, text
from ..interpreter.failures import Failure
from .base import Case, Finding, Rule, first_case
from .describe import function_name, label, layer_of, operand, origins, tensor_of, with_last_size


def _find(failure: Failure) -> Finding | None:
    return first_case(failure, _CASES)


def _product(failure: Failure, found: re.Match[str]) -> Finding | None:
    """Two matrices, or a layer's input and its weight: four sizes, the inner ones in the middle."""
    got, wanted = found.group(2), found.group(3)
    if layer_of(failure) is not None:
        return _last_size(failure, got, wanted)
    if function_name(failure) == "linear":
        return _equal_last(failure, got, wanted)
    return _inner(failure, got, wanted)


def _last_size(failure: Failure, got: str, wanted: str) -> Finding:
    index = with_last_size(failure, got)
    message = text(
        "{operand}: its last size is {got}, but `{layer}` wants {wanted}",
        operand=operand(failure, index),
        got=got,
        layer=label(failure),
        wanted=wanted,
    )
    return Finding(message, index, origins(failure, index))


def _inner(failure: Failure, a: str, b: str) -> Finding | None:
    return _pair(
        failure,
        "{left} and {right}: for `{operator}` the inner sizes must be equal, and {a} is not {b}",
        operator=function_name(failure),
        a=a,
        b=b,
    )


def _columns(failure: Failure, found: re.Match[str]) -> Finding | None:
    """A matrix and a vector."""
    return _inner(failure, found.group(1), found.group(2))


def _cores(failure: Failure, found: re.Match[str]) -> Finding | None:
    """NumPy names the second operand's size first."""
    return _inner(failure, found.group(2), found.group(1))


def _batches(failure: Failure, found: re.Match[str]) -> Finding | None:
    """`bmm`: a batch size and an inner size that were wanted, and what came instead."""
    batch, inner, other_batch, other_inner = found.groups()
    if batch == other_batch:
        return _inner(failure, inner, other_inner)
    return _pair(
        failure,
        "{left} and {right}: `{operator}` wants as many matrices on the left as on the right, and "
        "{a} is not {b}",
        operator=function_name(failure),
        a=batch,
        b=other_batch,
    )


def _broadcast(failure: Failure, found: re.Match[str]) -> Finding | None:
    if failure.name.rpartition(".")[2] not in ("matmul", "bmm", "baddbmm"):
        return None
    return _batch_axis(failure, *found.groups())


def _batch_axis(failure: Failure, a: str, b: str, axis: str) -> Finding | None:
    return _pair(
        failure,
        "{left} and {right}: `{operator}` pairs the matrices along the axes before the last two, "
        "and on axis {axis} the sizes {a} and {b} are neither equal nor 1",
        operator=function_name(failure),
        axis=axis,
        a=a,
        b=b,
    )


def _vectors(failure: Failure, found: re.Match[str]) -> Finding | None:
    return _pair(
        failure,
        "{left} and {right}: two vectors need one length for `{operator}`, and {a} is not {b}",
        operator=function_name(failure),
        a=found.group(1),
        b=found.group(2),
    )


def _last_sizes(failure: Failure, found: re.Match[str]) -> Finding | None:
    shapes = [group.split(", ")[-1] for group in found.groups()]
    return _equal_last(failure, *shapes)


def _equal_last(failure: Failure, a: str, b: str) -> Finding | None:
    return _pair(
        failure,
        "{left} and {right}: `{operator}` wants the same last size in both, and {a} is not {b}",
        operator=function_name(failure),
        a=a,
        b=b,
    )


def _axes(failure: Failure, found: re.Match[str]) -> Finding | None:
    """The product is not made for operands with so many axes."""
    kind = _KINDS.get(function_name(failure))
    if kind is None:
        return None
    template = "{left} and {right}: `{operator}` wants {kind}"
    return _pair(failure, template, operator=function_name(failure), kind=kind)


def _pair(failure: Failure, template: str, **fields: object) -> Finding | None:
    """Says something of the two factors; what is added comes first in `addmm`."""
    args = failure.call.args
    first = 1 if function_name(failure) in ("addmm", "baddbmm", "addmv") else 0
    if len(args) < first + 2 or any(tensor_of(args[first + step]) is None for step in (0, 1)):
        return None
    left, right = operand(failure, first), operand(failure, first + 1)
    message = text(template, left=left, right=right, **fields)
    return Finding(message, first + 1, origins(failure, first, first + 1))


_KINDS: dict[str, Text] = {
    "@": text("at least one axis on either side"),
    "matmul": text("at least one axis on either side"),
    "bmm": text("two batches of matrices, with 3 axes each"),
    "mm": text("two matrices, with 2 axes each"),
    "mv": text("a matrix and a vector"),
    "dot": text("two vectors, with 1 axis each"),
}

_CASES: tuple[Case, ...] = (
    (r"mat1 and mat2 shapes cannot be multiplied \((.+?)x(.+?) and (.+?)x(.+?)\)", _product),
    (r"size mismatch, got input \(.+?\), mat \(.+?x(.+?)\), vec \((.+?)\)", _columns),
    (
        r"Expected size for first two dimensions of batch2 tensor to be: \[(.+?), (.+?)\]"
        r" but got: \[(.+?), (.+?)\]",
        _batches,
    ),
    (
        r"The size of tensor a \((.+?)\) must match the size of tensor b \((.+?)\) "
        r"at non-singleton dimension (\d+)",
        _broadcast,
    ),
    (r"last dimension must match on both .* got shapes \[(.+?)\] and \[(.+?)\]", _last_sizes),
    (r"inconsistent tensor size, expected tensor \[(.+?)\] and src \[(.+?)\]", _vectors),
    (r"core dimension .*\(size (\d+) is different from (\d+)\)", _cores),
    (r"shapes .* not aligned: (\d+) \(dim \d\) != (\d+) \(dim \d\)", _columns),
    (r"(?:batch1|self|mat2|batch2|vector|input) must be|both arguments to matmul", _axes),
    (r"1D tensors expected, but got|vector \+ matrix @ vector expected", _axes),
    (r"does not have enough dimensions", _axes),
)

RULE = Rule("SW101", "matmul-inner-dim", "error", _find)
