"""`torchvision.datasets` that hold their images in memory, by their true shapes and lengths.

Nothing is downloaded. An item is made from what `data` and `targets` are at that
point, as torchvision does, so a program may replace them by a part of themselves.
Those that read an image file for each item are in `torchvision_folders`.

https://docs.pytorch.org/vision/0.28/datasets.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from ..interpreter.ask import ask
from ..interpreter.call import Call
from ..interpreter.functions import call_value
from ..interpreter.operators import dim_of
from ..values.model import (
    NONE,
    Const,
    DictV,
    InstanceV,
    Items,
    IteratorV,
    Library,
    ListV,
    Scalar,
    Sig,
    TensorV,
    TupleV,
    Unknown,
    Value,
)
from .builtin_functions import length_of
from .pil_ import Picture, image
from .registry import Model, method, model, prefix_model
from .torchvision_labels import CIFAR10, CIFAR100, DIGITS, EMNIST, FASHION, KUZUSHIJI
from .torchvision_transforms import to_picture

DATASETS = "torchvision.datasets."
Arguments = Mapping[str, Value]

COMMON = ("root", "train", "transform", "target_transform", "download")
BY_SPLIT = ("root", "split", "transform", "target_transform", "download")


@dataclass(frozen=True)
class Held:
    """A data set whose images are one array.

    parameters: of the constructor, in order. count: the number of items for some
    arguments, None when it is not known. image: the shape of one image in
    `data`. axes: how its channels lie. library: what `data` is. labels: the name
    of the attribute with the labels, and what that is. classes: the names of the
    classes, or how many there are; None where there is no such attribute.
    """

    parameters: tuple[str, ...]
    count: Callable[[Arguments], int | None]
    image: tuple[int, ...] = (28, 28)
    axes: Literal["HW", "HWC", "CHW"] = "HW"
    library: Literal["torch", "numpy"] = "torch"
    labels: tuple[str, Literal["tensor", "list", "array"]] = ("targets", "tensor")
    label_dtype: str = "int64"
    classes: Callable[[Arguments], tuple[str, ...] | int | None] | None = None


def by_train(train: int, test: int) -> Callable[[Arguments], int | None]:
    """The number of items where the argument `train` chooses the part."""

    def count(given: Arguments) -> int | None:
        chosen = given.get("train", Const(True))
        return (train if chosen.value else test) if isinstance(chosen, Const) else None

    return count


def by_name(
    parameter: str, counts: Mapping[str, int], default: str | None = None
) -> Callable[[Arguments], int | None]:
    """The number of items where an argument such as `split="test"` chooses the part."""

    def count(given: Arguments) -> int | None:
        chosen = given.get(parameter, Const(default))
        return counts.get(chosen.value) if isinstance(chosen, Const) else None

    return count


_EMNIST_COUNTS = {
    "byclass": (697932, 116323),
    "bymerge": (697932, 116323),
    "balanced": (112800, 18800),
    "letters": (124800, 20800),
    "digits": (240000, 40000),
    "mnist": (60000, 10000),
}
"""https://www.nist.gov/itl/products-and-services/emnist-dataset"""


def _emnist(given: Arguments) -> int | None:
    split = given.get("split")
    counts = _EMNIST_COUNTS.get(split.value) if isinstance(split, Const) else None
    return by_train(*counts)(given) if counts is not None else None


def _emnist_classes(given: Arguments) -> tuple[str, ...] | None:
    split = given.get("split")
    return EMNIST.get(split.value) if isinstance(split, Const) else None


_QMNIST = {"train": 60000, "test": 60000, "test10k": 10000, "test50k": 50000, "nist": 402953}


def _qmnist(given: Arguments) -> int | None:
    what = given.get("what", NONE)
    if what == NONE:
        return by_train(60000, 60000)(given)
    return _QMNIST.get(what.value) if isinstance(what, Const) else None


def _stl10(given: Arguments) -> int | None:
    counts = {"train": 5000, "test": 8000, "unlabeled": 100000, "train+unlabeled": 105000}
    folds, split = given.get("folds", NONE), given.get("split", Const("train"))
    if folds != NONE and split != Const("test"):
        # Each of the ten folds has 1000 of the labelled images.
        counts = {"train": 1000, "train+unlabeled": 101000, "unlabeled": 100000}
    return counts.get(split.value) if isinstance(split, Const) else None


