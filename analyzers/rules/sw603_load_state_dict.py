"""SW603 load-state-dict: what was saved does not fit the model."""

from __future__ import annotations

import re

from ..facts import text
from ..interpreter.failures import Failure
from .base import Finding, Rule, matches
from .describe import name_of, sizes_text


def _find(failure: Failure) -> Finding | None:
    if not matches(failure, r"^Error\(s\) in loading state_dict"):
        return None
    words = failure.error.text
    size = re.search(
        r"size mismatch for (\S+): copying a param with shape torch\.Size\(\[(.*?)\]\) from "
        r"checkpoint, the shape in current model is torch\.Size\(\[(.*?)\]\)",
        words,
    )
    if size:
        message = text(
            "`{key}` is {saved} in what is loaded, but {wanted} in `{model}`",
            key=size.group(1),
            saved=sizes_text(size.group(2)),
            wanted=sizes_text(size.group(3)),
            model=name_of(failure, 0),
        )
        return Finding(message, 1)
    missing = re.search(r'Missing key\(s\) in state_dict: "(.+?)"', words)
    unexpected = re.search(r'Unexpected key\(s\) in state_dict: "(.+?)"', words)
    if missing and unexpected:
        message = text(
            "the names differ: `{model}` has a `{missing}`, and what is loaded has a "
            "`{unexpected}` instead",
            model=name_of(failure, 0),
            missing=missing.group(1),
            unexpected=unexpected.group(1),
        )
    elif missing:
        message = text(
            "`{model}` has a `{missing}`, which is not in what is loaded",
            model=name_of(failure, 0),
            missing=missing.group(1),
        )
    elif unexpected:
        message = text(
            "what is loaded has a `{unexpected}`, for which `{model}` has no place",
            model=name_of(failure, 0),
            unexpected=unexpected.group(1),
        )
    else:
        return None
    return Finding(message, 1)


RULE = Rule("SW603", "load-state-dict", "error", _find)
