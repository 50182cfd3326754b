"""SW504 training-mode: dropout or batch norm work as in training when they should not."""

from __future__ import annotations

from ..facts import text
from ..interpreter.call import Call
from ..values.model import Value
from .base import Rule
from .watch import warn, watch

RULE = Rule("SW504", "training-mode", "warning")


@watch("dropout")
def always_on(call: Call, result: Value) -> None:
    """Catalogue row 166: `F.dropout` in a module without `training=`."""
    function = call.machine.frame.function
    if call.name != "torch.nn.functional.dropout" or function is None or function.owner is None:
        return
    if call.incomplete is not None or call.argument(2, "training") is not None:
        return
    if "torch.nn.Module" not in function.owner.library_bases():
        return
    message = text(
        "`F.dropout` is always on, after `eval()` too: it must be told, `training=self.training`"
    )
    warn(RULE, call, message)
