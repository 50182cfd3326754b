"""Real objects to wire values."""

from typing import Any, Dict, Optional, Tuple

from . import names
from .wire import (
    ELLIPSIS,
    MAX_VALUE_ELEMENTS,
    NONE,
    NOT_LEAF,
    PARAMETER,
    REQUIRES_GRAD,
    TensorSig,
    Wire,
)

_LIMITS = (
    "bits", "dtype", "eps", "max", "min", "resolution", "smallest_normal", "tiny",
)  # fmt: skip

MAX_ITEMS = 4096
"""Containers with more items than this are not described."""


class Describer:
    """Describes the results of one run.

    Args:
        values: whether values are truly known, so that they may be reported.
        exact: whether Python numbers are; if not they are `("any", type)`.
        arguments: the objects that stand for themselves, by identity.
        indices: whether the values of index tensors (lengths, batch sizes) are known.
    """

    def __init__(
        self,
        values: bool,
        exact: bool,
        arguments: Optional[Dict[int, Any]] = None,
        indices: bool = False,
    ) -> None:
        self.values = values
        self.exact = exact
        self.indices = indices
        self.arguments = arguments or {}
        self.torch = names.root("torch")

    def describe(self, found: Any) -> Wire:
        """The wire value of an object; `("opaque", type)` if there is none."""
        kind = type(found)
        if kind is int:
            return found if self.exact else ("any", "int")
        if kind in (float, bool, str):
            name = kind.__name__
            return (name, found) if self.exact else ("any", name)
        if found is None:
            return NONE
        if id(found) in self.arguments:
            return ("argument", self.arguments[id(found)])
        if isinstance(found, self.torch.Tensor):
            return self.tensor(found)
        if kind is complex:
            return ("complex", found.real, found.imag) if self.exact else ("any", "complex")
        if isinstance(found, tuple):
            return self._tuple(found)
        return self._other(found)

    def tensor(self, tensor: Any) -> Wire:
        """The wire value of a tensor."""
        if tensor.layout is not self.torch.strided or tensor.is_quantized:
            return ("opaque", "torch.Tensor ({})".format(str(tensor.layout)[6:]))
        return signature(self.torch, tensor, self.values).wire()

    def _tuple(self, found: Any) -> Wire:
        if len(found) > MAX_ITEMS:
            return ("opaque", "tuple")
        if isinstance(found, self.torch.Size):
            return ("size",) + tuple(self.describe(item) for item in found)
        kind = type(found)
        if kind is self.torch.nn.utils.rnn.PackedSequence:
            return self._packed(found)
        items = tuple(self.describe(item) for item in found)
        if kind.__module__ == "torch.return_types":
            return ("namedtuple", "torch.return_types." + kind.__name__, _fields(found)) + items
        fields = getattr(kind, "_fields", None)
        if fields is not None:
            name = names.name_of(kind) or "{}.{}".format(kind.__module__, kind.__qualname__)
            return ("namedtuple", name, tuple(fields)) + items
        return ("tuple",) + items

    def _packed(self, found: Any) -> Wire:
        # How a batch is packed follows from the lengths alone, not from its data.
        indices = Describer(self.values or self.indices, self.exact)
        parts = (self.describe(found[0]),) + tuple(indices.describe(item) for item in found[1:])
        name = "torch.nn.utils.rnn.PackedSequence"
        return ("namedtuple", name, tuple(type(found)._fields)) + parts

    def _other(self, found: Any) -> Wire:
        torch = self.torch
        if isinstance(found, (list, set, frozenset)):
            if len(found) > MAX_ITEMS:
                return ("opaque", type(found).__name__)
            tag = "list" if isinstance(found, list) else "set"
            return (tag,) + tuple(self.describe(item) for item in found)
        if isinstance(found, dict):
            return ("dict",) + tuple(
                (self.describe(key), self.describe(item)) for key, item in found.items()
            )
        if found is Ellipsis:
            return ELLIPSIS
        if isinstance(found, slice):
            return ("slice",) + tuple(
                self.describe(item) for item in (found.start, found.stop, found.step)
            )
        if isinstance(found, torch.dtype):
            return ("dtype", str(found)[6:])
        if isinstance(found, torch.layout):
            return ("layout", str(found)[6:])
        if isinstance(found, torch.memory_format):
            return ("memory_format", str(found)[6:])
        if isinstance(found, (torch.finfo, torch.iinfo)):
            return self._limits(found)
        array = self._array(found)
        if array is not None:
            return array
        if callable(found) and not isinstance(found, torch.nn.Module):
            name = names.name_of(found)
            if name is not None:
                return ("ref", name)
        kind = type(found)
        return ("opaque", names.name_of(kind) or "{}.{}".format(kind.__module__, kind.__qualname__))

    def _limits(self, found: Any) -> Wire:
        fields = tuple(name for name in _LIMITS if hasattr(found, name))
        values = tuple(self.describe(getattr(found, name)) for name in fields)
        return ("namedtuple", "torch." + type(found).__name__, fields) + values

    def _array(self, found: Any) -> Optional[Wire]:
        module = type(found).__module__.split(".")[0]
        if module != "numpy" and not (isinstance(found, type) and found.__module__ == "numpy"):
            return None
        numpy = names.root("numpy")
        if isinstance(found, numpy.ndarray):
            small = found.size <= MAX_VALUE_ELEMENTS and found.dtype.kind in "biuf"
            value = freeze_list(found.tolist()) if self.values and small else None
            return ("ndarray", tuple(found.shape), dtype_name(found.dtype), value)
        if isinstance(found, numpy.generic):
            plain = self.values and found.dtype.kind in "biuf"
            return ("npscalar", dtype_name(found.dtype), found.item() if plain else None)
        if isinstance(found, numpy.dtype):
            return ("npdtype", dtype_name(found))
        if isinstance(found, type) and issubclass(found, numpy.generic):
            return ("npdtype", dtype_name(numpy.dtype(found)))
        return None


