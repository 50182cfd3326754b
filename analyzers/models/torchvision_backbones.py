"""The layers of torchvision's classifiers: made of torch's own, so that each can be replaced.

The names of the submodules are those of torchvision, for programs that take a
model apart (`model.fc`, `list(model.children())[:-1]`, `model.features`).

https://docs.pytorch.org/vision/0.28/models.html
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from ..interpreter import libraries
from ..interpreter.ask import ask
from ..interpreter.call import Call
from ..interpreter.functions import call_value
from ..values.model import (
    FALSE,
    TRUE,
    Const,
    InstanceV,
    Library,
    ListV,
    TupleV,
    Unknown,
    Value,
)
from .modules import MODULE
from .registry import Model, inherit, method

MODELS = "torchvision.models."


def layer(call: Call, name: str, *args: object, **kwargs: object) -> Value:
    """One of torch's own layers."""
    values: list[Value] = [_value(item) for item in args]
    nodes: list[ast.expr | None] = [None] * len(values)
    named = {key: _value(item) for key, item in kwargs.items()}
    inner = Call(call.machine, call.node, f"torch.nn.{name}", values, named, nodes)
    return libraries.call_library(inner)


def _value(item: object) -> Value:
    if isinstance(item, Value):
        return item
    return TupleV(tuple(map(_value, item))) if isinstance(item, tuple) else Const(item)


def module(call: Call, name: str, children: dict[str, Value]) -> InstanceV:
    """A module of torchvision's with its submodules, in their order."""
    instance = InstanceV(Library(MODELS + name), call.origin)
    instance.slots["$training"] = True
    instance.slots.update(children)
    return instance


def sequential(call: Call, members: Iterable[Value] | dict[str, Value]) -> InstanceV:
    """`nn.Sequential` of some modules."""
    instance = InstanceV(Library("torch.nn.Sequential"), call.origin)
    instance.slots["$training"] = True
    if not isinstance(members, dict):
        members = {str(index): member for index, member in enumerate(members)}
    instance.slots.update(members)
    return instance


def run(call: Call, function: Value, value: Value) -> Value:
    """Calls a submodule on a value; what failed before stays what it is."""
    if isinstance(value, Unknown):
        return value
    node = call.nodes[1] if len(call.nodes) > 1 and value is call.args[1] else None
    return call_value(Call(call.machine, call.node, "forward", [value], nodes=[node]), function)


def chain(call: Call, owner: InstanceV, names: Iterable[str], value: Value) -> Value:
    """Calls some submodules one after the other."""
    for name in names:
        value = run(call, owner.slots[name], value)
    return value


def apply(call: Call, name: str, *args: Value) -> Value:
    """Calls a function of torch."""
    failed = next((value for value in args if isinstance(value, Unknown)), None)
    if failed is not None:
        return failed
    nodes: list[ast.expr | None] = [None] * len(args)
    return ask(Call(call.machine, call.node, name, list(args), nodes=nodes))


def flat(call: Call, value: Value) -> Value:
    """`torch.flatten(value, 1)`."""
    return apply(call, "torch.flatten", value, Const(1))


def receiver_of(call: Call) -> InstanceV:
    """The module that is called."""
    receiver = call.args[0]
    assert isinstance(receiver, InstanceV)
    return receiver


def input_of(call: Call) -> Value:
    """What the module is called on."""
    if len(call.args) > 1:
        return call.args[1]
    given = next(iter(call.kwargs.values()), None)
    return given or call.machine.unknown("nothing is passed to this module")


def forward(*names: str) -> object:
    """Registers the `forward` of modules of torchvision's."""

    def register(function: Model) -> Model:
        for name in names:
            inherit(MODELS + name, MODULE)
            method(MODELS + name, "forward", "__call__")(function)
        return function

    return register


def _norm(call: Call, channels: int, eps: float = 1e-5) -> Value:
    return layer(call, "BatchNorm2d", channels, eps=eps)


