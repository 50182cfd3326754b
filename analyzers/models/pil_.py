"""Pillow's images: a mode and a size, which decide what tensor an image becomes.

https://pillow.readthedocs.io/en/stable/reference/Image.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ...runtime.oracle import dims
from ...runtime.oracle.dims import Dim
from ...runtime.oracle.wire import Error
from ..interpreter import failures
from ..interpreter.call import Call
from ..interpreter.operators import dim_of, int_value
from ..values.model import (
    NONE,
    Const,
    InstanceV,
    Library,
    ListV,
    Scalar,
    Sig,
    TensorV,
    TupleV,
    Value,
)
from .registry import method, model, prefix_model

IMAGE = "PIL.Image.Image"

CHANNELS = {
    "1": 1, "L": 1, "P": 1, "I": 1, "F": 1, "I;16": 1, "LA": 2,
    "RGB": 3, "YCbCr": 3, "HSV": 3, "LAB": 3, "RGBA": 4, "CMYK": 4,
}  # fmt: skip
"""The bands of each mode: https://pillow.readthedocs.io/en/stable/handbook/concepts.html"""

_DTYPES = {"1": "bool", "I": "int32", "F": "float32", "I;16": "uint16"}
"""What a pixel is in an array; a byte in all other modes."""


class Picture(NamedTuple):
    """What is known of an image.

    mode: `RGB`, `L`, …; None when not known. height, width: in pixels.
    of_bytes: a band is a byte, though the mode may not be known (a JPEG file).
    """

    mode: str | None
    height: Dim
    width: Dim
    of_bytes: bool = False

    @property
    def channels(self) -> int | None:
        """The number of bands, None when not known."""
        return CHANNELS.get(self.mode) if self.mode is not None else None

    @property
    def dtype(self) -> str | None:
        """The dtype of its array, None when not known."""
        if self.mode is None:
            return "uint8" if self.of_bytes else None
        return _DTYPES.get(self.mode, "uint8")


def image(call: Call, picture: Picture) -> InstanceV:
    """A new image object."""
    instance = InstanceV(Library(IMAGE), call.origin)
    width, height = int_value(picture.width, ()), int_value(picture.height, ())
    mode = Const(picture.mode) if picture.mode is not None else Scalar("str")
    instance.slots.update(mode=mode, size=TupleV((width, height)), width=width, height=height)
    instance.slots["$of_bytes"] = picture.of_bytes
    return instance


def picture_of(value: Value) -> Picture | None:
    """What is known of an image object; None if the value is none."""
    if not isinstance(value, InstanceV) or value.cls != Library(IMAGE):
        return None
    mode, height, width = (value.slots[name] for name in ("mode", "height", "width"))
    rows, columns = dim_of(height), dim_of(width)
    if rows is None or columns is None:
        return None
    known = mode.value if isinstance(mode, Const) else None
    return Picture(known, rows, columns, value.slots["$of_bytes"])


def _receiver(call: Call) -> Picture:
    picture = picture_of(call.args[0])
    assert picture is not None
    return picture


def _size(call: Call, value: Value | None) -> tuple[Dim, Dim]:
    """(height, width) of a `(width, height)` argument; symbols where it is not known."""
    if isinstance(value, (TupleV, ListV)):
        items = value.items if isinstance(value, TupleV) else value.items.items
        if len(items) == 2:
            width, height = (dim_of(item) for item in items)
            if width is not None and height is not None:
                return height, width
    return unknown_size(call)


def unknown_size(call: Call) -> tuple[Dim, Dim]:
    """Symbols for a height and a width: the same ones each time the place is run."""
    named = call.machine.symbol_for
    return named((call.span, "image height"), "H"), named((call.span, "image width"), "W")


