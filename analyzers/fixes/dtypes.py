"""Tensors get another dtype: where they are used, or where they are made."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..facts import text
from .axes import factors
from .base import Candidate
from .layer_arguments import class_of
from .site import Site
from .sizes import out_of_place

CREATORS = frozenset(
    ["tensor", "as_tensor", "zeros", "ones", "full", "empty", "eye", "arange", "linspace"]
    + ["rand", "randn", "randint"]
)


def at_creation(site: Site, dtype: str) -> Iterator[Candidate]:
    """`dtype=…` in the call that makes a tensor."""
    node = site.node
    made = site.maker(node) if isinstance(node, ast.Name) else node
    if not isinstance(made, ast.Call) or class_of(made) not in CREATORS:
        return
    if ast.unparse(made.func).startswith(("np.", "numpy.")):
        return
    new = f"torch.{dtype}"
    title = text("Write `{new}` in `{old}`", new=f"dtype={new}", old=site.short(made))
    edit = site.set_argument(made, -1, "dtype", new)
    yield site.candidate("dtype", title, (edit,))


def floating(site: Site) -> Iterator[Candidate]:
    """Floating-point numbers of the usual precision."""
    node = site.node
    if node is not None:
        yield site.write("float", node, ".float()", safe=True)
        yield from at_creation(site, "float32")


def same_dtype(site: Site) -> Iterator[Candidate]:
    """One dtype for both operands, or that of a layer's weights for its input."""
    yield from floating(site)
    left, right = factors(site)
    for node, other in ((right, left), (left, right)):
        if node is not None and other is not None and site.layer is None and _is_rare(site, other):
            dtype = site.suffixed_code(other, ".dtype")
            yield site.write("dtype", node, f".to({dtype})")


def _is_rare(site: Site, node: ast.expr) -> bool:
    """Whether a tensor has a dtype that it was given on purpose."""
    fact = site.fact(node)
    return fact is not None and fact.dtype in ("float16", "bfloat16", "complex64")


def class_numbers(site: Site) -> Iterator[Candidate]:
    """Whole numbers for classes and indices."""
    node = site.node
    if node is not None:
        yield site.write("long", node, ".long()", safe=True)
        yield from at_creation(site, "long")


def target(site: Site) -> Iterator[Candidate]:
    """The dtype that a loss wants of its target."""
    node, call = site.node, site.call
    if node is None or call is None:
        return
    if len(call.args) >= 2 and call.args[0] is node:
        yield swapped(site, call)
    fact = site.fact(node)
    if fact is not None and site.rank(node) == 2 and "probabilities" in site.raised:
        yield site.write("argmax", node, ".argmax(1)")
    if fact is not None and fact.dtype is not None and "Long or Byte" in site.raised:
        yield from class_numbers(site)
        return
    yield from floating(site)
    if call.args and call.args[0] is not node and _is_rare(site, call.args[0]):
        dtype = site.suffixed_code(call.args[0], ".dtype")
        yield site.write("dtype", node, f".to({dtype})")


def swapped(site: Site, call: ast.Call) -> Candidate:
    """The first two arguments of a call in the other order."""
    first, second = call.args[:2]
    title = text(
        "Swap `{first}` and `{second}`", first=site.short(first), second=site.short(second)
    )
    edits = (site.replace(first, site.code(second)), site.replace(second, site.code(first)))
    return site.candidate("swap", title, edits)


def index(site: Site) -> Iterator[Candidate]:
    """Whole numbers for an index, bools for a mask."""
    node = site.node
    if node is None:
        return
    if "mask" in site.raised:
        yield site.write("bool", node, ".bool()", safe=True)
    yield from class_numbers(site)
    yield site.write("bool", node, ".bool()")


def in_place(site: Site) -> Iterator[Candidate]:
    """A result of its own for one that does not fit; logic for the arithmetic of bools."""
    node, statement = site.node, site.statement
    if isinstance(statement, ast.AugAssign):
        yield out_of_place(site, statement)
        return
    for parent in site.program.around(node) if node is not None else ():
        if isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Sub):
            left, right = site.code(parent.left), site.code(parent.right)
            if isinstance(parent.left, ast.Constant):
                yield site.rewrite("logic", parent, f"~{_operand(parent.right, right)}")
            else:
                new = f"{_operand(parent.left, left)} & ~{_operand(parent.right, right)}"
                yield site.rewrite("logic", parent, new)
                new = f"{_operand(parent.left, left)} ^ {_operand(parent.right, right)}"
                yield site.rewrite("logic", parent, new)
            break
        if isinstance(parent, ast.UnaryOp) and isinstance(parent.op, ast.USub):
            new = f"~{_operand(parent.operand, site.code(parent.operand))}"
            yield site.rewrite("logic", parent, new)
            break
    yield from floating(site)


def _operand(node: ast.expr, code: str) -> str:
    simple = isinstance(node, (ast.Name, ast.Attribute, ast.Call, ast.Subscript))
    return code if simple else f"({code})"


def with_gradient(site: Site) -> Iterator[Candidate]:
    """A tensor that has gradients, made of floating-point numbers."""
    node = site.node
    if isinstance(node, ast.Call) and class_of(node) in CREATORS:
        title = text("Write `{new}` in `{old}`", new="dtype=torch.float32", old=site.short(node))
        edit = site.set_argument(node, -1, "dtype", "torch.float32")
        yield site.candidate("dtype", title, (edit,), safe=True)
    else:
        yield from at_creation(site, "float32")


def wider(site: Site) -> Iterator[Candidate]:
    """Arithmetic in a dtype that can hold the result; a mask that stays a mask."""
    node = site.node
    if isinstance(node, ast.BinOp):
        operand = node.left if site.fact(node.left) is not None else node.right
        yield site.write("float", operand, ".float()")
    elif node is not None:
        yield site.write("bool", node, ".bool()")
