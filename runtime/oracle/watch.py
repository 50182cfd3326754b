"""What happened inside one call: seen by a dispatch mode, one aten operator at a time."""

from typing import Any, Dict, Tuple

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from . import cost, pretend

DATA = 1
"""A Python number was read out of a tensor, or the shape depends on values."""
RANDOM = 2
EMPTY = 4
"""Memory was not initialised."""

_EMPTY_NAMES = ("empty", "new_empty", "empty_like", "empty_strided", "empty_permuted",
                "new_empty_strided", "resize_", "resize_as_")  # fmt: skip
# Read lengths out of tensors without being tagged for it.
_DATA_NAMES = ("_pack_padded_sequence", "_pad_packed_sequence")
_flags: Dict[Any, int] = {}


def _flags_of(func: Any) -> int:
    flags = 0
    if cost.has_tag(func, "data_dependent_output") or cost.has_tag(func, "dynamic_output_shape"):
        flags |= DATA
    if func.overloadpacket.__name__ in _DATA_NAMES:
        flags |= DATA
    if cost.has_tag(func, "nondeterministic_seeded"):
        flags |= RANDOM
    if func.overloadpacket.__name__ in _EMPTY_NAMES:
        flags |= EMPTY
    _flags[func] = flags
    return flags


class Defect(Exception):
    """The oracle itself failed while torch was at work; torch raised nothing."""


class Watch(TorchDispatchMode):
    """Notes in `flags` what kinds of operators ran.

    Args:
        place: how the tensors were made (`materialise.Place`). Real operators
            that would be too large are refused, virtual ones pretended.
        max_work: multiplications that a real operator may take.
    """

    def __init__(self, place: str, max_work: int = cost.MAX_WORK) -> None:
        super().__init__()
        self.max_work = max_work
        self.flags = 0
        self.place = place

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        # Else torch imports all of torch._dynamo at the first operator (0.8 s).
        return False

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        """Runs one operator.

        Raises:
            cost.TooLarge: it would take too much memory or time.
        """
        if kwargs is None:
            kwargs = {}
        try:
            known = _flags.get(func)
            self.flags |= _flags_of(func) if known is None else known
            pretended = False
            if self.place == "real":
                cost.check(func, args, kwargs, self.max_work)
            elif self.place == "virtual":
                pretended = pretend.is_needed(func, args, kwargs)
        except cost.TooLarge:
            raise
        except Exception as error:
            raise Defect("{}: {!r}".format(func, error)) from error
        return pretend.run(func, args, kwargs) if pretended else func(*args, **kwargs)


class Skeleton(TorchDispatchMode):
    """Builds layers without drawing their initial weights.

    Args:
        place: how parameters are made (`materialise.Place`).
        limit: elements that may be allocated, if they are real.
    """

    def __init__(self, place: str, limit: int) -> None:
        super().__init__()
        self.place = place
        self.limit = limit
        self.elements = 0

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        """Runs one operator, unless it fills a tensor at random.

        Raises:
            cost.TooLarge: the layer would have more elements than are allowed.
        """
        if kwargs is None:
            kwargs = {}
        known = _flags.get(func)
        flags = _flags_of(func) if known is None else known
        if flags & RANDOM and func.__name__.partition(".")[0].endswith("_"):
            return args[0]
        if self.place == "real" and flags & EMPTY:
            self.elements += _product(args[0])
            if self.elements > self.limit:
                raise cost.TooLarge("{} parameters".format(self.elements))
        elif self.place == "real":
            cost.check(func, args, kwargs)
        elif self.place == "virtual" and pretend.is_large(func, args, kwargs):
            return pretend.run(func, args, kwargs)
        return func(*args, **kwargs)


def _product(sizes: Any) -> int:
    if isinstance(sizes, torch.Tensor):
        return sizes.numel()
    count = 1
    for size in sizes:
        count *= int(size)
    return count
