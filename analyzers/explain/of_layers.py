"""What is said of layers and losses: windows, sizes that a layer was made for, targets."""

from __future__ import annotations

from collections.abc import Iterator

from ..facts import text
from .arithmetic import axis_names, window_lines
from .blocks import Block, Drawn, Said, Shown
from .model import (
    BroadcastExplanation,
    LayerExplanation,
    LossExplanation,
    PermuteExplanation,
    Shape,
    ShapeExplanation,
    WindowExplanation,
)
from .of_shapes import drawn, way_blocks
from .pictures import broadcast as broadcast_picture
from .pictures import loss as loss_picture
from .pictures import permute as permute_picture
from .pictures import shape as shape_picture
from .pictures import window as window_picture
from .words import Say, lines_text, shape_text, short, width


def window(e: WindowExplanation, say: Say) -> Iterator[Block]:
    """The axes of the input, or the arithmetic of the window."""
    shape = e.operand.shape
    if shape is None:
        return
    layout = f"(N, C, {', '.join(axis_names(e.spatial))})"
    said = text(
        "`{layer}` works on {layout}: batch, channels, and then the places that its window slides "
        "over. Only N may be missing.",
        layer=e.layer,
        layout=layout,
    )
    small = len(shape) >= e.spatial + 1 and window_picture.too_small(shape, e)
    yield Said(say(said))
    if not window_picture.right_channels(e):
        yield from drawn(window_picture.draw(e, say))
        yield from _channels_last(e, shape, say)
        yield from _no_channels(e, shape, say)
    elif small:
        yield Said(say(text("What the window leaves of an image:")))
        yield Shown("\n".join(window_lines(shape[-e.spatial :], e.window)))
        yield from drawn(window_picture.draw(e, say))
    else:
        yield from drawn(window_picture.draw(e, say))
    yield from way_blocks(e.way, say, e.layer, _end(e, shape, say))


def _end(e: WindowExplanation, shape: Shape, say: Say) -> str:
    channels = shape[-e.spatial - 1] if len(shape) > e.spatial else None
    if e.channels is not None and channels is not None and channels != e.channels:
        return say(text("wants {wanted} channels, gets {got}", wanted=e.channels, got=channels))
    lines = window_lines(shape[-e.spatial :], e.window) if len(shape) >= e.spatial else []
    return lines[0] if lines else shape_text(shape)


def _channels_last(e: WindowExplanation, shape: Shape, say: Say) -> Iterator[Block]:
    """How channels that come last get to their place."""
    if e.channels is None or len(shape) != e.spatial + 2 or shape[-1] != e.channels:
        return
    order = (0, len(shape) - 1, *range(1, len(shape) - 1))
    picture = permute_picture.draw(PermuteExplanation(e.operand, order, "permute"), say)
    if picture is not None:
        yield Said(say(text("The channels come last here. In their place they fit:")))
        yield Drawn(picture)


def _no_channels(e: WindowExplanation, shape: Shape, say: Say) -> Iterator[Block]:
    """Grey images whose channel axis is missing."""
    if e.channels != 1 or not e.spatial <= len(shape) <= e.spatial + 1 or not e.operand.name:
        return
    axis = len(shape) - e.spatial
    added = (*shape[:axis], 1, *shape[axis:])
    said = text(
        "`{call}` adds the axis of the one channel: {shape}.",
        call=f"{short(e.operand.name)}.unsqueeze({axis})",
        shape=shape_text(added),
    )
    yield Said(say(said))


def layer(e: LayerExplanation, say: Say) -> Iterator[Block]:
    """The axis that has another size than the layer was made for."""
    shape = e.operand.shape
    if shape is None or not -len(shape) <= e.axis < len(shape):
        return
    axis = e.axis % len(shape)
    said = (
        text("`{layer}` was made for {wanted} on the last axis.", layer=e.layer, wanted=e.wanted)
        if e.axis == -1
        else text(
            "`{layer}` was made for {wanted} on axis {axis}.",
            layer=e.layer,
            wanted=e.wanted,
            axis=axis,
        )
    )
    yield Said(say(said))
    yield Shown(
        _pointed(
            short(e.operand.name),
            shape,
            axis,
            say(text("{a} is not {b}", a=shape[axis], b=e.wanted)),
        )
    )
    end = text("wants {wanted}, gets {got}", wanted=e.wanted, got=shape[axis])
    yield from way_blocks(e.way, say, e.layer, say(end))


