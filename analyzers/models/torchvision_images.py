"""What each of torchvision's transforms makes of one image, tensor or array.

https://docs.pytorch.org/vision/0.28/transforms.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ...runtime.oracle import dims
from ...runtime.oracle.dims import Dim
from ...runtime.oracle.wire import Error
from ..interpreter import failures
from ..interpreter.ask import ask
from ..interpreter.call import Call
from ..interpreter.operators import dim_of
from ..values.model import (
    NONE,
    Alternatives,
    Const,
    DtypeV,
    ListV,
    Sig,
    TensorV,
    TupleV,
    Unknown,
    Value,
)
from .pil_ import CHANNELS, Picture, image, picture_of

PIL_TYPE = "<class 'PIL.Image.Image'>"
KIND = "$tv"
"""The slot of a tensor that names its class in `torchvision.tv_tensors`."""


@dataclass(frozen=True)
class Step:
    """One transform that meets one value.

    call: where; its name is the transform's. given: the transform's arguments by
    name. v2: the transform is one of `torchvision.transforms.v2`.
    """

    call: Call
    given: Mapping[str, Value]
    v2: bool = False

    def argument(self, name: str, default: Value = NONE) -> Value:
        """An argument of the transform."""
        return self.given.get(name, default)

    def symbol(self, what: str, prefix: str) -> Dim:
        """A size that is not known: the same symbol each time the place is run."""
        return self.call.machine.symbol_for((self.call.span, self.call.name, what), prefix)

    def fails(self, kind: str, message: str) -> Value:
        """Reports that the transform is certain to raise."""
        return failures.report(self.call, Error(kind, message), "call")


Operation = Callable[[Step, Value], Value]


def on_options(call: Call, function: Callable[[Value], Value], value: Value) -> Value:
    """A function of a value, or the join over each of its alternatives."""
    if not isinstance(value, Alternatives):
        return function(value)
    result = function(value.options[0])
    for option in value.options[1:]:
        result = joined(call, result, function(option))
    return result


def joined(call: Call, a: Value, b: Value) -> Value:
    """The join of two images; equal ones are one."""
    picture = picture_of(a)
    if picture is not None and picture == picture_of(b):
        return a
    return call.machine.joiner.join(a, b)


def extent(value: Value) -> tuple[Dim, Dim] | None:
    """The height and width of an image or of a tensor; None if the value has none."""
    picture = picture_of(value)
    if picture is not None:
        return picture.height, picture.width
    if isinstance(value, TensorV) and not value.sig.numpy:
        shape = value.sig.shape
        if shape is not None and len(shape) >= 2:
            return shape[-2], shape[-1]
    return None


def with_extent(step: Step, value: Value, size: tuple[Dim, Dim]) -> Value:
    """The same image or tensor with another height and width."""
    picture = picture_of(value)
    if picture is not None:
        return image(step.call, picture._replace(height=size[0], width=size[1]))
    assert isinstance(value, TensorV) and value.sig.shape is not None
    return tensor(step, value, value.sig._replace(shape=(*value.sig.shape[:-2], *size)))


def tensor(step: Step, source: TensorV, sig: Sig) -> TensorV:
    """A tensor made from another one; it stays what it was in `tv_tensors`."""
    parents = (source,) if source.sig.requires_grad else ()
    made = TensorV(sig._replace(value=None, stride=None), step.call.origin, parents)
    if KIND in source.slots:
        made.slots[KIND] = source.slots[KIND]
    return made


def not_an_image(step: Step, value: Value) -> Value:
    """What a transform does with anything else: v1 fails, v2 hands it through."""
    if isinstance(value, Unknown):
        return value
    if step.v2:
        return value
    if isinstance(value, TensorV) and value.sig.numpy:
        return step.fails("TypeError", "Unexpected type <class 'numpy.ndarray'>")
    return step.call.machine.unknown("what `{name}` gets is not known", name=step.call.name)


def numbers(value: Value) -> list[Dim] | None:
    """A number, or a sequence of numbers, as dims; None where one is not known."""
    if isinstance(value, TupleV):
        items = value.items
    elif isinstance(value, ListV) and value.items.rest is None:
        items = value.items.items
    else:
        items = (value,)
    found = [dim_of(item) for item in items]
    return None if None in found or not found else found


def pair(step: Step, value: Value) -> tuple[Dim, Dim]:
    """`size` as (height, width): one number stands for both."""
    found = numbers(value)
    if found is None:
        return step.symbol("height", "H"), step.symbol("width", "W")
    return (found[0], found[0]) if len(found) == 1 else (found[0], found[1])


def same(step: Step, value: Value) -> Value:
    """Transforms after which an image has the size and the mode that it had."""
    return value if extent(value) is not None else not_an_image(step, value)


def resize(step: Step, value: Value) -> Value:
    """One number is the length of the shorter side; two are height and width."""
    size = extent(value)
    if size is None:
        return not_an_image(step, value)
    wanted = numbers(step.argument("size"))
    if wanted is not None and len(wanted) == 2:
        return with_extent(step, value, (wanted[0], wanted[1]))
    height, width = size
    limit = step.argument("max_size")
    if wanted is not None and height == width and limit == NONE:
        return with_extent(step, value, (wanted[0], wanted[0]))
    known = wanted is not None and isinstance(wanted[0], int) and isinstance(limit, Const)
    if not known or not isinstance(height, int) or not isinstance(width, int):
        return with_extent(step, value, (step.symbol("height", "H"), step.symbol("width", "W")))
    assert wanted is not None and isinstance(limit, Const)
    short = int(wanted[0])
    long = int(short * max(height, width) / min(height, width))
    if limit.value is not None and long > limit.value:
        short, long = int(limit.value * short / long), limit.value
    return with_extent(step, value, (long, short) if width <= height else (short, long))


def crop_to_size(step: Step, value: Value) -> Value:
    """Whatever the image's size, the result has the given one."""
    if extent(value) is None:
        return not_an_image(step, value)
    name = "size" if "size" in step.given else "output_size"
    return with_extent(step, value, pair(step, step.argument(name)))


