"""Operators too large to run: their dtypes are checked, their sizes inferred, nothing is computed.

Tensors here are virtual (`materialise.Place`): on the CPU, of any size, with
memory for one element.
"""

from typing import Any, Dict, List, Tuple

import torch

from . import cost, errors
from .materialise import VIRTUAL_ELEMENTS, virtual

_MAX_WORK = 20 * cost.MAX_WORK
_KEPT_SIZE = 4
_SMALL_INT = 16


def is_needed(func: Any, args: Tuple[Any, ...], kwargs: "Dict[str, Any]") -> bool:
    """Whether an operator would take too much memory or time, reading what it is given."""
    if _is_view(func):
        return False
    if any(isinstance(arg, torch.Tensor) and arg.numel() > cost.MAX_OUTPUT for arg in args):
        return True
    try:
        cost.check(func, args, kwargs)
    except cost.TooLarge:
        return True
    return False


def is_large(func: Any, args: Tuple[Any, ...], kwargs: "Dict[str, Any]") -> bool:
    """Whether an operator of a layer's constructor works on or makes a large tensor."""
    for arg in args[:1]:
        if isinstance(arg, torch.Tensor):
            return arg.numel() > VIRTUAL_ELEMENTS and not _is_view(func)
        if isinstance(arg, (list, tuple)) and all(isinstance(size, int) for size in arg):
            count = 1
            for size in arg:
                count *= size
            return count > VIRTUAL_ELEMENTS
    return False


def run(func: Any, args: Tuple[Any, ...], kwargs: "Dict[str, Any]") -> Any:
    """What an operator would return, with virtual tensors.

    Raises:
        Exception: what the operator raises; about sizes in eager's own words.
        cost.TooLarge: this cannot be told without running it.
    """
    if cost.is_product(func) and _channels_differ(func, args):
        return func(*args, **kwargs)  # which says so before it computes anything
    try:
        made = func(*cost.to_meta(args), **{**cost.to_meta(kwargs), **cost.meta_device(func)})
    except Exception as error:
        return _really(func, args, kwargs, error)
    _check_dtypes(func, args, kwargs)
    return _from_meta(func, made, args, kwargs)


def _really(func: Any, args: Any, kwargs: Any, error: Exception) -> Any:
    """Runs what the meta device refuses: misfits are found before anything is made."""
    if errors.is_about_meta(error):
        raise cost.TooLarge(str(error)) from error
    # Products and convolutions compare sizes first.
    if not cost.is_product(func) and cost.work(func, args, kwargs) > _MAX_WORK:
        raise cost.TooLarge(str(error)) from error
    return func(*args, **kwargs)


def _channels_differ(func: Any, args: Any) -> bool:
    """Whether a transposed convolution gets other channels than it has: meta does not look."""
    if func.overloadpacket.__name__ != "convolution" or not args[6]:
        return False
    given, weight = args[0], args[1]
    return given.dim() == weight.dim() and bool(given.shape[1] != weight.shape[0])


def _check_dtypes(func: Any, args: Any, kwargs: Any) -> None:
    """Runs the operator on small tensors of the same dtypes and ranks.

    Raises:
        Exception: what it raises, if that is about types or about the number of axes.
    """
    sizes: List[int] = sorted(set(_sizes(args)) | set(_sizes(tuple(kwargs.values()))))
    small = {size: _KEPT_SIZE + 1 + place for place, size in enumerate(sizes)}
    try:
        func(*_shrink(args, small), **_shrink(kwargs, small))
    except Exception as error:
        if errors.is_about_types(error) or errors.is_about_axes(error):
            raise


def _sizes(values: Any) -> List[int]:
    found: List[int] = []
    for value in values:
        if isinstance(value, torch.Tensor):
            found += [size for size in value.shape if size > _KEPT_SIZE]
        elif isinstance(value, (list, tuple)):
            found += _sizes(value)
    return found


def _shrink(value: Any, small: "Dict[int, int]") -> Any:
    if isinstance(value, torch.Tensor):
        shape = [small.get(size, size) for size in value.shape]
        filling = 0.5 if value.is_floating_point() else 0
        return torch.full(shape, filling, dtype=value.dtype)
    if isinstance(value, int) and not isinstance(value, bool):
        return small.get(value, min(value, _SMALL_INT))
    if isinstance(value, (list, tuple)):
        return type(value)(_shrink(item, small) for item in value)
    if isinstance(value, dict):
        return {name: _shrink(item, small) for name, item in value.items()}
    return value


def _is_view(func: Any) -> bool:
    returns = func._schema.returns
    return any(item.alias_info is not None and not item.alias_info.is_write for item in returns)


def _from_meta(func: Any, made: Any, args: Any, kwargs: Any) -> Any:
    returns = func._schema.returns
    if len(returns) == 1:
        written = returns[0].alias_info is not None and returns[0].alias_info.is_write
        if written:
            return kwargs.get("out", args[0] if args else None)
        return _virtual(made)
    return type(made)(_virtual(item) for item in made)


def _virtual(made: Any) -> Any:
    if isinstance(made, torch.Tensor):
        if made.numel() > VIRTUAL_ELEMENTS:
            return virtual(torch, made.shape, made.dtype)
        return torch.zeros(made.shape, dtype=made.dtype)
    if isinstance(made, (list, tuple)):
        return type(made)(_virtual(item) for item in made)
    return made
