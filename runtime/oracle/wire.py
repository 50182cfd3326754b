"""What travels between the server and the oracle child: tagged JSON arrays.

A wire value is an `int` (a plain Python int), or a tuple whose first item is a
tag. Tags keep `1`, `1.0` and `True` apart (Python calls them equal, torch does
not), so that wire values are hashable, comparable cache keys.

| wire value | means |
|---|---|
| `3` | int |
| `("float", 0.5)` `("bool", True)` `("str", "mean")` `("none",)` `("ellipsis",)` `("complex", re, im)` | a constant |
| `("sym", "B//2")` | an int that is an expression over symbols (`dims`), a size ≥ 1 |
| `("any", "int" or "float" or "bool" or "str")` | a number or text that nothing is known about; of an answer only: the result depended on stand-in values |
| `("any", "int", "n")` | an int that nothing is known about, named `n`; it may be negative |
| `("tuple", v…)` `("list", v…)` `("set", v…)` `("dict", (k, v)…)` `("slice", v, v, v)` | containers |
| `("size", v…)` | torch.Size |
| `("namedtuple", "torch.return_types.max", ("values", "indices"), v…)` | a structseq of torch |
| `("tensor", shape, dtype, flags, stride, value)` | a tensor, see `TensorSig` |
| `("ndarray", shape, dtype, value)` | a NumPy array; `("npscalar", dtype, value)` a NumPy scalar |
| `("dtype", "float32")` `("npdtype", "float64")` `("layout", "strided")` `("memory_format", "channels_last")` | torch's and NumPy's type objects |
| `("layer", class_name, args, kwargs, state)` | a torch.nn layer, see `layer` |
| `("ref", "torch.nn.functional.relu")` | a function or class of an allowed library |
| `("opaque", type_name)` | of an answer only: an object that cannot be described |

There are no devices here: everything runs on the CPU or on meta, and the
analysis tracks devices by itself. A `device=` argument never gets this far.
"""

import json
from typing import Any, Dict, Mapping, NamedTuple, Optional, Tuple

from . import dims
from .dims import Dim

PROTOCOL_VERSION = 1

Wire = Any
"""An `int` or a tagged tuple, as the table above says."""

NONE: Wire = ("none",)
ELLIPSIS: Wire = ("ellipsis",)

# Bits of a tensor's flags.
REQUIRES_GRAD = 1
NOT_LEAF = 2
PARAMETER = 4

MAX_VALUE_ELEMENTS = 64
"""A tensor carries its value on the wire only up to this many elements."""


class TensorSig(NamedTuple):
    """What is known of a tensor: the transfer function's unit of exchange.

    shape: dims, each an int or an expression over symbols.
    dtype: the name after `torch.`, such as `"float32"`.
    flags: `REQUIRES_GRAD | NOT_LEAF | PARAMETER`.
    stride: None for a contiguous tensor (always None where a dim is symbolic
        and the tensor is contiguous), else one dim per axis.
    value: nested tuples of plain numbers (a bare number for a 0-d tensor) when
        every element is truly known, else None.
    """

    shape: Tuple[Dim, ...]
    dtype: str
    flags: int = 0
    stride: Optional[Tuple[Dim, ...]] = None
    value: Any = None

    def wire(self) -> Wire:
        """This signature as a wire value."""
        return ("tensor",) + tuple(self)


class Request(NamedTuple):
    """One question to the oracle. Pure: the same question has the same answer.

    kind:
        `"call"`     call `name` (`"torch.cat"`, `"torch.Tensor.view"` with the
                     tensor as first argument, `"operator.matmul"`, `"numpy.zeros"`)
        `"layer"`    describe the layer that `name(*args, **kwargs)` builds
        `"forward"`  call the layer in `args[0]` with the other arguments
        `"attribute"` read attribute `name` of `args[0]`
        `"resolve"`  say what the dotted `name` is
    grad: False inside `no_grad` or `inference_mode`.
    default_dtype: what `torch.set_default_dtype` was told.
    """

    kind: str
    name: str
    args: Tuple[Wire, ...] = ()
    kwargs: Tuple[Tuple[str, Wire], ...] = ()
    grad: bool = True
    default_dtype: str = "float32"


class Ok(NamedTuple):
    """The call returned.

    result: the wire value of what it returned. A result that *is* one of the
        arguments (`relu_`, `to` without effect) is `("argument", index)`; a
        keyword argument is `("argument", "name")`. So is a part of a result.
    changed: the arguments changed in place: `((index or name, new wire value), …)`.
        An index may be a path: `(0, 1)` is the second item of the first argument.
    requires: equalities between symbols and dims under which it returns,
        `(("D", 784), ("M", "N"))`; under no others that were tried. Empty if it
        returns whatever the sizes are.
    """

    result: Wire
    changed: Tuple[Tuple[Any, Wire], ...] = ()
    requires: Tuple[Tuple[str, Dim], ...] = ()


class Error(NamedTuple):
    """The call raises, whatever the values are.

    type: the exception's class name; text: its message, in which sizes that
    come from symbols are written as dims (`mat1 and mat2 shapes cannot be
    multiplied (Nx784 and 512x10)`).
    """

    type: str
    text: str


class Unsure(NamedTuple):
    """The oracle cannot tell. `reason` is one of `REASONS`; `detail` is for people."""

    reason: str
    detail: str = ""