def crop_box(step: Step, value: Value) -> Value:
    """`crop(image, top, left, height, width)`."""
    if extent(value) is None:
        return not_an_image(step, value)
    height, width = (numbers(step.argument(name)) for name in ("height", "width"))
    if height is None or width is None:
        return with_extent(step, value, (step.symbol("height", "H"), step.symbol("width", "W")))
    return with_extent(step, value, (height[0], width[0]))


def random_crop(step: Step, value: Value) -> Value:
    """Fails where the image with its padding is smaller than the crop."""
    padding = step.argument("padding")
    if padding != NONE:
        value = pad(step, value)
    size = extent(value)
    if size is None:
        return not_an_image(step, value)
    wanted = pair(step, step.argument("size"))
    small = any(
        isinstance(have, int) and isinstance(want, int) and have < want
        for have, want in zip(size, wanted, strict=True)
    )
    if small and step.argument("pad_if_needed", Const(False)) == Const(False):
        text = f"Required crop size {wanted} is larger than input image size {size}"
        if step.v2:
            padded = "padded " if padding != NONE else ""
            text = f"Required crop size {wanted} is larger than {padded}input image size {size}."
        return step.fails("ValueError", text)
    return with_extent(step, value, wanted)


def pad(step: Step, value: Value) -> Value:
    """`padding`: on all sides; left/right, top/bottom; or left, top, right, bottom."""
    size = extent(value)
    if size is None:
        return not_an_image(step, value)
    sides = numbers(step.argument("padding"))
    if sides is None or len(sides) not in (1, 2, 4):
        return with_extent(step, value, (step.symbol("height", "H"), step.symbol("width", "W")))
    left, top, right, bottom = {1: sides * 4, 2: sides * 2, 4: sides}[len(sides)]
    height = dims.add(dims.add(size[0], top), bottom)
    return with_extent(step, value, (height, dims.add(dims.add(size[1], left), right)))


def rotate(step: Step, value: Value) -> Value:
    """The size stays, unless `expand` makes room for the corners."""
    if extent(value) is None or step.argument("expand", Const(False)) == Const(False):
        return same(step, value)
    return with_extent(step, value, (step.symbol("height", "H"), step.symbol("width", "W")))


def any_size(step: Step, value: Value) -> Value:
    """The new size is drawn at random."""
    if extent(value) is None:
        return not_an_image(step, value)
    return with_extent(step, value, (step.symbol("height", "H"), step.symbol("width", "W")))


def crops(count: int) -> Operation:
    """Several crops of one image, as a tuple."""

    def operation(step: Step, value: Value) -> Value:
        if extent(value) is None:
            return not_an_image(step, value)
        return TupleV(tuple(crop_to_size(step, value) for _ in range(count)))

    return operation


