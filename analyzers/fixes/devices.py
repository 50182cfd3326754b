"""Tensors and modules are brought to one device."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..facts import text
from .axes import factors
from .base import Candidate
from .dtypes import CREATORS
from .layer_arguments import class_of
from .site import Site, method_owner

_CHOICE = '"cuda" if torch.cuda.is_available() else "cpu"'


def device_name(site: Site) -> str | None:
    """The name by which the program knows its device."""
    for name in ("device", "DEVICE", "dev"):
        if any(site.program.span(a) < site.problem.span for a in site.program.assignments(name)):
            return name
    return None


def same_device(site: Site) -> Iterator[Candidate]:
    """What has been left behind goes to where the other one is."""
    node, device = site.node, device_name(site)
    if node is None:
        return
    yield from _at_call(site)
    fact = site.fact(node)
    there = fact is not None and (fact.accelerated_device or fact.device or "cpu") != "cpu"
    left, right = factors(site)
    called = site.call.func if site.call is not None else None
    is_layer = called is not None and "weights" in site.said
    layer = called if is_layer else None
    if layer is not None and there:
        yield from _module(site, layer, device)
    if there:
        other = left if node is right else right
        subscript = site.program.parents.get(id(node))
        if isinstance(subscript, ast.Subscript):
            other = subscript.value
        if other is not None and device is not None and layer is None:
            yield site.write("device", other, f".to({device})")
        yield site.write("device", node, ".cpu()")
        return
    yield from _created(site, node, device)
    if device is not None:
        yield site.write("device", node, f".to({device})", safe=True)
    elif layer is not None:
        parameters = f"next({site.code(layer)}.parameters()).device"
        yield site.write("device", node, f".to({parameters})")
    else:
        other = left if node is right else right
        if other is not None and isinstance(other, (ast.Name, ast.Attribute)):
            yield site.write("device", node, f".to({site.code(other)}.device)")


def _at_call(site: Site) -> Iterator[Candidate]:
    """Where a model is made or called that fails inside: it, or its input, goes to the device."""
    inside = site.program.function(site.node) if site.node is not None else None
    owner = site.program.parents.get(id(inside)) if inside is not None else None
    if not isinstance(owner, ast.ClassDef) or "weights" not in site.said:
        return
    for node in site.program.nodes():
        if not isinstance(node, ast.Call) or site.program.function(node) is inside:
            continue
        device = _known_at(site, node)
        value = site.value(node.func)
        if device is None or value is None:
            continue
        if value.summary == owner.name and len(node.args) == 1:
            yield site.write("device", node.args[0], f".to({device})", safe=True)
        elif value.summary == f"class {owner.name}":
            yield site.write("device", node, f".to({device})", safe=True)


def _known_at(site: Site, node: ast.expr) -> str | None:
    """The name of the device where a call stands: assigned above it, or a parameter."""
    function = site.program.function(node)
    parameters = [a.arg for a in function.args.args] if function is not None else []
    for name in ("device", "DEVICE", "dev"):
        made = site.program.assignments(name)
        if name in parameters or any(site.program.span(a) < site.program.span(node) for a in made):
            return name
    return None


def _created(site: Site, node: ast.expr, device: str | None) -> Iterator[Candidate]:
    """The tensor made where it is needed."""
    made = site.maker(node) if isinstance(node, ast.Name) else node
    if device is None or not isinstance(made, ast.Call):
        return
    if isinstance(node, ast.Call) and class_of(made) in CREATORS:
        title = text("Write `{new}` in `{old}`", new=f"device={device}", old=site.short(made))
        yield site.candidate("device", title, (site.with_argument(made, f"device={device}"),))


def _module(site: Site, layer: ast.expr, device: str | None) -> Iterator[Candidate]:
    """The module moved to the device, where it is made."""
    made = site.maker(layer)
    if made is not None and device is not None:
        yield site.write("device", made, f".to({device})", safe=True)


def home(site: Site) -> Iterator[Candidate]:
    """`.cpu()` before NumPy, and out of the graph where there is one."""
    if site.node is not None:
        fact = site.fact(site.node)
        if fact is not None and fact.requires_grad:
            yield site.write("numpy", site.node, ".detach().cpu()", safe=True)
        yield site.write("numpy", site.node, ".cpu()", safe=True)


def detached(site: Site) -> Iterator[Candidate]:
    """Out of the graph before NumPy; `.cpu()` too, which costs nothing where it is there."""
    if site.node is not None:
        yield site.write("numpy", site.node, ".detach()", safe=True)
        yield site.write("numpy", site.node, ".detach().cpu()")


def chosen(site: Site) -> Iterator[Candidate]:
    """A device that is asked for before it is used."""
    node = site.node
    if isinstance(node, ast.Constant):
        yield site.rewrite("device", node, f"{_CHOICE}")
        yield site.rewrite("device", node, '"cpu"')
        return
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return
    device = device_name(site) or _CHOICE
    if node.func.attr == "cuda":
        yield site.rewrite("device", node, f"{site.code(node.func.value)}.to({device})")
    for argument in [*node.args, *(keyword.value for keyword in node.keywords)]:
        if isinstance(argument, ast.Constant) and str(argument.value).startswith("cuda"):
            yield site.rewrite("device", argument, device)


def kept_result(site: Site) -> Iterator[Candidate]:
    """The result of `x.to(…)` kept: `x = x.to(…)`."""
    node = site.node
    owner = method_owner(node)
    if isinstance(site.statement, ast.Expr) and node is not None and owner is not None:
        name = site.code(owner)
        title = text("Write `{new}`", new=f"{name} = {site.short(node)}")
        yield site.candidate("keep", title, (site.before(node, f"{name} = "),), safe=True)


def map_location(site: Site) -> Iterator[Candidate]:
    """`torch.load` that says where to put what it reads."""
    node = site.node
    if isinstance(node, ast.Call) and site.argument(node, 1, "map_location") is None:
        for device in filter(None, [device_name(site), '"cpu"']):
            new = f"map_location={device}"
            title = text("Write `{new}` in `{old}`", new=new, old=site.short(node))
            yield site.candidate("device", title, (site.with_argument(node, new),), safe=True)


def loaded_weights(site: Site) -> Iterator[Candidate]:
    """The weights saved for a whole model, where the program itself saves it."""
    node = site.node
    if not isinstance(node, ast.Call) or not node.args or "Unpickling" not in site.raised:
        return
    for other in site.program.nodes():
        if not isinstance(other, ast.Call) or ast.unparse(other.func) != "torch.save":
            continue
        if len(other.args) == 2 and ast.dump(other.args[1]) == ast.dump(node.args[0]):
            new = site.suffixed_code(other.args[0], ".state_dict()")
            yield site.rewrite_in("state-dict", other, other.args[0], new)
