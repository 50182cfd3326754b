"""Symbolic dimensions: an `int`, or a `str` in canonical form.

A dim is known (`32`), a symbol (`"N"`) or an integer expression over symbols
(`"2*B"`, `"(H - 2)//2"`). Two dims are known to be equal exactly when they
compare equal, because every function here returns the canonical form: a sum of
monomials with integer coefficients, in which `a//b` and `a%b` that cannot be
simplified count as atoms. Being plain JSON values, dims travel over pipes and
serve as cache keys as they are.

Semantics are Python's: `//` rounds down, `%` takes the sign of the divisor.
"""

import ast
from functools import lru_cache
from typing import Dict, Mapping, Tuple, Union

Dim = Union[int, str]

# A monomial is a sorted tuple of (atom, power); the empty one is the constant term.
_Monomial = Tuple[Tuple[str, int], ...]
_Poly = Dict[_Monomial, int]
_ONE: _Monomial = ()


class DimError(ValueError):
    """The text is not an integer expression over symbols."""


def add(a: Dim, b: Dim) -> Dim:
    """The sum of two dims."""
    if isinstance(a, int) and isinstance(b, int):
        return a + b
    return _add(a, b)


def sub(a: Dim, b: Dim) -> Dim:
    """The difference of two dims."""
    if isinstance(a, int) and isinstance(b, int):
        return a - b
    return _add(a, mul(-1, b))


def mul(a: Dim, b: Dim) -> Dim:
    """The product of two dims."""
    if isinstance(a, int) and isinstance(b, int):
        return a * b
    return _mul(a, b)


def floordiv(a: Dim, b: Dim) -> Dim:
    """`a // b`, simplified where the division is exact.

    Raises:
        ZeroDivisionError: `b` is the constant 0.
    """
    if isinstance(a, int) and isinstance(b, int):
        return a // b
    return _floordiv(a, b)


def mod(a: Dim, b: Dim) -> Dim:
    """`a % b`.

    Raises:
        ZeroDivisionError: `b` is the constant 0.
    """
    if isinstance(a, int) and isinstance(b, int):
        return a % b
    return _mod(a, b)


def product(dims: Tuple[Dim, ...]) -> Dim:
    """The product of all dims; 1 for none."""
    total: Dim = 1
    for dim in dims:
        total = mul(total, dim)
    return total


@lru_cache(maxsize=4096)
def symbols(dim: Dim) -> Tuple[str, ...]:
    """The names of the symbols in a dim, sorted."""
    if isinstance(dim, int):
        return ()
    names = {node.id for node in ast.walk(_tree(dim)) if isinstance(node, ast.Name)}
    return tuple(sorted(names))


def evaluate(dim: Dim, bindings: Mapping[str, int]) -> int:
    """The value of a dim with its symbols bound.

    Raises:
        KeyError: a symbol is not bound.
        ZeroDivisionError: a divisor came out as 0.
    """
    if isinstance(dim, int):
        return dim
    return _evaluate(_tree(dim).body, bindings)


@lru_cache(maxsize=4096)
def canonical(text: Dim) -> Dim:
    """The canonical form of an expression such as `"B*2+0"`.

    Raises:
        DimError: the text is no integer expression over `+ - * // %`.
    """
    if isinstance(text, int):
        return text
    return _format(_parse(_tree(text).body))


def substitute(dim: Dim, bindings: Mapping[str, Dim]) -> Dim:
    """The dim with some symbols replaced by other dims."""
    if isinstance(dim, int) or not any(name in bindings for name in symbols(dim)):
        return dim
    return _substitute(_tree(dim).body, bindings)


@lru_cache(maxsize=8192)
def _add(a: Dim, b: Dim) -> Dim:
    return _format(_add_poly(_poly(a), _poly(b)))


@lru_cache(maxsize=8192)
def _mul(a: Dim, b: Dim) -> Dim:
    return _format(_mul_poly(_poly(a), _poly(b)))


@lru_cache(maxsize=8192)
def _floordiv(a: Dim, b: Dim) -> Dim:
    return _format(_floordiv_poly(_poly(a), _poly(b)))


@lru_cache(maxsize=8192)
def _mod(a: Dim, b: Dim) -> Dim:
    return _format(_mod_poly(_poly(a), _poly(b)))


def _add_poly(a: _Poly, b: _Poly) -> _Poly:
    result = dict(a)
    for monomial, coefficient in b.items():
        total = result.pop(monomial, 0) + coefficient
        if total:
            result[monomial] = total
    return result


def _mul_poly(a: _Poly, b: _Poly) -> _Poly:
    result: _Poly = {}
    for left, x in a.items():
        for right, y in b.items():
            powers = dict(left)
            for atom, power in right:
                powers[atom] = powers.get(atom, 0) + power
            result = _add_poly(result, {_monomial(powers): x * y})
    return result


