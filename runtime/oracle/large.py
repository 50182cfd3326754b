"""Questions about tensors that are too large to be made."""

from typing import Mapping

from . import errors, evaluate
from .evaluate import Raised, Returned, Run
from .materialise import Place
from .wire import Request, Unsure


def run(request: Request, bindings: Mapping[str, int]) -> Run:
    """One run without the memory.

    The meta device tells shapes and strides. It does not see what eager mode
    checks of dtypes, and has its own words for what does not fit; so the same
    call also runs on virtual tensors on the CPU, where the operators' own
    checks raise before anything is computed.
    """
    on_meta = evaluate.run(request, bindings, place=Place.META)
    on_cpu = evaluate.run(request, bindings, place=Place.VIRTUAL)
    if isinstance(on_meta, Returned):
        if isinstance(on_cpu, Raised) and errors.is_contract(on_cpu.error):
            return on_cpu
        return on_meta
    if isinstance(on_meta, Unsure):
        return on_meta
    if isinstance(on_cpu, Raised):
        return on_cpu
    if isinstance(on_cpu, Returned) and not errors.is_about_meta(on_meta.error):
        # Strides are only right on meta.
        if errors.is_about_strides(on_meta.error):
            return on_meta
    return Unsure("too-large", str(on_meta.error))
