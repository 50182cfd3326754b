"""Large questions asked with small sizes instead.

Where neither memory nor the meta device will do (large NumPy arrays, results
whose size depends on values), the large ints of a question become symbols, the
question is asked with small sizes in their place, and their own values are put
into the answer. Relations between them other than order and equality are lost,
so an exception is believed only if it is about types.
"""

import random
from typing import Dict, Mapping

from . import dims, errors, probe, question
from .bindings import Binding
from .runs import Runner
from .wire import Answer, Error, Ok, Request, Unsure, Wire, substitute

_LARGE = 64
_STARTS = (66, 9)
_RUNS = 8


def ask(request: Request, run: Runner) -> Answer:
    """The answer to a question without symbols, with sizes made small."""
    writer = _Writer()
    small = request._replace(
        args=tuple(writer.write(wire) for wire in request.args),
        kwargs=tuple((name, writer.write(wire)) for name, wire in request.kwargs),
    )
    if not writer.symbols:
        return Unsure("too-large")
    asked = question.read(small)
    for start in _STARTS:
        bindings = [_binding(writer.symbols, start, number) for number in range(_RUNS)]
        answer = probe.ask_with(asked, run, bindings)
        if isinstance(answer, Ok):
            actual = {name: size for size, name in writer.symbols.items()}
            changed = tuple((path, substitute(wire, actual)) for path, wire in answer.changed)
            return Ok(substitute(answer.result, actual), changed)
        if not (isinstance(answer, Unsure) and answer.reason == "too-large"):
            break
    certain = isinstance(answer, Error) and errors.is_text_about_types(answer.text)
    return answer if certain else Unsure("too-large")


class _Writer:
    def __init__(self) -> None:
        self.symbols: Dict[int, str] = {}

    def write(self, wire: Wire) -> Wire:
        """The wire value with large ints as symbols."""
        if isinstance(wire, int) and not isinstance(wire, bool):
            return ("sym", self._name(wire)) if wire > _LARGE else wire
        if not isinstance(wire, tuple) or not wire:
            return wire
        tag = wire[0]
        if tag in ("tensor", "ndarray"):
            return (tag, tuple(self._dim(dim) for dim in wire[1])) + wire[2:]
        if tag in ("tuple", "list", "size", "slice"):
            return (tag,) + tuple(self.write(item) for item in wire[1:])
        return wire

    def _dim(self, dim: dims.Dim) -> dims.Dim:
        return self._name(dim) if isinstance(dim, int) and dim > _LARGE else dim

    def _name(self, size: int) -> str:
        return self.symbols.setdefault(size, "L{}".format(len(self.symbols)))


def _binding(symbols: Mapping[int, str], start: int, number: int) -> Binding:
    """Small sizes in the order of the large ones."""
    draw = random.Random(number)
    chosen: Binding = {}
    size = start
    for actual in sorted(symbols):
        size += draw.randint(1, 9)
        chosen[symbols[actual]] = size
    return chosen
