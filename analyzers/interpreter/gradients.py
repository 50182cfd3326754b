"""What backward passes, optimisers and changes in place do to graphs and gradients.

Everything that is known of one tensor lies in its slots, written through the
trail. A mark says at which point of the program it was made: it counts only
where that point was surely passed.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ..facts import Span
from ..values.model import NONE, DictV, InstanceV, ListV, Mutable, TensorV, Value
from . import scopes
from .call import Call
from .machine import Machine
from .provenance import made_by
from .training import Training


@dataclass(frozen=True)
class Mark:
    """A point of the program that was passed; text: something to say about it."""

    path: tuple[object, ...]
    strangers: int
    span: Span
    text: str = ""
    leaves: tuple[Mutable, ...] = ()


def training(machine: Machine) -> Training:
    """What this run has seen of training so far."""
    return machine.recorder.training


def mark(call: Call, text: str = "", leaves: tuple[Mutable, ...] = ()) -> Mark:
    """A mark for this point."""
    state = training(call.machine)
    return Mark(tuple(state.path), state.strangers, call.span, text, leaves)


def passed(machine: Machine, found: Any) -> Mark | None:
    """A mark, if its point was surely passed and nothing unknown came between."""
    if not isinstance(found, Mark):
        return None
    state = training(machine)
    surely = tuple(state.path[: len(found.path)]) == found.path
    return found if surely and found.strangers == state.strangers else None


def graph(root: TensorV, surely: bool = False) -> tuple[list[TensorV], list[Mutable]]:
    """The tensors computed on the way to a tensor, itself included, and the leaves below.

    Args:
        surely: leave out what is part of the graph only in one of several branches.
    """
    nodes: list[TensorV] = []
    leaves: list[Mutable] = []
    seen: set[int] = set()
    pending: list[Mutable] = [root]
    while pending and len(seen) < 20_000:
        node = pending.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if not isinstance(node, TensorV):
            leaves.append(node)
        elif node.sig.requires_grad or (node.sig.requires_grad is None and not surely):
            if node.parents:
                nodes.append(node)
                pending.extend(node.parents)
            elif node.sig.requires_grad:
                leaves.append(node)
    return nodes, leaves


_SAVING = frozenset(
    [
        "Linear",
        "Conv1d",
        "Conv2d",
        "Conv3d",
        "ConvTranspose2d",
        "LSTM",
        "GRU",
        "RNN",
        "Embedding",
        "BatchNorm1d",
        "BatchNorm2d",
        "LayerNorm",
        "CrossEntropyLoss",
        "MSELoss",
        "BCELoss",
        "BCEWithLogitsLoss",
        "NLLLoss",
        "linear",
        "conv2d",
        "matmul",
        "mm",
        "bmm",
        "cross_entropy",
        "mse_loss",
        "nll_loss",
        "pow",
        "operator.pow",
        "operator.matmul",
        "mul",
        "operator.mul",
        "div",
        "operator.truediv",
        "exp",
        "log",
        "sigmoid",
        "tanh",
        "relu",
        "softmax",
        "log_softmax",
        "Sigmoid",
        "Tanh",
        "ReLU",
        "Softmax",
        "square",
        "sqrt",
    ]
)
"""Operations that keep tensors for their backward pass, and free them in it."""

_KEEPING_RESULT = frozenset(
    [
        "exp",
        "sigmoid",
        "tanh",
        "relu",
        "softmax",
        "log_softmax",
        "sqrt",
        "rsqrt",
        "reciprocal",
        "Sigmoid",
        "Tanh",
        "ReLU",
        "Softmax",
        "LogSoftmax",
        "ELU",
    ]
)
"""Operations that need their own result for their backward pass."""


def freed(call: Call, nodes: list[TensorV]) -> Mark | None:
    """The earlier backward pass that freed what this one needs."""
    for node in nodes:
        found = passed(call.machine, node.slots.get("$freed"))
        made = made_by(node)
        if found is not None and made is not None and made.name in _SAVING:
            return found
    return None


def spoiled(call: Call, nodes: list[TensorV]) -> tuple[TensorV, Mark] | None:
    """A tensor that this backward pass needs as it was, and the change in place."""
    for node in nodes:
        found = passed(call.machine, node.slots.get("$spoiled"))
        if found is not None:
            return node, found
    return None


def free(call: Call, nodes: list[TensorV]) -> None:
    """A backward pass without `retain_graph` frees what the graph has kept."""
    here = mark(call)
    for node in nodes:
        call.machine.trail.set(node.slots, "$freed", here)


def accumulate(
    call: Call, root: TensorV, leaves: list[Mutable], give: Callable[[Mutable], None]
) -> None:
    """Gradients go to the leaves; those that a step has used are added to, and are stale.

    Args:
        give: gives a leaf, or all parameters of a layer, a new gradient.
    """
    trail, here = call.machine.trail, mark(call, leaves=tuple(leaves))
    old = {id(t): gradient(t) for leaf in leaves for t in tensors_of(leaf)}
    for leaf in leaves:
        give(leaf)
        for tensor in tensors_of(leaf):
            before, new = old.get(id(tensor)), gradient(tensor)
            if before is None or new is None or before is new:
                continue
            used = passed(call.machine, before.slots.get("$used"))
            stale = passed(call.machine, before.slots.get("$stale"))
            if used is not None or stale is not None:
                trail.set(new.slots, "$stale", stale or here)
    for optimizer in training(call.machine).optimizers:
        trail.set(optimizer.slots, "$backward", here)
    trail.set(root.slots, "$start", here)


def changed_in_place(call: Call) -> None:
    """An operation that may have changed its first argument."""
    target = call.args[0] if call.args else None
    in_place = call.name.startswith("operator.i") and call.name not in _NOT_IN_PLACE
    name = call.name.rpartition(".")[2]
    in_place = in_place or (name.endswith("_") and not name.endswith("__"))
    if not isinstance(target, TensorV) or not in_place or "$by" not in target.slots:
        _zeroed(call, target, in_place)
        return
    trail, made = call.machine.trail, made_by(target)
    if made is not None and made.name in _KEEPING_RESULT and target.sig.requires_grad:
        trail.set(target.slots, "$spoiled", mark(call, made.name))
    trail.set(target.slots, "$by", None)
    _zeroed(call, target, in_place)


_NOT_IN_PLACE = ("operator.invert", "operator.index", "operator.is_", "operator.is_not")


def _zeroed(call: Call, target: object, in_place: bool) -> None:
    """Gradients that are changed by hand are no longer those of a step before."""
    if not in_place or not isinstance(target, TensorV):
        return
    for tensor in (target, target.slots.get("$data_of")):
        if isinstance(tensor, TensorV):
            for key in ("$used", "$stale"):
                if key in tensor.slots:
                    call.machine.trail.set(tensor.slots, key, None)


def tensors_of(leaf: Mutable) -> Iterator[TensorV]:
    """The leaf tensors that a leaf of a graph stands for."""
    if isinstance(leaf, TensorV):
        yield leaf
    elif isinstance(leaf, InstanceV):
        for tensor, _ in leaf.slots.get("$tensors", {}).values():
            if tensor.sig.requires_grad:
                yield tensor


def parameters_of(optimizer: Value) -> list[TensorV]:
    """The tensors that an optimiser holds; empty where they are not all known."""
    groups = optimizer.slots.get("param_groups") if isinstance(optimizer, InstanceV) else None
    found: list[TensorV] = []
    for group in groups.items.items if isinstance(groups, ListV) else ():
        entry = group.slots["items"].get("params") if isinstance(group, DictV) else None
        if not isinstance(entry, ListV) or entry.items.rest is not None:
            return []
        found += [item for item in entry.items.items if isinstance(item, TensorV)]
    return found


def gradient(tensor: TensorV) -> TensorV | None:
    """The gradient that a tensor has, if it surely has one."""
    found = tensor.slots.get("grad", NONE)
    return found if isinstance(found, TensorV) else None


def zeroed(call: Call, optimizer: InstanceV) -> None:
    """`zero_grad()`, before the gradients are gone: did a step use them?"""
    fresh = [grad for tensor in parameters_of(optimizer) if (grad := gradient(tensor))]
    if fresh and not any("$used" in grad.slots for grad in fresh):
        call.machine.trail.set(optimizer.slots, "$wasted", mark(call))


def stepped(call: Call, optimizer: InstanceV) -> None:
    """`step()`: the gradients that are there have been used."""
    trail, here = call.machine.trail, mark(call)
    for tensor in parameters_of(optimizer):
        grad = gradient(tensor)
        if grad is not None:
            trail.set(grad.slots, "$used", here)
            trail.set(grad.slots, "$stale", None)
    trail.set(optimizer.slots, "$stepped", here)
    trail.set(optimizer.slots, "$wasted", None)


def not_there_yet(machine: Machine, node: ast.expr) -> bool:
    """Whether an attribute is read of a `.grad` that surely is still None."""
    grad = node.value if isinstance(node, ast.Attribute) else None
    if not isinstance(grad, ast.Attribute) or grad.attr != "grad":
        return False
    if not isinstance(grad.value, ast.Name):
        return False
    owner, state = scopes.lookup(machine, grad.value.id), training(machine)
    if not isinstance(owner, TensorV) or "grad" in owner.slots:
        return False
    return not (state.unseen or state.strangers or state.path or machine.uncalled)
