"""One line about a value that is no tensor, for hovers."""

from __future__ import annotations

import ast

from ...runtime.oracle.wire import ELLIPSIS, NONE
from ..facts import Text, text
from ..values.model import (
    Alternatives,
    BoundMethod,
    ClassV,
    Const,
    DeviceV,
    DtypeV,
    FunctionV,
    InstanceV,
    ListV,
    SymInt,
    TensorV,
    TupleV,
    Unknown,
    Value,
)


def summary_of(value: Value) -> tuple[str, tuple[Text, ...]]:
    """The value as code, and sentences about it; empty for tensors and what is not known."""
    if isinstance(value, (TensorV, Unknown)):
        return "", ()
    if isinstance(value, InstanceV):
        return _instance(value), _instance_lines(value)
    if isinstance(value, FunctionV):
        return _function(value), ()
    if isinstance(value, BoundMethod):
        return summary_of(value.function)
    if isinstance(value, ClassV):
        return f"class {value.name}", ()
    if isinstance(value, SymInt):
        return value.expression, ()
    if isinstance(value, Const):
        return repr(value.value)[:80], ()
    if isinstance(value, DtypeV):
        return ("numpy." if value.numpy else "torch.") + value.name, ()
    if isinstance(value, DeviceV):
        return f"device('{value.name}')", ()
    if isinstance(value, ListV):
        items = value.items
        count = len(items.items) if items.rest is None else items.length
        return f"list[{count if count is not None else '…'}]", ()
    if isinstance(value, TupleV):
        parts = [summary_of(item)[0] or "…" for item in value.items]
        return f"({', '.join(parts)})", ()
    if isinstance(value, Alternatives):
        parts = [summary_of(option)[0] for option in value.options]
        return " | ".join(part for part in parts if part), ()
    return "", ()


def _function(value: FunctionV) -> str:
    if isinstance(value.node, ast.Lambda):
        return "lambda"
    return f"def {value.name}({ast.unparse(value.node.args)})"


def _instance(value: InstanceV) -> str:
    layer = value.slots.get("$layer")
    if isinstance(layer, tuple):
        args = [wire_text(item) for item in layer[2]]
        args += [f"{name}={wire_text(item)}" for name, item in layer[3]]
        return f"{value.class_name}({', '.join(args)})"
    return value.class_name


def _instance_lines(value: InstanceV) -> tuple[Text, ...]:
    lines: list[Text] = []
    if value.slots.get("$training") is False:
        lines.append(text("in evaluation mode"))
    device = value.slots.get("$device")
    if isinstance(device, str) and device != "cpu":
        lines.append(text("its parameters are on {device}", device=device))
    return tuple(lines)


def wire_text(wire: object) -> str:
    """A wire value as a learner would write it."""
    if not isinstance(wire, tuple):
        return str(wire)
    if wire == NONE:
        return "None"
    if wire == ELLIPSIS:
        return "..."
    tag = wire[0]
    if tag in ("float", "bool", "str"):
        return repr(wire[1])
    if tag == "sym":
        return str(wire[1])
    if tag in ("tuple", "size"):
        inner = ", ".join(wire_text(item) for item in wire[1:])
        return f"({inner},)" if len(wire) == 2 else f"({inner})"
    if tag == "list":
        return f"[{', '.join(wire_text(item) for item in wire[1:])}]"
    if tag == "layer":
        args = [wire_text(item) for item in wire[2]]
        return f"{str(wire[1]).rpartition('.')[2]}({', '.join(args)})"
    if tag == "dtype":
        return f"torch.{wire[1]}"
    return "…"
