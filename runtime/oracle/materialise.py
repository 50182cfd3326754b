"""Wire values to real objects: stand-in tensors, constants, layers."""

from typing import Any, Dict, List, Mapping, NamedTuple, Sequence, Tuple

from . import allowed, dims, layers, names
from .cost import TooLarge
from .wire import NOT_LEAF, PARAMETER, REQUIRES_GRAD, Wire


class NotEncodable(Exception):
    """The wire value cannot be made into an object here; the text says why."""


class NegativeSize(Exception):
    """These sizes for the symbols make a tensor that cannot be."""


class LayerFailed(Exception):
    """The constructor of a layer raised `error`."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error


class NotAllowed(Exception):
    """The wire value refers to a function that may not be called."""


class StandIn(NamedTuple):
    """A tensor or array made for one question.

    path: where it is among the arguments: an index or name, or a tuple of them.
    made: the object.
    """

    path: Any
    made: Any


MAX_ELEMENTS = 1_000_000
"""The tensors of one question together have no more elements than this, if they are real."""

VIRTUAL_ELEMENTS = 4096
"""Virtual tensors no larger than this are real."""


class Place:
    """How tensors are made.

    REAL: with memory for each element.
    META: on the meta device, with no memory and no values.
    VIRTUAL: on the CPU; large ones have memory for one element only, which all
        indices share.
    """

    REAL = "real"
    META = "meta"
    VIRTUAL = "virtual"


FILLS = 4
"""How many different fillings there are for tensors whose values are not known."""


class Materialiser:
    """Makes the arguments of one run.

    Args:
        bindings: sizes for the symbols.
        fill: which filling unknown values get, below `FILLS`. 0 is the plainest
            (0.5, 0, True); the others differ from it and each other in counts
            of zeros, of trues and of distinct values and in the maximum. 3 makes
            square matrices well-conditioned.
        place: how tensors are made, see `Place`.
    """

    def __init__(self, bindings: Mapping[str, int], fill: int = 0, place: str = Place.REAL) -> None:
        self.torch = names.root("torch")
        self.bindings = bindings
        self.fill = fill
        self.place = place
        self.made: List[StandIn] = []
        self.unknown = False
        self.unknown_number = False
        self.unknown_index = False
        self._elements = 0

    def make(self, wire: Wire, path: Any) -> Any:
        """The object that a wire value describes.

        Raises:
            LayerFailed, NegativeSize, NotAllowed, NotEncodable: see there.
        """
        if isinstance(wire, int):
            return wire
        maker = _MAKERS.get(wire[0])
        if maker is None:
            raise NotEncodable("{}".format(wire[0]))
        return maker(self, wire, path)

    def items(self, wires: Tuple[Wire, ...], path: Any) -> List[Any]:
        """The objects that several wire values describe, at the paths `path + (i,)`."""
        base = path if isinstance(path, tuple) else (path,)
        return [self.make(wire, base + (index,)) for index, wire in enumerate(wires)]

    def count(self, shape: Tuple[int, ...]) -> None:
        """Notes that a tensor of this shape will be made.

        Raises:
            TooLarge: together with the others it is too large.
        """
        self._elements += _elements(shape)
        if self._elements > MAX_ELEMENTS and self.place == Place.REAL:
            raise TooLarge("{} elements".format(self._elements))

    def dims(self, shape: Tuple[dims.Dim, ...]) -> Tuple[int, ...]:
        """Dims as sizes.

        Raises:
            NegativeSize: one comes out below 0.
        """
        sizes = tuple(
            dim if isinstance(dim, int) else dims.evaluate(dim, self.bindings) for dim in shape
        )
        if any(size < 0 for size in sizes):
            raise NegativeSize(str(sizes))
        return sizes


def _tensor(self: Materialiser, wire: Wire, path: Any) -> Any:
    _, shape, dtype_name, flags, stride, value = wire
    torch = self.torch
    shape = self.dims(shape)
    dtype = getattr(torch, dtype_name, None)
    if not isinstance(dtype, torch.dtype):
        raise NotEncodable("dtype " + dtype_name)
    strides = None if stride is None else self.dims(stride)
    self.count(shape)
    if value is None:
        self.unknown = True
        self.unknown_index |= not dtype.is_floating_point
    if self.place == Place.META:
        made = _meta(torch, shape, dtype, strides)
    elif self.place == Place.VIRTUAL and _elements(shape) > VIRTUAL_ELEMENTS:
        made = virtual(torch, shape, dtype)
    elif value is not None:
        made = torch.tensor(value, dtype=dtype).reshape(shape)
        if strides is not None:
            made = _strided_copy(torch, made, strides)
    else:
        made = _filled(torch, shape, dtype, strides, self.fill)
    if flags & PARAMETER:
        made = torch.nn.Parameter(made, requires_grad=bool(flags & REQUIRES_GRAD))
    elif flags & REQUIRES_GRAD:
        made.requires_grad_()
        if flags & NOT_LEAF:
            # A clone of a virtual tensor would have memory for each element.
            made = made.view_as(made) if 0 in made.stride() else made.clone()
    self.made.append(StandIn(path, made))
    return made


def _elements(shape: Sequence[int]) -> int:
    count = 1
    for size in shape:
        count *= size
    return count


def virtual(torch: Any, shape: Sequence[int], dtype: Any) -> Any:
    """A tensor of any size with memory for one element."""
    made = torch.empty_strided(tuple(shape), (0,) * len(shape), dtype=dtype)
    if _elements(shape):
        _fill(torch, made.as_strided((), ()), 0)
    return made


def _meta(torch: Any, shape: Any, dtype: Any, strides: Any) -> Any:
    if strides is None:
        return torch.empty(shape, dtype=dtype, device="meta")
    return torch.empty_strided(shape, strides, dtype=dtype, device="meta")


def _strided_copy(torch: Any, tensor: Any, strides: Tuple[int, ...]) -> Any:
    made = torch.empty_strided(tuple(tensor.shape), strides, dtype=tensor.dtype)
    target, source = made, tensor
    for axis, step in enumerate(strides):
        if step == 0 and made.shape[axis] > 1:
            target, source = target.narrow(axis, 0, 1), source.narrow(axis, 0, 1)
    target.copy_(source)
    return made


def _filled(torch: Any, shape: Any, dtype: Any, strides: Any, fill: int) -> Any:
    if strides is None or 0 not in strides:
        if strides is None:
            made = torch.empty(shape, dtype=dtype)
        else:
            made = torch.empty_strided(shape, strides, dtype=dtype)
        return _fill(torch, made, fill)
    made = torch.empty_strided(shape, strides, dtype=dtype)
    target = made
    for axis, step in enumerate(strides):
        if step == 0 and shape[axis] > 1:
            target = target.narrow(axis, 0, 1)
    _fill(torch, target, fill)
    return made


def _fill(torch: Any, made: Any, fill: int) -> Any:
    dtype = made.dtype
    if dtype == torch.bool:
        if fill == 0:
            return made.fill_(True)
        pattern = torch.arange(made.numel()) % (fill + 1) == 0
        return made.copy_(pattern.reshape(made.shape))
    if not (dtype.is_floating_point or dtype.is_complex):
        if fill == 0:
            return made.fill_(0)
        if fill == 1:
            return made.fill_(1)
        pattern = torch.arange(made.numel())
        # The last one falls from 4 to 1, as the lengths of a sorted batch do.
        pattern = pattern % 3 if fill == 2 else (4 - pattern).clamp_(min=1)
        return made.copy_(pattern.reshape(made.shape))
    if fill == 0:
        return made.fill_(0.5)
    if fill == 3 and made.dim() >= 2 and made.shape[-1] == made.shape[-2]:
        size = max(made.shape[-1], 1)
        matrix = torch.full((size, size), 0.05 / size)
        matrix.fill_diagonal_(0.9)
        return made.copy_(matrix[: made.shape[-2], : made.shape[-1]])
    # Zeros, so that counts of non-zero and distinct elements differ between fillings.
    pattern = torch.arange(made.numel()) % (2 * fill + 1) / 8.0
    return made.copy_(pattern.reshape(made.shape))


def _array(self: Materialiser, wire: Wire, path: Any) -> Any:
    numpy = _numpy()
    if self.place == Place.META:
        raise TooLarge("arrays have no meta device")
    _, shape, dtype_name, value = wire
    shape = self.dims(shape)
    dtype = _npdtype(numpy, dtype_name)
    self.count(shape)
    if value is None:
        self.unknown = True
        if self.place == Place.VIRTUAL and _elements(shape) > VIRTUAL_ELEMENTS:
            made = numpy.broadcast_to(_filled_array(numpy, (1,) * len(shape), dtype, 0), shape)
        else:
            made = _filled_array(numpy, shape, dtype, self.fill)
    else:
        made = numpy.array(value, dtype=dtype).reshape(shape)
    self.made.append(StandIn(path, made))
    return made


def _filled_array(numpy: Any, shape: Any, dtype: Any, fill: int) -> Any:
    if dtype.kind not in "biufc":
        return numpy.zeros(shape, dtype)
    if fill == 0:
        return numpy.full(shape, {"b": True, "i": 0, "u": 0}.get(dtype.kind, 0.5), dtype)
    pattern = numpy.arange(int(numpy.prod(shape, dtype="int64"))) % (2 * fill + 1)
    if dtype.kind == "b":
        pattern = pattern == 0
    elif dtype.kind in "fc":
        pattern = pattern / 8.0
    return pattern.astype(dtype).reshape(shape)


def _npscalar(self: Materialiser, wire: Wire, path: Any) -> Any:
    numpy = _numpy()
    dtype = _npdtype(numpy, wire[1])
    value = wire[2]
    if value is None:
        self.unknown = True
        return _filled_array(numpy, (1,), dtype, self.fill)[0]
    return dtype.type(value)


def _npdtype(numpy: Any, name: str) -> Any:
    try:
        return numpy.dtype(name)
    except TypeError as error:
        raise NotEncodable("NumPy dtype " + name) from error


def _numpy() -> Any:
    try:
        return names.root("numpy")
    except names.NotInstalled as error:
        raise NotEncodable("NumPy is not installed") from error


def _symbol(self: Materialiser, wire: Wire, path: Any) -> Any:
    return dims.evaluate(wire[1], self.bindings)


def _anything(self: Materialiser, wire: Wire, path: Any) -> Any:
    if wire[1] == "int":
        return dims.evaluate(wire[2], self.bindings)
    self.unknown = self.unknown_number = True
    if wire[1] == "float":
        return (0.5, 0.25, 0.75, 0.1)[self.fill]
    if wire[1] == "bool":
        return self.fill % 2 == 0
    raise NotEncodable("an unknown " + wire[1])


def _namedtuple(self: Materialiser, wire: Wire, path: Any) -> Any:
    _, type_name, _fields = wire[:3]
    items = self.items(wire[3:], path)
    if type_name == "torch.nn.utils.rnn.PackedSequence":
        return self.torch.nn.utils.rnn.PackedSequence(*items)
    space, _, name = type_name.rpartition(".")
    if space in ("torch.return_types", "torch.return_types."):
        kind = getattr(self.torch.return_types, name, None)
        if kind is not None:
            return kind(items)
    return tuple(items)


def _dict(self: Materialiser, wire: Wire, path: Any) -> "Dict[Any, Any]":
    made: Dict[Any, Any] = {}
    base = path if isinstance(path, tuple) else (path,)
    for key_wire, item in wire[1:]:
        key = self.make(key_wire, base)
        made[key] = self.make(item, base + (key if isinstance(key, (int, str)) else 0,))
    return made


def _torch_constant(self: Materialiser, wire: Wire, path: Any) -> Any:
    found = getattr(self.torch, wire[1], None)
    kind = {"dtype": self.torch.dtype, "layout": self.torch.layout}.get(
        wire[0], self.torch.memory_format
    )
    if not isinstance(found, kind):
        raise NotEncodable("{} {}".format(wire[0], wire[1]))
    if self.place == Place.META and wire[1].startswith(("qint", "quint")):
        # There, quantizing gives a tensor that is not quantized.
        raise NotEncodable("quantized tensors")
    return found


def _layer(self: Materialiser, wire: Wire, path: Any) -> Any:
    try:
        layer = layers.build(wire, self.bindings, self.place)
    except _OBSTACLES:
        raise
    except Exception as error:  # constructors raise every kind
        raise LayerFailed(error) from error
    if any(True for _ in layer.parameters()) or any(True for _ in layer.buffers()):
        self.unknown = True
    return layer


_OBSTACLES = (
    NotEncodable, NegativeSize, NotAllowed, LayerFailed, TooLarge, ZeroDivisionError,
    layers.Large, layers.NotALayer, names.NotFound, names.NotInstalled, names.Foreign,
)  # fmt: skip


def _ref(self: Materialiser, wire: Wire, path: Any) -> Any:
    name = wire[1]
    if not allowed.allowed(name):
        try:
            found = names.find(name)
        except (names.NotFound, names.NotInstalled, names.Foreign) as error:
            raise NotAllowed(name) from error
        if not (isinstance(found, type) and _plain_class(self.torch, found)):
            raise NotAllowed(name)
        return found
    return names.find(name)


def _plain_class(torch: Any, found: type) -> bool:
    """Classes that serve as arguments: `isinstance(x, torch.Tensor)`, activation layers, dtypes."""
    return issubclass(found, (torch.nn.Module, torch.Tensor, bool, int, float, complex))


_MAKERS = {
    "float": lambda self, wire, path: float(wire[1]),
    "bool": lambda self, wire, path: bool(wire[1]),
    "str": lambda self, wire, path: wire[1],
    "none": lambda self, wire, path: None,
    "ellipsis": lambda self, wire, path: Ellipsis,
    "complex": lambda self, wire, path: complex(wire[1], wire[2]),
    "sym": _symbol,
    "any": _anything,
    "tuple": lambda self, wire, path: tuple(self.items(wire[1:], path)),
    "list": lambda self, wire, path: self.items(wire[1:], path),
    "set": lambda self, wire, path: set(self.items(wire[1:], path)),
    "dict": _dict,
    "slice": lambda self, wire, path: slice(*self.items(wire[1:], path)),
    "size": lambda self, wire, path: self.torch.Size(self.items(wire[1:], path)),
    "namedtuple": _namedtuple,
    "tensor": _tensor,
    "ndarray": _array,
    "npscalar": _npscalar,
    "dtype": _torch_constant,
    "npdtype": lambda self, wire, path: _npdtype(_numpy(), wire[1]).type,
    "layout": _torch_constant,
    "memory_format": _torch_constant,
    "layer": _layer,
    "ref": _ref,
}
