"""Names of the standard library that stand for values: known ones, and those of a run."""

from __future__ import annotations

import math
import string
import sys

from ..values.model import Const, Items, ListV, Scalar, Value

_MODULES = {"math": math, "string": string}
_TEXTS = {
    "os.curdir",
    "os.linesep",
    "os.name",
    "os.sep",
    "sys.byteorder",
    "sys.executable",
    "sys.platform",
    "sys.prefix",
    "sys.version",
}


def constant(name: str) -> Value | None:
    """What a dotted name of the standard library stands for; None if that is not known."""
    if name == "sys.argv":
        # The program's own name stands first.
        return ListV(Items((Scalar("str"),), Scalar("str")))
    if name == "sys.maxsize":
        return Const(sys.maxsize)
    if name in _TEXTS:
        return Scalar("str")
    module, _, member = name.partition(".")
    if module in _MODULES:
        value = getattr(_MODULES[module], member, None)
        return Const(value) if isinstance(value, (float, str)) else None
    return None
