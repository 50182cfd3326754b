"""Attributes and arrays that are used as in another library."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ..facts import text
from .base import Candidate, Edit
from .site import Site


def attribute(site: Site) -> Iterator[Candidate]:
    """`x.shape` without brackets, `.values` of a pair, `.to(dtype)` for `astype`."""
    node = site.node
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        name = node.func.attr
        if name in ("shape", "dtype", "device", "ndim", "T", "grad", "is_leaf") and not node.args:
            yield site.rewrite("attribute", node, site.code(node.func), safe=True)
        owner = node.func.value
        if "return_types" in site.raised:
            yield from _half_of_pair(site, owner)
    if isinstance(node, ast.Attribute):
        call = site.program.parents.get(id(node))
        if node.attr == "astype" and isinstance(call, ast.Call) and len(call.args) == 1:
            argument = call.args[0]
            name = str(argument.value) if isinstance(argument, ast.Constant) else ""
            name = name or ast.unparse(argument).rpartition(".")[2]
            dtype = {"float": "float32", "int": "int64"}.get(name, name)
            yield site.rewrite("astype", call, f"{site.code(node.value)}.to(torch.{dtype})")
        if "return_types" in site.raised:
            yield from _half_of_pair(site, node.value)
    if isinstance(node, (ast.Subscript, ast.Attribute)):
        owner = node.value
        if isinstance(owner, ast.Attribute) and owner.attr == "size":
            yield site.rewrite("attribute", owner, f"{site.code(owner.value)}.shape")


def _half_of_pair(site: Site, pair: ast.expr) -> Iterator[Candidate]:
    """The numbers of `max(1)` or their places: for class labels the places."""
    statement = site.statement
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    names = " ".join(map(ast.unparse, targets))
    fields = [".values", ".indices"]
    for field in reversed(fields) if _LABELS.search(names) else fields:
        yield site.write("values", pair, field)


_LABELS = re.compile(r"label|pred|class|guess|digit|idx|index|indices|arg", re.IGNORECASE)
"""Names of what is found by the place of the largest number."""


def tensor_of_array(site: Site) -> Iterator[Candidate]:
    """A tensor made of an array, in the dtype that layers have."""
    node = site.node
    if node is None or "array" not in site.raised:
        return
    code = site.code(node)
    edits = (site.before(node, "torch.from_numpy("), site.behind(node, ").float()"))
    title = text("Write `{new}`", new=f"torch.from_numpy({code}).float()")
    yield site.candidate("from-numpy", title, edits)
    edits = (site.before(node, "torch.from_numpy("), site.behind(node, ")"))
    title = text("Write `{new}`", new=f"torch.from_numpy({code})")
    yield site.candidate("from-numpy", title, edits)


def numeric_array(site: Site) -> Iterator[Candidate]:
    """An array of numbers, and one that runs forwards."""
    node = site.node
    if node is None:
        return
    if "negative" in site.raised:
        yield site.write("copy", node, ".copy()", safe=True)
    if "object" in site.raised:
        made = site.maker(node) if isinstance(node, ast.Name) else node
        dtype = site.argument(made, 1, "dtype") if isinstance(made, ast.Call) else None
        if dtype is not None and isinstance(made, ast.Call):
            module = ast.unparse(made.func).rpartition(".")[0]
            yield site.rewrite_in("astype", made, dtype, f"{module}.float32")
        yield site.write("astype", node, '.astype("float32")')


def first_of_pair(site: Site) -> Iterator[Candidate]:
    """The output of a recurrent layer without its state."""
    node = site.node
    if "tuple" not in site.field("type") and "not tuple" not in site.raised:
        return
    if isinstance(node, ast.Name):
        made = site.maker(node)
        statement = site.program.statement(made) if made is not None else None
        if isinstance(statement, ast.Assign) and statement.targets[0] is not None:
            target = statement.targets[0]
            if isinstance(target, ast.Name):
                edits: tuple[Edit, ...] = (site.behind(target, ", _"),)
                title = text("Write `{new}`", new=f"{target.id}, _ = {site.short(statement.value)}")
                yield site.candidate("pair", title, edits)
    if node is not None:
        yield site.write("pair", node, "[0]")
