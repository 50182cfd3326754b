"""Questions about tensors that are too large to be made."""

from typing import Mapping

from . import errors, evaluate
from .evaluate import Raised, Returned, Run
from .materialise import Place
from .wire import Request, Unsure, Wire

# These make no copy, so they may be asked with virtual arrays.
_VIEWS = frozenset(
    ("reshape", "transpose", "T", "swapaxes", "squeeze", "expand_dims", "moveaxis", "shape",
     "size", "ndim", "dtype", "itemsize", "nbytes", "len")
)  # fmt: skip


def run(request: Request, bindings: Mapping[str, int]) -> Run:
    """One run without the memory.

    The meta device tells shapes and strides. It does not see what eager mode
    checks of dtypes, and has its own words for what does not fit; so the same
    call also runs on virtual tensors on the CPU, where the operators' own
    checks raise before anything is computed.
    """
    if _is_view_of_array(request):
        return evaluate.run(request, bindings, place=Place.VIRTUAL)
    on_meta = evaluate.run(request, bindings, place=Place.META)
    if isinstance(on_meta, Unsure):
        return on_meta
    on_cpu = evaluate.run(request, bindings, place=Place.VIRTUAL)
    if isinstance(on_meta, Returned):
        if isinstance(on_cpu, Raised) and errors.is_contract(on_cpu.error):
            return on_cpu
        return on_meta
    if isinstance(on_cpu, Raised):
        return on_cpu
    # Strides are only right on meta.
    strides = errors.is_about_strides(on_meta.error) and not errors.is_about_meta(on_meta.error)
    if isinstance(on_cpu, Returned) and strides:
        return on_meta
    return Unsure("too-large", str(on_meta.error))


def _is_view_of_array(request: Request) -> bool:
    first = request.args[0] if request.args else None
    if not isinstance(first, tuple) or first[0] != "ndarray":
        return False
    name = request.name.rpartition(".")[2]
    return name in _VIEWS or (name == "getitem" and is_basic(request.args[1]))


def is_basic(index: Wire) -> bool:
    """Whether an index is made of plain ints, slices, None and Ellipsis."""
    if isinstance(index, int):
        return True
    if index[0] == "tuple":
        return all(is_basic(item) for item in index[1:])
    return index[0] in ("slice", "none", "ellipsis", "sym", "any")
