"""SW190 torch-error: a call that torch will certainly refuse."""

from __future__ import annotations

import re

from ..facts import text
from ..interpreter.failures import Failure
from .base import Case, Finding, Rule, first_case
from .describe import function_name, label, sizes_text


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


def _attribute(failure: Failure, found: re.Match[str]) -> Finding:
    kind, attribute = found.groups()
    return Finding(text("a {type} has no `{attribute}`", type=kind, attribute=attribute))


def _not_callable(failure: Failure, found: re.Match[str]) -> Finding:
    return Finding(
        text(
            "a {type} is no function and cannot be called: leave out the brackets",
            type=found.group(1),
        )
    )


def _no_tensor(failure: Failure, found: re.Match[str]) -> Finding:
    return Finding(
        text(
            "`{function}` wants a tensor and gets a {type}",
            function=label(failure),
            type=found.group(1),
        )
    )


def _fraction(failure: Failure, found: re.Match[str]) -> Finding:
    return Finding(
        text(
            "`{function}` wants whole numbers as sizes; `//` divides without a fraction",
            function=function_name(failure),
        )
    )


def _ragged(failure: Failure, found: re.Match[str]) -> Finding:
    return Finding(
        text(
            "the inner lists of a tensor must have the same length, and {a} is not {b}",
            a=found.group(2),
            b=found.group(1),
        )
    )


def _no_parameters(failure: Failure, found: re.Match[str]) -> Finding:
    return Finding(
        text(
            "`{function}` is given no parameters: layers in a Python list are not found, those in "
            "an `nn.ModuleList` are",
            function=function_name(failure),
        )
    )


def _rows(failure: Failure, found: re.Match[str]) -> Finding:
    return Finding(
        text(
            "`{function}` wants tensors with the same number of rows",
            function=function_name(failure),
        )
    )


def _item(failure: Failure, found: re.Match[str]) -> Finding:
    return Finding(
        text(
            "a batch is made of tensors, arrays, numbers, lists or dicts, and an item of this "
            "dataset is a {type}",
            type=found.group(1),
        )
    )


def _resized(failure: Failure, found: re.Match[str]) -> Finding:
    return Finding(
        text(
            "`{function}` leaves the first two axes, (N, C), as they are, and {wanted} is not one "
            "size for each of the others, {sizes}",
            function=function_name(failure),
            wanted=sizes_text(found.group(2)),
            sizes=sizes_text(found.group(1)),
        )
    )


def _not_iterable(failure: Failure, found: re.Match[str]) -> Finding | None:
    if not failure.name.startswith("torch.optim."):
        return None
    return Finding(
        text(
            "`{function}` wants parameters and gets a {type}: its `parameters()` are what is meant",
            function=function_name(failure),
            type=found.group(1),
        )
    )


def _too_early(failure: Failure, found: re.Match[str]) -> Finding:
    return Finding(
        text("a module can hold layers only after `super().__init__()`, which is missing here")
    )


def _no_forward(failure: Failure, found: re.Match[str]) -> Finding:
    return Finding(text("`{layer}` has no `forward`, so it cannot be called", layer=found.group(1)))


def _other(failure: Failure, found: re.Match[str]) -> Finding:
    return Finding(
        text(
            "`{function}` is certain to fail with these arguments", function=function_name(failure)
        )
    )


_CASES: tuple[Case, ...] = (
    (r"^'torch\.return_types\.(\w+)' object has no attribute '(\w+)'", _pair),
    (r"^'(.+?)' object has no attribute '(\w+)'", _attribute),
    (r"^'(.+?)' object is not callable", _not_callable),
    (r"argument '\w+' \(position \d+\) must be Tensor, not (\S+)", _no_tensor),
    (r"argument 'size' .*must be tuple of ints, ?.*float", _fraction),
    (r"^Size mismatch between tensors", _rows),
    (r"batch must contain tensors, .*; found <class '(.+?)'>", _item),
    (r"input with spatial dimensions of (\[.*?\]) and output size of (\(.*?\))", _resized),
    (r"expected sequence of length (\d+) at dim \d+ \(got (\d+)\)", _ragged),
    (r"optimizer got an empty parameter list", _no_parameters),
    (r"^'(\w+)' object is not iterable", _not_iterable),
    (r"cannot assign (?:module|parameters) before Module.__init__\(\) call", _too_early),
    (r"^Module \[(.+?)\] is missing the required \"forward\" function", _no_forward),
    (r"", _other),
)

RULE = Rule("SW190", "torch-error", "error", _find)