def _always(names: tuple[str, ...]) -> Callable[[Arguments], tuple[str, ...] | None]:
    return lambda given: names


HELD = {
    "MNIST": Held(COMMON, by_train(60000, 10000), classes=_always(DIGITS)),
    "FashionMNIST": Held(COMMON, by_train(60000, 10000), classes=_always(FASHION)),
    "KMNIST": Held(COMMON, by_train(60000, 10000), classes=_always(KUZUSHIJI)),
    "EMNIST": Held(("root", "split"), _emnist, classes=_emnist_classes),
    "QMNIST": Held(("root", "what", "compat", "train"), _qmnist, classes=_always(DIGITS)),
    "CIFAR10": Held(
        COMMON, by_train(50000, 10000), (32, 32, 3), "HWC", "numpy", ("targets", "list"),
        classes=_always(CIFAR10),
    ),
    "CIFAR100": Held(
        COMMON, by_train(50000, 10000), (32, 32, 3), "HWC", "numpy", ("targets", "list"),
        classes=_always(CIFAR100),
    ),
    "SVHN": Held(
        BY_SPLIT, by_name("split", {"train": 73257, "test": 26032, "extra": 531131}, "train"),
        (3, 32, 32), "CHW", "numpy", ("labels", "array"),
    ),
    "STL10": Held(
        ("root", "split", "folds", "transform", "target_transform", "download"), _stl10,
        (3, 96, 96), "CHW", "numpy", ("labels", "array"), "uint8", lambda given: 10,
    ),
    "USPS": Held(
        COMMON, by_train(7291, 2007), (16, 16), "HW", "numpy", ("targets", "list"),
    ),
    "SEMEION": Held(
        ("root", "transform", "target_transform", "download"), lambda given: 1593, (16, 16),
        "HW", "numpy", ("labels", "array"),
    ),
}  # fmt: skip

_MODULES = {"FashionMNIST": "mnist", "KMNIST": "mnist", "EMNIST": "mnist", "QMNIST": "mnist",
            "CIFAR10": "cifar", "CIFAR100": "cifar"}  # fmt: skip


def names_of(name: str, module: str | None = None) -> tuple[str, str]:
    """The dotted names of a data set: the public one, and where it is defined."""
    return DATASETS + name, f"{DATASETS}{module or _MODULES.get(name, name.lower())}.{name}"


def arguments_of(call: Call, parameters: tuple[str, ...], skip: int = 0) -> dict[str, Value]:
    """The arguments of a constructor by name; `skip` leading ones are left out."""
    given = dict(zip(parameters, call.args[skip:], strict=False))
    given.update(call.kwargs)
    if call.incomplete is not None:
        for name in (*parameters, "transform", "target_transform"):
            given.setdefault(name, call.incomplete)
    return given


def register(name: str, module: str | None, fill: Callable[[Call, InstanceV, int], None]) -> None:
    """Registers a data set's constructor, also for classes that inherit from it.

    Args:
        fill: sets the attributes of an instance; its last argument is the number
            of leading arguments that are not the constructor's.
    """

    def construct(call: Call) -> Value:
        instance = InstanceV(Library(DATASETS + name), call.origin)
        fill(call, instance, 0)
        return instance

    def init(call: Call) -> Value:
        receiver = call.args[0]
        assert isinstance(receiver, InstanceV)
        fill(call, receiver, 1)
        return NONE

    model(*names_of(name, module))(construct)
    for full in names_of(name, module):
        method(full, "__init__")(init)


def register_items(
    name: str, module: str | None, item: Model, length: Callable[[Call, InstanceV], Value]
) -> None:
    """Registers what `dataset[i]`, `len(dataset)` and a loop over a data set give."""

    def size(call: Call) -> Value:
        return length(call, receiver_of(call))

    def iterate(call: Call) -> Value:
        first, count = item(call), dim_of(length(call, receiver_of(call)))
        return IteratorV(Items((first,), first, count))

    for full in names_of(name, module):
        method(full, "__getitem__")(item)
        method(full, "__len__")(size)
        method(full, "__iter__")(iterate)


def receiver_of(call: Call) -> InstanceV:
    """The data set that a method is called on."""
    receiver = call.args[0]
    assert isinstance(receiver, InstanceV)
    return receiver


