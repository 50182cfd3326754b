"""Every call of `test_eager` with sizes left open: no size makes the answer wrong.

Some sizes of the operands become symbols, chosen by chance from a fixed seed.
Then torch runs the call with real sizes, also equal ones and ones.
"""

from __future__ import annotations

import random
from typing import Any

import pytest
import torch
from shapewise.runtime.client import OracleClient
from shapewise.runtime.oracle import dims
from shapewise.runtime.oracle import wire as w
from torch import nn

from .expressions import Symbolic, eager, encode, request, signature, tensor
from .test_eager import FAILS, WORKS, _cases, _names

SIZES = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16)
EXPRESSIONS = [line for line in _cases(WORKS) + _cases(FAILS) if "Transformer" not in line]


def fits(found: w.Wire, real: w.Wire, sizes: dict[str, int]) -> bool:
    """Whether a result with symbols is right for these sizes; fresh symbols stand for any."""
    if isinstance(found, tuple) and found:
        if found[0] in ("any", "argument", "opaque"):
            return True
        if found[0] == "sym":
            return _is(found[1], real, sizes)
        if found[0] in ("tensor", "ndarray"):
            same = found[0] == real[0] and found[2] == real[2] and len(found[1]) == len(real[1])
            return same and all(_is(a, b, sizes) for a, b in zip(found[1], real[1], strict=True))
        if found[0] == "namedtuple":
            found, real = found[3:], real[3:]
        return len(found) == len(real) and all(map(lambda a, b: fits(a, b, sizes), found, real))
    return bool(found == real)


def _is(dim: dims.Dim, size: int, sizes: dict[str, int]) -> bool:
    return str(dim).startswith("_") or dims.evaluate(dim, sizes) == size


def has_zero(wire: w.Wire) -> bool:
    if isinstance(wire, tuple) and wire:
        if wire[0] in ("tensor", "ndarray"):
            return 0 in wire[1]
        return any(map(has_zero, wire))
    return False


def open_sizes(symbols: dict[int, str]) -> dict[str, Any]:
    """The operands with the sizes in `symbols` left open."""
    names = _names()
    for name, value in names.items():
        if isinstance(value, torch.Tensor):
            shape = [Symbolic(symbols[size]) if size in symbols else size for size in value.shape]
            told = signature(value)
            names[name] = tensor(*shape, dtype=told.dtype, flags=told.flags)
    return names


def real_sizes(symbols: dict[int, str], sizes: dict[str, int]) -> dict[str, Any]:
    """The operands with these sizes."""
    names = _names()
    for name, value in names.items():
        if isinstance(value, torch.Tensor):
            shape = [sizes[symbols[size]] if size in symbols else size for size in value.shape]
            if value.is_floating_point() or value.is_complex():
                made = torch.rand(shape, dtype=torch.float64).to(value.dtype)
            else:
                made = torch.randint(0, 2, shape).to(value.dtype)
            made.requires_grad_(value.requires_grad)
            names[name] = nn.Parameter(made) if isinstance(value, nn.Parameter) else made
    return names


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_every_size(oracle: OracleClient, expression: str) -> None:
    draw = random.Random(expression)
    operands = [value for value in _names().values() if isinstance(value, torch.Tensor)]
    present = sorted({size for value in operands for size in value.shape if size > 1})
    chosen = draw.sample(present, draw.choice([1, 2, 3]))
    symbols = dict(zip(chosen, "ABC", strict=False))
    try:
        asked = request(expression, open_sizes(symbols))
    except (AttributeError, TypeError):
        pytest.skip("an operand is an expression itself")
    answer = oracle.ask(asked)
    for number in range(5):
        sizes = {symbol: draw.choice(SIZES[number == 0 :]) for symbol in symbols.values()}
        if number == 3:
            sizes = dict.fromkeys(sizes, draw.choice(SIZES[1:]))
        if number == 4:
            sizes = {symbol: size for size, symbol in symbols.items()}
        real = eager(expression, real_sizes(symbols, sizes))
        if isinstance(answer, w.Error):
            assert isinstance(real, Exception), f"{answer} with {sizes}"
        if isinstance(answer, w.Ok) and not isinstance(real, Exception):
            wire = encode(real)
            # An empty result follows no formula: `x[2:]` of one row is `n - 2` rows no more.
            if 1 not in sizes.values() and not has_zero(wire):
                assert fits(answer.result, wire, sizes), f"{answer} is not {wire} with {sizes}"