def dtype_name(dtype: Any) -> str:
    """NumPy's name of a dtype (`"float64"`, `"object"`, `"<U5"`)."""
    return str(dtype) if dtype.kind not in "USV" else dtype.str


def signature(torch: Any, tensor: Any, values: bool) -> TensorSig:
    """What the wire tells of a tensor."""
    flags = 0
    if tensor.requires_grad:
        flags |= REQUIRES_GRAD
        if not tensor.is_leaf:
            flags |= NOT_LEAF
    if isinstance(tensor, torch.nn.Parameter):
        flags |= PARAMETER
    stride = None if tensor.is_contiguous() else tuple(tensor.stride())
    value = None
    if values and tensor.numel() <= MAX_VALUE_ELEMENTS and not tensor.is_meta:
        value = known_value(tensor)
    return TensorSig(tuple(tensor.shape), str(tensor.dtype)[6:], flags, stride, value)


def known_value(tensor: Any) -> Any:
    """The elements as nested tuples, None where they are not plain numbers."""
    if tensor.is_complex():
        return None
    try:
        return freeze_list(tensor.detach().tolist())
    except (RuntimeError, TypeError):  # exotic dtypes
        return None


def freeze_list(value: Any) -> Any:
    """Nested lists as nested tuples."""
    if isinstance(value, list):
        return tuple(freeze_list(item) for item in value)
    return value


_FIELD_NAMES: Dict[type, Tuple[str, ...]] = {}


def _fields(found: Any) -> Tuple[str, ...]:
    """The field names of a structseq in order (before Python 3.10 nothing lists them)."""
    kind = type(found)
    if kind not in _FIELD_NAMES:
        listed = getattr(kind, "__match_args__", None)
        if listed is None:
            text = repr(kind(tuple(range(len(found)))))
            inside = text[text.index("(") + 1 : text.rindex(")")]
            listed = tuple(part.split("=")[0].strip() for part in inside.split(","))
        _FIELD_NAMES[kind] = tuple(listed)
    return _FIELD_NAMES[kind]
