"""Sizes to try for the symbols of a question, in families.

A family is one way in which sizes may have to be related for an operator to
accept them: all different, two alike, one equal to a constant, a multiple of
it, large. Its members differ in everything else, so that what the family
leaves open can be fitted.
"""

import random
import re
from itertools import combinations, product
from math import isqrt
from typing import Dict, FrozenSet, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from . import dims
from .dims import Dim
from .question import Question

Binding = Dict[str, int]
Pairs = Tuple[Tuple[str, int], ...]

_FREE = (3, -1, 7, 2, 11, 1, 5, -2, 18, 0, 4, -3)
_MAX_SOLUTIONS = 3
_MAX_EVALUATIONS = 1500
_MAX_CONSTANT = 1_000_000
SMALL = 40
"""Up to where each size is tried if nothing else works."""
_LARGE = (40, 110)
_QUOTIENT = re.compile(r"\b([A-Za-z_]\w*)\)?//([A-Za-z_]\w*)")
_IMAGES = (28, 32, 64, 224, 96, 128, 256, 48, 84, 299, 227, 100, 50, 512)
"""Sizes of images that are usual, the likeliest first."""


class Family(NamedTuple):
    """Bindings that are related in the same way; by default all sizes are just different.

    alike: pairs of symbols that are equal.
    fixed: symbols with their sizes.
    multiples: symbols with numbers that divide them.
    above: symbols with numbers that they exceed.
    large: whether sizes are beyond the usual kernels.
    given: the members themselves, where someone else chose them.
    """

    alike: Tuple[Tuple[str, str], ...] = ()
    fixed: Pairs = ()
    multiples: Pairs = ()
    above: Pairs = ()
    large: bool = False
    given: Tuple[Pairs, ...] = ()

    @property
    def is_degenerate(self) -> bool:
        """Whether a size is 1, at which much works that works at no other size."""
        return any(size == 1 for _, size in self.fixed)

    @property
    def is_generic(self) -> bool:
        """Whether nothing relates the sizes."""
        return not (self.alike or self.fixed or self.multiples or self.above or self.given)

    @property
    def names(self) -> FrozenSet[str]:
        """The symbols that something is said of."""
        pairs = (*self.fixed, *self.multiples, *self.above)
        return frozenset((*(name for name, _ in pairs), *(n for pair in self.alike for n in pair)))

    @property
    def requires(self) -> Tuple[Tuple[str, Dim], ...]:
        """The equalities that hold in all members: `(symbol, what it equals)`."""
        return (*((other, symbol) for symbol, other in self.alike), *self.fixed)


GENERIC = Family()


