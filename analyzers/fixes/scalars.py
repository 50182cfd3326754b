"""One number of several: for `item`, `float`, conditions and `backward`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from ..facts import text
from .base import Candidate
from .layer_arguments import class_of
from .site import Site


def one_number(site: Site) -> Iterator[Candidate]:
    """The mean as a number, or all numbers as a list."""
    node, call = site.node, site.call
    if node is None or call is None or class_of(call) == "tensor":
        return
    floats = (fact := site.fact(node)) is None or (fact.dtype or "float").startswith("float")
    mean = ".mean()" if floats else ".float().mean()"
    if isinstance(call.func, ast.Attribute) and call.func.value is node:
        yield site.rewrite("mean", call, f"{site.suffixed_code(node, mean)}.item()")
        yield site.rewrite("to-list", call, f"{site.code(node)}.tolist()")
    else:
        yield site.rewrite_in("mean", call, node, site.suffixed_code(node, mean))
        yield site.rewrite("to-list", call, f"{site.code(node)}.tolist()")


def condition(site: Site) -> Iterator[Candidate]:
    """One answer for a condition."""
    node = site.node
    parent = site.program.parents.get(id(node)) if node is not None else None
    negated = isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.Not)
    if not negated and not isinstance(parent, (ast.If, ast.While, ast.BoolOp, ast.Assert)):
        return
    if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq):
        left, right = node.left, node.comparators[0]
        if site.fact(left) is not None and site.fact(right) is not None:
            new = f"torch.equal({site.code(left)}, {site.code(right)})"
            yield site.rewrite("condition", node, new)
    if node is not None:
        yield site.write("condition", node, ".all()")
        yield site.write("condition", node, ".any()")


def scalar_loss(site: Site) -> Iterator[Candidate]:
    """`backward` from the mean or the sum."""
    if site.node is not None:
        yield site.write("mean", site.node, ".mean()")
        yield site.write("mean", site.node, ".sum()")


def number_kept(site: Site) -> Iterator[Candidate]:
    """The number of a loss, without its graph."""
    statement = site.statement
    if site.node is not None and isinstance(statement, ast.AugAssign):
        candidate = site.write("item", site.node, ".item()", safe=True)
        # The sum becomes a plain number.
        yield replace(candidate, shown=None, changed=frozenset([site.code(statement.target)]))
    elif site.node is not None:
        yield site.write("item", site.node, ".item()", safe=True)


def plain_tensor(site: Site) -> Iterator[Candidate]:
    """`torch.tensor` of numbers for `torch.Tensor`, which makes sizes or floats."""
    node = site.node
    if isinstance(node, ast.Call):
        arguments = ", ".join(site.code(argument) for argument in node.args)
        for name in ("zeros", "tensor"):
            yield site.rewrite("constructor", node, f"torch.{name}({arguments})")


def copied(site: Site) -> Iterator[Candidate]:
    """`clone` for `torch.tensor` of a tensor; the loss itself for a copy of its number."""
    node, call = site.node, site.outer_call
    if node is None or call is None or class_of(call) != "tensor":
        return
    if isinstance(node, ast.Call) and class_of(node) == "item":
        statement = site.statement
        owner = node.func.value if isinstance(node.func, ast.Attribute) else None
        if owner is None:
            return
        again = f"{site.code(owner)} = {site.code(call)}"
        if statement is not None and site.code(statement) == again:
            removed = site.without(statement)
            if removed is not None:
                title = text("Remove `{old}`", old=site.short(statement))
                changed = frozenset([site.code(owner)])
                yield Candidate("cut", title, (removed,), changed=changed)
            return
        yield site.rewrite("cut", call, site.code(owner))
        return
    yield site.rewrite("clone", call, f"{site.suffixed_code(node, '.detach().clone()')}")
    yield site.rewrite("clone", call, f"{site.suffixed_code(node, '.clone()')}")
