"""SW702 hidden-layers: layers in a Python list, which the module does not find."""

from __future__ import annotations

import ast

from ..facts import Problem, Span, text
from ..interpreter import gradients
from ..interpreter.failures import Failure
from ..interpreter.machine import Machine
from ..models.modules import is_module, modules, own_tensors
from ..source.chunks import Chunk
from ..values.model import ClassV, InstanceV, ListV, TensorV, Value
from .base import Finding, Rule, matches
from .describe import function_name
from .watch import at_end


def _find(failure: Failure) -> Finding | None:
    if not matches(failure, r"optimizer got an empty parameter list"):
        return None
    message = text(
        "`{function}` is given no parameters: layers in a Python list are not found, those in "
        "an `nn.ModuleList` are",
        function=function_name(failure),
    )
    return Finding(message, 0)


RULE = Rule("SW702", "hidden-layers", "error", _find)


@at_end
def never_found(machine: Machine, chunks: list[Chunk]) -> None:
    """Catalogue row 174: hidden layers beside layers that are found."""
    if any(code == RULE.code for _, code in machine.recorder.problems):
        return
    instances = [value for value in machine.instances.values() if is_module(value)]
    instances += gradients.training(machine).modules
    found = {id(module) for instance in instances for _, module in modules(instance)}
    held = {
        id(tensor)
        for optimizer in gradients.training(machine).optimizers
        for tensor in gradients.parameters_of(optimizer)
    }
    for instance in instances:
        for name, value in list(instance.slots.items()):
            layers = [] if name.startswith("$") else _layers(value)
            if not layers or any(id(layer) in found for layer in layers):
                continue
            tensors = [t for layer in layers for _, t in _parameters(machine, layer)]
            span = _assigned(instance, name, layers)
            if span is None or not tensors or any(id(tensor) in held for tensor in tensors):
                continue
            message = text(
                "`self.{name}` is a Python list, and `{module}` does not find the layers in it: "
                "they are not trained and do not move; `nn.ModuleList` holds them",
                name=name,
                module=instance.class_name,
            )
            machine.recorder.problem(Problem(span, RULE.code, RULE.slug, "warning", message))


def _layers(value: Value) -> list[InstanceV]:
    if not isinstance(value, ListV) or value.items.rest is not None:
        return []
    layers = [item for item in value.items.items if isinstance(item, InstanceV)]
    return layers if len(layers) == len(value.items.items) and all(map(is_module, layers)) else []


def _parameters(machine: Machine, layer: InstanceV) -> list[tuple[str, TensorV]]:
    return [
        entry
        for _, module in modules(layer)
        for entry in own_tensors(machine, module, "parameters").items()
    ]


def _assigned(instance: InstanceV, name: str, layers: list[InstanceV]) -> Span | None:
    """Where the class makes the list; None where the layers come from elsewhere."""
    cls = instance.cls
    if not isinstance(cls, ClassV):
        return None
    if any(_registers(node) for node in ast.walk(cls.node)):
        return None
    whole = cls.chunk.span(cls.node)
    for layer in layers:
        here = layer.origin.span if layer.origin is not None else None
        if here is None or here.part != whole.part:
            return None
        if not whole.line <= here.line <= whole.end_line:
            return None
    for node in ast.walk(cls.node):
        if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Attribute) and target.attr == name for target in node.targets
        ):
            return cls.chunk.span(node.value)
    return None


def _registers(node: ast.AST) -> bool:
    """Whether something in a class may make its layers known in another way."""
    if isinstance(node, ast.FunctionDef):
        return node.name in ("parameters", "named_parameters", "children", "__setattr__")
    if isinstance(node, ast.Attribute):
        return node.attr in ("add_module", "register_module", "register_parameter", "_modules")
    return isinstance(node, ast.Name) and node.id == "setattr"
