"""SW110 unpack-shape: more or fewer names than there are values."""

from __future__ import annotations

from ..facts import text
from ..interpreter.failures import Failure
from .base import Finding, Rule, matches
from .describe import length_of, origins, sequence
from .related import owner_origin


def _find(failure: Failure) -> Finding | None:
    found = matches(
        failure,
        r"not enough values to unpack \(expected (at least )?(?P<wanted>.+?), got (?P<got>\d+)\)",
        r"too many values to unpack \(expected (?P<wanted>\d+)\)",
    )
    if not found or failure.name != "unpack":
        return None
    fields: dict[str, object] = {
        "sequence": sequence(failure, 0),
        "got": length_of(failure.call.args[0]),
        "wanted": found["wanted"],
    }
    if "at least" in found[0]:
        message = text(
            "{sequence}: it unpacks into {got}, but at least {wanted} are wanted here", **fields
        )
    else:
        message = text("{sequence}: it unpacks into {got} and not {wanted} values", **fields)
    return Finding(message, 0, origins(failure, 0) or owner_origin(failure, 0))


RULE = Rule("SW110", "unpack-shape", "error", _find)