def _conv(
    call: Call, inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1
) -> Value:
    padding = (kernel - 1) // 2
    return layer(
        call, "Conv2d", inputs, outputs, kernel, stride, padding, groups=groups, bias=False
    )


# ResNet, ResNeXt, Wide ResNet: https://arxiv.org/abs/1512.03385


def resnet(
    call: Call,
    classes: Value,
    depths: tuple[int, ...],
    bottleneck: bool,
    groups: int = 1,
    width: int = 64,
) -> Value:
    """A residual network."""
    inputs, expansion = 64, 4 if bottleneck else 1
    children: dict[str, Value] = {
        "conv1": layer(call, "Conv2d", 3, 64, 7, 2, 3, bias=False),
        "bn1": _norm(call, 64),
        "relu": layer(call, "ReLU", inplace=True),
        "maxpool": layer(call, "MaxPool2d", 3, 2, 1),
    }
    for index, depth in enumerate(depths):
        planes, stride = 64 * 2**index, 1 if index == 0 else 2
        blocks = []
        for number in range(depth):
            step = stride if number == 0 else 1
            if bottleneck:
                inner = planes * width // 64 * groups
                blocks.append(_bottleneck(call, inputs, inner, planes * 4, step, groups))
            else:
                blocks.append(_basic(call, inputs, planes, step))
            inputs = planes * expansion
        children[f"layer{index + 1}"] = sequential(call, blocks)
    children["avgpool"] = layer(call, "AdaptiveAvgPool2d", (1, 1))
    children["fc"] = layer(call, "Linear", 512 * expansion, classes)
    return module(call, "resnet.ResNet", children)


def _shortcut(call: Call, inputs: int, outputs: int, stride: int) -> dict[str, Value]:
    if stride == 1 and inputs == outputs:
        return {}
    parts = (_conv(call, inputs, outputs, 1, stride), _norm(call, outputs))
    return {"downsample": sequential(call, parts)}


def _basic(call: Call, inputs: int, planes: int, stride: int) -> Value:
    children = {
        "conv1": _conv(call, inputs, planes, 3, stride),
        "bn1": _norm(call, planes),
        "relu": layer(call, "ReLU", inplace=True),
        "conv2": _conv(call, planes, planes, 3),
        "bn2": _norm(call, planes),
        **_shortcut(call, inputs, planes, stride),
    }
    return module(call, "resnet.BasicBlock", children)


def _bottleneck(
    call: Call, inputs: int, inner: int, outputs: int, stride: int, groups: int
) -> Value:
    children = {
        "conv1": _conv(call, inputs, inner, 1),
        "bn1": _norm(call, inner),
        "conv2": _conv(call, inner, inner, 3, stride, groups),
        "bn2": _norm(call, inner),
        "conv3": _conv(call, inner, outputs, 1),
        "bn3": _norm(call, outputs),
        "relu": layer(call, "ReLU", inplace=True),
        **_shortcut(call, inputs, outputs, stride),
    }
    return module(call, "resnet.Bottleneck", children)


@forward("resnet.BasicBlock")
def _basic_forward(call: Call) -> Value:
    block, value = receiver_of(call), input_of(call)
    result = chain(call, block, ("conv1", "bn1", "relu", "conv2", "bn2"), value)
    return _residual(call, block, value, result)


@forward("resnet.Bottleneck")
def _bottleneck_forward(call: Call) -> Value:
    block, value = receiver_of(call), input_of(call)
    names = ("conv1", "bn1", "relu", "conv2", "bn2", "relu", "conv3", "bn3")
    return _residual(call, block, value, chain(call, block, names, value))


def _residual(call: Call, block: InstanceV, value: Value, result: Value) -> Value:
    shortcut = block.slots.get("downsample")
    identity = value if shortcut is None else run(call, shortcut, value)
    return run(call, block.slots["relu"], apply(call, "torch.add", result, identity))