REASONS = {
    "values": "whether it works depends on the values",
    "symbols": "whether it works depends on sizes that are not known",
    "not-allowed": "not a function that is asked of torch",
    "not-found": "no such name in this library",
    "not-installed": "the library is not installed",
    "too-large": "too large to try",
    "timeout": "took too long",
    "died": "the interpreter that runs torch died",
    "no-torch": "no torch in this interpreter",
    "encoding": "a value that cannot be sent to torch",
}

Answer = Any
"""`Ok`, `Error` or `Unsure`."""

# The answer to "layer" is Ok with a wire dict of
#   "attributes": {name: wire}         public constants (in_features, kernel_size, …)
#   "parameters": {dotted name: tensor wire}, "buffers": {dotted name: tensor wire}
#   "children": {name: layer wire or ("opaque", class)}   direct children, where they can be described
#   "class": canonical dotted name, "forward": tuple of the parameter names of forward
# The answer to "resolve" is Ok with a wire dict of
#   "kind": "module" | "function" | "layer" | "class" | "value" | "missing"
#   "name": canonical dotted name; "value": wire (for kind "value")
#   "signature": text of the signature, "parameters": tuple of parameter names (where they can be found)
#   "bases": dotted names of the classes in the MRO (for "layer" and "class")
#   "members": tuple of public names (for "module", for a hint on a misspelt one)


def layer(
    class_name: str,
    args: Tuple[Wire, ...] = (),
    kwargs: Tuple[Tuple[str, Wire], ...] = (),
    training: bool = True,
    dtype: Optional[str] = None,
    overrides: Tuple[Tuple[str, Wire], ...] = (),
    frozen: bool = False,
) -> Wire:
    """The wire value of a layer.

    Args:
        class_name: dotted name, such as `"torch.nn.Linear"`.
        args: what the constructor got.
        kwargs: what the constructor got by name, sorted by name, without `device`.
        training: False after `eval()`.
        dtype: the floating-point dtype after `.double()`, `.half()`, `.to(dtype)`.
        overrides: attributes, parameters or buffers set after construction, by
            dotted name, sorted; a tensor replaces the parameter of that name.
        frozen: no parameter requires grad.
    """
    return ("layer", class_name, args, kwargs, (training, dtype, overrides, frozen))


def substitute(wire: Wire, bindings: Mapping[str, Dim]) -> Wire:
    """A wire value with some symbols replaced by other dims."""
    if not isinstance(wire, tuple) or not wire:
        return wire
    tag = wire[0]
    if tag == "sym" or (tag == "any" and len(wire) == 3):
        dim = dims.substitute(wire[-1], bindings)
        return dim if isinstance(dim, int) else wire[:-1] + (dim,)
    if tag == "tensor":
        stride = None if wire[4] is None else _substitute_dims(wire[4], bindings)
        return (tag, _substitute_dims(wire[1], bindings)) + wire[2:4] + (stride, wire[5])
    if tag == "ndarray":
        return (tag, _substitute_dims(wire[1], bindings)) + wire[2:]
    if tag == "layer":
        training, dtype, overrides, frozen = wire[4]
        return (
            tag,
            wire[1],
            tuple(substitute(item, bindings) for item in wire[2]),
            substitute_named(wire[3], bindings),
            (training, dtype, substitute_named(overrides, bindings), frozen),
        )
    if tag == "dict":
        return (tag,) + substitute_named(wire[1:], bindings)
    if tag == "namedtuple":
        return wire[:3] + tuple(substitute(item, bindings) for item in wire[3:])
    if tag in ("tuple", "list", "set", "size", "slice"):
        return (tag,) + tuple(substitute(item, bindings) for item in wire[1:])
    return wire


def substitute_named(items: Tuple[Any, ...], bindings: Mapping[str, Dim]) -> Tuple[Any, ...]:
    """Pairs of a name and a wire value, with some symbols replaced in the values."""
    return tuple((name, substitute(item, bindings)) for name, item in items)


def _substitute_dims(shape: Tuple[Dim, ...], bindings: Mapping[str, Dim]) -> Tuple[Dim, ...]:
    return tuple(dims.substitute(dim, bindings) for dim in shape)


def dumps(value: Any) -> str:
    """Canonical JSON of a request, an answer or a wire value, on one line."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=True)


def loads(text: str) -> Any:
    """The inverse of `dumps`: arrays become tuples.

    Raises:
        ValueError: the text is no JSON.
    """
    return freeze(json.loads(text))


def freeze(value: Any) -> Any:
    """JSON arrays as tuples, at any depth."""
    if isinstance(value, list):
        return tuple(freeze(item) for item in value)
    return value


_ANSWERS: Dict[str, Any] = {"ok": Ok, "error": Error, "unsure": Unsure}


def dump_answer(answer: Answer) -> Tuple[Any, ...]:
    """An answer as a tagged tuple."""
    for tag, kind in _ANSWERS.items():
        if isinstance(answer, kind):
            return (tag,) + tuple(answer)
    raise TypeError("not an answer: {!r}".format(answer))


def load_answer(items: Tuple[Any, ...]) -> Answer:
    """The inverse of `dump_answer`.

    Raises:
        ValueError: no such answer.
    """
    try:
        return _ANSWERS[items[0]](*items[1:])
    except (KeyError, TypeError, IndexError) as error:
        raise ValueError("not an answer: {!r}".format(items)) from error