@model("PIL.Image.open")
def open_(call: Call) -> Value:
    """An image from a file: neither its size nor its mode is known. JPEG stores bytes."""
    path = call.argument(0, "fp")
    name = path.value if isinstance(path, Const) else None
    jpeg = isinstance(name, str) and name.lower().endswith((".jpg", ".jpeg"))
    return image(call, Picture(None, *unknown_size(call), jpeg))


@model("PIL.Image.new")
def new(call: Call) -> Value:
    """`Image.new(mode, (width, height))`."""
    mode = call.argument(0, "mode")
    size = _size(call, call.argument(1, "size"))
    return image(call, Picture(mode.value if isinstance(mode, Const) else None, *size))


@model("PIL.Image.fromarray")
def fromarray(call: Call) -> Value:
    """The mode follows from the array's shape and dtype; floats have no colours."""
    array = call.argument(0, "obj")
    if not isinstance(array, TensorV) or array.sig.shape is None or array.sig.dtype is None:
        return call.machine.unknown("the shape of a tensor it uses is not known")
    shape, dtype = array.sig.shape, array.sig.dtype
    if len(shape) not in (2, 3):
        return call.machine.unknown("an array with {rank} axes is no image", rank=len(shape))
    bands = shape[2] if len(shape) == 3 else 1
    if not isinstance(bands, int):
        return image(call, Picture(None, shape[0], shape[1], dtype == "uint8"))
    mode = _FROM_ARRAY.get((bands, dtype))
    if mode is None and call.argument(1, "mode") is None and array.sig.numpy:
        key = (1, 1, bands) if len(shape) == 3 else (1, 1)
        code = f"<{dtype[0]}{int(dtype.lstrip('uintfloa')) // 8}" if dtype[-1].isdigit() else dtype
        text = f"Cannot handle this data type: {key}, {code.replace('<u1', '|u1')}"
        if not (len(shape) == 2 and dtype in _INTEGERS):
            return failures.report(call, Error("TypeError", text), "call")
    return image(call, Picture(mode, shape[0], shape[1]))


_FROM_ARRAY = {
    (1, "bool"): "1", (1, "uint8"): "L", (1, "int32"): "I", (1, "float32"): "F",
    (1, "float64"): "F", (2, "uint8"): "LA", (3, "uint8"): "RGB", (4, "uint8"): "RGBA",
}  # fmt: skip
_INTEGERS = ("int8", "int16", "uint16", "uint32")
"""Single bands that Pillow takes, into a mode that depends on its version."""


def _with(call: Call, **changes: Any) -> Value:
    return image(call, _receiver(call)._replace(**changes))


@method(IMAGE, "convert")
def convert(call: Call) -> Value:
    """`image.convert("RGB")`."""
    mode = call.argument(1, "mode")
    if isinstance(mode, Const) and isinstance(mode.value, str):
        return _with(call, mode=mode.value)
    return _with(call, mode=None, of_bytes=False)


@method(IMAGE, "resize")
def resize(call: Call) -> Value:
    """`image.resize((width, height))`."""
    height, width = _size(call, call.argument(1, "size"))
    return _with(call, height=height, width=width)


@method(IMAGE, "crop")
def crop(call: Call) -> Value:
    """`image.crop((left, upper, right, lower))`."""
    box = call.argument(1, "box")
    items = box.items if isinstance(box, TupleV) else ()
    edges = [dim_of(item) for item in items]
    height, width = unknown_size(call)
    if len(edges) == 4 and all(isinstance(edge, int) for edge in edges):
        left, upper, right, lower = edges
        height, width = dims.sub(lower, upper), dims.sub(right, left)
    return _with(call, height=height, width=width)


@method(IMAGE, "rotate")
def rotate(call: Call) -> Value:
    """The size stays, unless `expand` makes room for the corners."""
    if call.argument(3, "expand") in (None, Const(False), Const(0)):
        return _with(call)
    height, width = unknown_size(call)
    return _with(call, height=height, width=width)


_FLIPS = ("FLIP_LEFT_RIGHT", "FLIP_TOP_BOTTOM", "ROTATE_180")
_TURNS = ("ROTATE_90", "ROTATE_270", "TRANSPOSE", "TRANSVERSE")


