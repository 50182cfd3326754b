"""How large and how slow one aten operator will be, before it runs."""

from typing import Any, Callable, Dict, Tuple

import torch

MAX_OUTPUT = 1_000_000
"""Elements that one operator may make."""

MAX_WORK = 200_000_000
"""Multiplications that one operator may take (about 10 ms)."""

PROBE_WORK = 30_000_000
"""The same where the operator runs a dozen times."""

_SURE = 4_000_000
_MAX_MATRIX = 400

# The size of the result is the square of what goes in.
_SQUARES = ("eye", "diag", "diag_embed", "tril_indices", "triu_indices", "block_diag", "vander")
# The size of the result is no more than that of all that goes in.
_BOUNDED_WORDS = ("norm", "loss", "softmax", "max_pool", "avg_pool", "gather", "scatter", "sort",
                  "topk", "cat", "stack", "clone", "copy", "sum", "mean", "dropout")  # fmt: skip
_UNBOUNDED_WORDS = ("adaptive", "unpool")
_MATRIX_WORDS = ("linalg", "cholesky", "svd", "eig", "inverse", "solve", "_lu", "qr", "matrix_exp")


class TooLarge(Exception):
    """The operator takes too much memory or time to be tried."""


def check(
    func: Any, args: Tuple[Any, ...], kwargs: "Dict[str, Any]", max_work: int = MAX_WORK
) -> None:
    """Lets an operator of bearable size pass. A bound first, an estimate if that is too high.

    Raises:
        TooLarge: see there.
    """
    kind = _KINDS.get(func)
    if kind is None:
        kind = _KINDS[func] = _kind(func)
    if kind is _view:
        return
    bound = 1
    for arg in args:
        if isinstance(arg, torch.Tensor):
            bound *= arg.numel() or 1
        elif isinstance(arg, (list, tuple)):
            bound *= _of_list(arg)
        elif isinstance(arg, int) and arg > 1:
            bound *= arg
    if kind is _square:
        bound *= bound
    if bound > _SURE or kind is _matrix:
        made, work = kind(func, args, kwargs)
        if made > MAX_OUTPUT or work > max_work:
            raise TooLarge("{} makes {} elements".format(func, made))


def has_tag(func: Any, name: str) -> bool:
    """Whether an operator has a tag; tags that this torch does not know, none has."""
    tag = getattr(torch.Tag, name, None)
    return tag is not None and tag in func.tags


def is_product(func: Any) -> bool:
    """Whether an operator is a matrix product or convolution."""
    return func.overloadpacket.__name__ in _FORMULAS


def work(func: Any, args: Tuple[Any, ...], kwargs: "Dict[str, Any]") -> int:
    """Multiplications or elements made, as far as can be told without the meta device."""
    kind = _KINDS.get(func) or _kind(func)
    if kind in (_on_meta, _square):
        kind = _no_more
    return max(kind(func, args, kwargs))


def _of_list(items: Any) -> int:
    bound, total = 1, 0
    for item in items:
        if isinstance(item, torch.Tensor):
            total += item.numel()
        elif isinstance(item, int) and item > 1:
            bound *= item
    return bound * (total or 1)


def _kind(func: Any) -> "Callable[..., Tuple[int, int]]":
    name = func.overloadpacket.__name__
    if name in _FORMULAS:
        return _FORMULAS[name]
    returns = func._schema.returns
    if any(item.alias_info is not None and not item.alias_info.is_write for item in returns):
        return _view
    if name in _SQUARES:
        return _square
    if any(word in name for word in _MATRIX_WORDS):
        return _matrix
    if has_tag(func, "pointwise") or func._schema.is_mutable:
        return _pointwise
    if has_tag(func, "dynamic_output_shape"):
        return _no_more
    if any(word in name for word in _BOUNDED_WORDS):
        return _on_meta if any(word in name for word in _UNBOUNDED_WORDS) else _no_more
    return _on_meta


def _view(func: Any, args: Any, kwargs: Any) -> Tuple[int, int]:
    return 0, 0


def _no_more(func: Any, args: Any, kwargs: Any) -> Tuple[int, int]:
    """About as many elements as go in."""
    return sum(_count(arg) for arg in args), 0


def _pointwise(func: Any, args: Any, kwargs: Any) -> Tuple[int, int]:
    shapes = [tuple(arg.shape) for arg in args if isinstance(arg, torch.Tensor)]
    made = 1
    for axis in range(1, max((len(shape) for shape in shapes), default=0) + 1):
        made *= max(shape[-axis] for shape in shapes if len(shape) >= axis)
    return made, made


