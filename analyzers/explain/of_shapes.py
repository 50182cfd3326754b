"""What is said of operators on shapes: products, broadcasting, views, new orders, joins."""

from __future__ import annotations

import math
from collections.abc import Iterator

from ...runtime.oracle.dims import Dim, product
from ..facts import text
from .blocks import Block, Drawn, Said, Shown
from .model import (
    BroadcastExplanation,
    CatExplanation,
    MatmulExplanation,
    Operand,
    PermuteExplanation,
    Shape,
    StrideExplanation,
    ViewExplanation,
    Way,
)
from .pictures import broadcast as broadcast_picture
from .pictures import cat as cat_picture
from .pictures import matmul as matmul_picture
from .pictures import memory as memory_picture
from .pictures import permute as permute_picture
from .pictures import reshape as reshape_picture
from .pictures import way as way_picture
from .pictures.canvas import Picture
from .words import Say, factor, product_text, shape_text, short

_CONTRACTS = {
    "mm": ("(A, B)", "(B, C)", 2, 2),
    "bmm": ("(N, A, B)", "(N, B, C)", 3, 3),
    "mv": ("(A, B)", "(B,)", 2, 1),
    "dot": ("(A,)", "(A,)", 1, 1),
}
"""The shapes that products for one kind of operand take, and their ranks."""


def matmul(e: MatmulExplanation, say: Say) -> Iterator[Block]:
    """The inner sizes, and for a layer how its input came to be so."""
    left, right = e.left.shape, e.right.shape
    if not left or not right:
        return
    inner = right[0] if len(right) == 1 else right[-2]
    if e.layer:
        yield from _linear(e, left, inner, say)
        return
    contract = _CONTRACTS.get(e.operator)
    if contract is not None and (len(left), len(right)) != contract[2:]:
        wanted = text(
            "`{operator}` takes the shapes {first} and {second}",
            operator=e.operator,
            first=contract[0],
            second=contract[1],
        )
        yield Said(say(wanted))
    elif left[-1] == inner:
        batches = text(
            "The last two axes are the matrices, and their inner sizes fit. The axes before them "
            "are batches, which are lined up from the right: on each the sizes must be equal, or "
            "one of them 1 or missing."
        )
        yield Said(say(batches))
        parts = BroadcastExplanation(
            Operand(e.left.name, left[:-2]), Operand(e.right.name, right[:-2]), e.operator
        )
        yield from drawn(broadcast_picture.draw(parts, say))
        return
    else:
        yield Said(
            say(
                text(
                    "Each row on the left meets each column on the right, number by number, so a "
                    "row must be as long as a column: the inner sizes must be equal."
                )
            )
        )
    yield from drawn(matmul_picture.draw(e, say))
    yield Shown(matmul_picture.marked(e, say))
    yield from _turned(e, left, right, say)


def _turned(e: MatmulExplanation, left: Shape, right: Shape, say: Say) -> Iterator[Block]:
    """Whether a transposed right operand would fit."""
    if len(right) < 2 or left[-1] == right[-2] or left[-1] != right[-1]:
        return
    call = "T" if len(right) == 2 else "transpose(-2, -1)"
    shape = (*right[:-2], right[-1], right[-2])
    said = text(
        "Turned round, `{call}` is {shape}, and {size} meets {size}.",
        call=f"{short(e.right.name)}.{call}",
        shape=shape_text(shape),
        size=left[-1],
    )
    yield Said(say(said))


def _linear(e: MatmulExplanation, left: Shape, inner: Dim, say: Say) -> Iterator[Block]:
    said = text(
        "`{layer}` multiplies the last axis of its input with its weight, and the rows of the "
        "weight are `in_features`, {wanted}. All other axes of the input are only rows.",
        layer=e.layer,
        wanted=inner,
    )
    yield Said(say(said))
    if e.way is None or not e.way.steps:
        yield from drawn(matmul_picture.draw(e, say))
    yield Shown(matmul_picture.marked(e, say))
    yield from _folding(left, inner, say)
    end = say(text("wants {wanted}, gets {got}", wanted=inner, got=left[-1]))
    yield from way_blocks(e.way, say, e.layer, end)


