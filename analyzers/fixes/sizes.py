"""Sizes in `view` and `reshape`, axes in `dim=`, indices."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator
from dataclasses import replace

from ..facts import text
from .base import Candidate, Edit
from .layer_arguments import class_of
from .site import Site


def reshape(site: Site) -> Iterator[Candidate]:
    """`reshape` for `view`, which needs the numbers in that order in memory."""
    call = _view(site)
    if call is None or not isinstance(call.func, ast.Attribute) or "stride" not in site.raised:
        return
    if call.func.attr == "view":
        new = f"{site.code(call.func.value)}.reshape"
        yield site.rewrite_in("reshape", call, call.func, new, safe=True)


def free_size(site: Site) -> Iterator[Candidate]:
    """-1 for one of the sizes, or a size for one of two -1."""
    call = _view(site)
    if call is None or "stride" in site.raised:
        return
    sizes = _sizes(call)
    tensor = call.func.value if isinstance(call.func, ast.Attribute) else None
    shape = site.shape(tensor) if tensor is not None else None
    free = [size for size in sizes if ast.unparse(size) == "-1"]
    if len(free) > 1:
        for index, size in enumerate(sizes):
            if size in free and shape is not None and index < len(shape):
                yield site.rewrite_in("view-size", call, size, str(shape[index]))
        return
    if not free:
        for size in reversed(sizes):
            yield site.rewrite_in("view-size", call, size, "-1")
    elif shape is not None:
        for size in sizes:
            if size not in free:
                for fitting in dict.fromkeys([math.prod(shape[1:]), shape[-1], *shape]):
                    yield site.rewrite_in("view-size", call, size, str(fitting))


def _view(site: Site) -> ast.Call | None:
    """The `view` or `reshape` at fault, which may go well in other rounds of a loop."""
    for call in (site.node, site.call):
        if isinstance(call, ast.Call) and class_of(call) in ("view", "reshape"):
            return call
    return None


def _sizes(call: ast.Call) -> list[ast.expr]:
    arguments = call.args
    if isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) in ("torch", "np"):
        arguments = arguments[1:]
    if len(arguments) == 1 and isinstance(arguments[0], (ast.Tuple, ast.List)):
        return arguments[0].elts
    return list(arguments)


def dim_in_range(site: Site) -> Iterator[Candidate]:
    """The last axis for one that is not there."""
    call = site.call
    if call is None or class_of(call) in ("cat", "concat", "concatenate", "stack"):
        return
    given: list[ast.expr] = [k.value for k in call.keywords if k.arg in ("dim", "axis")]
    given += [a for a in reversed(call.args) if isinstance(a, (ast.Constant, ast.UnaryOp))]
    if given:
        if "[-1, 0]" not in site.raised:
            yield site.rewrite_in("dim", call, given[0], "-1")
        yield site.rewrite_in("dim", call, given[0], "0")


def index_in_range(site: Site) -> Iterator[Candidate]:
    """The last index for one behind it; `-1` says which one is meant."""
    node = site.node
    parent = site.program.parents.get(id(node)) if node is not None else None
    if isinstance(node, (ast.Constant, ast.UnaryOp)) and isinstance(parent, ast.Subscript):
        yield site.rewrite_in("index", parent, node, "-1")


def fewer_indices(site: Site) -> Iterator[Candidate]:
    """As many indices as there are axes; `item()` of a single number."""
    node = site.node
    parent = site.program.parents.get(id(node)) if node is not None else None
    if node is None or not isinstance(parent, ast.Subscript) or parent.value is not node:
        return
    rank = site.rank(node)
    if rank == 0:
        yield site.rewrite("item", parent, f"{site.code(node)}.item()")
    if isinstance(parent.slice, ast.Tuple) and rank:
        kept = ", ".join(site.code(item) for item in parent.slice.elts[:rank])
        yield site.rewrite("index", parent, f"{site.code(node)}[{kept}]")


def flipped(site: Site) -> Iterator[Candidate]:
    """`torch.flip` for a slice that runs backwards."""
    node = site.node
    parent = site.program.parents.get(id(node)) if node is not None else None
    turned = isinstance(node, ast.Slice) and ast.unparse(node) == "::-1"
    if turned and isinstance(parent, ast.Subscript):
        yield site.rewrite("flip", parent, f"torch.flip({site.code(parent.value)}, [0])")


def index_rank(site: Site) -> Iterator[Candidate]:
    """`gather` with an index that has as many axes as its input."""
    if site.node is not None and "same number of dimensions" in site.raised:
        yield site.write("unsqueeze", site.node, ".unsqueeze(1)")


def fitting_slice(site: Site) -> Iterator[Candidate]:
    """`x = x + y` for `x += y`, which cannot make `x` larger."""
    statement = site.statement
    if isinstance(statement, ast.AugAssign):
        yield out_of_place(site, statement)


def out_of_place(site: Site, statement: ast.AugAssign) -> Candidate:
    """`x = x + y` for `x += y`."""
    target, value = site.code(statement.target), site.code(statement.value)
    sign = _SIGNS[type(statement.op)]
    if isinstance(statement.value, (ast.BinOp, ast.IfExp, ast.Compare, ast.Lambda, ast.BoolOp)):
        value = f"({value})"
    new = f"{target} = {target} {sign} {value}"
    return site.rewrite("out-of-place", statement, new)


_SIGNS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.MatMult: "@",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.LShift: "<<",
    ast.RShift: ">>",
}


def unpacked(site: Site) -> Iterator[Candidate]:
    """An axis for the batch in front of what is unpacked, or as many names as there are."""
    node = site.node
    statement = site.statement
    if isinstance(node, ast.Attribute) and node.attr == "shape":
        tensor = node.value
        new = f"{site.suffixed_code(tensor, '.unsqueeze(0)')}.shape"
        title = text("Write `{new}`", new=new)
        yield site.candidate("unsqueeze", title, site.suffixed(tensor, ".unsqueeze(0)"))
        yield from _fewer_names(site, statement, site.rank(tensor))
        yield from _last_sizes(site, node, statement)
    if isinstance(statement, ast.For) and isinstance(node, ast.Tuple):
        kept, gone = node.elts[:1], node.elts[1:]
        used = {n.id for n in site.program.nodes() if isinstance(n, ast.Name) and _loads(n)}
        names = {name.id for name in gone if isinstance(name, ast.Name)}
        if names.isdisjoint(used) and len(names) == len(gone):
            yield site.rewrite("unpack", node, f"({site.code(kept[0])},)")


def _fewer_names(site: Site, statement: ast.stmt | None, rank: int | None) -> Iterator[Candidate]:
    """`c, h, w = x.shape` without a `b` that nothing asks for."""
    target = statement.targets[0] if isinstance(statement, ast.Assign) else None
    if not isinstance(target, ast.Tuple) or rank is None or len(target.elts) != rank + 1:
        return
    first, second = target.elts[:2]
    used = {n.id for n in site.program.nodes() if isinstance(n, ast.Name) and _loads(n)}
    if isinstance(first, ast.Name) and first.id not in used:
        span, end = site.program.span(first), site.program.span(second)
        gone = Edit(replace(span, end_line=end.line, end_column=end.column), "")
        kept = ", ".join(site.code(name) for name in target.elts[1:])
        title = text("Write `{new}` instead of `{old}`", new=kept, old=site.short(target))
        yield site.candidate("unpack", title, (gone,))


def _last_sizes(site: Site, node: ast.expr, statement: ast.stmt | None) -> Iterator[Candidate]:
    """`h, w = x.shape[-2:]` where a tensor has more axes than names are given."""
    target = statement.targets[0] if isinstance(statement, ast.Assign) else None
    if isinstance(target, ast.Tuple) and "too many" in site.raised:
        new = f"[-{len(target.elts)}:]"
        yield site.write("unpack", node, new)


def _loads(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Load)