class Sizes:
    """Draws sizes for the symbols of one question.

    Sizes within one binding are distinct, different from the constants in
    play, of both parities and several residues.
    """

    def __init__(self, question: Question) -> None:
        self._question = question
        self._taken = set(question.constants)
        self._ratios = tuple(_ratios(question))
        self._outer = _outer(question)
        beyond = tuple(c + extra for extra in (3, 7, 1) for c in question.constants[-4:])
        self._free = _FREE[:6] + beyond + _FREE[6:]
        self._low = max(min((c for c in question.constants if c > 2), default=6) - 1, 3)
        self._bound = max((b for b in question.bounds if b <= 200), default=0)
        self._room = _room(question, self._outer)
        self._high = _high(question, self._outer)

    def member(self, family: Family, number: int) -> Binding:
        """The binding of a family with a number; the same number gives the same binding."""
        if family.given:
            return dict(family.given[number % len(family.given)])
        chosen = self._different(number, family.large)
        chosen.update({other: chosen[symbol] for symbol, other in family.alike})
        chosen.update({symbol: c * _factor(chosen[symbol], c) for symbol, c in family.multiples})
        chosen.update({symbol: c + chosen[symbol] for symbol, c in family.above})
        for multiple, factor in self._ratios:
            if multiple not in family.names:
                chosen[multiple] = chosen[factor] * (2 + chosen[multiple] % 3)
        chosen.update(family.fixed)
        return chosen

    def is_fixed(self, family: Family) -> bool:
        """Whether all members of a family are the same binding."""
        first = self.member(family, 0)
        return all(self.member(family, number) == first for number in (1, 2, 3))

    def far(self, number: int) -> Optional[Binding]:
        """Sizes well beyond the constants in play, None where there is no point in that.

        With a kernel of 16 and a stride of 16 all sizes up to 31 give 1.
        """
        kernel = max((p for p in self._question.parameters if p <= 64), default=0)
        bound = max((b for b in self._question.bounds if b <= _MAX_CONSTANT), default=0)
        inner = [name for name in self._question.sizes if name not in self._outer]
        if not self._question.sizes or (bound < 4 and (kernel < 4 or not inner)):
            return None
        chosen = self._different(number, large=False)
        for name in self._question.sizes:
            chosen[name] += bound if name in self._outer else max(3 * kernel, bound)
        return chosen

    def elements(self, binding: Binding) -> int:
        """How many elements the tensors of the question have together."""
        total = 0
        for shape in self._question.shapes:
            count = 1
            for dim in shape:
                count *= dims.evaluate(dim, binding)
            total += count
        return total

    def families(self) -> Iterator[Family]:
        """The families, the likeliest first."""
        symbols = self._question.sizes
        constants = [c for c in self._question.constants if c <= _MAX_CONSTANT]
        pairs = list(combinations(symbols, 2))
        yield GENERIC
        yield Family(large=True)
        for pair in product(symbols, self._question.free):
            yield Family(alike=(pair,))
        if self._question.wants_one:
            for symbol in symbols:
                yield Family(fixed=((symbol, 1),))
        for pair in pairs:
            yield Family(alike=(pair,))
        if self._question.free:
            # With several relations there is always an int that makes them work.
            return
        yield from _aligned(self._question)
        for one, other in combinations(pairs, 2):
            if not set(one) & set(other):
                yield Family(alike=(one, other))
        if len(symbols) > 2:
            yield Family(alike=tuple((symbols[0], other) for other in symbols[1:]))
        for symbol, c in product(symbols, constants):
            # Multiples first: `view(n, 4, c//4)` works for each of them.
            if c > 1:
                yield Family(multiples=((symbol, c),))
            yield Family(fixed=((symbol, c),))
        for c in constants:
            yield Family(multiples=tuple((symbol, c) for symbol in symbols))
        for pair, symbol, c in product(pairs, symbols, constants[:8]):
            # `(n, d) + (m, 10)`: the same n, and 10 features.
            if symbol not in pair:
                yield Family(alike=(pair,), fixed=((symbol, c),))
        for c in constants:
            root = _near_root(c)
            for a, b in pairs if root > 1 else ():
                yield Family(multiples=((a, root), (b, c // root)))
        for solution in self._solutions():
            yield Family(fixed=tuple(solution.items()))
        for symbol in symbols:
            yield Family(fixed=((symbol, 1),))
            for c in constants:
                yield Family(above=((symbol, c),))
        for c in constants:
            yield Family(fixed=tuple((symbol, c) for symbol in symbols))
        for symbol, size in product(symbols, range(1, SMALL)):
            yield Family(fixed=((symbol, size),))
        yield Family(fixed=tuple((symbol, 1) for symbol in symbols))
        for (a, b), c, d in product(pairs, constants[:8], constants[:8]):
            yield Family(fixed=((a, c), (b, d)))

    def _different(self, number: int, large: bool) -> Binding:
        draw = random.Random(2 * number + large)
        chosen: Binding = {}
        used = set(self._taken)
        for index, symbol in enumerate(self._question.sizes):
            low, high = self._range(symbol, number, large)
            # All four combinations of two parities, two by two: a pair of bindings is put in order.
            parity = (number // 2 + index * (1 - number // 4 % 2)) % 2
            size = _draw(draw, low, high, used, parity)
            chosen[symbol] = size
            if not self._is_low(number, large):
                used.add(size)
        if number < 2:
            # Once in rising and once in falling order, so that `max(n, m)` is found out.
            inner = [name for name in chosen if name not in self._outer]
            sizes = sorted((chosen[name] for name in inner), reverse=bool(number))
            chosen.update(zip(inner, sizes))
        for index, name in enumerate(self._question.free):
            turn = number + index * (1 + number // len(_FREE))
            chosen[name] = self._free[turn % len(self._free)]
        return chosen

    def _is_low(self, number: int, large: bool) -> bool:
        """Whether sizes are below the constants in play, so that `max(n, 5)` is found out."""
        return number % 5 == 3 and not large

    def _range(self, symbol: str, number: int, large: bool) -> Tuple[int, int]:
        if self._is_low(number, large):
            return 2, self._low
        if large:
            return (3, 13) if symbol in self._outer else _LARGE
        if number % 5 == 4 and self._room >= 40:
            # The other way round, so that `min(n, h)` is found out.
            return (20, 40) if symbol in self._outer else (5, 16)
        if symbol in self._outer:
            return 3, max(min(13, self._room), 5) + self._bound
        # Short ones among the first, so that `min(n, 10)` is found out.
        return 6, self._high if number % 3 else (6 + self._high) // 2

    def _solutions(self) -> Iterator[Binding]:
        """Sizes for which two dims in play are equal, such as `32*H*W` and `1568`."""
        targets = set(self._question.constants)
        expressions = [atom for atom in self._question.atoms if not atom.isidentifier()]
        for shape in self._question.shapes:
            for count in (dims.product(shape), dims.product(shape[1:])):
                if isinstance(count, int):
                    targets.add(count)
                elif not count.isidentifier():
                    expressions.append(count)
        for expression in dict.fromkeys(expressions):
            found: Dict[Dim, int] = {}
            for binding, value in _table(expression):
                if value in targets and value > 1 and found.get(value, 0) < _MAX_SOLUTIONS:
                    found[value] = found.get(value, 0) + 1
                    yield binding


def _aligned(question: Question) -> Iterator[Family]:
    """Tensors of one rank that are alike axis by axis, but for one axis or none."""
    shapes = list(dict.fromkeys(shape for shape in question.shapes if len(shape) > 2))
    if len(shapes) < 2 or len({len(shape) for shape in shapes}) > 1:
        return
    ties: List[Tuple[Tuple[str, str], ...]] = []
    for dims_there in zip(*shapes):
        names = [dim for dim in dict.fromkeys(dims_there) if dim in question.sizes]
        ties.append(tuple((str(names[0]), str(name)) for name in names[1:]))
    for left_out in (*range(len(ties)), None):
        alike = [pair for axis, tie in enumerate(ties) if axis != left_out for pair in tie]
        if len(alike) > 1:
            yield Family(alike=tuple(alike))


def bindings_for(expression: str, wanted: int) -> Optional[Binding]:
    """Sizes up to 400 at which an expression that grows with each of its symbols is a number."""
    symbols = dims.symbols(expression)
    for name in symbols:
        for size in range(1, 401):
            binding = dict.fromkeys(symbols, size)
            low, high = 1, 400
            while low <= high:
                binding[name] = (low + high) // 2
                try:
                    value = dims.evaluate(expression, binding)
                except ZeroDivisionError:
                    break
                if value == wanted:
                    return binding
                if value < wanted:
                    low = binding[name] + 1
                else:
                    high = binding[name] - 1
    return None


def _table(expression: str) -> List[Tuple[Binding, int]]:
    """The values of an expression for small sizes, equal sizes first."""
    rows: List[Tuple[Binding, int]] = []
    for binding in _small(dims.symbols(expression)):
        try:
            rows.append((binding, dims.evaluate(expression, binding)))
        except ZeroDivisionError:
            continue
        if len(rows) >= _MAX_EVALUATIONS:
            break
    return rows


def _small(symbols: Sequence[str]) -> Iterator[Binding]:
    for size in dict.fromkeys((*_IMAGES, *range(1, 301))):
        yield dict.fromkeys(symbols, size)
    if len(symbols) == 2:
        a, b = symbols
        for total in range(2, 70):
            for size in range(1, total):
                yield {a: size, b: total - size}
    elif len(symbols) > 2:
        for symbol, size, other in product(symbols, range(1, 33), range(1, 25)):
            yield {**dict.fromkeys(symbols, other), symbol: size}


def _ratios(question: Question) -> Iterator[Tuple[str, str]]:
    """Pairs of which one is divided by the other, as in `view(b, t, heads, c // heads)`.

    Who divides one size by another means that it goes in.
    """
    for atom in question.atoms:
        for a, b in _QUOTIENT.findall(atom):
            if a in question.sizes and b in question.sizes and a != b:
                yield a, b


def _outer(question: Question) -> FrozenSet[str]:
    """The symbols that are only ever the first dim of a shape: batches, which may be small."""
    first = {shape[0] for shape in question.shapes if len(shape) > 1}
    inner = {name for shape in question.shapes for dim in shape[1:] for name in dims.symbols(dim)}
    return frozenset(name for name in question.sizes if name in first and name not in inner)


def _high(question: Question, outer: FrozenSet[str]) -> int:
    """The largest size to draw for an inner symbol, so that tensors stay small."""
    high = 44
    for shape in question.shapes:
        known = 1
        names = {name for dim in shape for name in dims.symbols(dim)}
        for dim in shape:
            known *= max(dim, 1) if isinstance(dim, int) else 1
        inner = len(names - outer)
        if inner:
            room = 20_000 / known / 8 ** len(names & outer)
            high = min(high, int(room ** (1 / inner)))
    return int(max(high, 20 if len(question.sizes) <= 4 else 11) * _shrunk(question, outer))


def _shrunk(question: Question, outer: FrozenSet[str]) -> int:
    """How much slower the inner dims grow than their symbols: 4 for `(H - 8)//4`."""
    ratios = []
    for dim in {dim for shape in question.shapes for dim in shape if isinstance(dim, str)}:
        names = dims.symbols(dim)
        if outer.issuperset(names):
            continue
        try:
            near, far = (dims.evaluate(dim, dict.fromkeys(names, n * _FAR)) for n in (1, 2))
        except ZeroDivisionError:
            return 1
        ratios.append(_FAR / max(far - near, 1))
    return int(min(max(min(ratios, default=1), 1), _MAX_SHRUNK))


_FAR = 2048
_LISTED = 10_000
_MAX_SHRUNK = 64


def _room(question: Question, outer: FrozenSet[str]) -> int:
    """How large outer symbols may become while tensors stay small."""
    room = 40.0
    for shape in question.shapes:
        known = 1
        for dim in shape:
            known *= max(dim, 1) if isinstance(dim, int) else 10 if dim not in outer else 1
        count = sum(dim in outer for dim in shape)
        if count:
            room = min(room, (300_000 / known) ** (1 / count))
    return int(room)


def _factor(size: int, constant: int) -> int:
    return 2 + size % 7 if constant <= 16 else 1 + size % 4


def _near_root(number: int) -> int:
    """The largest divisor that is no larger than the square root; 1 for a prime."""
    return next((d for d in range(min(isqrt(number), 1000), 0, -1) if number % d == 0), 1)


def _draw(draw: random.Random, low: int, high: int, used: "set[int]", parity: int) -> int:
    if high - low > _LISTED:
        low = draw.randrange(low, high - _LISTED)
        high = low + _LISTED
    free = [size for size in range(low, high + 1) if size not in used]
    alike = [size for size in free if size % 2 == parity]
    if free:
        return draw.choice(alike or free)
    size = high
    while size in used:
        size += 1
    return size