def set_common(call: Call, instance: InstanceV, given: Arguments) -> None:
    """The attributes that all data sets have."""
    for name in ("root", "train", "split", "transform", "target_transform", "transforms"):
        default = Const(True) if name == "train" else NONE
        call.machine.trail.set(instance.slots, name, given.get(name, default))


def set_classes(call: Call, instance: InstanceV, names: tuple[str, ...] | int | None) -> None:
    """`classes` and `class_to_idx`: the names, or how many there are, None if not known."""
    trail = call.machine.trail
    if isinstance(names, tuple):
        trail.set(instance.slots, "classes", ListV(tuple(Const(name) for name in names)))
        indices: dict[str, Value] = {name: Const(index) for index, name in enumerate(names)}
        trail.set(instance.slots, "class_to_idx", DictV(indices))
        return
    count = names if names is not None else call.machine.symbol_for((call.span, "classes"), "K")
    trail.set(instance.slots, "classes", ListV(Items((), Scalar("str"), count)))
    trail.set(instance.slots, "class_to_idx", DictV({}, Scalar("int")))


def finished(call: Call, dataset: InstanceV, picture: Value, target: Value) -> Value:
    """An item: the image and its target after the transforms."""
    joint = dataset.slots.get("transforms", NONE)
    if joint != NONE:
        inner = Call(call.machine, call.node, "transforms", [picture, target], nodes=[None, None])
        return call_value(inner, joint)
    pair = []
    for name, value in (("transform", picture), ("target_transform", target)):
        function = dataset.slots.get(name, NONE)
        if function != NONE:
            inner = Call(call.machine, call.node, name, [value], nodes=[None])
            value = call_value(inner, function)
        pair.append(value)
    return TupleV(tuple(pair))


def _fill_held(name: str, spec: Held) -> Callable[[Call, InstanceV, int], None]:
    def fill(call: Call, instance: InstanceV, skip: int) -> None:
        given = arguments_of(call, spec.parameters, skip)
        trail = call.machine.trail
        count = spec.count(given)
        size = count if count is not None else call.machine.symbol_for((call.span, name), "n")
        set_common(call, instance, given)
        if spec.classes is not None:
            set_classes(call, instance, spec.classes(given))
        for key in ("compat", "what", "folds"):
            if key in given:
                trail.set(instance.slots, key, given[key])
        numpy = spec.library == "numpy"
        data = TensorV(Sig((size, *spec.image), "uint8", numpy=numpy), call.origin)
        trail.set(instance.slots, "data", data)
        where, kind = spec.labels
        rank = (8,) if name == "QMNIST" else ()
        labels: Value = ListV(Items((), Scalar("int"), size))
        if kind != "list":
            sig = Sig((size, *rank), spec.label_dtype, numpy=kind == "array")
            labels = TensorV(sig, call.origin)
        trail.set(instance.slots, where, labels)
        for old in ("train_data", "test_data") if kind == "tensor" else ():
            trail.set(instance.slots, old, data)
        for old in ("train_labels", "test_labels") if kind == "tensor" else ():
            trail.set(instance.slots, old, labels)

    return fill


def _held_item(name: str, spec: Held) -> Model:
    def item(call: Call) -> Value:
        dataset = receiver_of(call)
        picture = _image_of(call, dataset.slots.get("data", NONE), spec)
        return finished(call, dataset, picture, _label_of(call, dataset, name, spec))

    return item


def _image_of(call: Call, data: Value, spec: Held) -> Value:
    if isinstance(data, Unknown):
        return data
    known = isinstance(data, TensorV) and data.sig.dtype == "uint8"
    if not isinstance(data, TensorV) or not known or data.sig.shape is None:
        return call.machine.unknown("what the images of this data set are is not known")
    shape = data.sig.shape[1:]
    if spec.axes == "CHW" and len(shape) == 3:
        shape = (*shape[1:], shape[0])
    if len(shape) == 2 and spec.axes == "HW":
        return image(call, Picture("L", *shape))
    if len(shape) == 3 and shape[2] == 3 and spec.axes != "HW":
        return image(call, Picture("RGB", shape[0], shape[1]))
    return call.machine.unknown("what the images of this data set are is not known")


