"""Axes are added, removed, moved or flattened."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations

from ..facts import text
from .base import Candidate, Edit
from .layer_arguments import class_of, input_size
from .site import Site
from .sizing import name_of


def flatten(site: Site) -> Iterator[Candidate]:
    """Everything but the batch in one axis, in front of a layer."""
    node, made = site.node, site.layer
    wanted = site.number("wanted")
    if node is None or made is None or wanted is None:
        return
    sizes = site.shape(node)
    if sizes is not None and len(sizes) > 2 and math.prod(sizes[1:]) == wanted:
        inserted = _before_layer(site, made, "Flatten()")
        if inserted is not None:
            yield inserted
        yield site.write("flatten", node, ".flatten(1)")
    if site.field("got").isdigit() and sizes is None:
        inserted = _before_layer(site, made, "Flatten()")
        if inserted is not None:
            yield inserted
    yield from _start_dim(site)


def flatten_and_set(site: Site) -> Iterator[Candidate]:
    """Flattened, and the layer made for what that gives."""
    node, made = site.node, site.layer
    sizes = site.shape(node)
    if node is None or made is None or sizes is None or len(sizes) < 3:
        return
    old = site.argument(made, 0, "in_features")
    if class_of(made) != "Linear" or old is None:
        return
    size = math.prod(sizes[1:])
    if size == site.number("wanted"):
        return
    inserted = _before_layer(site, made, "Flatten()")
    edits = inserted.edits if inserted is not None else site.suffixed(node, ".flatten(1)")
    title = text(
        "Flatten `{name}` and change {argument} of `{layer}` to {value}",
        name=site.short(node),
        argument="in_features",
        layer=name_of(site, made),
        value=size,
    )
    yield site.candidate("flatten-and-set", title, (*edits, site.replace(old, str(size))))


def _before_layer(site: Site, made: ast.Call, new: str) -> Candidate | None:
    """A layer more in front of one that stands in an `nn.Sequential`."""
    parent = site.program.parents.get(id(made))
    if not isinstance(parent, ast.Call) or class_of(parent) != "Sequential":
        return None
    module = site.code(made.func).rpartition(".")[0]
    layer = f"{module}.{new}" if module else new
    indent = site.indentation(made)
    alone = indent is not None and site.program.span(parent).line != site.program.span(made).line
    gap = f",\n{indent}" if alone else ", "
    title = text("Insert `{new}` before `{layer}`", new=layer, layer=site.short(made))
    return site.candidate("flatten", title, (site.before(made, layer + gap),))


def _start_dim(site: Site) -> Iterator[Candidate]:
    """A `flatten` of everything that is to leave the batch alone."""
    node = site.node
    if node is None:
        return
    steps: list[ast.expr] = [node]
    inner = node
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        inner = node.func.value
        steps.append(inner)
    for step in steps:
        found = site.maker(step) if isinstance(step, ast.Name) else step
        if not isinstance(found, ast.Call) or class_of(found) != "flatten":
            continue
        edits: list[Edit] = [site.with_argument(found, "1")]
        new = site.code(found)[:-1].rstrip() + (", 1)" if found.args else "1)")
        # `torch.flatten(x)` or `x.flatten()`: with more arguments something else is meant.
        function = ast.unparse(found.func) == "torch.flatten"
        if len([*found.args, *found.keywords]) > function:
            continue
        title = text("Write `{new}` instead of `{old}`", new=new, old=site.short(found))
        if step is inner and inner is not node:
            edits.append(site.replace(node, site.code(inner)))
        yield site.candidate("flatten", title, tuple(edits))


def flatten_image(site: Site) -> Iterator[Candidate]:
    """Everything but the samples in one axis, for what was flattened or cut otherwise."""
    node = site.node
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return
    if class_of(node) in ("flatten", "view", "reshape", "squeeze"):
        owner = node.func.value
        tensor = owner
        if ast.unparse(owner) in ("torch", "F") and node.args:
            tensor = node.args[0]
        yield site.rewrite("flatten", node, f"{site.code(tensor)}.flatten(1)")


def unsqueeze(site: Site) -> Iterator[Candidate]:
    """An axis more, wherever one helps."""
    node = site.node
    rank = site.rank(node)
    if node is None or rank is None or (rank > 3 and site.problem.code == "SW105"):
        return
    batch_first = 0 if site.problem.code == "SW108" else 1
    places = [batch_first, 0, 1, *range(2, rank + 1)] if rank else [0]
    for place in dict.fromkeys(place for place in places if place <= rank):
        yield site.write("unsqueeze", node, f".unsqueeze({place})")
    if rank == 2 and site.problem.code == "SW105":
        yield site.write("unsqueeze", node, "[None, None]")


def batch_of_one(site: Site) -> Iterator[Candidate]:
    """An axis for the batch in front of what is given to a model."""
    call = site.call
    if call is not None and len(call.args) == 1 and site.layer is not None:
        argument = call.args[0]
        if site.rank(argument) in (1, 3):
            yield site.write("unsqueeze", argument, ".unsqueeze(0)")


def batch_at_call(site: Site) -> Iterator[Candidate]:
    """An axis for the batch where the function is called in which something fails."""
    inside = site.program.function(site.node) if site.node is not None else None
    if inside is None:
        return
    owner = site.program.parents.get(id(inside))
    for node in site.program.nodes():
        if not isinstance(node, ast.Call) or not node.args or site.known(node):
            continue
        if site.program.function(node) is inside:
            continue
        if isinstance(owner, ast.ClassDef):
            value = site.value(node.func)
            fits = inside.name == "forward" and value is not None and value.summary == owner.name
        else:
            fits = ast.unparse(node.func) == inside.name
        if fits and site.rank(node.args[0]) in (1, 3):
            new = site.suffixed_code(node.args[0], ".unsqueeze(0)")
            candidate = site.rewrite_in("unsqueeze", node, node.args[0], new)
            yield replace(candidate, shown=site.program.span(node))


def squeeze(site: Site) -> Iterator[Candidate]:
    """An axis of size 1 less."""
    node = site.node
    sizes = site.shape(node)
    if node is not None and sizes is not None:
        for axis in [place for place, size in enumerate(sizes) if size == 1 and place]:
            yield site.write("squeeze", node, f".squeeze({axis})")


def permute(site: Site) -> Iterator[Candidate]:
    """The axes in the order that the layer wants."""
    node = site.node
    rank, sizes, wanted = site.rank(node), site.shape(node), site.number("wanted")
    if node is None or rank is None:
        return
    if sizes and wanted is not None and sizes[-1] != wanted:
        return  # The channels do not come last.
    if rank == 4:
        yield site.write("permute", node, ".permute(0, 3, 1, 2)")
    if rank == 3:
        if site.layer is not None and "2d" in class_of(site.layer):
            yield site.write("permute", node, ".permute(2, 0, 1)")
        yield site.write("transpose", node, ".transpose(1, 2)")


def merge_first(site: Site) -> Iterator[Candidate]:
    """Two axes in front that become one."""
    if site.node is not None and site.rank(site.node) == 5:
        yield site.write("flatten", site.node, ".flatten(0, 1)")


def transpose_input(site: Site) -> Iterator[Candidate]:
    """A layer's input turned round."""
    node, rank = site.node, site.rank(site.node)
    sizes, wanted = site.shape(node), site.number("wanted")
    if node is None or sizes is None or rank is None or rank < 2:
        return
    if sizes[-2] == wanted:
        yield site.write("transpose", node, ".T" if rank == 2 else ".transpose(-2, -1)")


