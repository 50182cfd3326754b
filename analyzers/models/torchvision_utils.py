"""`torchvision.utils` and `torchvision.io`: grids of images, pictures, files.

https://docs.pytorch.org/vision/0.28/utils.html
"""

from __future__ import annotations

from ...runtime.oracle import dims
from ...runtime.oracle.dims import Dim
from ..interpreter.ask import ask
from ..interpreter.call import Call
from ..interpreter.operators import dim_of
from ..values.model import (
    NONE,
    Const,
    Library,
    ListV,
    Sig,
    TensorV,
    Unknown,
    Value,
)
from .registry import model, prefix_model
from .torchvision_images import on_options


@model("torchvision.utils.make_grid")
def make_grid(call: Call) -> Value:
    """Images side by side: (channels, rows · (height + padding) + padding, …)."""
    images = call.argument(0, "tensor") or NONE
    if isinstance(images, ListV):
        images = ask(Call(call.machine, call.node, "torch.stack", [images], nodes=[None]))
    return on_options(call, lambda option: _grid(call, option), images)


def _grid(call: Call, images: Value) -> Value:
    if not isinstance(images, TensorV) or images.sig.shape is None:
        reason = call.machine.unknown("the shape of a tensor it uses is not known")
        return images if isinstance(images, Unknown) else reason
    shape = images.sig.shape
    if len(shape) not in (2, 3, 4):
        return call.machine.unknown("this is no image")
    shape = (1,) * (4 - len(shape)) + shape
    count, channels, height, width = shape
    if not isinstance(channels, int):
        channels = call.machine.symbol_for((call.span, "channels"), "C")
    elif channels == 1:
        channels = 3
    if count != 1:
        height, width = _extent(call, count, height, width)
    sig = images.sig._replace(
        shape=(channels, height, width), value=None, stride=None, requires_grad=False, leaf=True
    )
    return TensorV(sig, call.origin)


def _extent(call: Call, count: Dim, height: Dim, width: Dim) -> tuple[Dim, Dim]:
    row = dim_of(call.argument(1, "nrow") or Const(8))
    padding = dim_of(call.argument(2, "padding") or Const(2))
    if not isinstance(count, int) or not isinstance(row, int) or padding is None or row < 1:
        symbol = call.machine.symbol_for
        return symbol((call.span, "height"), "H"), symbol((call.span, "width"), "W")
    columns = min(row, count)
    rows = -(-count // columns)
    return (
        dims.add(dims.mul(rows, dims.add(height, padding)), padding),
        dims.add(dims.mul(columns, dims.add(width, padding)), padding),
    )


@model("torchvision.utils.save_image", "torchvision.io.write_png", "torchvision.io.write_jpeg")
def save(call: Call) -> Value:
    """Writes a file."""
    return NONE


@model(
    "torchvision.utils.draw_bounding_boxes",
    "torchvision.utils.draw_segmentation_masks",
    "torchvision.utils.draw_keypoints",
)
def draw(call: Call) -> Value:
    """A copy of the image, in colours."""

    def drawn(value: Value) -> Value:
        if not isinstance(value, TensorV) or value.sig.shape is None or len(value.sig.shape) != 3:
            reason = call.machine.unknown("the shape of a tensor it uses is not known")
            return value if isinstance(value, Unknown) else reason
        shape = (3, *value.sig.shape[1:])
        return TensorV(value.sig._replace(shape=shape, value=None, stride=None), call.origin)

    return on_options(call, drawn, call.argument(0, "image") or NONE)


_CHANNELS = {"GRAY": 1, "GRAY_ALPHA": 2, "RGB": 3, "RGB_ALPHA": 4}


@model("torchvision.io.read_image", "torchvision.io.decode_image")
def read_image(call: Call) -> Value:
    """(channels, height, width) of bytes; with a mode, the channels are known."""
    mode = call.argument(1, "mode")
    name = mode.name.rpartition(".")[2] if isinstance(mode, Library) else ""
    if isinstance(mode, Const) and isinstance(mode.value, str):
        name = mode.value
    symbol = call.machine.symbol_for
    channels: Dim = _CHANNELS.get(name) or symbol((call.span, "image channels"), "C")
    height, width = (
        symbol((call.span, "image height"), "H"),
        symbol((call.span, "image width"), "W"),
    )
    return TensorV(Sig((channels, height, width), "uint8"), call.origin)


@prefix_model("torchvision.io", "torchvision.ops")
def other(call: Call) -> Value:
    """What files hold, and what detectors find."""
    return call.machine.unknown("`{name}` is not followed", name=call.name)