@forward("resnet.ResNet")
def _resnet_forward(call: Call) -> Value:
    model = receiver_of(call)
    stem = ("conv1", "bn1", "relu", "maxpool", "layer1", "layer2", "layer3", "layer4", "avgpool")
    features = chain(call, model, stem, input_of(call))
    return run(call, model.slots["fc"], flat(call, features))


# VGG, AlexNet, SqueezeNet: a stack of features, then a stack of classifiers.


def vgg(call: Call, classes: Value, plan: tuple[int, ...], norm: bool) -> Value:
    """A VGG; in the plan, 0 stands for a pooling layer. https://arxiv.org/abs/1409.1556"""
    members: list[Value] = []
    inputs = 3
    for channels in plan:
        if channels == 0:
            members.append(layer(call, "MaxPool2d", 2, 2))
            continue
        members.append(layer(call, "Conv2d", inputs, channels, 3, padding=1))
        members += [_norm(call, channels)] if norm else []
        members.append(layer(call, "ReLU", True))
        inputs = channels
    head = (
        layer(call, "Linear", 512 * 7 * 7, 4096),
        layer(call, "ReLU", True),
        layer(call, "Dropout"),
        layer(call, "Linear", 4096, 4096),
        layer(call, "ReLU", True),
        layer(call, "Dropout"),
        layer(call, "Linear", 4096, classes),
    )
    return _stacked(call, "vgg.VGG", members, (7, 7), head)


def alexnet(call: Call, classes: Value) -> Value:
    """AlexNet. https://arxiv.org/abs/1404.5997"""
    members = (
        layer(call, "Conv2d", 3, 64, 11, 4, 2),
        layer(call, "ReLU", True),
        layer(call, "MaxPool2d", 3, 2),
        layer(call, "Conv2d", 64, 192, 5, padding=2),
        layer(call, "ReLU", True),
        layer(call, "MaxPool2d", 3, 2),
        layer(call, "Conv2d", 192, 384, 3, padding=1),
        layer(call, "ReLU", True),
        layer(call, "Conv2d", 384, 256, 3, padding=1),
        layer(call, "ReLU", True),
        layer(call, "Conv2d", 256, 256, 3, padding=1),
        layer(call, "ReLU", True),
        layer(call, "MaxPool2d", 3, 2),
    )
    head = (
        layer(call, "Dropout"),
        layer(call, "Linear", 256 * 6 * 6, 4096),
        layer(call, "ReLU", True),
        layer(call, "Dropout"),
        layer(call, "Linear", 4096, 4096),
        layer(call, "ReLU", True),
        layer(call, "Linear", 4096, classes),
    )
    return _stacked(call, "alexnet.AlexNet", members, (6, 6), head)


def _stacked(
    call: Call, name: str, features: Iterable[Value], pool: tuple[int, int], head: Iterable[Value]
) -> Value:
    children = {
        "features": sequential(call, features),
        "avgpool": layer(call, "AdaptiveAvgPool2d", pool),
        "classifier": sequential(call, head),
    }
    return module(call, name, children)


@forward("vgg.VGG", "alexnet.AlexNet", "efficientnet.EfficientNet")
def _stacked_forward(call: Call) -> Value:
    model = receiver_of(call)
    features = chain(call, model, ("features", "avgpool"), input_of(call))
    return run(call, model.slots["classifier"], flat(call, features))


