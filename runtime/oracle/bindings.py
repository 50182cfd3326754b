"""Sizes to try for the symbols of a question, in families.

A family is one way in which sizes may have to be related for an operator to
accept them: all different, two alike, one equal to a constant, a multiple of
it, large. Its members differ in everything else, so that what the family
leaves open can be fitted.
"""

import random
from itertools import combinations, product
from math import isqrt
from typing import Callable, Dict, FrozenSet, Iterator, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from . import dims
from .dims import Dim
from .question import Question

Binding = Dict[str, int]

GENERIC = "different"
"""The name of the family in which all symbols differ."""

_FREE = (3, -1, 7, 2, 11, 1, 5, -2, 18, 0, 4, -3)
_MAX_SOLUTIONS = 3
_MAX_EVALUATIONS = 1500


LARGE = "different and large"
"""The same with sizes beyond the usual kernels."""

GIVEN = "given"
"""The name of a family of bindings that someone else chose."""


class Family(NamedTuple):
    """Bindings that are related in the same way.

    name: for people.
    member: the binding with a number; members with different numbers differ.
    """

    name: str
    member: Callable[[int], Binding]


class Sizes:
    """Draws sizes for the symbols of one question.

    Sizes within one binding are distinct, different from the constants in
    play, of both parities and several residues.
    """

    def __init__(self, question: Question) -> None:
        self._question = question
        self._taken = set(question.constants)
        self._outer = _outer(question)
        self._low = max(min((c for c in question.constants if c > 2), default=6) - 1, 3)
        self._bound = max((b for b in question.bounds if b <= 200), default=0)
        self._high = _high(question, self._outer)

    def generic(self, number: int, low: int = 0, high: int = 0) -> Binding:
        """All symbols different. The same number gives the same binding."""
        draw = random.Random(1000 * number + high)
        chosen: Binding = {}
        used = set(self._taken)
        for index, symbol in enumerate(self._question.sizes):
            bounds = self._bounds(symbol, number)
            if high and symbol not in self._outer:
                bounds = (low, high)
            size = _draw(draw, bounds[0], bounds[1] + len(chosen), used, (number + index) % 2)
            chosen[symbol] = size
            used.add(size)
        for index, name in enumerate(self._question.free):
            chosen[name] = _FREE[(number + index * (1 + number // len(_FREE))) % len(_FREE)]
        return chosen

    def _bounds(self, symbol: str, number: int) -> Tuple[int, int]:
        if number % 5 == 3:
            # Below the constants in play, so that `max(n, 5)` is found out.
            return 2, self._low
        if symbol in self._outer:
            return 3, 13 + self._bound
        # Short ones among the first, so that `min(n, 10)` is found out.
        return 6, self._high if number % 3 else (6 + self._high) // 2

    def far(self, number: int) -> Optional[Binding]:
        """Sizes well beyond the constants in play, None where there is no point in that.

        With a kernel of 16 and a stride of 16 all sizes up to 31 give 1.
        """
        kernel = max((p for p in self._question.parameters if p <= 64), default=0)
        bound = max((b for b in self._question.bounds if b <= 1_000_000), default=0)
        inner = [name for name in self._question.sizes if name not in self._outer]
        if not self._question.sizes or (bound < 4 and (kernel < 4 or not inner)):
            return None
        chosen = self.generic(number)
        for name in self._question.sizes:
            chosen[name] += bound if name in self._outer else max(3 * kernel, bound)
        return chosen

    def families(self) -> Iterator[Family]:
        """The families, the likeliest first."""
        symbols = self._question.sizes
        constants = [c for c in self._question.constants if c <= 1_000_000]
        yield Family(GENERIC, self.generic)
        yield Family(LARGE, lambda number: self.generic(number, 40, 110))
        for a, b in combinations(symbols, 2):
            yield self._with("{} = {}".format(a, b), lambda s, a=a, b=b: {b: s[a]})
        if len(symbols) > 2:
            yield self._with("all alike", lambda s: {t: s[symbols[0]] for t in symbols})
        for symbol in symbols:
            for c in constants:
                # Multiples first: `view(n, 4, c//4)` works for each of them.
                if c > 1:
                    yield self._with(
                        "{} divides {}".format(c, symbol),
                        lambda s, symbol=symbol, c=c: {symbol: c * _factor(s[symbol], c)},
                    )
                yield self._with(
                    "{} = {}".format(symbol, c), lambda s, symbol=symbol, c=c: {symbol: c}
                )
        for c in constants:
            root = _near_root(c)
            for a, b in combinations(symbols, 2) if root > 1 else ():
                yield self._with(
                    "{} divides {}*{}".format(c, a, b),
                    lambda s, a=a, b=b, c=c, root=root: {
                        a: root * (1 + s[a] % 3),
                        b: c // root * (1 + s[b] % 4),
                    },
                )
        for solution in self._solutions():
            yield self._with("solved", lambda s, solution=solution: solution)
        for symbol in symbols:
            yield self._with("{} = 1".format(symbol), lambda s, symbol=symbol: {symbol: 1})
            for c in constants:
                if c > 1:
                    yield self._with(
                        "{} > {}".format(symbol, c),
                        lambda s, symbol=symbol, c=c: {symbol: c + s[symbol]},
                    )
        for c in constants:
            yield self._with("all = {}".format(c), lambda s, c=c: {t: c for t in symbols})
            yield self._with(
                "{} divides all".format(c),
                lambda s, c=c: {t: c * _factor(s[t], c) for t in symbols},
            )
        for symbol in symbols:
            for size in range(1, 41):
                yield self._with(
                    "{} = {}".format(symbol, size),
                    lambda s, symbol=symbol, size=size: {symbol: size},
                )
        yield self._with("all = 1", lambda s: {t: 1 for t in symbols})
        for a, b in combinations(symbols, 2):
            for c, d in product(constants[:8], repeat=2):
                yield self._with(
                    "{} = {}, {} = {}".format(a, c, b, d),
                    lambda s, a=a, b=b, c=c, d=d: {a: c, b: d},
                )

    def elements(self, binding: Binding) -> int:
        """How many elements the tensors of the question have together."""
        total = 0
        for shape in self._question.shapes:
            count = 1
            for dim in shape:
                count *= dims.evaluate(dim, binding)
            total += count
        return total

    def _with(self, name: str, change: Callable[[Binding], Mapping[str, int]]) -> Family:
        def member(number: int) -> Binding:
            chosen = self.generic(number)
            chosen.update(change(chosen))
            return chosen

        return Family(name, member)

    def _solutions(self) -> Iterator[Binding]:
        """Sizes for which two dims in play are equal, such as `32*H*W` and `1568`."""
        shapes = self._question.shapes
        compound = [atom for atom in self._question.atoms if not atom.isidentifier()]
        for shape in shapes:
            compound += [p for p in (dims.product(shape), dims.product(shape[1:])) if _is_open(p)]
        targets: List[Dim] = list(self._question.constants)
        for shape in shapes:
            count = dims.product(shape)
            if isinstance(count, int) and count > 1:
                targets.append(count)
        for expression in dict.fromkeys(compound):
            table = _table(expression)
            wanted = set(targets)
            found: Dict[Dim, int] = {}
            for binding, value in table:
                if value in wanted and found.get(value, 0) < _MAX_SOLUTIONS:
                    found[value] = found.get(value, 0) + 1
                    yield binding


def _is_open(dim: Dim) -> bool:
    return isinstance(dim, str) and not dim.isidentifier()


def _table(expression: str) -> List[Tuple[Binding, int]]:
    """The values of an expression for small sizes, equal sizes first."""
    symbols = dims.symbols(expression)
    rows: List[Tuple[Binding, int]] = []
    for binding in _small(symbols):
        try:
            rows.append((binding, dims.evaluate(expression, binding)))
        except ZeroDivisionError:
            continue
        if len(rows) >= _MAX_EVALUATIONS:
            break
    return rows


def _small(symbols: Sequence[str]) -> Iterator[Binding]:
    for size in range(1, 301):
        yield dict.fromkeys(symbols, size)
    if len(symbols) == 2:
        a, b = symbols
        for total in range(2, 70):
            for size in range(1, total):
                yield {a: size, b: total - size}
    elif len(symbols) > 2:
        for symbol in symbols:
            for size in range(1, 33):
                for other in range(1, 25):
                    yield {**dict.fromkeys(symbols, other), symbol: size}


def _outer(question: Question) -> FrozenSet[str]:
    """The symbols that are only ever the first dim of a shape: batches, which may be small."""
    first = {shape[0] for shape in question.shapes if len(shape) > 1}
    inner = {name for shape in question.shapes for dim in shape[1:] for name in dims.symbols(dim)}
    return frozenset(name for name in question.sizes if name in first and name not in inner)


def _high(question: Question, outer: FrozenSet[str]) -> int:
    """The largest size to draw for an inner symbol, so that tensors stay small."""
    high = 44
    for shape in question.shapes:
        known, names = 1, set()
        for dim in shape:
            if isinstance(dim, int):
                known *= max(dim, 1)
            names |= set(dims.symbols(dim))
        inner = len(names - outer)
        if inner:
            room = 20_000 / known / 8 ** len(names & outer)
            high = min(high, int(room ** (1 / inner)))
    return max(high, 20 if len(question.sizes) <= 4 else 11)


def _factor(size: int, constant: int) -> int:
    return 2 + size % 7 if constant <= 16 else 1 + size % 4


def _near_root(number: int) -> int:
    """The largest divisor that is no larger than the square root; 1 for a prime."""
    return next((d for d in range(min(isqrt(number), 1000), 0, -1) if number % d == 0), 1)


def _draw(draw: random.Random, low: int, high: int, used: "set[int]", parity: int) -> int:
    free = [size for size in range(low, high + 1) if size not in used]
    alike = [size for size in free if size % 2 == parity]
    if free:
        return draw.choice(alike or free)
    size = high
    while size in used:
        size += 1
    return size