def shape(e: ShapeExplanation, say: Say) -> Iterator[Block]:
    """The shape that there is and the one that is wanted."""
    if e.operand.shape is None:
        return
    letters = (*e.letters, *["…"] * len(e.wanted))
    named = zip(e.wanted, letters, strict=False)
    wanted = shape_text([letter if size is None else size for size, letter in named])
    yield Said(say(text("`{who}` wants the shape {wanted} here.", who=e.who, wanted=wanted)))
    yield from drawn(shape_picture.draw(e, say))


def _pointed(name: str, shape: Shape, axis: int, said: str) -> str:
    """A shape with a mark under one of its sizes."""
    written = shape_text(shape)
    before = 1 + sum(len(str(size)) + 2 for size in shape[:axis])
    lead = width(name) + 2 if name else 0
    mark = " " * (lead + before) + "^" * len(str(shape[axis]))
    return lines_text([f"{name}  {written}" if name else written, f"{mark}  {said}"])


def loss(e: LossExplanation, say: Say) -> Iterator[Block]:
    """What the loss compares."""
    prediction, target = e.prediction.shape, e.target.shape
    if prediction is None or target is None:
        return
    if e.kind == "classes":
        said = text(
            "`{loss}` takes the scores of C classes on axis 1 of the prediction, and for each "
            "place of the other axes one class number: the target has all axes but C.",
            loss=e.loss,
        )
        yield Said(say(said))
        yield from drawn(loss_picture.draw(e, say))
        yield from _classes(e, prediction, target, say)
    else:
        said = text(
            "`{loss}` compares number with number, so prediction and target must have one shape.",
            loss=e.loss,
        )
        yield Said(say(said))
        pair = BroadcastExplanation(e.prediction, e.target, e.loss)
        yield from drawn(broadcast_picture.draw(pair, say))
        yield from _twins(e, prediction, target, say)
    if prediction and target:
        end = text("{rows} rows, but {targets} targets", rows=prediction[0], targets=target[0])
        yield from way_blocks(e.way, say, e.loss, say(end))


def _classes(e: LossExplanation, prediction: Shape, target: Shape, say: Say) -> Iterator[Block]:
    """Classes that come last, or a target with an axis of size 1 too many."""
    wanted = loss_picture.wanted_target(prediction)
    last = len(prediction) - 1
    if last > 1 and target == prediction[:-1] and e.prediction.name:
        order = (0, last, *range(1, last))
        call = "transpose(1, 2)" if last == 2 else f"permute({', '.join(map(str, order))})"
        said = text(
            "The classes come last here. `{call}` is {shape}, and the target fits.",
            call=f"{short(e.prediction.name)}.{call}",
            shape=shape_text([prediction[axis] for axis in order]),
        )
        yield Said(say(said))
        return
    for axis, size in enumerate(target):
        if size == 1 and (*target[:axis], *target[axis + 1 :]) == wanted and e.target.name:
            call = f"{short(e.target.name)}.squeeze({axis})"
            said = text("`{call}` is {shape}, which fits.", call=call, shape=shape_text(wanted))
            yield Said(say(said))
            return


def _twins(e: LossExplanation, prediction: Shape, target: Shape, say: Say) -> Iterator[Block]:
    """One axis of size 1 too many in one of them."""
    for operand, longer, shorter in (
        (e.prediction, prediction, target),
        (e.target, target, prediction),
    ):
        for axis, size in enumerate(longer):
            if size == 1 and (*longer[:axis], *longer[axis + 1 :]) == shorter and operand.name:
                said = text(
                    "`{call}` is {shape}, as the other one.",
                    call=f"{short(operand.name)}.squeeze({axis})",
                    shape=shape_text(shorter),
                )
                yield Said(say(said))
                return
