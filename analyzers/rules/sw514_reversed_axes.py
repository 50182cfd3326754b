"""SW514 reversed-axes: `.T` of more than two axes reverses all of them."""

from __future__ import annotations

from ..facts import text
from ..interpreter.call import Call
from ..values.model import TensorV, Value
from .base import Rule
from .describe import shape_text
from .watch import operand_at, warn, watch

RULE = Rule("SW514", "reversed-axes", "warning")


@watch(".T")
def all_axes(call: Call, result: Value) -> None:
    """Catalogue row 183."""
    value, _, name = operand_at(call, 0, "input")
    shape = value.sig.shape if value is not None and not value.sig.numpy else None
    if shape is None or len(shape) < 3 or not isinstance(result, TensorV):
        return
    message = text(
        "`{name}` is {shape}, and `.T` reverses all axes, to {reversed}: `.mT` swaps the last two",
        name=name,
        shape=shape_text(shape),
        reversed=shape_text(shape[::-1]),
    )
    warn(RULE, call, message)
