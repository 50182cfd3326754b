"""`cat` and `stack`: another axis, one for the other, pieces with the same axes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ..facts import text
from .base import Candidate
from .layer_arguments import class_of
from .site import Site


def join(site: Site) -> Iterator[Candidate]:
    """Whatever makes the pieces of `cat` or `stack` fit."""
    call = site.call
    if call is None or class_of(call) not in ("cat", "concat", "concatenate", "stack"):
        return
    yield from _in_list(site, call)
    if not call.args or not isinstance(call.args[0], (ast.List, ast.Tuple)):
        return
    pieces = call.args[0].elts
    ranks = [site.rank(piece) for piece in pieces]
    stacked = class_of(call) == "stack"
    top = max((rank for rank in ranks if rank is not None), default=0)
    dim = site.argument(call, 1, "dim")
    if "Dimension out of range" in site.raised or "zero-dimensional" in site.raised:
        yield _renamed(site, call, "stack")
    if len(set(ranks)) > 1:
        for axis in range(top):
            suffix = f".unsqueeze({axis})"
            edits = [
                edit
                for piece, rank in zip(pieces, ranks, strict=True)
                if rank is not None and rank < top
                for edit in site.suffixed(piece, suffix)
            ]
            small = next(p for p, rank in zip(pieces, ranks, strict=True) if rank != top)
            title = text("Write `{new}`", new=site.suffixed_code(small, suffix))
            yield site.candidate("unsqueeze", title, tuple(edits))
    if stacked:
        for axis in range(top):
            candidate = _renamed(site, call, "cat")
            place = site.set_argument(call, 1, "dim", str(axis))
            title = text(
                "Write `{new}` instead of `{old}`", new=f"torch.cat(…, dim={axis})", old="stack"
            )
            edits_all = (*candidate.edits, place)
            yield site.candidate("join", title, edits_all)
    else:
        for axis in range(top):
            if dim is None or site.code(dim) != str(axis):
                title = text("Join along axis {axis}: `dim={axis}`", axis=axis)
                edit = site.set_argument(call, 1, "dim", str(axis))
                yield site.candidate("dim", title, (edit,))
    yield from _resized(site, pieces)


def _in_list(site: Site, call: ast.Call) -> Iterator[Candidate]:
    """Tensors one by one, put into a list."""
    tensors = [argument for argument in call.args if site.fact(argument) is not None]
    if len(tensors) < 2 or tensors != call.args[: len(tensors)]:
        return
    edits = (site.before(tensors[0], "["), site.behind(tensors[-1], "]"))
    listed = ", ".join(site.code(tensor) for tensor in tensors)
    title = text("Write `{new}`", new=f"{site.code(call.func)}([{listed}])")
    yield site.candidate("join-list", title, edits, safe=True)


def _renamed(site: Site, call: ast.Call, name: str) -> Candidate:
    module = site.code(call.func).rpartition(".")[0]
    new = f"{module}.{name}" if module else name
    return site.rewrite("join", call.func, new)


def _resized(site: Site, pieces: list[ast.expr]) -> Iterator[Candidate]:
    """Images brought to the size of the others."""
    if len(pieces) != 2 or any(site.rank(piece) != 4 for piece in pieces):
        return
    first, second = pieces
    module = functional(site)
    new = f"{module}.interpolate({site.code(first)}, size={site.code(second)}.shape[-2:])"
    yield site.rewrite("resize", first, new)


def padded(site: Site) -> Iterator[Candidate]:
    """Sequences of unequal length filled up to one, where a loader puts them together."""
    node = site.node
    made = site.maker(node) if isinstance(node, ast.Name) else node
    if not isinstance(made, ast.Call) or class_of(made) != "DataLoader":
        return
    # A lambda cannot be sent to a worker process everywhere.
    given = {keyword.arg for keyword in made.keywords}
    if given & {"collate_fn", "num_workers"} or "equal size" not in site.raised:
        return
    first, other = ([*re.findall(r"\[([\d, ]+)\] at entry", site.raised), "", ""])[:2]
    if first.count(",") > 1 or first.split(",")[1:] != other.split(",")[1:]:
        return  # What differs is no length: images, say.
    new = f"collate_fn=lambda batch: {site.nn}.utils.rnn.pad_sequence(batch, batch_first=True)"
    title = text("Fill up the shorter sequences: `{new}`", new="collate_fn=… pad_sequence …")
    yield site.candidate("padded", title, (site.with_argument(made, new),))


def functional(site: Site) -> str:
    """How the program calls `torch.nn.functional`."""
    for node in site.program.nodes():
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name == "torch.nn.functional" and alias.asname:
                    return alias.asname
        if isinstance(node, ast.ImportFrom) and node.module == "torch.nn":
            for alias in node.names:
                if alias.name == "functional":
                    return alias.asname or alias.name
    return "torch.nn.functional"


def stacked(site: Site) -> Iterator[Candidate]:
    """`torch.stack` for a list of tensors where one tensor is wanted."""
    node, call = site.node, site.call
    if node is None or call is None:
        return
    if class_of(call) == "tensor" and isinstance(node, ast.List):
        yield site.rewrite("stack", call, f"torch.stack({site.code(node)})")
    elif class_of(call) != "tensor":
        yield site.rewrite("stack", node, f"torch.stack({site.code(node)})")
