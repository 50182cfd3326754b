"""What happened inside one call: seen by a dispatch mode, one aten operator at a time."""

from typing import Any, Dict, Tuple

import torch
from torch.utils._python_dispatch import TorchDispatchMode

DATA = 1
"""A Python number was read out of a tensor, or the shape depends on values."""
RANDOM = 2
EMPTY = 4
"""Memory was not initialised."""

_EMPTY_NAMES = ("empty", "new_empty", "empty_like", "empty_strided", "empty_permuted",
                "new_empty_strided", "resize_", "resize_as_")  # fmt: skip
_flags: Dict[Any, int] = {}


def _flags_of(func: Any) -> int:
    flags = 0
    tags = func.tags
    if torch.Tag.data_dependent_output in tags or torch.Tag.dynamic_output_shape in tags:
        flags |= DATA
    if torch.Tag.nondeterministic_seeded in tags:
        flags |= RANDOM
    if func.overloadpacket.__name__ in _EMPTY_NAMES:
        flags |= EMPTY
    _flags[func] = flags
    return flags


class Watch(TorchDispatchMode):
    """Notes in `flags` what kinds of operators ran."""

    def __init__(self) -> None:
        super().__init__()
        self.flags = 0

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        """Runs one operator."""
        known = _flags.get(func)
        self.flags |= _flags_of(func) if known is None else known
        return func(*args, **(kwargs or {}))
