"""Hidden states of recurrent layers get the shape that the layer wants."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ..facts import text
from .base import Candidate, Edit
from .layer_arguments import class_of
from .site import Site

_CREATORS = ("zeros", "ones", "rand", "randn", "empty")


def state(site: Site) -> Iterator[Candidate]:
    """The calls that make the state get the sizes that are wanted."""
    call = site.call
    if call is None or len(call.args) < 2:
        return
    wanted = [int(size) for size in re.findall(r"\d+", site.field("wanted"))]
    given = call.args[1]
    items = given.elts if isinstance(given, ast.Tuple) else [given]
    edits: list[Edit] = []
    for item in items:
        made = site.maker(item) if isinstance(item, ast.Name) else item
        if not isinstance(made, ast.Call) or class_of(made) not in _CREATORS:
            return
        if len(made.args) != len(wanted):
            break
        sizes = site.shape(made)
        if sizes is None or len(sizes) != len(wanted):
            continue
        for argument, new in zip(made.args, _sizes(site, call.args[0], made, wanted), strict=True):
            if site.code(argument) != new:
                edits.append(site.replace(argument, new))
    if edits:
        shape = f"({', '.join(map(str, wanted))})"
        title = text("Make the state {shape}", shape=shape)
        yield site.candidate("state", title, tuple(dict.fromkeys(edits)))
    ranks = [site.rank(item) for item in items]
    if all(rank == 2 for rank in ranks):
        added = tuple(edit for item in items for edit in site.suffixed(item, ".unsqueeze(0)"))
        title = text("Write `{new}`", new=site.suffixed_code(items[0], ".unsqueeze(0)"))
        yield site.candidate("unsqueeze", title, added)


def _sizes(site: Site, tensor: ast.expr, made: ast.Call, wanted: list[int]) -> list[str]:
    """The sizes as the program writes them: its own in another order, `x.size(0)`, or numbers."""
    sizes = site.shape(made) or ()
    given = [site.code(argument) for argument in made.args]
    if sorted(sizes) == sorted(wanted):
        written = dict(zip(sizes, given, strict=True))
        return [written[size] for size in wanted]
    return [
        code if size == new else _size(site, tensor, argument, new)
        for code, size, new, argument in zip(given, sizes, wanted, made.args, strict=True)
    ]


def _size(site: Site, tensor: ast.expr, old: ast.expr, wanted: int) -> str:
    sizes = site.shape(tensor) or ()
    asks = isinstance(old, (ast.Call, ast.Subscript))
    if asks and wanted in sizes and isinstance(tensor, ast.Name):
        return f"{tensor.id}.size({sizes.index(wanted)})"
    return str(wanted)


def batch_of_state(site: Site) -> Iterator[Candidate]:
    """`batch_first=True` where the state was made for it."""
    call, made = site.call, site.layer
    if call is None or made is None or len(call.args) < 2:
        return
    given = call.args[1]
    state = given.elts[0] if isinstance(given, ast.Tuple) and given.elts else given
    sizes, wanted = site.shape(call.args[0]), site.shape(state)
    fits = sizes and wanted and len(sizes) == len(wanted) == 3 and sizes[0] == wanted[1]
    if fits and site.argument(made, -1, "batch_first") is None:
        new = "batch_first=True"
        title = text("Write `{new}` in `{old}`", new=new, old=site.short(made))
        yield site.candidate("batch-first", title, (site.with_argument(made, new),))


def batch_first(site: Site) -> Iterator[Candidate]:
    """`batch_first=True` for a recurrent layer that is given (N, L, F)."""
    for node in site.program.nodes():
        if not isinstance(node, ast.Call) or class_of(node) not in ("LSTM", "GRU", "RNN"):
            continue
        if site.argument(node, -1, "batch_first") is None:
            new = "batch_first=True"
            title = text("Write `{new}` in `{old}`", new=new, old=site.short(node))
            yield site.candidate("batch-first", title, (site.with_argument(node, new),))


def mask_size(site: Site) -> Iterator[Candidate]:
    """A mask made for the sequences there are."""
    wanted = [int(size) for size in re.findall(r"\d+", site.field("wanted"))]
    call = site.call
    mask = site.argument(call, 5, "attn_mask") if call is not None else None
    made = site.maker(mask) if mask is not None else None
    for node in ast.walk(made) if made is not None else ():
        if not isinstance(node, ast.Call) or class_of(node) not in _CREATORS:
            continue
        if len(wanted) == len(node.args) == 2:
            edits = tuple(
                site.replace(argument, str(size))
                for argument, size in zip(node.args, wanted, strict=True)
            )
            shape = f"({wanted[0]}, {wanted[1]})"
            title = text("Make the mask {shape}", shape=shape)
            yield site.candidate("mask", title, edits)
