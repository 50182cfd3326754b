"""SW105 conv-input: the input of a convolution or a pooling does not fit."""

from __future__ import annotations

import re

from ..facts import text
from ..interpreter.failures import Failure
from .base import Case, Finding, Rule, first_case
from .describe import function_name, label, operand, origins, tensor_of

_LAYOUTS = {
    "1": "(N, C, L)",
    "2": "(N, C, H, W)",
    "3": "(N, C, D, H, W)",
}
"""What a layer works on, by its number of spatial axes; N may be left out."""


def _find(failure: Failure) -> Finding | None:
    return first_case(failure, _CASES)


def _channels(failure: Failure, found: re.Match[str]) -> Finding:
    """The channels are another number, missing, or in another place."""
    wanted, got = found.groups()
    index = _index(failure)
    tensor = tensor_of(failure.call.args[index])
    shape = tensor.sig.shape if tensor is not None else None
    spatial = int(_spatial(failure) or 0)
    if shape and spatial and len(shape) == spatial + 2 and str(shape[-1]) == wanted:
        return _say(
            failure,
            "{operand}: its {wanted} channels come last, but `{layer}` looks for them on axis 1",
            wanted=wanted,
        )
    if shape and spatial and len(shape) == spatial + 1:
        return _say(
            failure,
            "{operand}: without an axis for the batch, its first axis is read as {got} channels, "
            "but `{layer}` wants {wanted}",
            got=got,
            wanted=wanted,
        )
    return _say(
        failure,
        "{operand}: axis 1, the channels, has size {got}, but `{layer}` wants {wanted}",
        got=got,
        wanted=wanted,
    )


def _axes(failure: Failure, found: re.Match[str]) -> Finding | None:
    layout = _LAYOUTS.get(_spatial(failure) or "")
    if layout is None:
        return _say(failure, "{operand}: `{layer}` works on tensors with another number of axes")
    return _say(
        failure,
        "{operand}: `{layer}` works on {layout}, where only N may be left out",
        layout=layout,
    )


def _pool_axes(failure: Failure, found: re.Match[str]) -> Finding | None:
    """Some kinds of pooling only notice that an axis is missing."""
    return _axes(failure, found) if "pool" in function_name(failure).lower() else None


def _kernel(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(
        failure,
        "{operand}: with its padding each image is {size}, smaller than the {kernel} kernel of "
        "`{layer}`",
        size=found.group(1).replace(" ", ""),
        kernel=found.group(2).replace(" ", ""),
    )


def _nothing_left(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(
        failure,
        "{operand}: `{layer}` would shrink each image to {size}",
        size="x".join(found.group(1).replace(" ", "").split("x")[-int(_spatial(failure) or 2) :]),
    )


def _too_small(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(failure, "{operand}: that is too small, `{layer}` would leave nothing of it")


def _spatial(failure: Failure) -> str | None:
    """The number in the name of the operation: `Conv2d`, `max_pool1d`."""
    found = re.search(r"([123])d$", function_name(failure))
    return found.group(1) if found else None


def _index(failure: Failure) -> int:
    return 1 if failure.kind == "forward" else 0


def _say(failure: Failure, template: str, **fields: object) -> Finding:
    index = _index(failure)
    message = text(template, operand=operand(failure, index), layer=label(failure), **fields)
    return Finding(message, index, origins(failure, index))


_CASES: tuple[Case, ...] = (
    (r"expected input\[.*?\] to have (.+?) channels, but got (.+?) channels", _channels),
    (r"Expected \dD \(unbatched\) or \dD \(batched\) input to", _axes),
    (r"non-empty \dD or \dD \(batch mode\) tensor expected", _axes),
    (r"[eE]xpected \dD or \dD (?:tensor|\(batch mode\))|Expected \d to \d dimensions", _axes),
    (r"^Dimension out of range", _pool_axes),
    (
        r"Calculated padded input size per channel: \((.+?)\)\. Kernel size: \((.+?)\)\. "
        r"Kernel size can't be greater",
        _kernel,
    ),
    (
        r"Calculated output size(?: per channel)?: \((.+?)\)\. Output size is too small",
        _nothing_left,
    ),
    (r"output .*would be too small|Invalid computed output size", _too_small),
)

RULE = Rule("SW105", "conv-input", "error", _find)
