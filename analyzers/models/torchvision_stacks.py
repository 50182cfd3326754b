"""VGG, AlexNet, SqueezeNet, DenseNet: features, and a classifier behind them."""

from __future__ import annotations

from collections.abc import Iterable

from ..interpreter.call import Call
from ..values.model import Value
from .torchvision_backbones import (
    apply,
    chain,
    concatenated,
    conv,
    flat,
    forward,
    input_of,
    layer,
    module,
    norm,
    pooled,
    receiver_of,
    run,
    sequential,
)


def vgg(call: Call, classes: Value, plan: tuple[int, ...], norms: bool) -> Value:
    """A VGG; in the plan, 0 stands for a pooling layer. https://arxiv.org/abs/1409.1556"""
    members: list[Value] = []
    inputs = 3
    for channels in plan:
        if channels == 0:
            members.append(layer(call, "MaxPool2d", 2, 2))
            continue
        members.append(layer(call, "Conv2d", inputs, channels, 3, padding=1))
        members += [norm(call, channels)] if norms else []
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


@forward("vgg.VGG", "alexnet.AlexNet", "efficientnet.EfficientNet", "mobilenetv3.MobileNetV3")
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
        chain(call, fire, (name, f"{name}_activation"), value)
        for name in ("expand1x1", "expand3x3")
    ]
    return concatenated(call, parts)


@forward("squeezenet.SqueezeNet")
def _squeezenet_forward(call: Call) -> Value:
    model = receiver_of(call)
    return flat(call, chain(call, model, ("features", "classifier"), input_of(call)))


def densenet(
    call: Call, classes: Value, growth: int, depths: tuple[int, ...], first: int = 64
) -> Value:
    """A densely connected network: each layer sees what all before it have found."""
    features: dict[str, Value] = {
        "conv0": layer(call, "Conv2d", 3, first, 7, 2, 3, bias=False),
        "norm0": norm(call, first),
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
                "norm": norm(call, channels),
                "relu": layer(call, "ReLU", inplace=True),
                "conv": conv(call, channels, channels // 2, 1),
                "pool": layer(call, "AvgPool2d", 2, 2),
            }
            features[f"transition{index}"] = sequential(call, parts)
            channels //= 2
    features["norm5"] = norm(call, channels)
    children = {
        "features": sequential(call, features),
        "classifier": layer(call, "Linear", channels, classes),
    }
    return module(call, "densenet.DenseNet", children)


def _dense_layer(call: Call, inputs: int, growth: int) -> Value:
    children = {
        "norm1": norm(call, inputs),
        "relu1": layer(call, "ReLU", inplace=True),
        "conv1": conv(call, inputs, 4 * growth, 1),
        "norm2": norm(call, 4 * growth),
        "relu2": layer(call, "ReLU", inplace=True),
        "conv2": conv(call, 4 * growth, growth, 3),
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
    return run(call, model.slots["classifier"], pooled(call, features))