def _floordiv_poly(a: _Poly, b: _Poly) -> _Poly:
    if not b:
        raise ZeroDivisionError("integer division by zero")
    exact = _divide_exactly(a, b)
    if exact is not None:
        return exact
    divisor = _constant(b)
    if divisor is None:
        return {((_quotient(a, "//", b), 1),): 1}
    # (d*q + r)//d = q + r//d, for a constant remainder r. With symbols in the
    # remainder the quotient stays whole: `(H - 2)//2` is what a learner knows.
    rest = {m: c for m, c in a.items() if c % divisor}
    if set(rest) <= {_ONE}:
        whole = {m: c // divisor for m, c in a.items()}
        return {m: c for m, c in whole.items() if c}
    return {((_quotient(a, "//", b), 1),): 1}


def _mod_poly(a: _Poly, b: _Poly) -> _Poly:
    if not b:
        raise ZeroDivisionError("integer modulo by zero")
    if _divide_exactly(a, b) is not None:
        return {}
    divisor = _constant(b)
    if divisor is not None:
        a = {m: c % divisor for m, c in a.items() if c % divisor}
        if set(a) <= {_ONE}:
            return a
    return {((_quotient(a, "%", b), 1),): 1}


def _constant(poly: _Poly) -> "int | None":
    return poly[_ONE] if set(poly) == {_ONE} else None


def _divide_exactly(a: _Poly, b: _Poly) -> "_Poly | None":
    """The quotient when `b` is one monomial that divides every term of `a`."""
    if a == b:
        return {_ONE: 1}
    if len(b) != 1:
        return None
    ((divisor, factor),) = b.items()
    result: _Poly = {}
    for monomial, coefficient in a.items():
        if coefficient % factor:
            return None
        powers = dict(monomial)
        for atom, power in divisor:
            if powers.get(atom, 0) < power:
                return None
            powers[atom] -= power
        result[_monomial(powers)] = coefficient // factor
    return result


def _monomial(powers: Dict[str, int]) -> _Monomial:
    return tuple(sorted((atom, power) for atom, power in powers.items() if power))


def _poly(dim: Dim) -> _Poly:
    if isinstance(dim, int):
        return {_ONE: dim} if dim else {}
    return dict(_poly_of_text(dim))


@lru_cache(maxsize=8192)
def _poly_of_text(text: str) -> "Tuple[Tuple[_Monomial, int], ...]":
    return tuple(_parse(_tree(text).body).items())


@lru_cache(maxsize=8192)
def _tree(text: str) -> ast.Expression:
    try:
        return ast.parse(text, mode="eval")
    except (SyntaxError, ValueError) as error:
        raise DimError("not a dimension: {!r}".format(text)) from error


def _parse(node: ast.expr) -> _Poly:
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return _poly(node.value)
    if isinstance(node, ast.Name):
        return {((node.id, 1),): 1}
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return _mul_poly({_ONE: -1}, _parse(node.operand))
    if isinstance(node, ast.BinOp):
        left, right = _parse(node.left), _parse(node.right)
        if isinstance(node.op, ast.Add):
            return _add_poly(left, right)
        if isinstance(node.op, ast.Sub):
            return _add_poly(left, _mul_poly({_ONE: -1}, right))
        if isinstance(node.op, ast.Mult):
            return _mul_poly(left, right)
        if isinstance(node.op, ast.FloorDiv):
            return _floordiv_poly(left, right)
        if isinstance(node.op, ast.Mod):
            return _mod_poly(left, right)
    raise DimError("not a dimension: {!r}".format(ast.dump(node)))


def _quotient(a: _Poly, sign: str, b: _Poly) -> str:
    return "{}{}{}".format(_operand(_format(a)), sign, _operand(_format(b)))


def _operand(dim: Dim) -> str:
    text = str(dim)
    return text if text.isidentifier() or text.isdigit() else "({})".format(text)


def _format(poly: _Poly) -> Dim:
    terms = [(m, c) for m, c in poly.items() if c]
    if not terms:
        return 0
    if len(terms) == 1 and terms[0][0] == _ONE:
        return terms[0][1]
    # Highest degree first, the constant last: `2*B + 1`.
    terms.sort(key=lambda term: (-sum(p for _, p in term[0]), term[0]))
    text = ""
    for monomial, coefficient in terms:
        sign = "-" if coefficient < 0 else "+"
        size = abs(coefficient)
        # A lone quotient needs no brackets; as a factor or behind a leading minus it does.
        alone = size == 1 and monomial == ((monomial[0][0], 1),) if monomial else False
        alone = alone and (bool(text) or sign == "+")
        factors = [] if size == 1 and monomial else [str(size)]
        for atom, power in monomial:
            plain = atom if alone or atom.isidentifier() else "({})".format(atom)
            factors.extend([plain] * power)
        body = "*".join(factors)
        if text:
            text += " {} {}".format(sign, body)
        else:
            text = "-" + body if sign == "-" else body
    return text


def _evaluate(node: ast.expr, bindings: Mapping[str, int]) -> int:
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return node.value
    if isinstance(node, ast.Name):
        return bindings[node.id]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_evaluate(node.operand, bindings)
    if isinstance(node, ast.BinOp):
        left = _evaluate(node.left, bindings)
        right = _evaluate(node.right, bindings)
        if isinstance(node.op, ast.Add):
            return left + right
        if isinstance(node.op, ast.Sub):
            return left - right
        if isinstance(node.op, ast.Mult):
            return left * right
        if isinstance(node.op, ast.FloorDiv):
            return left // right
        if isinstance(node.op, ast.Mod):
            return left % right
    raise DimError("not a dimension: {!r}".format(ast.dump(node)))


def _substitute(node: ast.expr, bindings: Mapping[str, Dim]) -> Dim:
    if isinstance(node, ast.Constant) and type(node.value) is int:
        return node.value
    if isinstance(node, ast.Name):
        return bindings.get(node.id, node.id)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return mul(-1, _substitute(node.operand, bindings))
    if isinstance(node, ast.BinOp):
        left = _substitute(node.left, bindings)
        right = _substitute(node.right, bindings)
        for kind, function in _OPERATORS:
            if isinstance(node.op, kind):
                return function(left, right)
    raise DimError("not a dimension: {!r}".format(ast.dump(node)))


_OPERATORS = (
    (ast.Add, add),
    (ast.Sub, sub),
    (ast.Mult, mul),
    (ast.FloorDiv, floordiv),
    (ast.Mod, mod),
)