def _matrix(func: Any, args: Any, kwargs: Any) -> Tuple[int, int]:
    for arg in args:
        if isinstance(arg, torch.Tensor) and arg.dim() >= 2 and min(arg.shape[-2:]) > _MAX_MATRIX:
            return MAX_OUTPUT + 1, 0
    return _no_more(func, args, kwargs)


def _on_meta(func: Any, args: Any, kwargs: Any) -> Tuple[int, int]:
    """As many elements as the meta device says; nothing if it cannot tell."""
    # Functions that only rearrange or reduce make no more than what goes in.
    try:
        made = func(*to_meta(args), **{**to_meta(kwargs), **meta_device(func)})
    except Exception:  # then the real run raises as well, or it is a matter of values
        return _no_more(func, args, kwargs)
    return _count(made), 0


def _square(func: Any, args: Any, kwargs: Any) -> Tuple[int, int]:
    return _on_meta(func, args, kwargs)


def meta_device(func: Any) -> "Dict[str, Any]":
    """The keyword argument that makes a factory make its tensor on meta."""
    names = [argument.name for argument in func._schema.arguments]
    return {"device": "meta"} if "device" in names else {}


def to_meta(value: Any) -> Any:
    """The tensors in an argument replaced by ones on meta."""
    if isinstance(value, torch.Tensor):
        return torch.empty_strided(
            tuple(value.shape), value.stride(), dtype=value.dtype, device="meta"
        )
    if isinstance(value, (list, tuple)):
        return type(value)(to_meta(item) for item in value)
    if isinstance(value, dict):
        return {name: to_meta(item) for name, item in value.items()}
    return None if isinstance(value, torch.Generator) else value


def _count(made: Any) -> int:
    if isinstance(made, torch.Tensor):
        return int(made.numel())
    if isinstance(made, (list, tuple)):
        return sum(_count(item) for item in made)
    return 0


def _matrix_product(a: Any, b: Any) -> Tuple[int, int]:
    if a.dim() < 2 or b.dim() < 2:
        return 0, 0
    made = b.shape[-1]
    for size in a.shape[:-1]:
        made *= size
    return made, made * a.shape[-1]


def _mm(func: Any, args: Any, kwargs: Any) -> Tuple[int, int]:
    return _matrix_product(args[0], args[1])


def _addmm(func: Any, args: Any, kwargs: Any) -> Tuple[int, int]:
    return _matrix_product(args[1], args[2])


def _convolution(func: Any, args: Any, kwargs: Any) -> Tuple[int, int]:
    given, weight = args[0], args[1]
    strides, paddings, dilations, transposed = args[3], args[4], args[5], args[6]
    if given.dim() < 3 or weight.dim() != given.dim():
        return 0, 0
    made = given.shape[0] * (weight.shape[1] * args[8] if transposed else weight.shape[0])
    for axis in range(2, given.dim()):
        step = strides[min(axis - 2, len(strides) - 1)]
        padding = paddings[min(axis - 2, len(paddings) - 1)]
        dilation = dilations[min(axis - 2, len(dilations) - 1)]
        reach = dilation * (weight.shape[axis] - 1) + 1
        size = given.shape[axis]
        made *= size * step + reach if transposed else (size + 2 * padding - reach) // step + 1
    made = max(made, 0)
    # Measured on small batches: a convolution costs about four times a matrix product.
    return made, 4 * made * (weight.numel() // max(weight.shape[0], 1))


def _attention(func: Any, args: Any, kwargs: Any) -> Tuple[int, int]:
    query, key = args[0], args[1]
    if query.dim() < 3 or key.dim() < 3:
        return 0, 0
    scores = query.numel() // max(query.shape[-1], 1) * key.shape[-2]
    return max(query.numel(), scores), 2 * scores * query.shape[-1]


_FORMULAS: "Dict[str, Callable[..., Tuple[int, int]]]" = {
    "mm": _mm,
    "bmm": _mm,
    "addmm": _addmm,
    "baddbmm": _addmm,
    "convolution": _convolution,
    "_scaled_dot_product_flash_attention_for_cpu": _attention,
    "_scaled_dot_product_attention_math": _attention,
}
_KINDS: "Dict[Any, Callable[..., Tuple[int, int]]]" = {}