@method(IMAGE, "transpose")
def transpose(call: Call) -> Value:
    """Flips keep the size, quarter turns swap height and width."""
    way = call.argument(1, "method")
    name = way.name.rpartition(".")[2] if isinstance(way, Library) else ""
    picture = _receiver(call)
    if name in _FLIPS:
        return _with(call)
    if name in _TURNS:
        return _with(call, height=picture.width, width=picture.height)
    height, width = unknown_size(call)
    return _with(call, height=height, width=width)


@method(IMAGE, "thumbnail")
def thumbnail(call: Call) -> Value:
    """Shrinks the image in place, by how much depends on its size."""
    receiver, (height, width) = call.args[0], unknown_size(call)
    assert isinstance(receiver, InstanceV)
    rows, columns = int_value(height, ()), int_value(width, ())
    for name, value in (("height", rows), ("width", columns), ("size", TupleV((columns, rows)))):
        call.machine.trail.set(receiver.slots, name, value)
    return NONE


@method(IMAGE, "copy", "filter", "effect_spread", "__enter__")
def same(call: Call) -> Value:
    """An image of the same size and mode."""
    return call.args[0] if call.name.endswith("__enter__") else _with(call)


@method(IMAGE, "show", "save", "close", "load", "verify", "paste", "putpixel", "seek", "__exit__")
def nothing(call: Call) -> Value:
    """Nothing that is tracked depends on it."""
    return NONE


@method(IMAGE, "split")
def split(call: Call) -> Value:
    """One grey image for each band."""
    picture = _receiver(call)
    if picture.channels is None:
        return call.machine.unknown("how many channels an image has is not known")
    return TupleV(tuple(_with(call, mode="L") for _ in range(picture.channels)))


@method(IMAGE, "__array__")
def array(call: Call) -> Value:
    """`numpy.array(image)`: (height, width) or (height, width, bands)."""
    picture = _receiver(call)
    if picture.mode is None or picture.channels is None:
        return call.machine.unknown("the mode of an image from a file is not known")
    shape: tuple[Dim, ...] = (picture.height, picture.width)
    if picture.channels > 1:
        shape = (*shape, picture.channels)
    return TensorV(Sig(shape, picture.dtype, numpy=True), call.origin)


@model("PIL.Image.merge")
def merge(call: Call) -> Value:
    """`Image.merge(mode, bands)`: one image of several grey ones."""
    mode, bands = call.argument(0, "mode"), call.argument(1, "bands")
    items: tuple[Value, ...] = bands.items if isinstance(bands, TupleV) else ()
    if isinstance(bands, ListV):
        items = bands.items.items
    first = picture_of(items[0]) if items else None
    if first is None or not isinstance(mode, Const):
        return call.machine.unknown("the mode of an image from a file is not known")
    return image(call, first._replace(mode=mode.value, of_bytes=False))


_OPS: dict[str, Callable[[Picture], Picture]] = {
    "grayscale": lambda picture: picture._replace(mode="L"),
    **{
        name: lambda picture: picture
        for name in (
            "invert",
            "mirror",
            "flip",
            "autocontrast",
            "equalize",
            "posterize",
            "solarize",
        )
    },
}


@prefix_model("PIL.ImageOps")
def image_ops(call: Call) -> Value:
    """`PIL.ImageOps`: https://pillow.readthedocs.io/en/stable/reference/ImageOps.html"""
    name = call.name.rpartition(".")[2]
    picture = picture_of(call.args[0]) if call.args else None
    if picture is not None and name in _OPS:
        return image(call, _OPS[name](picture))
    if picture is not None and name in ("fit", "pad"):
        height, width = _size(call, call.argument(1, "size"))
        return image(call, picture._replace(height=height, width=width))
    return call.machine.unknown("`{name}` is not followed", name=call.name)