def transpose_factor(site: Site) -> Iterator[Candidate]:
    """One of the two factors of a matrix product turned round, the right one first."""
    left, right = factors(site)
    for node in (right, left):
        rank = site.rank(node)
        if isinstance(node, ast.Attribute) and node.attr in ("T", "mT") and rank == 2:
            yield site.rewrite("transpose", node, site.code(node.value))
        elif node is not None and rank is not None and rank > 1:
            yield site.write("transpose", node, ".T" if rank == 2 else ".transpose(-2, -1)")


def factors(site: Site) -> tuple[ast.expr | None, ast.expr | None]:
    """The two operands of a product, or of any other operation of two."""
    node = site.node
    for parent in site.program.around(node) if node is not None else ():
        if isinstance(parent, ast.BinOp):
            return parent.left, parent.right
        if isinstance(parent, ast.Compare):
            return parent.left, parent.comparators[0]
        if isinstance(parent, ast.Call):
            values = list(parent.args)
            if isinstance(parent.func, ast.Attribute) and len(values) == 1:
                values = [parent.func.value, *values]
            if len(values) >= 2:
                return values[0], values[1]
        if isinstance(parent, (ast.stmt, ast.Call)):
            break
    return None, None


def other_product(site: Site) -> Iterator[Candidate]:
    """A product for the axes that are there."""
    call = site.call
    if call is None or class_of(call) not in ("bmm", "mm", "mv", "dot"):
        return
    left, right = factors(site)
    if left is None or right is None:
        return
    new = f"{_factor(site, left)} @ {_factor(site, right)}"
    parent = site.program.parents.get(id(call))
    if isinstance(parent, (ast.BinOp, ast.Attribute, ast.UnaryOp, ast.Subscript)):
        new = f"({new})"
    yield site.rewrite("other-product", call, new)
    if isinstance(call.func, ast.Attribute):
        yield site.rewrite("other-product", call.func, f"{site.code(call.func.value)}.matmul")


def _factor(site: Site, node: ast.expr) -> str:
    code = site.code(node)
    return f"({code})" if isinstance(node, (ast.BinOp, ast.UnaryOp, ast.IfExp)) else code


