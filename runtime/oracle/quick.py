"""Keeps torch from importing its compiler, which takes longer than torch itself.

The first operator on the meta device and the first optimiser call `torch._dynamo.disable`,
and for that torch imports `torch._dynamo` with 800 modules (0.5 to 1 s, 60 MB). Nothing is
compiled here, so until someone wants more of it than that a stand-in does.
"""

import importlib
import sys
import types
from typing import Any

_NAME = "torch._dynamo"


class _StandIn(types.ModuleType):
    """`torch._dynamo` with what optimisers want of it; any other attribute imports the real one."""

    @staticmethod
    def disable(fn: Any = None, recursive: bool = True, **options: Any) -> Any:
        """The function as it is."""
        return fn if fn is not None else lambda function: function

    @staticmethod
    def graph_break(msg: str = "") -> None:
        """Does nothing where nothing is compiled."""

    def __getattr__(self, name: str) -> Any:
        if sys.modules.get(_NAME) is self:
            del sys.modules[_NAME]
        return getattr(importlib.import_module(_NAME), name)


def install() -> None:
    """Puts the stand-in where torch looks, unless torch has imported the real one already."""
    if _NAME not in sys.modules:
        stand_in = _StandIn(_NAME)
        sys.modules[_NAME] = stand_in
        sys.modules["torch"]._dynamo = stand_in  # type: ignore[attr-defined]
