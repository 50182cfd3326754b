"""Prediction and target of a loss get one shape; what the loss is given fits it."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator

from ..facts import text
from .base import Candidate, Edit
from .layer_arguments import class_of, output_size
from .site import Site


def loss_shapes(site: Site) -> Iterator[Candidate]:
    """The axes of prediction and target brought together."""
    call = site.call or site.outer_call
    if not isinstance(call, ast.Call) or len(call.args) < 2:
        return
    prediction, goal = call.args[:2]
    sizes, other = site.shape(prediction), site.shape(goal)
    if sizes is None or other is None:
        return
    classes = "cross_entropy" in ast.unparse(call.func) or "target" in site.raised
    if len(other) == 2 and other[1] == 1 and len(sizes) == 2 and sizes[1] != 1:
        yield site.write("squeeze", goal, ".squeeze(1)", safe=True)
    if len(sizes) == 3 and len(other) == 2 and classes:
        yield site.write("transpose", prediction, ".transpose(1, 2)")
        edits = (*site.suffixed(prediction, ".flatten(0, 1)"), *site.suffixed(goal, ".flatten()"))
        title = text("Write `{new}`", new=site.suffixed_code(prediction, ".flatten(0, 1)"))
        yield site.candidate("flatten", title, edits)
    if len(sizes) == len(other) + 1 and sizes[-1] == 1:
        yield site.write("squeeze", prediction, f".squeeze({len(sizes) - 1})", safe=True)
        yield site.write("unsqueeze", goal, f".unsqueeze({len(other)})", safe=True)
    if len(other) == len(sizes) + 1 and other[-1] == 1:
        yield site.write("squeeze", goal, f".squeeze({len(other) - 1})", safe=True)
    yield from output_size(site)
    yield from kept_batch(site)


def kept_batch(site: Site) -> Iterator[Candidate]:
    """`flatten(1)` for a `view(-1, n)` that cuts the samples anew, and the layer behind it."""
    for view in site.program.nodes():
        if not isinstance(view, ast.Call) or not isinstance(view.func, ast.Attribute):
            continue
        if view.func.attr not in ("view", "reshape", "flatten", "squeeze"):
            continue
        shape = site.shape(view.func.value)
        if shape is None or len(shape) < 2 or site.rank(view) is None:
            continue
        old = view.args[-1] if view.args else None
        width = site.shape(view)
        if view.func.attr in ("view", "reshape") and (
            len(view.args) != 2 or ast.unparse(view.args[0]) != "-1" or old is None
        ):
            continue
        if view.func.attr == "flatten" and view.args:
            continue
        size = math.prod(shape[1:])
        edits: list[Edit] = [site.replace(view, f"{site.code(view.func.value)}.flatten(1)")]
        for linear in site.program.nodes():
            if isinstance(linear, ast.Call) and class_of(linear) == "Linear" and linear.args:
                given = linear.args[0]
                if width and ast.unparse(given) == str(width[-1]) and size != width[-1]:
                    edits.append(site.replace(given, str(size)))
        new = f"{site.short(view.func.value)}.flatten(1)"
        title = text("Write `{new}` instead of `{old}`", new=new, old=site.short(view))
        if len(edits) > 1:
            title = text(
                "Write `{new}` and make the layer behind it for {value}", new=new, value=size
            )
        yield site.candidate("flatten", title, tuple(edits))


def no_second_softmax(site: Site) -> Iterator[Candidate]:
    """The softmax or sigmoid in front of a loss that has its own taken away."""
    for call in site.program.nodes() if "again" in site.said else ():
        if not isinstance(call, ast.Call):
            continue
        name = class_of(call)
        if name in ("Softmax", "LogSoftmax", "Sigmoid"):
            removed = without_item(site, call)
            if removed is not None:
                title = text("Remove `{old}`", old=site.short(call))
                yield site.candidate("softmax", title, (removed,))
        elif name in ("softmax", "log_softmax", "sigmoid") and isinstance(call.func, ast.Attribute):
            owner = ast.unparse(call.func.value)
            functions = ("torch", "F", "torch.nn.functional", "nn.functional")
            inner = call.args[0] if owner in functions and call.args else call.func.value
            yield site.rewrite("softmax", call, site.code(inner))


def without_item(site: Site, item: ast.expr) -> Edit | None:
    """An argument or list item taken away with its comma."""
    parent = site.program.parents.get(id(item))
    items: list[ast.expr] = []
    if isinstance(parent, ast.Call):
        items = parent.args
    elif isinstance(parent, (ast.List, ast.Tuple)):
        items = parent.elts
    place = next((i for i, other in enumerate(items) if other is item), -1)
    if place < 0 or len(items) < 2:
        return None
    span = site.program.span(item)
    if place:
        before = site.program.span(items[place - 1])
        start = (before.end_line, before.end_column)
        end = (span.end_line, span.end_column)
    else:
        after = site.program.span(items[1])
        start, end = (span.line, span.column), (after.line, after.column)
    return Edit(type(span)(span.part, *start, *end), "")


def fitting_loss(site: Site) -> Iterator[Candidate]:
    """The loss that takes what there is."""
    losses = (
        ("NLLLoss", "CrossEntropyLoss"),
        ("nll_loss", "cross_entropy"),
        ("BCELoss", "BCEWithLogitsLoss"),
        ("binary_cross_entropy", "binary_cross_entropy_with_logits"),
        ("BCEWithLogitsLoss", "BCELoss"),
        ("binary_cross_entropy_with_logits", "binary_cross_entropy"),
    )
    call = site.outer_call
    if call is None:
        return
    made = site.maker(call.func) if isinstance(call.func, (ast.Name, ast.Attribute)) else call.func
    for found in (made, call):
        if not isinstance(found, ast.Call):
            continue
        for old, new in losses:
            if class_of(found) == old:
                module = site.code(found.func).rpartition(".")[0]
                name = f"{module}.{new}" if module else new
                yield site.rewrite("other-loss", found.func, name)


def log_chances(site: Site) -> Iterator[Candidate]:
    """Log-probabilities for probabilities or scores."""
    node = site.node
    if node is None or "log-probabilities" not in site.said:
        return
    made = site.maker(node) if isinstance(node, ast.Name) else node
    if isinstance(made, ast.Call) and class_of(made) == "softmax":
        new = site.code(made.func)[: -len("softmax")] + "log_softmax"
        yield site.rewrite("log-softmax", made.func, new)
    if site.rank(node) == 2:
        yield site.write("log-softmax", node, ".log_softmax(1)")


def loss_input(site: Site) -> Iterator[Candidate]:
    """What a loss is given fits it."""
    yield from log_chances(site)
    yield from no_second_softmax(site)
    yield from fitting_loss(site)


def class_axis(site: Site) -> Iterator[Candidate]:
    """The axis of the classes."""
    node = site.node
    outer = site.outer_call
    if isinstance(node, (ast.Constant, ast.UnaryOp)) and outer is not None:
        yield site.rewrite_in("class-axis", outer, node, "1", safe=True)
        yield site.rewrite_in("class-axis", outer, node, "-1")
    elif isinstance(node, ast.Call):
        new = "1" if class_of(node).startswith("arg") else "dim=1"
        title = text("Write `{new}` in `{old}`", new=new, old=site.short(node))
        yield site.candidate("class-axis", title, (site.with_argument(node, new),))


def made_first(site: Site) -> Iterator[Candidate]:
    """A loss made first and then called."""
    node = site.call
    if node is not None and class_of(node).endswith("Loss"):
        edit = site.behind(node.func, "()")
        title = text("Write `{new}`", new=f"{site.code(node.func)}()(…)")
        yield site.candidate("call-loss", title, (edit,), safe=True)


def smaller_labels(site: Site) -> Iterator[Candidate]:
    """Labels that begin with 0, or a layer with an output for the largest."""
    node, call = site.node, site.call
    if node is None or call is None:
        return
    label = site.number("label")
    if label is None:
        return
    title = text("Write `{new}`", new=f"{site.short(node)} - 1")
    lower = site.candidate("labels", title, (site.behind(node, " - 1"),))
    # One more than the last class: they are counted from 1.
    if label == site.number("count"):
        yield lower
    yield from output_size(site)
    yield lower