def broadcast(site: Site) -> Iterator[Candidate]:
    """The smaller operand as a column, or turned round, so that the two can be paired."""
    left, right = factors(site)
    ranked = [(site.rank(node), node) for node in (right, left) if node is not None]
    top = max((rank for rank, _ in ranked if rank is not None), default=0)
    for rank, node in ranked:
        if rank is None:
            continue
        for axis in range(rank, 0, -1) if rank < top else ():
            yield site.write("unsqueeze", node, f".unsqueeze({axis})")
        if rank == 2:
            yield site.write("transpose", node, ".T")


def column(site: Site) -> Iterator[Candidate]:
    """What was reduced keeps its axis: `keepdim=True`."""
    node = site.node
    for found in (node, site.maker(node) if isinstance(node, ast.Name) else None):
        if isinstance(found, ast.Call) and class_of(found) in _REDUCTIONS:
            title = text("Write `{new}` in `{old}`", new="keepdim=True", old=site.short(found))
            edit = site.with_argument(found, "keepdim=True")
            yield site.candidate("keepdim", title, (edit,))
    if node is not None and site.rank(node) == 1 and "keepdim" in site.said:
        yield site.write("unsqueeze", node, ".unsqueeze(1)")


_REDUCTIONS = frozenset(
    ["sum", "mean", "max", "min", "amax", "amin", "prod", "norm", "std", "var"]
    + ["argmax", "argmin", "median", "logsumexp"]
)


def same_rank(site: Site) -> Iterator[Candidate]:
    """The axis of size 1 taken from one operand, or given to the other."""
    left, right = factors(site)
    top = max(site.rank(left) or 0, site.rank(right) or 0)
    for node in (left, right):
        sizes = site.shape(node)
        if node is not None and sizes is not None and len(sizes) > 1 and sizes[-1] == 1:
            yield site.write("squeeze", node, f".squeeze({len(sizes) - 1})")
    for node in (right, left):
        rank = site.rank(node)
        if node is not None and rank and rank < top:
            yield site.write("unsqueeze", node, f".unsqueeze({rank})")


def all_axes(site: Site) -> Iterator[Candidate]:
    """`permute` with every axis, `transpose` of more than two as `permute`, `t` for batches."""
    call = site.call
    if call is None or not isinstance(call.func, ast.Attribute):
        return
    tensor, name = call.func.value, call.func.attr
    rank = site.rank(tensor)
    if rank is None:
        return
    code = site.code(tensor)
    given = ", ".join(site.code(argument) for argument in call.args)
    if name == "transpose" and len(call.args) == rank:
        yield site.rewrite("permute", call, f"{code}.permute({given})")
    if name == "t":
        yield site.rewrite("transpose", call, f"{code}.transpose(-2, -1)")
    if name == "permute" and len(call.args) < rank <= 4:
        swapped = [ast.unparse(argument) for argument in call.args]
        if swapped == ["1", "0"]:
            yield site.rewrite("transpose", call, f"{code}.transpose(-2, -1)")
        for order in permutations(range(rank)):
            kept = [str(axis) for axis in order if str(axis) in swapped]
            if kept == swapped and order != tuple(range(rank)):
                new = f"{code}.permute({', '.join(map(str, order))})"
                yield site.rewrite("permute", call, new)


def equation(site: Site) -> Iterator[Candidate]:
    """An einsum equation with as many letters as there are axes."""
    call = site.call
    if call is None or not call.args or not isinstance(call.args[0], ast.Constant):
        return
    value = call.args[0].value
    if not isinstance(value, str) or "->" not in value:
        return
    inputs, output = value.replace(" ", "").split("->")
    terms = inputs.split(",")
    ranks = [site.rank(argument) for argument in call.args[1:]]
    if len(terms) != len(ranks):
        return
    gone = [
        term[: len(term) - rank]
        for term, rank in zip(terms, ranks, strict=True)
        if rank is not None and len(term) - rank > 0
    ]
    letters = set("".join(gone))
    new = ",".join("".join(c for c in term if c not in letters) for term in terms)
    new += "->" + "".join(c for c in output if c not in letters)
    if letters:
        yield site.rewrite("equation", call.args[0], f'"{new}"')


def input_of_layer(site: Site) -> Iterator[Candidate]:
    """Whatever makes a layer's input fit, then the layer made for it."""
    flat = list(flatten(site))
    yield from flat
    if site.node is not None and site.rank(site.node) == 1 and site.number("wanted") == 1:
        yield site.write("unsqueeze", site.node, ".unsqueeze(1)")
    yield from transpose_input(site)
    yield from flatten_and_set(site)
    # The layer is not at fault where an image or the whole batch was not flattened rightly.
    if not flat or site.shape(site.node) is None:
        yield from input_size(site) if (site.rank(site.node) or 0) < 4 else ()
