"""Whether a shape can be what is claimed, and what follows for the names in the claim."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ...runtime.oracle import dims
from ...runtime.oracle.dims import Dim
from .dims import Size as _Size
from .dims import Sizes

Names = dict[str, "Dim | tuple[Dim, ...]"]
"""What names of axes stand for so far: a size each, or for `*batch` several."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Why a shape is certainly not what is claimed.

    kind: the `rank`, a `size`, or a `name` that would need two sizes.
    """

    kind: str
    name: str = ""
    sizes: tuple[Dim, ...] = ()


def match(sizes: Sizes, shape: tuple[Dim, ...], names: Names) -> Conflict | None:
    """Holds a shape against a claim; binds the names that it meets for the first time.

    Sizes that are not known may be anything: there is a conflict only between
    numbers, or in the number of axes.
    """
    pairs = _aligned(sizes, shape)
    if pairs is None:
        return Conflict("rank")
    conflict: Conflict | None = None
    for size, part in pairs:
        if isinstance(part, tuple):
            conflict = conflict or _several(size.name, part, names)
        elif isinstance(size.dim, str) and size.dim.isidentifier():
            conflict = conflict or _named(size.dim, part, names)
    for size, part in pairs:
        if size.dim is None or isinstance(part, tuple) or conflict is not None:
            continue
        wanted = value_of(size.dim, names)
        if isinstance(wanted, int) and isinstance(part, int) and wanted != part:
            conflict = Conflict("size", str(size.dim), (wanted, part))
    return conflict


def _aligned(
    sizes: Sizes, shape: tuple[Dim, ...]
) -> list[tuple[_Size, Dim | tuple[Dim, ...]]] | None:
    """Each claim with its axis; the one that stands for several with a tuple of them."""
    many = next((index for index, size in enumerate(sizes) if size.many), None)
    if many is None:
        return list(zip(sizes, shape, strict=True)) if len(sizes) == len(shape) else None
    behind = len(sizes) - many - 1
    if len(shape) < many + behind:
        return None
    middle = shape[many : len(shape) - behind]
    pairs: list[tuple[_Size, Dim | tuple[Dim, ...]]] = [
        *zip(sizes[:many], shape[:many], strict=True)
    ]
    pairs.append((sizes[many], middle))
    pairs += zip(sizes[many + 1 :], shape[len(shape) - behind :], strict=True)
    return pairs


def _named(name: str, part: Dim, names: Names) -> Conflict | None:
    known = names.get(name)
    if isinstance(known, int) and isinstance(part, int) and known != part:
        return Conflict("name", name, (known, part))
    if known is None or (isinstance(part, int) and isinstance(known, str)):
        names[name] = part
    return None


def _several(name: str, part: tuple[Dim, ...], names: Names) -> Conflict | None:
    known = names.get(f"*{name}") if name else None
    if not isinstance(known, tuple):
        if name:
            names[f"*{name}"] = part
        return None
    if len(known) != len(part):
        return Conflict("rank")
    for a, b in zip(known, part, strict=True):
        if isinstance(a, int) and isinstance(b, int) and a != b:
            return Conflict("name", f"*{name}", (a, b))
    return None


def value_of(dim: Dim, names: Mapping[str, Dim | tuple[Dim, ...]]) -> Dim:
    """A dim with the names in it replaced by what they stand for."""
    known = {
        name: found
        for name in dims.symbols(dim)
        if not isinstance(found := names.get(name, name), tuple)
    }
    try:
        return dims.substitute(dim, known)
    except ZeroDivisionError:
        return dim


def shape_of(
    sizes: Sizes, names: Names, symbol: Callable[[str], Dim | None]
) -> tuple[Dim, ...] | None:
    """The shape that a claim describes; None where not even the rank is said.

    Args:
        symbol: what an unbound name stands for; "" is an axis without a name.
    """
    found: list[Dim] = []
    for size in sizes:
        if size.many:
            several = names.get(f"*{size.name}") if size.name else None
            if not isinstance(several, tuple):
                return None
            found.extend(several)
            continue
        dim = size.dim
        if dim is None:
            dim = symbol("")
        else:
            for name in dims.symbols(dim):
                if name not in names:
                    names[name] = symbol(name) or name
            dim = value_of(dim, names)
        if dim is None or (isinstance(dim, int) and dim < 0):
            return None
        found.append(dim)
    return tuple(found)
