"""Models that never reach the oracle show their calls to the rules here."""

from __future__ import annotations

from ..interpreter.call import Call
from ..values.model import Value


def look(name: str, call: Call, result: Value) -> None:
    """Shows a call that went well to the rules for what raises nothing."""
    from ..rules import watch

    watch.look(name, call, result)