def squeezenet(call: Call, classes: Value, newer: bool) -> Value:
    """SqueezeNet 1.0, or 1.1 with smaller kernels. https://arxiv.org/abs/1602.07360"""
    fires = ((16, 64), (16, 64), (32, 128), (32, 128), (48, 192), (48, 192), (64, 256), (64, 256))
    pools = (2, 4) if newer else (3, 7)
    first = layer(call, "Conv2d", 3, 64, 3, 2) if newer else layer(call, "Conv2d", 3, 96, 7, 2)
    members = [first, layer(call, "ReLU", True), _ceil_pool(call)]
    inputs = 64 if newer else 96
    for index, (squeeze, expand) in enumerate(fires):
        if index in pools:
            members.append(_ceil_pool(call))
        members.append(_fire(call, inputs, squeeze, expand))
        inputs = 2 * expand
    head = (
        layer(call, "Dropout", 0.5),
        layer(call, "Conv2d", 512, classes, 1),
        layer(call, "ReLU", True),
        layer(call, "AdaptiveAvgPool2d", (1, 1)),
    )
    children = {"features": sequential(call, members), "classifier": sequential(call, head)}
    return module(call, "squeezenet.SqueezeNet", children)


def _ceil_pool(call: Call) -> Value:
    return layer(call, "MaxPool2d", 3, 2, ceil_mode=True)


def _fire(call: Call, inputs: int, squeeze: int, expand: int) -> Value:
    children = {
        "squeeze": layer(call, "Conv2d", inputs, squeeze, 1),
        "squeeze_activation": layer(call, "ReLU", True),
        "expand1x1": layer(call, "Conv2d", squeeze, expand, 1),
        "expand1x1_activation": layer(call, "ReLU", True),
        "expand3x3": layer(call, "Conv2d", squeeze, expand, 3, padding=1),
        "expand3x3_activation": layer(call, "ReLU", True),
    }
    return module(call, "squeezenet.Fire", children)


@forward("squeezenet.Fire")
def _fire_forward(call: Call) -> Value:
    fire = receiver_of(call)
    value = chain(call, fire, ("squeeze", "squeeze_activation"), input_of(call))
    parts = [
        chain(call, fire, (name, f"{name}_activation"), value) for name in ("expand1x1", "expand3x3")
    ]
    return concatenated(call, parts)


def concatenated(call: Call, parts: list[Value]) -> Value:
    """`torch.cat(parts, 1)`."""
    failed = next((part for part in parts if isinstance(part, Unknown)), None)
    return failed or apply(call, "torch.cat", ListV(tuple(parts)), Const(1))


@forward("squeezenet.SqueezeNet")
def _squeezenet_forward(call: Call) -> Value:
    model = receiver_of(call)
    return flat(call, chain(call, model, ("features", "classifier"), input_of(call)))


# DenseNet: https://arxiv.org/abs/1608.06993


