"""An explanation as blocks: the rule of the operator, with the learner's numbers put in."""

from __future__ import annotations

from collections.abc import Iterator

from . import of_layers, of_places, of_shapes
from .blocks import Block, Drawn
from .model import (
    AxisExplanation,
    BroadcastExplanation,
    CatExplanation,
    DtypeExplanation,
    Explanation,
    IndexExplanation,
    LayerExplanation,
    LossExplanation,
    MatmulExplanation,
    PermuteExplanation,
    ShapeExplanation,
    StrideExplanation,
    ViewExplanation,
    WindowExplanation,
)
from .pictures.canvas import Picture
from .words import Say, speaker


def blocks_of(explanation: Explanation, language: str) -> list[Block]:
    """The sentences, tables and pictures of an explanation.

    Empty where too little is known: of a tensor whose rank is not.
    """
    return list(_blocks(explanation, speaker(language)))


def pictures_of(explanation: Explanation, language: str) -> list[Picture]:
    """The pictures alone."""
    return [b.picture for b in blocks_of(explanation, language) if isinstance(b, Drawn)]


def _blocks(e: Explanation, say: Say) -> Iterator[Block]:
    match e:
        case MatmulExplanation():
            return of_shapes.matmul(e, say)
        case BroadcastExplanation():
            return of_shapes.broadcast(e, say)
        case ViewExplanation():
            return of_shapes.view(e, say)
        case StrideExplanation():
            return of_shapes.strides(e, say)
        case PermuteExplanation():
            return of_shapes.permute(e, say)
        case CatExplanation():
            return of_shapes.cat(e, say)
        case WindowExplanation():
            return of_layers.window(e, say)
        case LayerExplanation():
            return of_layers.layer(e, say)
        case ShapeExplanation():
            return of_layers.shape(e, say)
        case LossExplanation():
            return of_layers.loss(e, say)
        case IndexExplanation():
            return of_places.index(e, say)
        case AxisExplanation():
            return of_places.axis(e, say)
        case DtypeExplanation():
            return of_places.dtype(e, say)
        case _:
            return of_places.unpack(e, say)
