"""`torchvision.models`: classifiers that can be called, looked into and changed.

https://docs.pytorch.org/vision/0.28/models.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from ...runtime.oracle.wire import Error
from ..interpreter import failures
from ..interpreter.call import Call
from ..values.model import (
    Const,
    InstanceV,
    Items,
    IteratorV,
    Library,
    ListV,
    Sig,
    TensorV,
    TupleV,
    Unknown,
    Value,
)
from . import torchvision_backbones as backbones
from . import torchvision_mobile as mobile
from . import torchvision_stacks as stacks
from .registry import function_model, method, model, prefix_model
from .torchvision_backbones import MODELS, forward, input_of, layer, module, receiver_of, run
from .torchvision_images import Step, crop_to_size, normalize, on_options, to_tensor

_VGG = {
    "11": (64, 0, 128, 0, 256, 256, 0, 512, 512, 0, 512, 512, 0),
    "13": (64, 64, 0, 128, 128, 0, 256, 256, 0, 512, 512, 0, 512, 512, 0),
    "16": (64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512, 0),
    "19": (64, 64, 0, 128, 128, 0, *[256] * 4, 0, *[512] * 4, 0, *[512] * 4, 0),
}
_DEEP = {50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}
_EFFICIENT = ((1.0, 1.0, 0.2), (1.0, 1.1, 0.2), (1.1, 1.2, 0.3), (1.2, 1.4, 0.3), (1.4, 1.8, 0.4),
              (1.6, 2.2, 0.4), (1.8, 2.6, 0.5), (2.0, 3.1, 0.5))  # fmt: skip
"""(width, depth, dropout) of B0 to B7."""

Builder = Callable[[Call, Value], Value]


def _resnet(depths: tuple[int, ...], bottleneck: bool, groups: int = 1, width: int = 64) -> Builder:
    return lambda call, classes: backbones.resnet(call, classes, depths, bottleneck, groups, width)


def _densenet(growth: int, depths: tuple[int, ...], first: int = 64) -> Builder:
    return lambda call, classes: stacks.densenet(call, classes, growth, depths, first)


def _vgg(plan: tuple[int, ...], norm: bool) -> Builder:
    return lambda call, classes: stacks.vgg(call, classes, plan, norm)


def _efficientnet(width: float, depth: float, dropout: float) -> Builder:
    return lambda call, classes: mobile.efficientnet(call, classes, width, depth, dropout)


BUILDERS: dict[str, tuple[str, Builder]] = {
    "resnet18": ("resnet", _resnet((2, 2, 2, 2), False)),
    "resnet34": ("resnet", _resnet((3, 4, 6, 3), False)),
    **{f"resnet{depth}": ("resnet", _resnet(_DEEP[depth], True)) for depth in _DEEP},
    "resnext50_32x4d": ("resnet", _resnet(_DEEP[50], True, 32, 4)),
    "resnext101_32x8d": ("resnet", _resnet(_DEEP[101], True, 32, 8)),
    "resnext101_64x4d": ("resnet", _resnet(_DEEP[101], True, 64, 4)),
    "wide_resnet50_2": ("resnet", _resnet(_DEEP[50], True, 1, 128)),
    "wide_resnet101_2": ("resnet", _resnet(_DEEP[101], True, 1, 128)),
    **{f"vgg{depth}": ("vgg", _vgg(plan, False)) for depth, plan in _VGG.items()},
    **{f"vgg{depth}_bn": ("vgg", _vgg(plan, True)) for depth, plan in _VGG.items()},
    "alexnet": ("alexnet", stacks.alexnet),
    "squeezenet1_0": ("squeezenet", lambda call, n: stacks.squeezenet(call, n, False)),
    "squeezenet1_1": ("squeezenet", lambda call, n: stacks.squeezenet(call, n, True)),
    "densenet121": ("densenet", _densenet(32, (6, 12, 24, 16))),
    "densenet161": ("densenet", _densenet(48, (6, 12, 36, 24), 96)),
    "densenet169": ("densenet", _densenet(32, (6, 12, 32, 32))),
    "densenet201": ("densenet", _densenet(32, (6, 12, 48, 32))),
    "mobilenet_v2": ("mobilenetv2", mobile.mobilenet_v2),
    "mobilenet_v3_large": ("mobilenetv3", lambda call, n: mobile.mobilenet_v3(call, n, True)),
    "mobilenet_v3_small": ("mobilenetv3", lambda call, n: mobile.mobilenet_v3(call, n, False)),
    **{
        f"efficientnet_b{index}": ("efficientnet", _efficientnet(*scale))
        for index, scale in enumerate(_EFFICIENT)
    },
}


@dataclass(frozen=True)
class Headed:
    """A classifier of which only the last layer is described.

    module: where torchvision defines it. path: the dotted name of its last layer.
    features: what that layer gets. aux: the same for the auxiliary classifiers
    that are there in training. names: what their outputs are called. spatial: the
    features still have a height and width of 1, which a layer in between flattens.
    size: the only height and width of images that it takes.
    """

    module: str
    path: str
    features: int
    aux: dict[str, int] | None = None
    names: tuple[str, ...] = ()
    spatial: bool = False
    size: int | None = None


_GOOGLENET = Headed(
    "googlenet", "fc", 1024, {"aux2.fc2": 1024, "aux1.fc2": 1024},
    ("logits", "aux_logits2", "aux_logits1"),
)  # fmt: skip
_INCEPTION = Headed("inception", "fc", 2048, {"AuxLogits.fc": 768}, ("logits", "aux_logits"))

HEADED = {
    "googlenet": _GOOGLENET,
    "inception_v3": _INCEPTION,
    **{
        f"shufflenet_v2_x{scale}": Headed("shufflenetv2", "fc", 2048 if scale == "2_0" else 1024)
        for scale in ("0_5", "1_0", "1_5", "2_0")
    },
    **{
        f"mnasnet{scale}": Headed("mnasnet", "classifier.1", 1280)
        for scale in ("0_5", "0_75", "1_0", "1_3")
    },
    **{
        f"vit_{name}": Headed("vision_transformer", "heads.head", width, size=size)
        for name, width, size in (
            ("b_16", 768, 224), ("b_32", 768, 224), ("l_16", 1024, None), ("l_32", 1024, None),
            ("h_14", 1280, None),
        )
    },
    **{
        f"convnext_{size}": Headed("convnext", "classifier.2", width, spatial=True)
        for size, width in (("tiny", 768), ("small", 768), ("base", 1024), ("large", 1536))
    },
    **{
        f"swin_{size}": Headed("swin_transformer", "head", width)
        for size, width in (("t", 768), ("s", 768), ("b", 1024))
    },
    **{f"efficientnet_v2_{size}": Headed("efficientnet", "classifier.1", 1280) for size in "sml"},
}  # fmt: skip

_BODY = "$body"
_HEADED_CLASS = "Classifier"


def _headed(spec: Headed, call: Call, classes: Value) -> Value:
    reason = call.machine.unknown("the inner layers of this model are not described")
    instance = module(call, _HEADED_CLASS, {})
    # An attribute that is not known: neither are the model's parameters as a whole.
    instance.slots["features"] = reason
    instance.slots["$unknown"] = reason
    instance.slots[_BODY] = spec
    _put(call, instance, spec.path, layer(call, "Linear", spec.features, classes))
    for path, features in (spec.aux or {}).items():
        _put(call, instance, path, layer(call, "Linear", features, classes))
    instance.slots["aux_logits"] = _has_aux(call, spec)
    weights = call.kwargs.get("weights", Const(None))
    plain = weights in (Const(None), Const("DEFAULT"), Const("IMAGENET1K_V1")) or (
        isinstance(weights, Library) and weights.name.endswith((".DEFAULT", ".IMAGENET1K_V1"))
    )
    if spec.size is not None and plain and "image_size" not in call.kwargs:
        instance.slots["$size"] = Const(spec.size)
    return instance


def _has_aux(call: Call, spec: Headed) -> Value:
    """GoogLeNet with trained weights comes without its auxiliary classifiers."""
    given = call.kwargs.get("aux_logits")
    if given is not None or spec.aux is None:
        return given or Const(False)
    weights = call.kwargs.get("weights", call.kwargs.get("pretrained"))
    trained = weights is not None and weights not in (Const(None), Const(False))
    return Const(spec is not _GOOGLENET or not (trained or call.args))


def _put(call: Call, owner: InstanceV, path: str, value: Value) -> None:
    """Sets a submodule by its dotted name."""
    *parents, name = path.split(".")
    for parent in parents:
        if parent not in owner.slots:
            kind = (
                "torch.nn.Sequential" if name.isdigit() or parent == "heads" else "torch.nn.Module"
            )
            inner = InstanceV(Library(kind), call.origin)
            inner.slots["$training"] = True
            # The members in front of the last one keep the width: a norm, a dropout; the
            # one right before it may be what flattens.
            for index in range(int(name) if name.isdigit() else 0):
                kind = "Flatten" if index == 1 else "Identity"
                inner.slots[str(index)] = layer(call, kind)
            owner.slots[parent] = inner
        found = owner.slots[parent]
        assert isinstance(found, InstanceV)
        owner = found
    owner.slots[name] = value


@forward(_HEADED_CLASS)
def _headed_forward(call: Call) -> Value:
    owner, value = receiver_of(call), input_of(call)
    if not isinstance(value, TensorV) or value.sig.shape is None:
        return (
            value
            if isinstance(value, Unknown)
            else call.machine.unknown("the shape of a tensor it uses is not known")
        )
    shape, spec = value.sig.shape, owner.slots[_BODY]
    call = call.renamed(spec.module)
    if len(shape) != 4 or shape[1] != 3:
        if len(shape) == 4 and isinstance(shape[1], int):
            text = f"expected input{list(shape)} to have 3 channels"
            text += f", but got {shape[1]} channels instead"
            return failures.report(call, Error("RuntimeError", text), "forward")
        return call.machine.unknown("this is no batch of images")
    wrong = next((dim for dim in shape[2:] if isinstance(dim, int) and dim != spec.size), None)
    if wrong is not None and owner.slots.get("$size") == Const(spec.size):
        side = "height" if shape[2] == wrong else "width"
        text = f"Wrong image {side}! Expected {spec.size} but got {wrong}!"
        return failures.report(call, Error("AssertionError", text), "forward")
    last = owner.slots.get(spec.path.split(".")[0])
    if last is None or isinstance(last, Unknown):
        return last or call.machine.unknown("what the model ends with is not known")
    outputs = [_through(call, owner, last, spec.features, value)]
    training = owner.slots["$training"] is True and owner.slots.get("aux_logits") != Const(False)
    for path, features in (spec.aux or {}).items() if training else ():
        head: Value = owner
        for name in path.split("."):
            head = head.slots.get(name, head) if isinstance(head, InstanceV) else head
        outputs.append(_through(call, owner, head, features, value))
    return TupleV(tuple(outputs), "Outputs", spec.names) if len(outputs) > 1 else outputs[0]


def _through(call: Call, owner: InstanceV, head: Value, width: int, value: TensorV) -> Value:
    shape = value.sig.shape or ()
    frozen = bool(owner.slots.get("$frozen")) or not call.machine.modes.grad
    features = (shape[0], width, 1, 1) if owner.slots[_BODY].spatial else (shape[0], width)
    sig = Sig(features, value.sig.dtype, value.sig.device)
    result = run(call, head, TensorV(sig, call.origin))
    if isinstance(result, TensorV) and not result.sig.requires_grad and not frozen:
        # Whether the inner layers are trained is not known.
        return TensorV(result.sig._replace(requires_grad=None, leaf=False), call.origin)
    return result


@method(MODELS + _HEADED_CLASS, "children", "named_children", "modules", "named_modules")
def inner(call: Call) -> Value:
    """The layers inside are not described."""
    reason = call.machine.unknown("the inner layers of this model are not described")
    pair = call.name.rpartition(".")[2].startswith("named_")
    return IteratorV(Items((), TupleV((reason, reason)) if pair else reason))


def _constructor(build: Builder) -> Callable[[Call], Value]:
    def construct(call: Call) -> Value:
        if call.incomplete is not None and "num_classes" not in call.kwargs:
            return call.incomplete
        return build(call, call.kwargs.get("num_classes", Const(1000)))

    return construct


for _name, (_module, _build) in BUILDERS.items():
    model(MODELS + _name, f"{MODELS}{_module}.{_name}")(_constructor(_build))
for _name, _spec in HEADED.items():
    model(MODELS + _name, f"{MODELS}{_spec.module}.{_name}")(_constructor(partial(_headed, _spec)))


@model("torchvision.models.get_model", "torchvision.models.api.get_model")
def get_model(call: Call) -> Value:
    """A model by its name."""
    name = call.argument(0, "name")
    found = function_model(MODELS + str(name.value)) if isinstance(name, Const) else None
    if found is None or found is other:
        return call.machine.unknown("which model this is is not known")
    return found(
        Call(call.machine, call.node, call.name, call.args[1:], call.kwargs, call.nodes[1:])
    )


@model("torch.hub.load")
def hub(call: Call) -> Value:
    """`torch.hub.load("pytorch/vision:…", "resnet18", …)`."""
    place, name = call.argument(0, "repo_or_dir"), call.argument(1, "model")
    official = isinstance(place, Const) and str(place.value).startswith("pytorch/vision")
    found = function_model(MODELS + str(name.value)) if isinstance(name, Const) else None
    if not official or found is None or found is other:
        return call.machine.unknown("what a file holds is not known before the program runs")
    return found(
        Call(call.machine, call.node, call.name, call.args[2:], call.kwargs, call.nodes[2:])
    )


_FAMILIES = (
    "ResNet", "ResNeXt", "Wide_ResNet", "VGG", "AlexNet", "DenseNet", "SqueezeNet", "MobileNet",
    "GoogLeNet", "EfficientNet_B0", "ViT_B_16", "ConvNeXt", "Swin_T", "ShuffleNet", "MNASNet",
)  # fmt: skip
_CROPS = {"Inception_V3": 299, **dict.fromkeys(_FAMILIES, 224)}
"""The size of the crop that an image is cut to, by the beginning of the weights' name."""


