"""What a question is about: its symbols, the dims and the constants in it."""

import re
from typing import List, NamedTuple, Set, Tuple

from . import dims
from .dims import Dim
from .wire import Request, Wire

_NUMBER = re.compile(r"\b\d+\b")
MAX_CONSTANTS = 24
_MAX_TOGETHER = 10**9


class Question(NamedTuple):
    """A request read through.

    request: the request, in which every unknown int has a name.
    sizes: symbols that are sizes, at least 1, in the order they occur.
    free: names of ints that nothing is known about.
    hidden: the free names that were made up here; an answer must not use them.
    atoms: the expressions that occur, in order, symbols last.
    shapes: the shapes that occur.
    constants: ints that occur, sorted.
    parameters: those of them that are not sizes of tensors: kernel sizes, features.
    bounds: those that are bounds of slices.
    """

    request: Request
    sizes: Tuple[str, ...]
    free: Tuple[str, ...]
    hidden: Tuple[str, ...]
    atoms: Tuple[str, ...]
    shapes: Tuple[Tuple[Dim, ...], ...]
    constants: Tuple[int, ...]
    parameters: Tuple[int, ...]
    bounds: Tuple[int, ...]

    @property
    def wants_one(self) -> bool:
        """Whether a layer was made with a 1, as `Conv2d(1, 32, 3)`, which its input must have."""
        layer = self.request.args[0] if self.request.kind == "forward" else None
        return isinstance(layer, tuple) and (1 in layer[2] or any(i == 1 for _, i in layer[3]))


def read(request: Request) -> Question:
    """Reads a request through."""
    reader = _Reader()
    args = reader.group(request.args)
    kwargs = tuple((name, reader.read(wire)) for name, wire in request.kwargs)
    sizes = tuple(dict.fromkeys(reader.sizes))
    free = tuple(name for name in dict.fromkeys(reader.free) if name not in sizes)
    expressions = dict.fromkeys(reader.expressions)
    for name in sizes + free:
        expressions.pop(name, None)
    return Question(
        request=request._replace(args=args, kwargs=kwargs),
        sizes=sizes,
        free=free,
        hidden=tuple(reader.hidden),
        # A dim as it stands is likelier than one of its symbols, but a plain
        # symbol is what one would write.
        atoms=sizes + free + tuple(expressions),
        shapes=tuple(dict.fromkeys(reader.shapes)),
        constants=tuple(sorted(reader.constants))[:MAX_CONSTANTS],
        parameters=tuple(sorted(reader.parameters)),
        bounds=tuple(sorted(reader.bounds)),
    )


class _Reader:
    def __init__(self) -> None:
        self.sizes: List[str] = []
        self.free: List[str] = []
        self.hidden: List[str] = []
        self.expressions: List[str] = []
        self.shapes: List[Tuple[Dim, ...]] = []
        self.constants: Set[int] = set()
        self.parameters: Set[int] = set()
        self.bounds: Set[int] = set()

    def read(self, wire: Wire) -> Wire:
        """Notes what is in a wire value; the wire value with its unknown ints named."""
        if isinstance(wire, int):
            self._constant(wire)
            self.parameters.add(abs(wire))
            return wire
        if not isinstance(wire, tuple) or not wire:
            return wire
        tag = wire[0]
        if tag in ("tensor", "ndarray"):
            self.shapes.append(wire[1])
            for dim in wire[1]:
                self._dim(dim, self.sizes)
            if tag == "tensor":
                for dim in wire[4] or ():
                    if isinstance(dim, str):
                        self.sizes += dims.symbols(dim)
            return wire
        if tag == "sym":
            self._dim(wire[1], self.sizes)
            return wire
        if tag == "any":
            return self._anything(wire)
        if tag == "slice":
            self.bounds |= {item for item in wire[1:] if isinstance(item, int)}
        if tag == "layer":
            args = self.group(wire[2])
            kwargs = tuple((name, self.read(item)) for name, item in wire[3])
            training, dtype, overrides, frozen = wire[4]
            overrides = tuple((name, self.read(item)) for name, item in overrides)
            return (tag, wire[1], args, kwargs, (training, dtype, overrides, frozen))
        if tag == "dict":
            return (tag,) + tuple((key, self.read(item)) for key, item in wire[1:])
        if tag in ("tuple", "list", "set", "size", "slice"):
            return (tag,) + self.group(wire[1:])
        if tag == "namedtuple":
            return wire[:3] + tuple(self.read(item) for item in wire[3:])
        return wire

    def group(self, wires: Tuple[Wire, ...]) -> Tuple[Wire, ...]:
        """Reads values that stand side by side; the product of ints among them counts too."""
        together = 1
        for wire in wires:
            if isinstance(wire, int) and wire > 1 and together < _MAX_TOGETHER:
                together *= wire
        self._constant(together)
        return tuple(self.read(wire) for wire in wires)

    def _dim(self, dim: Dim, names: List[str]) -> None:
        if isinstance(dim, int):
            self._constant(dim)
            return
        names += dims.symbols(dim)
        self.expressions.append(dim)
        for number in _NUMBER.findall(dim):
            self._constant(int(number))

    def _anything(self, wire: Wire) -> Wire:
        if wire[1] != "int":
            return wire
        if len(wire) < 3:
            name = "_any{}".format(len(self.hidden))
            self.hidden.append(name)
            wire = wire + (name,)
        self._dim(wire[2], self.free)
        return wire

    def _constant(self, value: int) -> None:
        if value not in (0, 1, -1):
            self.constants.add(abs(value))
