"""MobileNet and EfficientNet: inverted residuals, in which the middle is the wide part."""

from __future__ import annotations

import math

from ..interpreter.call import Call
from ..values.model import FALSE, TRUE, Const, Value
from .torchvision_backbones import (
    apply,
    chain,
    conv,
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
    instance = module(call, "mobilenetv2.MobileNetV2", children)
    instance.slots["last_channel"] = Const(1280)
    return instance


def _activated(
    call: Call, activation: str, inputs: int, outputs: int, kernel: int, stride: int = 1,
    groups: int = 1,
) -> Value:  # fmt: skip
    """A convolution, its normalisation and an activation."""
    parts = [conv(call, inputs, outputs, kernel, stride, groups), norm(call, outputs)]
    return sequential(call, [*parts, layer(call, activation, inplace=True)])


def _inverted(call: Call, inputs: int, outputs: int, stride: int, expand: int) -> Value:
    inner = inputs * expand
    members = [_activated(call, "ReLU6", inputs, inner, 1)] if expand != 1 else []
    members += [
        _activated(call, "ReLU6", inner, inner, 3, stride, inner),
        conv(call, inner, outputs, 1),
        norm(call, outputs),
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
    return run(call, model.slots["classifier"], pooled(call, features))


# EfficientNet and MobileNet V3 weigh the channels of the wide part as well.


def _excitation(call: Call, channels: int, squeezed: int, activation: str, gate: str) -> Value:
    """Squeeze and excitation: https://arxiv.org/abs/1709.01507"""
    children = {
        "avgpool": layer(call, "AdaptiveAvgPool2d", 1),
        "fc1": layer(call, "Conv2d", channels, squeezed, 1),
        "fc2": layer(call, "Conv2d", squeezed, channels, 1),
        "activation": layer(call, activation),
        "scale_activation": layer(call, gate),
    }
    return module(call, "SqueezeExcitation", children)


@forward("SqueezeExcitation")
def _excitation_forward(call: Call) -> Value:
    block, value = receiver_of(call), input_of(call)
    names = ("avgpool", "fc1", "activation", "fc2", "scale_activation")
    return apply(call, "torch.mul", chain(call, block, names, value), value)


def divisible(value: float) -> int:
    """A number of channels as a multiple of 8, not more than a tenth below what is asked for."""
    rounded = max(8, int(value + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * value else rounded


_EFFICIENT = (
    (1, 3, 1, 32, 16, 1), (6, 3, 2, 16, 24, 2), (6, 5, 2, 24, 40, 2), (6, 3, 2, 40, 80, 3),
    (6, 5, 1, 80, 112, 3), (6, 5, 2, 112, 192, 4), (6, 3, 1, 192, 320, 1),
)  # fmt: skip
"""(expansion, kernel, stride, inputs, outputs, layers) of each stage of B0."""


def efficientnet(call: Call, classes: Value, width: float, depth: float, dropout: float) -> Value:
    """EfficientNet B0, or one that is wider and deeper. https://arxiv.org/abs/1905.11946"""
    first = divisible(32 * width)
    members: list[Value] = [_activated(call, "SiLU", 3, first, 3, 2)]
    for expand, kernel, stride, inputs, outputs, count in _EFFICIENT:
        before, after = divisible(inputs * width), divisible(outputs * width)
        blocks = []
        for number in range(math.ceil(count * depth)):
            step = stride if number == 0 else 1
            inner = divisible(before * expand)
            excited = (max(1, before // 4), "SiLU", "Sigmoid")
            blocks.append(_excited(call, before, inner, after, kernel, step, "SiLU", excited, True))
            before = after
        members.append(sequential(call, blocks))
    last = divisible(320 * width)
    members.append(_activated(call, "SiLU", last, 4 * last, 1))
    head = (layer(call, "Dropout", dropout, inplace=True), layer(call, "Linear", 4 * last, classes))
    children = {
        "features": sequential(call, members),
        "avgpool": layer(call, "AdaptiveAvgPool2d", 1),
        "classifier": sequential(call, head),
    }
    return module(call, "efficientnet.EfficientNet", children)


def _excited(
    call: Call, inputs: int, inner: int, outputs: int, kernel: int, stride: int, activation: str,
    excited: tuple[int, str, str] | None, drops: bool = False,
) -> Value:  # fmt: skip
    members: list[Value] = []
    if inner != inputs:
        members.append(_activated(call, activation, inputs, inner, 1))
    members.append(_activated(call, activation, inner, inner, kernel, stride, inner))
    if excited is not None:
        members.append(_excitation(call, inner, *excited))
    members.append(sequential(call, (conv(call, inner, outputs, 1), norm(call, outputs))))
    children: dict[str, Value] = {"block": sequential(call, members)}
    if drops:
        # In training it drops whole samples of a batch to zero, which no shape shows.
        children["stochastic_depth"] = layer(call, "Identity")
    block = module(call, "InvertedResidual", children)
    block.slots["use_res_connect"] = TRUE if stride == 1 and inputs == outputs else FALSE
    return block


@forward("InvertedResidual")
def _excited_forward(call: Call) -> Value:
    block, value = receiver_of(call), input_of(call)
    result = run(call, block.slots["block"], value)
    joined = block.slots["use_res_connect"] == TRUE
    return apply(call, "torch.add", result, value) if joined else result


_LARGE = (
    (3, 16, 16, False, "ReLU", 1), (3, 64, 24, False, "ReLU", 2), (3, 72, 24, False, "ReLU", 1),
    (5, 72, 40, True, "ReLU", 2), (5, 120, 40, True, "ReLU", 1), (5, 120, 40, True, "ReLU", 1),
    (3, 240, 80, False, "Hardswish", 2), (3, 200, 80, False, "Hardswish", 1),
    (3, 184, 80, False, "Hardswish", 1), (3, 184, 80, False, "Hardswish", 1),
    (3, 480, 112, True, "Hardswish", 1), (3, 672, 112, True, "Hardswish", 1),
    (5, 672, 160, True, "Hardswish", 2), (5, 960, 160, True, "Hardswish", 1),
    (5, 960, 160, True, "Hardswish", 1),
)  # fmt: skip
_SMALL = (
    (3, 16, 16, True, "ReLU", 2), (3, 72, 24, False, "ReLU", 2), (3, 88, 24, False, "ReLU", 1),
    (5, 96, 40, True, "Hardswish", 2), (5, 240, 40, True, "Hardswish", 1),
    (5, 240, 40, True, "Hardswish", 1), (5, 120, 48, True, "Hardswish", 1),
    (5, 144, 48, True, "Hardswish", 1), (5, 288, 96, True, "Hardswish", 2),
    (5, 576, 96, True, "Hardswish", 1), (5, 576, 96, True, "Hardswish", 1),
)  # fmt: skip
"""(kernel, expanded, outputs, excitation, activation, stride) of each block."""


def mobilenet_v3(call: Call, classes: Value, large: bool) -> Value:
    """MobileNet V3. https://arxiv.org/abs/1905.02244"""
    plan, hidden = (_LARGE, 1280) if large else (_SMALL, 1024)
    members: list[Value] = [_activated(call, "Hardswish", 3, 16, 3, 2)]
    inputs = 16
    for kernel, inner, outputs, excites, activation, stride in plan:
        excited = (divisible(inner // 4), "ReLU", "Hardsigmoid") if excites else None
        members.append(_excited(call, inputs, inner, outputs, kernel, stride, activation, excited))
        inputs = outputs
    members.append(_activated(call, "Hardswish", inputs, 6 * inputs, 1))
    head = (
        layer(call, "Linear", 6 * inputs, hidden),
        layer(call, "Hardswish", inplace=True),
        layer(call, "Dropout", 0.2, inplace=True),
        layer(call, "Linear", hidden, classes),
    )
    children = {
        "features": sequential(call, members),
        "avgpool": layer(call, "AdaptiveAvgPool2d", 1),
        "classifier": sequential(call, head),
    }
    return module(call, "mobilenetv3.MobileNetV3", children)
