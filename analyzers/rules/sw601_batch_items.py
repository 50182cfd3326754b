"""SW601 batch-items: the items of a dataset cannot be put together to a batch."""

from __future__ import annotations

import re

from ..facts import text
from ..interpreter.failures import Failure
from .base import Case, Finding, Rule, first_case
from .describe import sizes_text


def _find(failure: Failure) -> Finding | None:
    return first_case(failure, _CASES)


def _nothing(failure: Failure, found: re.Match[str]) -> Finding:
    return Finding(text("an item of this dataset is None: its `__getitem__` returns nothing"))


def _picture(failure: Failure, found: re.Match[str]) -> Finding:
    return Finding(
        text(
            "an item of this dataset is a PIL image, and a batch is made of tensors: the dataset "
            "needs `transform=transforms.ToTensor()`"
        )
    )


def _sizes(failure: Failure, found: re.Match[str]) -> Finding | None:
    if failure.name != "default_collate":
        return None
    return Finding(
        text(
            "a batch is one box: all items need one shape, and item {first} of this dataset is "
            "{shape}, item {second} is {other}",
            first=found.group(2),
            shape=sizes_text(found.group(1)),
            second=found.group(4),
            other=sizes_text(found.group(3)),
        )
    )


_CASES: tuple[Case, ...] = (
    (r"batch must contain tensors, .*; found <class 'NoneType'>", _nothing),
    (r"batch must contain tensors, .*; found <class 'PIL", _picture),
    (r"equal size, but got \[(.*?)\] at entry (\d+) and \[(.*?)\] at entry (\d+)", _sizes),
)

RULE = Rule("SW601", "batch-items", "error", _find)
