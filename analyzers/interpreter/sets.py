"""Sets of constants, put together as Python does."""

from __future__ import annotations

from ..values.model import Const, Value


def combined(
    name: str, left: tuple[Value, ...] | None, right: tuple[Value, ...] | None
) -> tuple[Value, ...] | None:
    """The elements of two sets put together; None where they are not known."""
    if left is None or right is None:
        return None
    if not all(isinstance(item, Const) for item in (*left, *right)):
        return None
    only_left = tuple(item for item in left if item not in right)
    only_right = tuple(item for item in right if item not in left)
    both = tuple(item for item in left if item in right)
    found = {
        "or_": (*left, *only_right),
        "and_": both,
        "sub": only_left,
        "xor": (*only_left, *only_right),
    }
    return found.get(name)