def _label_of(call: Call, dataset: InstanceV, name: str, spec: Held) -> Value:
    labels = dataset.slots.get(spec.labels[0], NONE)
    whole = name == "QMNIST" and dataset.slots.get("compat", Const(True)) != Const(True)
    if name.startswith("CIFAR") or whole:
        # These hand out the element itself, the others `int(element)`.
        if isinstance(labels, TensorV) and labels.sig.shape:
            sig = labels.sig._replace(shape=labels.sig.shape[1:], value=None)
            return TensorV(sig, call.origin)
        if not isinstance(labels, ListV):
            return call.machine.unknown("what the labels of this data set are is not known")
        known = [*labels.items.items[:1], labels.items.rest]
        first = next((label for label in known if label is not None), NONE)
        return Scalar(type(first.value).__name__) if isinstance(first, Const) else first
    return Scalar("int")


def _held_length(call: Call, dataset: InstanceV) -> Value:
    return length_of(call.machine, dataset.slots.get("data", NONE))


for _name, _spec in HELD.items():
    register(_name, None, _fill_held(_name, _spec))
    register_items(_name, None, _held_item(_name, _spec), _held_length)


_FAKE = ("size", "image_size", "num_classes", "transform", "target_transform", "random_offset")


def _fill_fake(call: Call, instance: InstanceV, skip: int) -> None:
    given = arguments_of(call, _FAKE, skip)
    trail = call.machine.trail
    set_common(call, instance, given)
    trail.set(instance.slots, "size", given.get("size", Const(1000)))
    default = TupleV((Const(3), Const(224), Const(224)))
    trail.set(instance.slots, "image_size", given.get("image_size", default))
    trail.set(instance.slots, "num_classes", given.get("num_classes", Const(10)))


def _fake_item(call: Call) -> Value:
    dataset = receiver_of(call)
    size = dataset.slots["image_size"]
    items = size.items if isinstance(size, TupleV) else ()
    if isinstance(size, ListV):
        items = size.items.items
    shape = [dim_of(item) for item in items]
    if len(shape) != 3 or None in shape:
        return call.machine.unknown("what the images of this data set are is not known")
    drawn = TensorV(Sig(tuple(dim for dim in shape if dim is not None), "float32"), call.origin)
    # The label is handed to `target_transform` as a tensor, and comes out as its `item()`.
    label = TensorV(Sig((), "int64"), call.origin)
    pair = finished(call, dataset, to_picture(call, drawn), label)
    if not isinstance(pair, TupleV):
        return pair
    target = pair.items[1]
    if isinstance(target, TensorV):
        target = ask(Call(call.machine, call.node, "torch.Tensor.item", [target], nodes=[None]))
    return TupleV((pair.items[0], target))


register("FakeData", None, _fill_fake)
register_items("FakeData", None, _fake_item, lambda call, dataset: dataset.slots["size"])


_MOVING = ("root", "split", "split_ratio", "download", "transform")


def _fill_moving(call: Call, instance: InstanceV, skip: int) -> None:
    """10000 videos of 20 frames; `split` cuts each one in two parts."""
    given = arguments_of(call, _MOVING, skip)
    set_common(call, instance, given)
    split, ratio = given.get("split", NONE), given.get("split_ratio", Const(10))
    frames: int | None = 20
    if split != NONE:
        first = ratio.value if isinstance(ratio, Const) else None
        parts = {"train": first, "test": 20 - first if isinstance(first, int) else None}
        frames = parts.get(split.value) if isinstance(split, Const) else None
    count = frames or call.machine.symbol_for((call.span, "frames"), "T")
    data = TensorV(Sig((10000, count, 1, 64, 64), "uint8"), call.origin)
    call.machine.trail.set(instance.slots, "data", data)


def _moving_item(call: Call) -> Value:
    dataset = receiver_of(call)
    data, transform = dataset.slots["data"], dataset.slots.get("transform", NONE)
    if not isinstance(data, TensorV) or not data.sig.shape:
        return call.machine.unknown("what the images of this data set are is not known")
    video = TensorV(data.sig._replace(shape=data.sig.shape[1:]), call.origin)
    if transform == NONE:
        return video
    return call_value(Call(call.machine, call.node, "transform", [video], nodes=[None]), transform)


register("MovingMNIST", "moving_mnist", _fill_moving)
register_items("MovingMNIST", "moving_mnist", _moving_item, _held_length)


@prefix_model("torchvision.datasets")
def other(call: Call) -> Value:
    """A data set that is not described here."""
    return call.machine.unknown("the data set `{name}` is not followed", name=call.name)