def grayscale(step: Step, value: Value) -> Value:
    """One channel, or three that are alike."""
    wanted = step.argument("num_output_channels", Const(1))
    if not isinstance(wanted, Const) or wanted.value not in (1, 3):
        return step.call.machine.unknown("what `{name}` gets is not known", name=step.call.name)
    picture = picture_of(value)
    if picture is not None:
        return image(step.call, picture._replace(mode="L" if wanted.value == 1 else "RGB"))
    if extent(value) is None:
        return not_an_image(step, value)
    assert isinstance(value, TensorV)
    shape = value.sig.shape or ()
    if len(shape) < 3:
        return step.fails(
            "TypeError",
            f"Input image tensor should have at least 3 dimensions, but found {len(shape)}",
        )
    if shape[-3] == 1 and not step.v2:
        return value
    shape = (*shape[:-3], wanted.value, *shape[-2:])
    return tensor(step, value, value.sig._replace(shape=shape))


def to_rgb(step: Step, value: Value) -> Value:
    """`v2.RGB`: grey images get three channels."""
    picture = picture_of(value)
    if picture is not None:
        return image(step.call, picture._replace(mode="RGB"))
    if extent(value) is None:
        return not_an_image(step, value)
    assert isinstance(value, TensorV)
    shape = value.sig.shape or ()
    if len(shape) < 3:
        return step.call.machine.unknown("what `{name}` gets is not known", name=step.call.name)
    return tensor(step, value, value.sig._replace(shape=(*shape[:-3], 3, *shape[-2:])))


_TO_TENSOR = {"I": "int32", "I;16": "int16", "F": "float32"}
_PIXELS = {"1": "uint8", "I": "int32", "I;16": "int16", "F": "float32"}


def _planes(step: Step, picture: Picture) -> tuple[Dim, Dim, Dim]:
    """(channels, height, width)."""
    channels = picture.channels
    count: Dim = channels if channels is not None else step.symbol("channels", "C")
    return count, picture.height, picture.width


def to_tensor(step: Step, value: Value) -> Value:
    """(channels, height, width); bytes become floats from 0 to 1, other numbers stay."""
    picture = picture_of(value)
    floats = step.call.machine.modes.default_dtype
    if picture is not None:
        dtype: str | None = None
        if picture.mode is not None or picture.of_bytes:
            dtype = _TO_TENSOR.get(picture.mode or "", floats)
        return TensorV(Sig(_planes(step, picture), dtype), step.call.origin)
    if not isinstance(value, TensorV):
        return not_an_image(step, value)
    shape = value.sig.shape
    if not value.sig.numpy:
        if step.v2:
            return value
        text = "pic should be PIL Image or ndarray. Got <class 'torch.Tensor'>"
        return step.fails("TypeError", text)
    if shape is None or value.sig.dtype is None:
        return step.call.machine.unknown("the shape of a tensor it uses is not known")
    if len(shape) not in (2, 3):
        text = f"pic should be 2/3 dimensional. Got {len(shape)} dimensions."
        return step.fails("ValueError", text)
    dtype = floats if value.sig.dtype == "uint8" else value.sig.dtype
    channels = shape[2] if len(shape) == 3 else 1
    return TensorV(Sig((channels, shape[0], shape[1]), dtype), step.call.origin)


def pil_to_tensor(step: Step, value: Value) -> Value:
    """(channels, height, width) of the numbers that the image holds."""
    picture = picture_of(value)
    if picture is None:
        if step.v2 or isinstance(value, Unknown):
            return value
        got = "numpy.ndarray" if isinstance(value, TensorV) and value.sig.numpy else "torch.Tensor"
        if isinstance(value, TensorV):
            return step.fails("TypeError", f"pic should be PIL Image. Got <class '{got}'>")
        return not_an_image(step, value)
    dtype = None if picture.mode is None and not picture.of_bytes else "uint8"
    return TensorV(
        Sig(_planes(step, picture), _PIXELS.get(picture.mode or "", dtype)), step.call.origin
    )


def to_image(step: Step, value: Value) -> Value:
    """`v2.ToImage`: a `tv_tensors.Image` of the numbers as they are."""
    if isinstance(value, TensorV) and value.sig.shape is not None:
        shape = value.sig.shape
        if value.sig.numpy:
            if len(shape) not in (2, 3):
                return step.call.machine.unknown("this is no image")
            shape = (shape[2] if len(shape) == 3 else 1, shape[0], shape[1])
        elif len(shape) == 2:
            shape = (1, *shape)
        sig = value.sig._replace(shape=shape, numpy=False, value=None, stride=None)
        made = TensorV(sig, step.call.origin)
    else:
        found = pil_to_tensor(step, value)
        if not isinstance(found, TensorV):
            return found
        made = found
    made.slots[KIND] = "Image"
    return made