def densenet(
    call: Call, classes: Value, growth: int, depths: tuple[int, ...], first: int = 64
) -> Value:
    """A densely connected network: each layer sees what all before it have found."""
    features: dict[str, Value] = {
        "conv0": layer(call, "Conv2d", 3, first, 7, 2, 3, bias=False),
        "norm0": _norm(call, first),
        "relu0": layer(call, "ReLU", inplace=True),
        "pool0": layer(call, "MaxPool2d", 3, 2, 1),
    }
    channels = first
    for index, depth in enumerate(depths, 1):
        layers = {
            f"denselayer{number + 1}": _dense_layer(call, channels + number * growth, growth)
            for number in range(depth)
        }
        features[f"denseblock{index}"] = module(call, "densenet._DenseBlock", layers)
        channels += depth * growth
        if index < len(depths):
            parts = {
                "norm": _norm(call, channels),
                "relu": layer(call, "ReLU", inplace=True),
                "conv": _conv(call, channels, channels // 2, 1),
                "pool": layer(call, "AvgPool2d", 2, 2),
            }
            features[f"transition{index}"] = sequential(call, parts)
            channels //= 2
    features["norm5"] = _norm(call, channels)
    children = {
        "features": sequential(call, features),
        "classifier": layer(call, "Linear", channels, classes),
    }
    return module(call, "densenet.DenseNet", children)


def _dense_layer(call: Call, inputs: int, growth: int) -> Value:
    children = {
        "norm1": _norm(call, inputs),
        "relu1": layer(call, "ReLU", inplace=True),
        "conv1": _conv(call, inputs, 4 * growth, 1),
        "norm2": _norm(call, 4 * growth),
        "relu2": layer(call, "ReLU", inplace=True),
        "conv2": _conv(call, 4 * growth, growth, 3),
    }
    return module(call, "densenet._DenseLayer", children)


@forward("densenet._DenseLayer")
def _dense_layer_forward(call: Call) -> Value:
    names = ("norm1", "relu1", "conv1", "norm2", "relu2", "conv2")
    return chain(call, receiver_of(call), names, input_of(call))


@forward("densenet._DenseBlock")
def _dense_block_forward(call: Call) -> Value:
    block, found = receiver_of(call), [input_of(call)]
    for name, member in block.slots.items():
        if name.startswith("denselayer"):
            found.append(run(call, member, concatenated(call, found)))
    return concatenated(call, found)


@forward("densenet.DenseNet")
def _densenet_forward(call: Call) -> Value:
    model = receiver_of(call)
    features = apply(call, "torch.relu", chain(call, model, ("features",), input_of(call)))
    pooled = apply(
        call, "torch.nn.functional.adaptive_avg_pool2d", features, TupleV((Const(1), Const(1)))
    )
    return run(call, model.slots["classifier"], flat(call, pooled))


# MobileNet V2 and EfficientNet: inverted residuals.


def mobilenet_v2(call: Call, classes: Value) -> Value:
    """MobileNet V2. https://arxiv.org/abs/1801.04381"""
    plan = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1),
            (6, 160, 3, 2), (6, 320, 1, 1))  # fmt: skip
    members: list[Value] = [_activated(call, "ReLU6", 3, 32, 3, 2)]
    inputs = 32
    for expand, outputs, count, stride in plan:
        for number in range(count):
            step = stride if number == 0 else 1
            members.append(_inverted(call, inputs, outputs, step, expand))
            inputs = outputs
    members.append(_activated(call, "ReLU6", 320, 1280, 1))
    head = (layer(call, "Dropout", 0.2), layer(call, "Linear", 1280, classes))
    children = {"features": sequential(call, members), "classifier": sequential(call, head)}
    return module(call, "mobilenetv2.MobileNetV2", children)


def _activated(
    call: Call, activation: str, inputs: int, outputs: int, kernel: int, stride: int = 1,
    groups: int = 1, eps: float = 1e-5,
) -> Value:  # fmt: skip
    """A convolution, its normalisation and an activation."""
    conv = _conv(call, inputs, outputs, kernel, stride, groups)
    return sequential(
        call, (conv, _norm(call, outputs, eps), layer(call, activation, inplace=True))
    )


def _inverted(call: Call, inputs: int, outputs: int, stride: int, expand: int) -> Value:
    inner = inputs * expand
    members = [_activated(call, "ReLU6", inputs, inner, 1)] if expand != 1 else []
    members += [
        _activated(call, "ReLU6", inner, inner, 3, stride, inner),
        _conv(call, inner, outputs, 1),
        _norm(call, outputs),
    ]
    block = module(call, "mobilenetv2.InvertedResidual", {"conv": sequential(call, members)})
    block.slots["use_res_connect"] = TRUE if stride == 1 and inputs == outputs else FALSE
    return block


@forward("mobilenetv2.InvertedResidual")
def _inverted_forward(call: Call) -> Value:
    block, value = receiver_of(call), input_of(call)
    result = run(call, block.slots["conv"], value)
    joined = block.slots["use_res_connect"] == TRUE
    return apply(call, "torch.add", value, result) if joined else result


@forward("mobilenetv2.MobileNetV2")
def _mobilenet_forward(call: Call) -> Value:
    model = receiver_of(call)
    features = chain(call, model, ("features",), input_of(call))
    pooled = apply(
        call, "torch.nn.functional.adaptive_avg_pool2d", features, TupleV((Const(1), Const(1)))
    )
    return run(call, model.slots["classifier"], flat(call, pooled))
