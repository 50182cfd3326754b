"""SW511 hidden-broadcast: two shapes fit by chance, and everything meets everything."""

from __future__ import annotations

from ..explain.model import BroadcastExplanation, Operand
from ..facts import text
from ..interpreter.call import Call
from ..interpreter.provenance import element_wise, made_by
from ..values.model import Const, TensorV, Value
from .base import Rule
from .describe import shape_text
from .related import watched_origins
from .watch import operand_at, warn, watch

RULE = Rule("SW511", "hidden-broadcast", "warning")

_LINEAR = ("Linear", "linear")


@watch("operator.sub", "operator.eq", "operator.ne", "sub", "eq", "ne")
def everything_with_everything(call: Call, result: Value) -> None:
    """Catalogue rows 153 and 154: a column of predictions against a row of targets."""
    left, right = operand_at(call, 0, "input"), operand_at(call, 1, "other")
    for (column, _, name), (row, node, other) in ((left, right), (right, left)):
        if column is None or row is None or not _column_and_row(column, row):
            continue
        if any(made.name in _LINEAR for made in element_wise(column)):
            count = column.sig.shape[0] if column.sig.shape else "?"
            message = text(
                "`{name}` is {shape} and `{other}` is {other_shape}: here each of the {count} "
                "meets all {count} of the other; `{name}.squeeze(1)` makes pairs",
                name=name,
                shape=shape_text(column.sig.shape),
                other=other,
                other_shape=shape_text(row.sig.shape),
                count=count,
            )
            pair = BroadcastExplanation(
                Operand(name, column.sig.shape),
                Operand(other, row.sig.shape),
                call.name.rpartition(".")[2],
            )
            places = watched_origins(call, (column, name), (row, other))
            warn(RULE, call, message, node, places, explanation=pair)
            return


def _column_and_row(column: TensorV, row: TensorV) -> bool:
    """(N, 1) and (N,) of the same N, which is not 1."""
    a, b = column.sig.shape, row.sig.shape
    if a is None or b is None or len(a) != 2 or len(b) != 1 or column.sig.numpy:
        return False
    return a[1] == 1 and a[0] == b[0] and a[0] != 1


_REDUCTIONS = ("sum", "mean", "norm", "amax", "amin", "std", "var")


@watch("operator.truediv", "operator.sub", "operator.mul", "div", "sub")
def along_the_wrong_axis(call: Call, result: Value) -> None:
    """Catalogue row 180: the sums of the rows of a square matrix divide its columns."""
    matrix, _, name = operand_at(call, 0, "input")
    vector, node, other = operand_at(call, 1, "other")
    made = made_by(vector)
    if matrix is None or vector is None or made is None or made.source is not matrix:
        return
    shape, axis = matrix.sig.shape, made.call.argument(1, "dim")
    if made.name not in _REDUCTIONS or shape is None or len(shape) != 2 or shape[0] != shape[1]:
        return
    if vector.sig.shape != shape[:1] or shape[0] == 1 or axis not in (Const(1), Const(-1)):
        return
    message = text(
        "`{name}` is {shape} and `{other}` has a number for each row, but {other_shape} meets the "
        "last axis, the columns: `keepdim=True` keeps it a column",
        name=name,
        shape=shape_text(shape),
        other=other,
        other_shape=shape_text(vector.sig.shape),
    )
    pair = BroadcastExplanation(
        Operand(name, shape), Operand(other, vector.sig.shape), call.name.rpartition(".")[2]
    )
    places = watched_origins(call, (matrix, name), (vector, other))
    warn(RULE, call, message, node, places, explanation=pair)
