"""SW508 view-for-permute: a view re-cuts an image where its axes should change places."""

from __future__ import annotations

from ..explain.model import Operand, PermuteExplanation
from ..facts import text
from ..interpreter.call import Call
from ..values.model import TensorV, Value
from .base import Rule
from .describe import shape_text
from .related import watched_origins
from .watch import operand_at, warn, watch

RULE = Rule("SW508", "view-for-permute", "warning")

_COLOURS = (3, 4)


@watch("view", "reshape")
def cuts_anew(call: Call, result: Value) -> None:
    """Catalogue row 167."""
    value, _, name = operand_at(call, 0, "input")
    before = value.sig.shape if value is not None else None
    after = result.sig.shape if isinstance(result, TensorV) else None
    if before is None or after is None or len(before) != len(after) or len(before) not in (3, 4):
        return
    order = _order(before, after)
    if order is None:
        return
    message = text(
        "`{name}` is {shape}, and `{function}` cuts its numbers anew into {wanted}, which mixes "
        "the pixels: `permute({order})` moves the axes",
        name=name,
        shape=shape_text(before),
        function=call.name.rpartition(".")[2],
        wanted=shape_text(after),
        order=", ".join(str(axis) for axis in order),
    )
    function = call.name.rpartition(".")[2]
    axes = PermuteExplanation(Operand(name, before), tuple(order), function, viewed=True)
    places = watched_origins(call, (value, name))
    warn(RULE, call, message, related=places, explanation=axes)


def _order(before: tuple[int | str, ...], after: tuple[int | str, ...]) -> list[int] | None:
    """The order of axes that would do what is meant, for colours that change their place."""
    lead = len(before) - 3
    image, moved = before[lead:], after[lead:]
    if before[:lead] != after[:lead] or any(not isinstance(size, int) for size in image):
        return None
    if any(isinstance(size, int) and size <= 4 and size not in _COLOURS for size in image):
        return None
    for order in ([2, 0, 1], [1, 2, 0]):
        colours = image[2] if order[0] == 2 else image[0]
        others = image[:2] if order[0] == 2 else image[1:]
        fits = tuple(image[axis] for axis in order) == moved
        if fits and colours in _COLOURS and all(s not in _COLOURS for s in others):
            return [*range(lead), *(axis + lead for axis in order)]
    return None
