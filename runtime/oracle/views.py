"""Views whose sizes are symbols: whether there are numbers for which they fit."""

import re
from itertools import product

from . import dims

_MISFIT = re.compile(r"shape '\[(.*)\]' is invalid for input of size (.+)$")
_GRID = {1: 600, 2: 64, 3: 20}
"""By the number of symbols, up to where each of them is tried."""


def may_fit(text: str) -> bool:
    """Whether sizes that were not tried may fit, by what torch says of those that were.

    `(m, m, 3)` as `(m, 4, n)` fails at most sizes that one can think of, and works at m = 4
    and n = 3; `(n, 3)` as `(n, 4)` works at none.
    """
    found = _MISFIT.search(text)
    if found is None:
        return False
    try:
        wanted = dims.product(tuple(dims.canonical(d.strip()) for d in found[1].split(",")))
        there = dims.canonical(found[2])
    except dims.DimError:
        return True
    names = sorted({*dims.symbols(wanted), *dims.symbols(there)})
    if len(names) not in _GRID:
        return bool(names)
    for sizes in product(range(1, _GRID[len(names)] + 1), repeat=len(names)):
        binding = dict(zip(names, sizes))
        size, count = dims.evaluate(wanted, binding), dims.evaluate(there, binding)
        # A size of -1 is whatever is left.
        if size == count or (size < 0 and count % size == 0):
            return True
    return False
