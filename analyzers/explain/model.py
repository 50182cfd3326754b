"""The numbers of a problem: what an explanation is made of. Plain data.

A rule that knows them puts one of these into `Problem.explanation`. Sizes may be
symbols (`N`), and a shape may be None where not even the rank is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ...runtime.oracle.dims import Dim

Shape = tuple[Dim, ...]


@dataclass(frozen=True, slots=True)
class Operand:
    """A tensor that takes part. name: as the learner wrote it; empty where it has none."""

    name: str
    shape: Shape | None
    dtype: str | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """What slides over an input: the kernel of a convolution or a pooling.

    All have one number for each spatial axis. kind: `transposed` for a convolution
    that enlarges. extra: `output_padding`, for those. ceil: sizes are rounded up.
    """

    kind: Literal["conv", "pool", "transposed"]
    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...]
    dilation: tuple[int, ...]
    extra: tuple[int, ...] = ()
    ceil: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """An operation that changed a shape, on the way of a tensor.

    label: as code, `self.conv1` or `MaxPool2d(2)`. name: `Conv2d`, `flatten`.
    source: the expression that was evaluated.
    """

    label: str
    name: str
    before: Shape
    after: Shape
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """How a tensor got its shape: where it began, and what changed it, in order."""

    start: Operand
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class MatmulExplanation:
    """`left @ right`; for a layer, right is its weight, turned round.

    layer: how the layer is called, `fc`; then the right operand is (in, out).
    """

    left: Operand
    right: Operand
    operator: str
    layer: str = ""
    way: Way | None = None


@dataclass(frozen=True, slots=True)
class BroadcastExplanation:
    """Two shapes that meet element by element.

    target: the shape that the result must have, where it is written in place.
    """

    left: Operand
    right: Operand
    operator: str
    target: Shape | None = None
    way: Way | None = None


@dataclass(frozen=True, slots=True)
class ViewExplanation:
    """The elements of a tensor in another shape; `wanted` may hold one -1."""

    operand: Operand
    wanted: Shape
    function: str
    way: Way | None = None


@dataclass(frozen=True, slots=True)
class StrideExplanation:
    """A tensor whose elements lie in another order in memory than its axes say.

    strides: how many elements lie between neighbours on each axis.
    """

    operand: Operand
    strides: Shape
    function: str


@dataclass(frozen=True, slots=True)
class PermuteExplanation:
    """Axes in another order. viewed: the shape was cut anew where this order is meant."""

    operand: Operand
    order: tuple[int, ...]
    function: str
    viewed: bool = False


@dataclass(frozen=True, slots=True)
class CatExplanation:
    """Tensors joined along an axis (`cat`), or along a new one (`stack`)."""

    pieces: tuple[Operand, ...]
    axis: int
    function: str
    new_axis: bool = False


@dataclass(frozen=True, slots=True)
class WindowExplanation:
    """The input of a convolution or a pooling.

    layer: how it is called. channels: what it wants on the channel axis, None for
    a pooling. spatial: how many spatial axes there are.
    """

    operand: Operand
    layer: str
    window: Window
    spatial: int
    channels: Dim | None = None
    way: Way | None = None


@dataclass(frozen=True, slots=True)
class LayerExplanation:
    """A layer wants a size on an axis. axis: from the left if not negative."""

    operand: Operand
    layer: str
    axis: int
    wanted: Dim
    way: Way | None = None


@dataclass(frozen=True, slots=True)
class ShapeExplanation:
    """A tensor that must have a certain shape.

    wanted: None on an axis may be anything. letters: what the axes are called, from
    the left; empty where they have no names. who: what wants it.
    """

    operand: Operand
    wanted: tuple[Dim | None, ...]
    who: str
    letters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LossExplanation:
    """A prediction and a target. kind: what the loss compares, class numbers or twins."""

    prediction: Operand
    target: Operand
    loss: str
    kind: Literal["classes", "twins"]
    way: Way | None = None


@dataclass(frozen=True, slots=True)
class IndexExplanation:
    """An index on an axis of so many elements; the operand may be a table that is looked up.

    signed: negative ones count from the end, which they do not for ids and labels.
    """

    operand: Operand
    axis: int
    size: Dim
    index: int
    signed: bool = True


@dataclass(frozen=True, slots=True)
class AxisExplanation:
    """An axis that a tensor does not have. more: how many axes the result has more."""

    operand: Operand
    axis: int
    function: str
    more: int = 0


@dataclass(frozen=True, slots=True)
class UnpackExplanation:
    """A shape or tensor that is unpacked. names: how many values are wanted."""

    operand: Operand
    got: tuple[Dim, ...]
    names: int


@dataclass(frozen=True, slots=True)
class DtypeExplanation:
    """Operands whose dtypes do not go together.

    contract: what the operator wants. promoted: the dtype that `+` would make of them;
    empty where that makes no sense.
    """

    left: Operand
    right: Operand
    operator: str
    contract: Literal["same", "classes", "probabilities", "floating", "index", "mask", "keeps"]
    promoted: str = ""


Explanation = (
    MatmulExplanation
    | BroadcastExplanation
    | ViewExplanation
    | StrideExplanation
    | PermuteExplanation
    | CatExplanation
    | WindowExplanation
    | LayerExplanation
    | ShapeExplanation
    | LossExplanation
    | IndexExplanation
    | AxisExplanation
    | UnpackExplanation
    | DtypeExplanation
)
