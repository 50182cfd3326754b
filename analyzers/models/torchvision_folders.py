"""`torchvision.datasets` that read an image file for each item.

The number of items of a published data set is known; the sizes of its images are
known only where they are all alike. Of a folder of the learner's own neither is.

https://docs.pytorch.org/vision/0.28/datasets.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ...runtime.oracle.dims import Dim
from ..interpreter.call import Call
from ..interpreter.functions import call_value
from ..interpreter.operators import int_value
from ..values.model import (
    NONE,
    Const,
    InstanceV,
    Items,
    ListV,
    Scalar,
    Sig,
    TensorV,
    TupleV,
    Value,
)
from .pil_ import Picture, image, picture_of, unknown_size
from .registry import method
from .torchvision_datasets import (
    Arguments,
    arguments_of,
    by_name,
    by_train,
    finished,
    receiver_of,
    register,
    register_items,
    set_classes,
    set_common,
)

_LOADED = ("root", "split", "transform", "target_transform", "download", "loader")
_SPLIT = ("root", "split", "transform", "target_transform", "download")
_JOINT = ("root", "year", "image_set", "download", "transform", "target_transform", "transforms")


@dataclass(frozen=True)
class Stored:
    """A data set that opens a file for each item.

    module: where torchvision defines it. count: the number of items for some
    arguments. mode: of the images, None when they differ. size: (height, width)
    of all images, None when they differ. classes: how many, None where there is
    no such attribute. target: what comes with an image, given the data set and
    the image.
    """

    module: str
    parameters: tuple[str, ...]
    count: Callable[[Arguments], int | None]
    mode: str | None = "RGB"
    size: tuple[int, int] | None = None
    classes: int | None = None
    target: Callable[[Call, InstanceV, Value], Value] = lambda call, dataset, picture: Scalar("int")


def _unknown_count(given: Arguments) -> int | None:
    return None


def _pet_target(call: Call, dataset: InstanceV, picture: Value) -> Value:
    """One target for each of `target_types`: two labels, or a map of the pixels."""
    wanted = dataset.slots.get("target_types", Const("category"))
    items = wanted.items.items if isinstance(wanted, ListV) else (wanted,)
    if isinstance(wanted, TupleV):
        items = wanted.items
    if not all(isinstance(item, Const) for item in items):
        return call.machine.unknown("which targets are asked for is not known")
    found = tuple(
        _mask("L")(call, dataset, picture) if item == Const("segmentation") else Scalar("int")
        for item in items
    )
    return found[0] if len(found) == 1 else TupleV(found)


def _mask(mode: str) -> Callable[[Call, InstanceV, Value], Value]:
    """A map of the pixels, of the image's size."""

    def target(call: Call, dataset: InstanceV, picture: Value) -> Value:
        size = picture_of(picture)
        if size is None:
            return call.machine.unknown("what the images of this data set are is not known")
        return image(call, Picture(mode, size.height, size.width))

    return target


def _objects(call: Call, dataset: InstanceV, picture: Value) -> Value:
    return call.machine.unknown("which objects an image shows is not known")


def _category(call: Call, dataset: InstanceV, picture: Value) -> Value:
    """A label, unless something else was asked for."""
    if dataset.slots.get("target_type", Const("category")) == Const("category"):
        return Scalar("int")
    return call.machine.unknown("which targets are asked for is not known")


def _numpy_label(call: Call, dataset: InstanceV, picture: Value) -> Value:
    """A number of NumPy's, of the type that the file has it in."""
    return call.machine.unknown("what the labels of this data set are is not known")


def _of_train(call: Call, dataset: InstanceV, picture: Value) -> Value:
    """Only the images for training have a label in every version of the data set."""
    if dataset.slots["split"] in (NONE, Const("train")):
        return Scalar("int")
    return call.machine.unknown("what the labels of this data set are is not known")


_CELEBA = {"attr": 40, "bbox": 4, "landmarks": 10}


def _celeba_target(call: Call, dataset: InstanceV, picture: Value) -> Value:
    """Attributes, the person's number, the face's box or its landmarks."""
    wanted = dataset.slots.get("target_type", Const("attr"))
    items = wanted.items.items if isinstance(wanted, ListV) else (wanted,)
    found: list[Value] = []
    for item in items:
        count = _CELEBA.get(item.value) if isinstance(item, Const) else None
        if item == Const("identity"):
            found.append(TensorV(Sig((), "int64"), call.origin))
        elif count is not None:
            found.append(TensorV(Sig((count,), "int64"), call.origin))
        else:
            return call.machine.unknown("which targets are asked for is not known")
    return found[0] if len(found) == 1 else TupleV(tuple(found))


