"""Sizes seen in several runs to expressions over the symbols that were bound."""

from fractions import Fraction
from itertools import combinations
from typing import Dict, Iterator, List, Mapping, Optional, Sequence, Tuple

from . import dims
from .dims import Dim

_MAX_DIVISOR = 64
_MAX_FACTORS = 4
_MAX_RATIO = 4
_MIN_SIZES = 5
"""Different sizes of a dim that a rounded quotient of it must explain to be believed."""

Values = Tuple[int, ...]


class Fitter:
    """Finds expressions that give the sizes seen.

    Args:
        atoms: expressions that occur in the question, the likeliest first; each
            counts as one unknown (`"H - 2"` after a convolution).
        shapes: the shapes in the question, whose products are tried.
        constants: ints in the question, which are tried as divisors and dividends.
    """

    def __init__(
        self, atoms: Sequence[str], shapes: Sequence[Tuple[Dim, ...]], constants: Sequence[int]
    ) -> None:
        self._atoms = tuple(atoms)
        self._shapes = shapes
        self._constants = [c for c in constants if c > 0]
        self._divisors = _divisors(self._constants)
        self.runs: List[Mapping[str, int]] = []
        self._vectors: Dict[Dim, Values] = {}

    def use(self, runs: Sequence[Mapping[str, int]]) -> None:
        """Takes these runs as the evidence: the bindings of each."""
        self.runs = list(runs)
        self._vectors = {}

    def fit(self, values: Values) -> List[Dim]:
        """Expressions that give these values in all runs, the likeliest first.

        One where it is certain, several where more runs are needed to decide,
        none where nothing fits.
        """
        first = values[0]
        if all(value == first for value in values):
            return [first] if self._is_constant(first) else []
        for atom in self._atoms:
            if self._vector(atom) == values:
                return [atom]
        if len(self.runs) < 3:
            return []
        exact = self._linear(values)
        if exact:
            return exact
        found = self._products(values)
        if found is not None:
            return [found]
        several = list(dict.fromkeys(self._floors(values)))
        if several:
            return several
        for family in (self._planes, self._quotients):
            found = family(values)
            if found is not None:
                return [found]
        return []

    def _is_constant(self, size: int) -> bool:
        """Whether a size that was the same in all runs does not only look like that.

        A dim that is a rounded quotient may take few sizes, of which some operator
        makes one: pooling makes 1 of 2 and of 3.
        """
        if size > 2 and size in self._constants:
            return True
        for atom in self._atoms:
            vector = self._vector(atom) if "//" in atom else ()
            if vector and len(set(vector)) > 1 and max(vector) < 2 * max(min(vector), 1):
                return False
        return True

    def _vector(self, dim: Dim) -> Values:
        found = self._vectors.get(dim)
        if found is None:
            found = tuple(dims.evaluate(dim, run) for run in self.runs)
            self._vectors[dim] = found
        return found

    def _linear(self, values: Values) -> List[Dim]:
        """`a*e + k`, or `(a*e + k)//b` without remainder; none where that does not fit.

        The sizes of a quotient without remainder have all the same residue, so that
        they do not tell whether it is rounded, and which way.
        """
        for atom in self._atoms:
            vector = self._vector(atom)
            low = min(range(len(vector)), key=vector.__getitem__)
            high = max(range(len(vector)), key=vector.__getitem__)
            if vector[low] == vector[high]:
                continue
            slope = Fraction(values[high] - values[low], vector[high] - vector[low])
            # A line goes through any two points, and a size falls only one for one.
            if len(set(vector)) < (3 if slope.denominator == 1 else 4):
                continue
            if slope < 0 and slope != -1:
                continue
            offset = values[low] - slope * vector[low]
            if slope.denominator > _MAX_DIVISOR and slope.denominator not in self._constants:
                continue
            if offset.denominator not in (1, slope.denominator):
                continue
            if all(slope * e + offset == v for e, v in zip(vector, values)):
                b = slope.denominator
                top = dims.add(dims.mul(slope.numerator, atom), int(offset * b))
                ends = (top, dims.add(top, b - 1))
                return [dims.floordiv(end, b) for end in (ends if b > 1 else ends[:1])]
        return []

    def _products(self, values: Values) -> Optional[Dim]:
        """A product of dims times a constant, or divided by one."""
        for dim in self._product_candidates():
            vector = self._vector(dim)
            if 0 in vector or 0 in values:
                continue
            ratio = Fraction(values[0], vector[0])
            if all(ratio * e == v for e, v in zip(vector, values)):
                return dims.floordiv(dims.mul(ratio.numerator, dim), ratio.denominator)
        return None

    def _product_candidates(self) -> Iterator[Dim]:
        for shape in self._shapes:
            for start in range(len(shape)):
                for stop in range(start + 2, len(shape) + 1):
                    product = dims.product(shape[start:stop])
                    if isinstance(product, str):
                        yield product
        for count in range(2, min(_MAX_FACTORS, len(self._atoms)) + 1):
            for chosen in combinations(self._atoms[:6], count):
                yield dims.product(chosen)

    def _planes(self, values: Values) -> Optional[Dim]:
        """A sum of several atoms with integer factors: what `cat` makes."""
        pairs = [dims.mul(a, b) for a, b in combinations(self._atoms[:3], 2)]
        atoms = self._atoms[:5] + tuple(pair for pair in pairs if isinstance(pair, str))
        for count in (2, 3):
            if len(self.runs) < count + 3:
                return None
            for chosen in combinations(atoms, count):
                found = self._plane(chosen, values)
                if found is not None:
                    return found
        return None

    def _plane(self, atoms: Sequence[str], values: Values) -> Optional[Dim]:
        vectors = [self._vector(atom) for atom in atoms] + [(1,) * len(values)]
        factors = _solve(vectors, values)
        if factors is None:
            return None
        total: Dim = factors[-1]
        for atom, factor in zip(atoms, factors):
            if not factor:
                return None
            total = dims.add(total, dims.mul(factor, atom))
        if self._vector(total) == values:
            return total
        return None

    def _floors(self, values: Values) -> Iterator[Dim]:
        """`(a*e + k)//b`, with the ends of the range that `k` can be in."""
        for atom in self._atoms:
            vector = self._vector(atom)
            spread = max(vector) - min(vector)
            if len(set(vector)) < _MIN_SIZES:
                continue
            slope = (max(values) - min(values)) / spread
            for b in self._divisors:
                a = round(slope * b)
                if a < 1 or abs(slope - a / b) > 2 / spread:
                    continue
                if Fraction(a, b).denominator != b or (a > 1 and b > _MAX_RATIO):
                    continue
                # Less than two steps prove nothing: `min(s, 2)` looks like that.
                if spread < 2 * b:
                    continue
                low = max(v * b - a * e for v, e in zip(values, vector))
                high = min(v * b + b - 1 - a * e for v, e in zip(values, vector))
                ends = [low] if low == high else [low, high]
                for k in ends if low <= high else []:
                    yield dims.floordiv(dims.add(dims.mul(a, atom), k), b)

    def _quotients(self, values: Values) -> Optional[Dim]:
        """A number or product divided by an atom, rounded down or up."""
        tops: List[Dim] = list(self._constants)
        tops += self._atoms
        tops += [dims.product(shape) for shape in self._shapes]
        for atom in self._atoms:
            vector = self._vector(atom)
            if min(vector) < 1:
                continue
            whole = {v * e for v, e in zip(values, vector)}
            if len(whole) == 1:
                return dims.floordiv(whole.pop(), atom)
            for top in tops:
                found = self._rounded(self._vector(top), vector, values, top, atom)
                if found is not None:
                    return found
        return None

    def _rounded(
        self, tops: Values, bottoms: Values, values: Values, top: Dim, atom: str
    ) -> Optional[Dim]:
        if top == atom:
            return None
        if all(t // e == v for t, e, v in zip(tops, bottoms, values)):
            return dims.floordiv(top, atom)
        if all((t + e - 1) // e == v for t, e, v in zip(tops, bottoms, values)):
            return dims.floordiv(dims.sub(dims.add(top, atom), 1), atom)
        return None


def _divisors(constants: Sequence[int]) -> List[int]:
    found = {2, 3, 4} | {c for c in constants if 2 <= c <= _MAX_DIVISOR}
    small = [c for c in constants if 2 <= c <= 8]
    found |= {a * b for a in small for b in small}
    return sorted(b for b in found if b <= _MAX_DIVISOR)


def _solve(vectors: Sequence[Values], values: Values) -> Optional[List[int]]:
    """The integer factors of a combination of the vectors that gives the values; None for none.

    As many runs as there are vectors determine the factors, by elimination
    without fractions; the other runs are for the caller to check.
    """
    width = len(vectors)
    rows = [[vector[i] for vector in vectors] + [values[i]] for i in range(width)]
    for column in range(width):
        pivot = next((i for i in range(column, width) if rows[i][column]), None)
        if pivot is None:
            return None
        rows[column], rows[pivot] = rows[pivot], rows[column]
        lead = rows[column]
        for i, row in enumerate(rows):
            if i != column and row[column]:
                scale, factor = lead[column], row[column]
                rows[i] = [scale * x - factor * y for x, y in zip(row, lead)]
    factors = []
    for i, row in enumerate(rows):
        if row[width] % row[i]:
            return None
        factors.append(row[width] // row[i])
    return factors