def _folding(shape: Shape, wanted: Dim, say: Say) -> Iterator[Block]:
    """Which axes flattened into one would fit, or which axis fits as it is."""
    if len(shape) > 1 and product(shape) == wanted:
        said = text(
            "All axes together make {product} = {wanted}, so there is no axis left for the batch: "
            "`flatten(0)` makes one sample of them.",
            product=product_text(shape),
            wanted=wanted,
        )
        yield Said(say(said))
        return
    for first in range(1, len(shape) - 1):
        if product(shape[first:]) == wanted:
            said = text(
                "The axes from {first} on make {product} = {wanted}: `flatten({first})` turns them "
                "into one that fits.",
                first=first,
                product=product_text(shape[first:]),
                wanted=wanted,
            )
            yield Said(say(said))
            return
    fitting = [index for index, size in enumerate(shape[:-1]) if size == wanted]
    if fitting:
        said = text(
            "Axis {axis} has the size {wanted}, but only the last axis meets the weight.",
            axis=fitting[-1],
            wanted=wanted,
        )
        yield Said(say(said))


def broadcast(e: BroadcastExplanation, say: Say) -> Iterator[Block]:
    """The shapes lined up from the right."""
    left, right = e.left.shape, e.right.shape
    if left is None or right is None:
        return
    yield Said(
        say(
            text(
                "The shapes are lined up from the right. On each axis the sizes must be equal, or "
                "one of them 1 or missing: there the tensor is repeated. That is broadcasting."
            )
        )
    )
    yield from drawn(broadcast_picture.draw(e, say))
    if e.target is not None:
        said = text(
            "In place nothing may grow: the result must fit into {shape}.",
            shape=shape_text(e.target),
        )
        yield Said(say(said))
    elif broadcast_picture.clashes(e):
        yield from _unsqueezed(e.left, e.right, say)
    else:
        yield from _grown(left, right, say)
    yield from way_blocks(e.way, say)


def _unsqueezed(left: Operand, right: Operand, say: Say) -> Iterator[Block]:
    """Where an axis of size 1 would make the smaller one fit."""
    a, b = left.shape or (), right.shape or ()
    smaller, larger = (right, a) if len(b) < len(a) else (left, b)
    shape = smaller.shape or ()
    if len(shape) >= len(larger) or not smaller.name:
        return
    for axis in range(1, len(shape) + 1):
        tried = (*shape[:axis], 1, *shape[axis:])
        pair = BroadcastExplanation(Operand("", tried), Operand("", larger), "")
        if not broadcast_picture.clashes(pair):
            said = text(
                "With an axis of size 1 it fits: `{call}` is {shape}.",
                call=f"{short(smaller.name)}.unsqueeze({axis})",
                shape=shape_text(tried),
            )
            yield Said(say(said))
            return


def _grown(left: Shape, right: Shape, say: Say) -> Iterator[Block]:
    """How many pairs there are where shapes only seem to belong together."""
    rank = max(len(left), len(right))
    sizes: list[Dim] = []
    for a, b in zip(_filled(left, rank), _filled(right, rank), strict=True):
        if a != b and 1 not in (a, b):
            return
        sizes.append(b if a == 1 else a)
    pairs, meant = product(tuple(sizes)), max(product(left), product(right), key=_order)
    if pairs != meant:
        said = text(
            "So the result is {shape}: {pairs} pairs, where {meant} are meant.",
            shape=shape_text(sizes),
            pairs=pairs,
            meant=meant,
        )
        yield Said(say(said))


def _filled(shape: Shape, rank: int) -> Shape:
    return (1,) * (rank - len(shape)) + shape


def _order(size: Dim) -> tuple[bool, int, str]:
    return (False, size, "") if isinstance(size, int) else (True, 0, size)


def view(e: ViewExplanation, say: Say) -> Iterator[Block]:
    """The products of the sizes, and what -1 would be."""
    shape = e.operand.shape
    if shape is None:
        return
    if e.wanted.count(-1) > 1:
        yield from _two_free(shape, e.wanted, say)
        return
    said = text(
        "`{function}` keeps all elements and their order, so the sizes must multiply to the same "
        "number before and after.",
        function=e.function,
    )
    yield Said(say(said))
    yield Shown(_products(shape, e.wanted))
    yield from drawn(reshape_picture.draw(e, say))
    yield from _free_size(shape, e.wanted, say)
    end = say(text("wants {wanted}", wanted=shape_text(e.wanted)))
    yield from way_blocks(e.way, say, e.function, end)


def _two_free(shape: Shape, wanted: Shape, say: Say) -> Iterator[Block]:
    """Several -1: one product does not tell two sizes."""
    said = text(
        "-1 is worked out from the others: the number of elements, divided by all other sizes. Of "
        "two that are free only the product is known:"
    )
    yield Said(say(said))
    total = product(shape)
    before = f"{product_text(shape)} = {total}" if len(shape) > 1 else str(total)
    yield Shown(f"{before} = {'·'.join('?' if size == -1 else factor(size) for size in wanted)}")