def _voc(counts: dict[str, dict[str, int]]) -> Callable[[Arguments], int | None]:
    def count(given: Arguments) -> int | None:
        year, part = given.get("year", Const("2012")), given.get("image_set", Const("train"))
        if not isinstance(year, Const) or not isinstance(part, Const):
            return None
        return counts.get(str(year.value), {}).get(part.value)

    return count


_VOC_SEGMENTATION = {
    "2007": {"train": 209, "val": 213, "trainval": 422, "test": 210},
    "2012": {"train": 1464, "val": 1449, "trainval": 2913},
}
"""http://host.robots.ox.ac.uk/pascal/VOC/voc2012/"""
_VOC_DETECTION = {
    "2007": {"train": 2501, "val": 2510, "trainval": 5011, "test": 4952},
    "2012": {"train": 5717, "val": 5823, "trainval": 11540},
}


def _omniglot(given: Arguments) -> int | None:
    background = given.get("background", Const(True))
    if not isinstance(background, Const):
        return None
    return 19280 if background.value else 13180


def _places(given: Arguments) -> int | None:
    counts = {"train-standard": 1803460, "train-challenge": 8026628, "val": 36500}
    return by_name("split", counts, "train-standard")(given)


_THREE = ("train", "val", "test")

STORED = {
    "Food101": Stored(
        "food101", _LOADED, by_name("split", {"train": 75750, "test": 25250}, "train"), classes=101
    ),
    "Flowers102": Stored(
        "flowers102", _LOADED, by_name("split", dict(zip(_THREE, (1020, 1020, 6149))), "train")
    ),
    "DTD": Stored(
        "dtd",
        ("root", "split", "partition", "transform", "target_transform", "download", "loader"),
        by_name("split", dict.fromkeys(_THREE, 1880), "train"),
        classes=47,
    ),
    "OxfordIIITPet": Stored(
        "oxford_iiit_pet",
        ("root", "split", "target_types", "transforms", "transform", "target_transform",
         "download"),
        by_name("split", {"trainval": 3680, "test": 3669}, "trainval"),
        classes=37,
        target=_pet_target,
    ),
    "FGVCAircraft": Stored(
        "fgvc_aircraft",
        ("root", "split", "annotation_level", "transform", "target_transform", "download",
         "loader"),
        by_name("split", {"train": 3334, "val": 3333, "trainval": 6667, "test": 3333}, "trainval"),
    ),
    "StanfordCars": Stored(
        "stanford_cars", _LOADED, by_name("split", {"train": 8144, "test": 8041}, "train"),
        classes=196, target=_numpy_label,
    ),
    "GTSRB": Stored(
        "gtsrb", _SPLIT, by_name("split", {"train": 26640, "test": 12630}, "train")
    ),
    "EuroSAT": Stored(
        "eurosat", ("root", "transform", "target_transform", "download", "loader"),
        lambda given: 27000, size=(64, 64), classes=10,
    ),
    "Country211": Stored(
        "country211", _LOADED,
        by_name("split", {"train": 31650, "valid": 10550, "test": 21100}, "train"), classes=211,
    ),
    "PCAM": Stored(
        "pcam", _SPLIT, by_name("split", {"train": 262144, "val": 32768, "test": 32768}, "train"),
        size=(96, 96),
    ),
    "RenderedSST2": Stored(
        "rendered_sst2", _LOADED,
        by_name("split", {"train": 6920, "val": 872, "test": 1821}, "train"), size=(448, 448),
        classes=2,
    ),
    "SUN397": Stored(
        "sun397", ("root", "transform", "target_transform", "download", "loader"),
        lambda given: 108754, classes=397,
    ),
    "ImageNet": Stored(
        "imagenet", ("root", "split"),
        by_name("split", {"train": 1281167, "val": 50000}, "train"), classes=1000,
    ),
    "Places365": Stored(
        "places365",
        ("root", "split", "small", "download", "transform", "target_transform", "loader"),
        _places, classes=365,
    ),
    "Imagenette": Stored(
        "imagenette",
        ("root", "split", "size", "download", "transform", "target_transform", "loader"),
        by_name("split", {"train": 9469, "val": 3925}, "train"), classes=10,
    ),
    "CLEVRClassification": Stored(
        "clevr", _LOADED,
        by_name("split", {"train": 70000, "val": 15000, "test": 15000}, "train"),
        size=(320, 480), target=_objects,
    ),
    "FER2013": Stored(
        "fer2013", ("root", "split", "transform", "target_transform"),
        by_name("split", {"train": 28709, "test": 7178}, "train"), "L", (48, 48),
        target=_of_train,
    ),
    "Omniglot": Stored(
        "omniglot", ("root", "background", "transform", "target_transform", "download", "loader"),
        _omniglot, "L", (105, 105),
    ),
    "CelebA": Stored(
        "celeba",
        ("root", "split", "target_type", "transform", "target_transform", "download"),
        by_name(
            "split", {"train": 162770, "valid": 19867, "test": 19962, "all": 202599}, "train"
        ),
        size=(218, 178), target=_celeba_target,
    ),
    "Caltech101": Stored(
        "caltech", ("root", "target_type", "transform", "target_transform", "download"),
        lambda given: 8677, None, target=_category,
    ),
    "VOCSegmentation": Stored("voc", _JOINT, _voc(_VOC_SEGMENTATION), target=_mask("P")),
    "VOCDetection": Stored("voc", _JOINT, _voc(_VOC_DETECTION), target=_objects),
    "CocoDetection": Stored(
        "coco", ("root", "annFile", "transform", "target_transform", "transforms"),
        _unknown_count, target=_objects,
    ),
    "CocoCaptions": Stored(
        "coco", ("root", "annFile", "transform", "target_transform", "transforms"),
        _unknown_count, target=lambda call, dataset, picture: ListV(_texts()),
    ),
    "LSUN": Stored(
        "lsun", ("root", "classes", "transform", "target_transform"), _unknown_count,
    ),
    "Kitti": Stored(
        "kitti", ("root", "train", "transform", "target_transform", "transforms", "download"),
        by_train(7481, 7518), None, target=_objects,
    ),
}  # fmt: skip


