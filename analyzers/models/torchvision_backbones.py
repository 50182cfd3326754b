"""What torchvision's classifiers are made of, and the residual networks.

They are made of torch's own layers, so that each can be looked into and replaced.

The names of the submodules are those of torchvision, for programs that take a
model apart (`model.fc`, `list(model.children())[:-1]`, `model.features`).

https://docs.pytorch.org/vision/0.28/models.html
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping

from ..interpreter import libraries
from ..interpreter.ask import ask
from ..interpreter.call import Call
from ..interpreter.functions import call_value
from ..values.model import (
    Alternatives,
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


def module(call: Call, name: str, children: Mapping[str, Value]) -> InstanceV:
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


def concatenated(call: Call, parts: list[Value]) -> Value:
    """`torch.cat(parts, 1)`."""
    failed = next((part for part in parts if isinstance(part, Unknown)), None)
    return failed or apply(call, "torch.cat", ListV(tuple(parts)), Const(1))


def pooled(call: Call, value: Value) -> Value:
    """`adaptive_avg_pool2d(value, (1, 1))`, then flat."""
    size = TupleV((Const(1), Const(1)))
    return flat(call, apply(call, "torch.nn.functional.adaptive_avg_pool2d", value, size))


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


def forward(*names: str) -> Callable[[Model], Model]:
    """Registers the `forward` of modules of torchvision's."""

    def register(function: Model) -> Model:
        def each(call: Call) -> Value:
            # Each of several possible inputs goes through the whole model by itself.
            value = input_of(call)
            if not isinstance(value, Alternatives):
                return function(call)
            result: Value | None = None
            for option in value.options:
                one = Call(
                    call.machine, call.node, call.name, [call.args[0], option], nodes=call.nodes
                )
                found = function(one)
                result = found if result is None else call.machine.joiner.join(result, found)
            return result or value

        for name in names:
            inherit(MODELS + name, MODULE)
            method(MODELS + name, "forward", "__call__")(each)
        return function

    return register


def norm(call: Call, channels: int) -> Value:
    """`nn.BatchNorm2d(channels)`."""
    return layer(call, "BatchNorm2d", channels)


def conv(
    call: Call, inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1
) -> Value:
    """A convolution that keeps the size, but for the stride; a normalisation has its bias."""
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
        "bn1": norm(call, 64),
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
    parts = (conv(call, inputs, outputs, 1, stride), norm(call, outputs))
    return {"downsample": sequential(call, parts)}


def _basic(call: Call, inputs: int, planes: int, stride: int) -> Value:
    children = {
        "conv1": conv(call, inputs, planes, 3, stride),
        "bn1": norm(call, planes),
        "relu": layer(call, "ReLU", inplace=True),
        "conv2": conv(call, planes, planes, 3),
        "bn2": norm(call, planes),
        **_shortcut(call, inputs, planes, stride),
    }
    return module(call, "resnet.BasicBlock", children)


def _bottleneck(
    call: Call, inputs: int, inner: int, outputs: int, stride: int, groups: int
) -> Value:
    children = {
        "conv1": conv(call, inputs, inner, 1),
        "bn1": norm(call, inner),
        "conv2": conv(call, inner, inner, 3, stride, groups),
        "bn2": norm(call, inner),
        "conv3": conv(call, inner, outputs, 1),
        "bn3": norm(call, outputs),
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
