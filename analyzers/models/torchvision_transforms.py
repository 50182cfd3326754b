"""`torchvision.transforms`, its `v2` and their functions: objects that are called on images.

What each one does to an image is in `torchvision_images`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence

from ..interpreter.call import Call
from ..interpreter.functions import call_value
from ..interpreter.iteration import iterate
from ..interpreter.operators import dim_of, int_value
from ..values.model import (
    NONE,
    Const,
    DictV,
    InstanceV,
    Library,
    ListV,
    TensorV,
    TupleV,
    Unknown,
    Value,
)
from . import torchvision_images as images
from .pil_ import picture_of
from .registry import Model, method, model, prefix_model
from .torchvision_images import KIND, Operation, Step

V1, V2 = "torchvision.transforms.", "torchvision.transforms.v2."

_CONVERT: dict[str, tuple[tuple[str, ...], Operation]] = {
    "ToTensor": ((), images.to_tensor),
    "PILToTensor": ((), images.pil_to_tensor),
    "ToImage": ((), images.to_image),
    "ToPILImage": (("mode",), images.to_pil_image),
    "ToPureTensor": ((), images.same),
    "Normalize": (("mean", "std", "inplace"), images.normalize),
    "ConvertImageDtype": (("dtype",), images.convert_dtype),
    "ToDtype": (("dtype", "scale"), images.convert_dtype),
    "Grayscale": (("num_output_channels",), images.grayscale),
    "RGB": ((), images.to_rgb),
    "LinearTransformation": (("transformation_matrix", "mean_vector"), images.linear),
}
_GEOMETRY: dict[str, tuple[tuple[str, ...], Operation]] = {
    "Resize": (("size", "interpolation", "max_size", "antialias"), images.resize),
    "CenterCrop": (("size",), images.crop_to_size),
    "RandomCrop": (("size", "padding", "pad_if_needed"), images.random_crop),
    "RandomResizedCrop": (("size", "scale", "ratio"), images.crop_to_size),
    "FiveCrop": (("size",), images.crops(5)),
    "TenCrop": (("size", "vertical_flip"), images.crops(10)),
    "Pad": (("padding", "fill", "padding_mode"), images.pad),
    "RandomRotation": (("degrees", "interpolation", "expand"), images.rotate),
    "RandomZoomOut": ((), images.any_size),
    "RandomIoUCrop": ((), images.any_size),
    "RandomResize": ((), images.any_size),
    "RandomShortestSize": ((), images.any_size),
    "ScaleJitter": ((), images.any_size),
}
_SAME = [
    "AugMix",
    "AutoAugment",
    "ColorJitter",
    "ElasticTransform",
    "GaussianBlur",
    "GaussianNoise",
    "Identity",
    "JPEG",
    "RandAugment",
    "RandomAdjustSharpness",
    "RandomAffine",
    "RandomAutocontrast",
    "RandomChannelPermutation",
    "RandomEqualize",
    "RandomErasing",
    "RandomGrayscale",
    "RandomHorizontalFlip",
    "RandomInvert",
    "RandomPerspective",
    "RandomPhotometricDistort",
    "RandomPosterize",
    "RandomSolarize",
    "RandomVerticalFlip",
    "TrivialAugmentWide",
]
OPERATIONS = {**_CONVERT, **_GEOMETRY, **dict.fromkeys(_SAME, ((), images.same))}

_NO_MODULES = ("Compose", "ToTensor", "PILToTensor", "ToPILImage", "Lambda", "RandomTransforms",
               "RandomChoice", "RandomOrder")  # fmt: skip
"""Classes of the first version that do not inherit from `nn.Module`."""


def _names(name: str) -> tuple[str, ...]:
    return V1 + name, f"{V1}transforms.{name}", V2 + name


def _instance(call: Call, given: dict[str, Value]) -> InstanceV:
    name = call.name.rpartition(".")[2]
    v2 = call.name.startswith(V2)
    instance = InstanceV(Library((V2 if v2 else V1) + name), call.origin)
    instance.slots.update(given)
    if v2 or name not in _NO_MODULES:
        instance.slots["$training"] = True
    return instance


def _constructor(parameters: tuple[str, ...]) -> Model:
    def construct(call: Call) -> Value:
        given = dict(zip(parameters, call.args, strict=False))
        given.update(call.kwargs)
        if call.incomplete is not None:
            given.update({name: call.incomplete for name in parameters if name not in given})
        return _instance(call, given)

    return construct


def _receiver(call: Call) -> InstanceV:
    receiver = call.args[0]
    assert isinstance(receiver, InstanceV)
    return receiver


def _caller(name: str, operation: Operation) -> Model:
    def run(call: Call) -> Value:
        transform = _receiver(call)
        v2 = transform.cls.name.startswith(V2)
        given = {key: item for key, item in transform.slots.items() if isinstance(item, Value)}
        inner = Call(call.machine, call.node, transform.cls.name, [], nodes=[])
        step = Step(inner, given, v2)
        if not v2:
            if len(call.args) < 2:
                return call.machine.unknown("nothing is passed to this module")
            return on_each(step, operation, call.args[1])
        return _on_all(step, operation, call.args[1:])

    return run


def on_each(step: Step, operation: Operation, value: Value) -> Value:
    """The result of an operation on a value, or on each of its alternatives."""
    return images.on_options(step.call, lambda option: operation(step, option), value)


def _on_all(step: Step, operation: Operation, values: Sequence[Value]) -> Value:
    """`v2` transforms take an image with its targets, in any nesting.

    Images and arrays are transformed, and so is the first tensor where there is no
    image; everything else is handed through.
    https://docs.pytorch.org/vision/0.28/transforms.html#supported-input-types-and-conventions
    """
    whole: Value = values[0] if len(values) == 1 else TupleV(tuple(values))
    leaves = list(_leaves(whole))
    typed = any(picture_of(leaf) is not None for leaf in leaves) or any(
        isinstance(leaf, TensorV) and leaf.slots.get(KIND) in ("Image", "Video") for leaf in leaves
    )
    plain_left = not typed

    def transform(leaf: Value) -> Value:
        nonlocal plain_left
        if isinstance(leaf, TensorV) and not leaf.sig.numpy and KIND not in leaf.slots:
            if not plain_left:
                return leaf
            plain_left = False
        elif isinstance(leaf, TensorV) and leaf.slots.get(KIND) == "BoundingBoxes":
            return leaf
        return on_each(step, operation, leaf)

    return _map(whole, transform)


def _leaves(value: Value) -> Iterator[Value]:
    if isinstance(value, TupleV):
        items: Iterable[Value] = value.items
    elif isinstance(value, ListV) and value.items.rest is None:
        items = value.items.items
    elif isinstance(value, DictV) and value.slots["rest"] is None:
        items = value.slots["items"].values()
    else:
        yield value
        return
    for item in items:
        yield from _leaves(item)


def _map(value: Value, function: Callable[[Value], Value]) -> Value:
    """A nested value with a function applied to everything that is no container."""
    if isinstance(value, TupleV):
        items = tuple(_map(item, function) for item in value.items)
        return TupleV(items, value.type_name, value.names)
    if isinstance(value, ListV) and value.items.rest is None:
        return ListV(tuple(_map(item, function) for item in value.items.items))
    if isinstance(value, DictV) and value.slots["rest"] is None:
        return DictV({key: _map(item, function) for key, item in value.slots["items"].items()})
    return function(value)


for _name, (_parameters, _operation) in OPERATIONS.items():
    model(*_names(_name))(_constructor(_parameters))
    for _full in (V1 + _name, V2 + _name):
        method(_full, "__call__", "forward")(_caller(_name, _operation))


@model(*(name for kind in ("Compose", "RandomApply", "RandomChoice", "RandomOrder")
         for name in _names(kind)))  # fmt: skip
def container(call: Call) -> Value:
    """Transforms made of other transforms."""
    return _constructor(("transforms", "p"))(call)


@model(*_names("Lambda"))
def lambda_(call: Call) -> Value:
    """A function as a transform."""
    return _constructor(("lambd",))(call)


def _inner(call: Call) -> list[Value] | Unknown:
    """The transforms that a container holds."""
    held = _receiver(call).slots.get("transforms", NONE)
    items = iterate(call.machine, Call(call.machine, call.node, "iter", [held]), held)
    if items.rest is not None:
        if isinstance(items.rest, Unknown):
            return items.rest
        return call.machine.unknown("which transforms are applied is not known")
    return list(items.items)


def _apply(call: Call, function: Value, values: Sequence[Value]) -> Value:
    nodes: list[ast.expr | None] = [None] * len(values)
    return call_value(
        Call(call.machine, call.node, "transform", list(values), nodes=nodes), function
    )


def _in_turn(call: Call, functions: Sequence[Value], values: list[Value]) -> Value:
    several = len(values) > 1
    for function in functions:
        result = _apply(call, function, values)
        if isinstance(result, Unknown):
            return result
        values = list(result.items) if several and isinstance(result, TupleV) else [result]
    return TupleV(tuple(values)) if several else values[0]


@method(V1 + "Compose", "__call__", "forward")
@method(V2 + "Compose", "__call__", "forward")
def compose(call: Call) -> Value:
    """Each transform gets what the one before it returned."""
    functions = _inner(call)
    return functions if isinstance(functions, Unknown) else _in_turn(call, functions, call.args[1:])


@method(V1 + "RandomApply", "__call__", "forward")
@method(V2 + "RandomApply", "__call__", "forward")
def random_apply(call: Call) -> Value:
    """All of the transforms, or none."""
    functions = _inner(call)
    if isinstance(functions, Unknown):
        return functions
    values = call.args[1:]
    untouched = TupleV(tuple(values)) if len(values) > 1 else values[0]
    return images.joined(call, untouched, _in_turn(call, functions, values))


@method(V1 + "RandomChoice", "__call__", "forward")
@method(V2 + "RandomChoice", "__call__", "forward")
def random_choice(call: Call) -> Value:
    """One of the transforms."""
    functions = _inner(call)
    if isinstance(functions, Unknown) or not functions:
        return functions if isinstance(functions, Unknown) else call.args[1]
    result = _in_turn(call, functions[:1], call.args[1:])
    for function in functions[1:]:
        result = images.joined(call, result, _in_turn(call, [function], call.args[1:]))
    return result


@method(V1 + "RandomOrder", "__call__", "forward")
@method(V2 + "RandomOrder", "__call__", "forward")
def random_order(call: Call) -> Value:
    """All of the transforms, in any order: known where the order does not matter."""
    functions = _inner(call)
    if isinstance(functions, Unknown):
        return functions
    forwards = _in_turn(call, functions, call.args[1:])
    return images.joined(call, forwards, _in_turn(call, functions[::-1], call.args[1:]))


@method(V1 + "Lambda", "__call__")
@method(V2 + "Lambda", "__call__", "forward")
def call_lambda(call: Call) -> Value:
    """Calls the function."""
    return _apply(call, _receiver(call).slots.get("lambd", NONE), call.args[1:])


@model(V2 + "MixUp", V2 + "CutMix")
def mixing(call: Call) -> Value:
    """Transforms of a whole batch that mix its images, and their labels with them."""
    given = _constructor(())(call)
    assert isinstance(given, InstanceV)
    return given


@method(V2 + "MixUp", "__call__", "forward")
@method(V2 + "CutMix", "__call__", "forward")
def mix(call: Call) -> Value:
    """(images, labels): the labels become a share of each class, (batch, classes)."""
    classes = dim_of(_receiver(call).slots.get("num_classes", NONE))
    values = call.args[1:]
    if len(values) == 1 and isinstance(values[0], (TupleV, ListV)):
        held = values[0]
        values = list(held.items if isinstance(held, TupleV) else held.items.items)
    if len(values) != 2 or classes is None or not isinstance(values[1], TensorV):
        return call.machine.unknown("how many classes there are is not known")
    images_, labels = values
    assert isinstance(labels, TensorV)
    shape = labels.sig.shape
    if shape is None or len(shape) != 1:
        return call.machine.unknown("the shape of a tensor it uses is not known")
    sig = labels.sig._replace(shape=(shape[0], classes), dtype="float32", value=None)
    return TupleV((images_, TensorV(sig, call.origin)))


@prefix_model("torchvision.transforms")
def other(call: Call) -> Value:
    """A transform that is not described here."""
    return call.machine.unknown("the transform `{name}` is not followed", name=call.name)


def to_picture(call: Call, value: Value) -> Value:
    """`ToPILImage()(value)`."""
    return images.to_pil_image(Step(call.renamed(V1 + "ToPILImage"), {}), value)


_FUNCTIONS: dict[str, tuple[tuple[str, ...], Operation]] = {
    "to_tensor": ((), images.to_tensor),
    "pil_to_tensor": ((), images.pil_to_tensor),
    "to_image": ((), images.to_image),
    "to_pil_image": (("mode",), images.to_pil_image),
    "normalize": (("mean", "std", "inplace"), images.normalize),
    "convert_image_dtype": (("dtype",), images.convert_dtype),
    "to_dtype": (("dtype", "scale"), images.convert_dtype),
    "resize": _GEOMETRY["Resize"],
    "center_crop": (("output_size",), images.crop_to_size),
    "crop": (("top", "left", "height", "width"), images.crop_box),
    "resized_crop": (("top", "left", "height", "width", "size"), images.crop_to_size),
    "pad": (("padding", "fill", "padding_mode"), images.pad),
    "rotate": (("angle", "interpolation", "expand"), images.rotate),
    "five_crop": (("size",), images.crops(5)),
    "ten_crop": (("size",), images.crops(10)),
    "rgb_to_grayscale": (("num_output_channels",), images.grayscale),
    "to_grayscale": (("num_output_channels",), images.grayscale),
    **dict.fromkeys(
        [
            "adjust_brightness",
            "adjust_contrast",
            "adjust_gamma",
            "adjust_hue",
            "adjust_saturation",
            "adjust_sharpness",
            "affine",
            "autocontrast",
            "elastic",
            "elastic_transform",
            "equalize",
            "erase",
            "gaussian_blur",
            "gaussian_noise",
            "hflip",
            "horizontal_flip",
            "invert",
            "jpeg",
            "permute_channels",
            "perspective",
            "posterize",
            "solarize",
            "vertical_flip",
            "vflip",
        ],
        ((), images.same),
    ),
}


def _function(parameters: tuple[str, ...], operation: Operation) -> Model:
    def run(call: Call) -> Value:
        named = dict(call.kwargs)
        value = call.args[0] if call.args else None
        for name in ("img", "pic", "inpt", "tensor", "image") if value is None else ():
            value = value if value is not None else named.pop(name, None)
        if value is None or call.incomplete is not None:
            return call.incomplete or call.machine.unknown("nothing is passed to this module")
        given = {**dict(zip(parameters, call.args[1:], strict=False)), **named}
        return on_each(Step(call, given, call.name.startswith(V2)), operation, value)

    return run


for _name, (_parameters, _operation) in _FUNCTIONS.items():
    model(f"{V1}functional.{_name}", f"{V2}functional.{_name}")(_function(_parameters, _operation))


@model(
    V1 + "functional.get_image_size",
    V1 + "functional.get_dimensions",
    V2 + "functional.get_size",
    V2 + "functional.get_dimensions",
)
def sizes(call: Call) -> Value:
    """`get_image_size` is [width, height], `get_size` the other way round."""
    value = call.args[0] if call.args else NONE
    found = images.extent(value)
    if found is None:
        return value if isinstance(value, Unknown) else call.machine.unknown("this is no image")
    height, width = (int_value(dim, ()) for dim in found)
    name = call.name.rpartition(".")[2]
    if name == "get_dimensions":
        shape = value.sig.shape if isinstance(value, TensorV) else None
        picture = picture_of(value)
        channels = picture.channels if picture is not None else None
        if shape is not None:
            channels = shape[-3] if len(shape) > 2 and isinstance(shape[-3], int) else None
        first = (
            Const(channels)
            if channels
            else call.machine.unknown("how many channels an image has is not known")
        )
        return ListV((first, height, width))
    return ListV((width, height) if name == "get_image_size" else (height, width))


@model(*(f"torchvision.tv_tensors.{kind}" for kind in ("Image", "Mask", "Video", "BoundingBoxes")))
def tv_tensor(call: Call) -> Value:
    """A tensor that says what it is, so that `v2` transforms treat it so."""
    value, kind = call.args[0] if call.args else NONE, call.name.rpartition(".")[2]
    if picture_of(value) is not None:
        value = images.pil_to_tensor(Step(call, {}), value)
    if not isinstance(value, TensorV) or value.sig.numpy:
        return value if isinstance(value, Unknown) else call.machine.unknown("this is no image")
    shape = value.sig.shape
    if kind == "Image" and shape is not None and len(shape) == 2:
        shape = (1, *shape)
    made = TensorV(value.sig._replace(shape=shape), call.origin)
    made.slots[KIND] = kind
    return made