def _texts() -> Items:
    return Items((), Scalar("str"))


_FOLDER = ("root", "transform", "target_transform", "loader", "is_valid_file", "allow_empty")
_DATASET_FOLDER = ("root", "loader", "extensions", "transform", "target_transform",
                   "is_valid_file", "allow_empty")  # fmt: skip


def _fill(name: str, spec: Stored) -> Callable[[Call, InstanceV, int], None]:
    def fill(call: Call, instance: InstanceV, skip: int) -> None:
        given = arguments_of(call, spec.parameters, skip)
        trail = call.machine.trail
        set_common(call, instance, given)
        count = spec.count(given)
        size: Dim = count if count is not None else call.machine.symbol_for((call.span, name), "n")
        trail.set(instance.slots, "$length", int_value(size, ()))
        trail.set(instance.slots, "loader", given.get("loader", NONE))
        for key in ("target_type", "target_types", "small"):
            if key in given:
                trail.set(instance.slots, key, given[key])
        if spec.classes is not None:
            set_classes(call, instance, spec.classes)
        if spec.parameters in (_FOLDER, _DATASET_FOLDER):
            set_classes(call, instance, None)
            pair = TupleV((Scalar("str"), Scalar("int")))
            for key in ("samples", "imgs"):
                trail.set(instance.slots, key, ListV(Items((), pair, size)))
            trail.set(instance.slots, "targets", ListV(Items((), Scalar("int"), size)))

    return fill


def _item(name: str, spec: Stored) -> Callable[[Call], Value]:
    def item(call: Call) -> Value:
        dataset = receiver_of(call)
        loader = dataset.slots.get("loader", NONE)
        if loader != NONE:
            inner = Call(call.machine, call.node, "loader", [Scalar("str")], nodes=[None])
            picture = call_value(inner, loader)
        elif name == "DatasetFolder":
            picture = call.machine.unknown("what a file holds is not known before the program runs")
        else:
            size: tuple[Dim, Dim] | None = spec.size
            if name == "Places365" and dataset.slots.get("small") == Const(True):
                size = (256, 256)
            # Files without a mode in common are JPEG: their pixels are bytes.
            height, width = size or unknown_size(call)
            of_bytes = spec.module == "caltech"
            picture = image(call, Picture(spec.mode, height, width, of_bytes))
        return finished(call, dataset, picture, spec.target(call, dataset, picture))

    return item


def _length(call: Call, dataset: InstanceV) -> Value:
    length: Value = dataset.slots["$length"]
    return length


STORED["ImageFolder"] = Stored("folder", _FOLDER, _unknown_count)
STORED["DatasetFolder"] = Stored("folder", _DATASET_FOLDER, _unknown_count)

for _name, _spec in STORED.items():
    register(_name, _spec.module, _fill(_name, _spec))
    register_items(_name, _spec.module, _item(_name, _spec), _length)


@method("torchvision.datasets.VisionDataset", "__init__")
@method("torchvision.datasets.vision.VisionDataset", "__init__")
def vision_dataset(call: Call) -> Value:
    """The base class keeps the transforms for its subclasses."""
    parameters = ("root", "transforms", "transform", "target_transform")
    set_common(call, receiver_of(call), arguments_of(call, parameters, 1))
    return NONE