def _products(shape: Shape, wanted: Shape) -> str:
    """`2·3·4 = 24 ≠ 25 = 5·5`, or the division that gives -1."""
    total = product(shape)
    before = f"{product_text(shape)} = {total}" if len(shape) > 1 else str(total)
    known = tuple(size for size in wanted if size != -1)
    other = product(known)
    if len(known) == len(wanted):
        after = f"{other} = {product_text(known)}" if len(known) > 1 else str(other)
        return f"{before} {'=' if other == total else '≠'} {after}"
    by = product_text(known) if len(known) < 2 else f"({product_text(known)})"
    line = f"{before}\n-1 = {total} / {by}"
    if isinstance(total, int) and isinstance(other, int) and other > 0:
        line += f" = {total // other}" if total % other == 0 else f" = {_decimal(total / other)}"
    return line


def _decimal(number: float) -> str:
    """A number with few digits, the dots where some were left out."""
    written = f"{number:.3f}".rstrip("0")
    return written if math.isclose(float(written), number, abs_tol=1e-9) else f"{written}…"


def _free_size(shape: Shape, wanted: Shape, say: Say) -> Iterator[Block]:
    """Which size could be left to PyTorch."""
    total = product(shape)
    if not isinstance(total, int) or -1 in wanted:
        return
    # The first axis last: mostly it is the batch, whose size is to stay.
    for axis in reversed(range(len(wanted))):
        others = (*wanted[:axis], *wanted[axis + 1 :])
        rest = product(others)
        if isinstance(rest, int) and rest > 0 and total % rest == 0 and total != rest:
            said = text(
                "`{sizes}` would fit: -1 is the size that is left, {total} / {rest} = {size}.",
                sizes=shape_text((*wanted[:axis], -1, *wanted[axis + 1 :])),
                total=total,
                rest=rest,
                size=total // rest,
            )
            yield Said(say(said))
            return


def strides(e: StrideExplanation, say: Say) -> Iterator[Block]:
    """In which order the elements lie, and in which they are wanted."""
    shape = e.operand.shape
    if not shape or len(shape) != len(e.strides):
        return
    said = text(
        "`{function}` copies nothing: it reads the numbers as they lie in memory. A transposed "
        "tensor reads the same memory in another order, so its rows do not lie in one piece.",
        function=e.function,
    )
    yield Said(say(said))
    yield Shown(memory_picture.table(e, say))
    picture = memory_picture.draw(e, say)
    if picture is not None:
        yield Said(say(text("Where each number lies in memory:")))
        yield Drawn(picture)
    copied = text("`{call}` copies them into the order of the axes.", call=_contiguous(e))
    yield Said(say(copied))


def _contiguous(e: StrideExplanation) -> str:
    return f"{short(e.operand.name)}.contiguous()" if e.operand.name else "contiguous()"


def permute(e: PermuteExplanation, say: Say) -> Iterator[Block]:
    """Where each axis goes."""
    picture = permute_picture.draw(e, say)
    if picture is None:
        return
    if e.viewed:
        said = text(
            "`{function}` leaves the numbers in their order and only cuts the rows elsewhere; "
            "`permute` moves whole axes:",
            function=e.function,
        )
    else:
        said = text(
            "Each place of the new order names the axis that comes there, and each axis is named "
            "once:"
        )
    yield Said(say(said))
    yield Drawn(picture)


def cat(e: CatExplanation, say: Say) -> Iterator[Block]:
    """Which axis grows, and which must be equal."""
    picture = cat_picture.draw(e, say)
    if picture is None:
        return
    if e.new_axis:
        said = text(
            "`{function}` puts the tensors beside each other along a new axis, {axis}, so all "
            "their sizes must be equal.",
            function=e.function,
            axis=e.axis,
        )
    else:
        said = text(
            "`{function}` puts the tensors behind each other along axis {axis}: that axis grows, "
            "and on all others the sizes must be equal.",
            function=e.function,
            axis=e.axis,
        )
    yield Said(say(said))
    yield Drawn(picture)


def drawn(picture: Picture | None) -> Iterator[Block]:
    """A picture, if there is one."""
    if picture is not None:
        yield Drawn(picture)


def way_blocks(way: Way | None, say: Say, label: str = "", said: str = "") -> Iterator[Block]:
    """How a tensor got its shape, if something changed it on its way.

    Args:
        label: what it cannot pass; empty where the way just ends.
        said: what that wants.
    """
    if way is None or not way.steps:
        return
    picture = way_picture.draw(way, way_picture.End(label, said) if label else None, say)
    if picture is not None:
        yield Said(say(text("How it got this shape:")))
        yield Drawn(picture)