def to_pil_image(step: Step, value: Value) -> Value:
    """The mode follows from the channels and the dtype; floats become bytes."""
    if not isinstance(value, TensorV) or value.sig.shape is None:
        return not_an_image(step, value)
    shape, mode = value.sig.shape, step.argument("mode")
    if len(shape) not in (2, 3):
        text = f"pic should be 2/3 dimensional. Got {len(shape)} dimensions."
        return step.fails("ValueError", text)
    if len(shape) == 2:
        shape = (*shape, 1) if value.sig.numpy else (1, *shape)
    channels = shape[2] if value.sig.numpy else shape[0]
    height, width = shape[:2] if value.sig.numpy else shape[1:]
    if isinstance(channels, int) and channels > 4:
        text = f"pic should not have > 4 channels. Got {channels} channels."
        return step.fails("ValueError", text)
    wanted = mode.value if isinstance(mode, Const) else None
    if isinstance(wanted, str) and wanted in CHANNELS:
        return image(step.call, Picture(wanted, height, width))
    dtype = value.sig.dtype or ""
    kind = "uint8" if dtype.startswith(("float", "bfloat")) else dtype
    found = _MODES.get((channels, kind)) if mode == NONE else None
    return image(step.call, Picture(found, height, width, kind == "uint8"))


_MODES: dict[tuple[Dim, str], str] = {
    (1, "uint8"): "L", (1, "int16"): "I;16", (1, "int32"): "I", (2, "uint8"): "LA",
    (3, "uint8"): "RGB", (4, "uint8"): "RGBA",
}  # fmt: skip


def normalize(step: Step, value: Value) -> Value:
    """`(x - mean) / std` for each channel; asked of torch, for what it says when that fails."""
    if picture_of(value) is not None:
        text = f"img should be Tensor Image. Got {PIL_TYPE}"
        if step.v2:
            text = "Normalize() does not support PIL images."
        return step.fails("TypeError", text)
    if not isinstance(value, TensorV) or value.sig.shape is None or value.sig.numpy:
        return not_an_image(step, value)
    if value.slots.get(KIND) not in (None, "Image", "Video"):
        return value
    shape, dtype = value.sig.shape, value.sig.dtype
    if dtype is not None and not dtype.startswith(("float", "bfloat")):
        text = f"Input tensor should be a float tensor. Got torch.{dtype}."
        return step.fails("TypeError", text)
    if len(shape) < 3:
        text = "Expected tensor to be a tensor image of size (..., C, H, W)."
        return step.fails("ValueError", f"{text} Got tensor.size() = torch.Size({list(shape)})")
    # An image of a mode that is not known can only go on here if it became floats.
    dtype = dtype or step.call.machine.modes.default_dtype
    count = _channels(step.argument("mean"))
    if not isinstance(shape[-3], int) and not step.v2 and isinstance(count, int) and count > 1:
        shape = (*shape[:-3], count, *shape[-2:])
    sig = value.sig._replace(shape=shape, dtype=dtype, value=None, stride=None)
    result = tensor(step, value, sig)
    for name, operator in (("mean", "sub" if step.v2 else "sub_"), ("std", "div_")):
        length = _channels(step.argument(name))
        if length is None:
            continue
        other = TensorV(Sig((length, 1, 1), dtype, value.sig.device))
        inner = Call(
            step.call.machine, step.call.node, f"torch.Tensor.{operator}", [result, other],
            nodes=[None, None],
        )  # fmt: skip
        asked = ask(inner)
        if not isinstance(asked, TensorV):
            return asked
        result = tensor(step, value, asked.sig)
    return result


def _channels(value: Value) -> Dim | None:
    """How many means or deviations there are; None where that is not known."""
    if isinstance(value, TupleV):
        return len(value.items)
    if isinstance(value, ListV):
        return len(value.items.items) if value.items.rest is None else None
    if isinstance(value, TensorV) and value.sig.shape is not None and len(value.sig.shape) == 1:
        return value.sig.shape[0]
    return None


def convert_dtype(step: Step, value: Value) -> Value:
    """`ConvertImageDtype(dtype)`, `v2.ToDtype(dtype, scale=…)`."""
    wanted = step.argument("dtype", DtypeV("float32"))
    if picture_of(value) is not None:
        if step.v2:
            return value
        return step.fails("TypeError", "Input img should be Tensor Image")
    if not isinstance(value, TensorV) or value.sig.numpy:
        return not_an_image(step, value)
    if value.slots.get(KIND) not in (None, "Image", "Video"):
        return value
    if not isinstance(wanted, DtypeV):
        return step.call.machine.unknown("the dtype that an image gets is not known")
    return tensor(step, value, value.sig._replace(dtype=wanted.name))


def linear(step: Step, value: Value) -> Value:
    """`LinearTransformation`: whitening keeps the shape."""
    return value if isinstance(value, TensorV) else not_an_image(step, value)