@prefix_model("torchvision.models")
def other(call: Call) -> Value:
    """The transforms of trained weights; a model that is not described here."""
    parts = call.name.split(".")
    if parts[-1] == "transforms" and len(parts) == 5 and parts[2].endswith("_Weights"):
        return _preset(call, parts[2], parts[3])
    if parts[-1] in ("get_weight", "list_models"):
        return call.machine.unknown("`{name}` is not followed", name=call.name)
    return call.machine.unknown("the model `{name}` is not described", name=call.name)


_PRESET = "torchvision.transforms._presets.ImageClassification"


def _preset(call: Call, family: str, weights: str) -> Value:
    """What an image goes through before the model: it is resized, cropped and normalised."""
    plain = weights in ("DEFAULT", "IMAGENET1K_V1", "IMAGENET1K_V2", "IMAGENET1K_FEATURES")
    size = next((crop for name, crop in _CROPS.items() if family.startswith(name)), None)
    if not plain or size is None:
        return call.machine.unknown("`{name}` is not followed", name=call.name)
    instance = InstanceV(
        Library("torchvision.transforms._presets.ImageClassification"), call.origin
    )
    instance.slots["$training"] = True
    instance.slots["crop_size"] = ListV((Const(size),))
    return instance


@method(_PRESET, "__call__", "forward")
def preset(call: Call) -> Value:
    """Floats of (3, size, size) for a colour image."""
    owner = receiver_of(call)
    size = owner.slots["crop_size"]
    inner_call = call.renamed("torchvision.transforms.ImageClassification")
    step = Step(inner_call, {"size": size, "mean": _triple(), "std": _triple()})

    def run_all(value: Value) -> Value:
        value = crop_to_size(step, value)
        if isinstance(value, InstanceV):
            value = to_tensor(step, value)
        elif isinstance(value, TensorV):
            value = TensorV(value.sig._replace(dtype="float32", value=None), call.origin)
        return normalize(step, value)

    return on_options(call, run_all, input_of(call))


def _triple() -> Value:
    return TupleV((Const(0.5), Const(0.5), Const(0.5)))
