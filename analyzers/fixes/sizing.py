"""How a layer is given another size: in the learner's own words where there are some.

A size may stand in the call as a number, come from a name, or be worked out. Tried are, in this
order, an expression that makes a layer of this size nearby, the same product of other numbers,
the number at the place that the name got it from, and the plain number.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator

from ..facts import text
from .base import Candidate, Edit
from .site import Site


def set_size(site: Site, made: ast.Call, where: tuple[int, str], size: int) -> Iterator[Candidate]:
    """A layer with another size for an argument.

    Args:
        where: the position and the name of the argument.
    """
    position, name = where
    old = site.argument(made, position, name)
    if old is None or site.code(old) == str(size):
        return
    words = [*_nearby(site, made, old, size), *_product(old, size)]
    for new in words:
        yield _argument(site, made, name, old, new)
    if not words:
        yield from _at_its_origin(site, made, old, size)
    yield _argument(site, made, name, old, str(size))


def _argument(site: Site, made: ast.Call, name: str, old: ast.expr, new: str) -> Candidate:
    title = text(
        "Change {argument} of `{layer}` to {value}",
        argument=name,
        layer=name_of(site, made),
        value=new,
    )
    return site.candidate("set-size", title, (site.replace(old, new),))


def name_of(site: Site, made: ast.Call) -> str:
    """How a layer is known: the name it is given, else how it is made."""
    parent = site.program.parents.get(id(made))
    if isinstance(parent, ast.Assign) and len(parent.targets) == 1:
        return site.short(parent.targets[0])
    return site.short(made)


def _nearby(site: Site, made: ast.Call, old: ast.expr, size: int) -> list[str]:
    """Expressions that give other layers of the same function this size, where one was used."""
    if isinstance(old, ast.Constant) or not any(_names(old)):
        return []
    found: dict[str, None] = {}
    function = site.program.function(made)
    for node in ast.walk(function) if function is not None else site.program.nodes():
        if not isinstance(node, ast.Call) or node is made:
            continue
        if function is None and site.program.function(node) is not None:
            continue
        value = site.value(node)
        for argument, number in zip(node.args, _numbers(value.summary if value else "")):
            if number == size and not isinstance(argument, ast.Constant):
                found[site.code(argument)] = None
    return list(found)[:2]


def _names(node: ast.expr) -> Iterator[ast.Name]:
    return (n for n in ast.walk(node) if isinstance(n, ast.Name))


def _numbers(summary: str) -> list[object]:
    """The arguments that a layer was made with: 90 and 64 of `Linear(90, 64)`."""
    try:
        made = ast.parse(summary, mode="eval").body
    except (SyntaxError, ValueError):
        return []
    arguments = made.args if isinstance(made, ast.Call) else []
    return [a.value if isinstance(a, ast.Constant) else None for a in arguments]


def _product(old: ast.expr, size: int) -> list[str]:
    """`32 * 5 * 5` for `32 * 7 * 7`: as many maps of another height and width."""
    factors = _factors(old)
    if len(factors) == 3 and factors[1] == factors[2] and size % factors[0] == 0:
        side = math.isqrt(size // factors[0])
        if side > 0 and side * side * factors[0] == size:
            return [f"{factors[0]} * {side} * {side}"]
    return []


def _factors(node: ast.expr) -> list[int]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return [*_factors(node.left), *_factors(node.right)]
    number = whole(node)
    return [number or 0]


def whole(node: ast.expr | None) -> int | None:
    """The whole number that is written there."""
    value = node.value if isinstance(node, ast.Constant) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def number_of(site: Site, node: ast.expr | None) -> int | None:
    """The whole number that an expression is: written there, or given to its name once."""
    if isinstance(node, ast.Name):
        assigned = site.program.assignments(node.id)
        node = assigned[0].value if len(assigned) == 1 else None
    return whole(node)


def _at_its_origin(site: Site, made: ast.Call, old: ast.expr, size: int) -> Iterator[Candidate]:
    """The number where a name got it: in an assignment, a default, or calls of the function."""
    if not isinstance(old, ast.Name):
        return
    function = site.program.function(made)
    names = [a.arg for a in function.args.args] if function is not None else []
    if function is not None and old.id in names:
        yield from _in_calls(site, function, names.index(old.id), old.id, size)
        return
    assigned = site.program.assignments(old.id)
    if len(assigned) == 1 and whole(assigned[0].value) is not None:
        title = text("Change `{name}` to {value}", name=old.id, value=size)
        yield site.candidate("set-size", title, (site.replace(assigned[0].value, str(size)),))


def _in_calls(
    site: Site, function: ast.FunctionDef, place: int, name: str, size: int
) -> Iterator[Candidate]:
    """Another number in a call of the function that makes the layer."""
    owner = site.program.parents.get(id(function))
    called = owner.name if isinstance(owner, ast.ClassDef) else function.name
    position = place - 1 if isinstance(owner, ast.ClassDef) else place
    for node in site.program.nodes():
        if not isinstance(node, ast.Call) or ast.unparse(node.func).split(".")[-1] != called:
            continue
        given = site.argument(node, position, name)
        if whole(given) is not None and given is not None:
            title = text(
                "Change {argument} in `{call}` to {value}",
                argument=name,
                call=site.short(node),
                value=size,
            )
            yield site.candidate("set-size", title, (site.replace(given, str(size)),))
    defaults = function.args.defaults
    later = place - (len(function.args.args) - len(defaults))
    if later >= 0 and whole(defaults[later]) is not None:
        edit: Edit = site.replace(defaults[later], str(size))
        title = text("Change `{name}` to {value}", name=name, value=size)
        yield site.candidate("set-size", title, (edit,))
