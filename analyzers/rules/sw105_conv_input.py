"""SW105 conv-input: the input of a convolution or a pooling does not fit."""

from __future__ import annotations

from ..facts import text
from ..interpreter.failures import Failure
from .base import Finding, Rule, matches
from .describe import function_name, name_of, origins, shape_of


def _find(failure: Failure) -> Finding | None:
    index = 1 if failure.kind == "forward" else 0
    name, shape, layer = name_of(failure, index), shape_of(failure, index), function_name(failure)
    found = matches(
        failure, r"expected input\[.*?\] to have (.+?) channels, but got (.+?) channels"
    )
    if found:
        message = text(
            "`{name}` is {shape}: it has {got} channels on axis 1, but `{layer}` wants {wanted}",
            name=name,
            shape=shape,
            got=found.group(2),
            layer=layer,
            wanted=found.group(1),
        )
        return Finding(message, index, origins(failure, index))
    if matches(
        failure,
        r"Expected \dD \(unbatched\) or \dD \(batched\) input to",
        r"non-empty \dD or \dD \(batch mode\) tensor expected",
        r"expected \dD or \dD tensor",
        r"Expected \dD or \dD",
    ):
        message = text(
            "`{name}` is {shape}: that is not the number of axes that `{layer}` works on",
            name=name,
            shape=shape,
            layer=layer,
        )
        return Finding(message, index, origins(failure, index))
    if matches(failure, r"Kernel size can't be greater than actual input size"):
        message = text(
            "`{name}` is {shape}: its images are smaller than the kernel of `{layer}`",
            name=name,
            shape=shape,
            layer=layer,
        )
        return Finding(message, index, origins(failure, index))
    if matches(failure, r"Output size is too small", r"output .*would be too small"):
        message = text(
            "`{name}` is {shape}: its images are too small, after `{layer}` nothing would be left",
            name=name,
            shape=shape,
            layer=layer,
        )
        return Finding(message, index, origins(failure, index))
    return None


RULE = Rule("SW105", "conv-input", "error", _find)
