"""What is said of indices, axes, unpacked shapes and dtypes."""

from __future__ import annotations

from collections.abc import Iterator

from ..facts import Text, text
from .blocks import Block, Said, Shown
from .model import AxisExplanation, DtypeExplanation, IndexExplanation, UnpackExplanation
from .of_shapes import drawn
from .pictures import ruler
from .words import Say, left, lines_text, right, short, widest


def index(e: IndexExplanation, say: Say) -> Iterator[Block]:
    """The indices that there are."""
    if isinstance(e.size, int) and e.size > 0:
        said = (
            text(
                "Indices begin at 0, so the last of {size} is {last}. Negative ones count from the "
                "end: -1 is the last and -{size} the first.",
                size=e.size,
                last=e.size - 1,
            )
            if e.signed
            else text(
                "Counting begins at 0, so the last of {size} is {last}.",
                size=e.size,
                last=e.size - 1,
            )
        )
        yield Said(say(said))
    yield from drawn(ruler.draw_index(e, say))


def axis(e: AxisExplanation, say: Say) -> Iterator[Block]:
    """The axes that there are."""
    if e.operand.shape is None:
        return
    said = text(
        "Axes are numbered from 0 on; negative numbers count from the end, and -1 is the last axis."
    )
    yield Said(say(said))
    yield from drawn(ruler.draw_axis(e, say))


def unpack(e: UnpackExplanation, say: Say) -> Iterator[Block]:
    """The names and the values beneath each other."""
    said = text(
        "Each name on the left takes one value: {names} names, and {count} values.",
        names=e.names,
        count=len(e.got),
    )
    yield Said(say(said))
    count = min(max(e.names, len(e.got)), 12)
    names = [str(i + 1) if i < e.names else "✗" for i in range(count)]
    values = [str(e.got[i]) if i < len(e.got) else "✗" for i in range(count)]
    column = widest([*names, *values]) + 2
    heads = [say(text("name")), short(e.operand.name) or say(text("value"))]
    first = widest(heads)
    yield Shown(
        lines_text(
            left(head, first) + "".join(right(cell, column) for cell in row)
            for head, row in zip(heads, (names, values), strict=True)
        )
    )


def _contract(e: DtypeExplanation) -> Text:
    match e.contract:
        case "same":
            template = "`{operator}` converts nothing: all its operands must have one dtype."
            return text(template, operator=e.operator)
        case "classes":
            template = "Class numbers are whole numbers: `{operator}` takes int64."
            return text(template, operator=e.operator)
        case "probabilities":
            return text(
                "A target as large as the prediction is read as probabilities, which are "
                "floating-point numbers; class numbers have no axis for the classes."
            )
        case "floating":
            template = "`{operator}` computes with fractions: it takes floating-point numbers."
            return text(template, operator=e.operator)
        case "index":
            return text("An index says which element: it is a whole number, int64.")
        case "mask":
            return text("A mask says yes or no for each element: its dtype is bool.")
        case "keeps":
            template = "In place a tensor keeps its dtype; the result of `{operator}` has another."
            return text(template, operator=e.operator)


def dtype(e: DtypeExplanation, say: Say) -> Iterator[Block]:
    """What the operator wants, and the dtypes that it gets."""
    yield Said(say(_contract(e)))
    operands = [operand for operand in (e.left, e.right) if operand.dtype]
    names = [short(operand.name) or "…" for operand in operands]
    first = widest(names) + 2
    rows = [
        left(name, first) + str(operand.dtype)
        for name, operand in zip(names, operands, strict=True)
    ]
    if rows:
        yield Shown(lines_text(rows))
    if e.contract == "same" and e.promoted:
        said = text(
            "Operators that work element by element, such as `+`, promote both to {dtype} first; "
            "products and layers do not, since a copy of all weights would be slow.",
            dtype=e.promoted,
        )
        yield Said(say(said))
