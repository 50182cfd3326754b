"""What fits in view, reshape, unflatten and permute: sizes and axes for the tensor at hand.

The tensor's shape is known from the program with a trial that always works; what is made of
it is offered if the call works, and goes before what makes the code behind it fail.
"""

from __future__ import annotations

import ast
import itertools
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..facts import Analysis, TensorFact, Text, text
from ..source import Source
from .base import Analyse, Offer, Trial, fact_at, problems_of, shape_code, trial_of
from .site import Site

Shape = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class _Known:
    """The tensor at hand, and what is known of the arguments that are there.

    source: the tensor as written. shape: its sizes; what is merely expected is no number
    here. size: of the axis that `unflatten` cuts. left: what the sizes that are there
    leave for the one that is written. before, after: the neighbours, where they are
    numbers.
    """

    source: str
    fact: TensorFact
    shape: Shape
    size: int | None
    left: int | None
    before: tuple[int | None, ...]
    after: tuple[int | None, ...]
    analysis: Analysis


SHAPES = frozenset(["view", "reshape", "unflatten", "permute"])
_NAME = re.compile(r"[\w.]+$")
_MOST = 8
"""Candidates that are tried."""


def sizes_of_shape(site: Site, source: Source, part: int, analyse: Analyse) -> tuple[Offer, ...]:
    """The sizes or axes with which the call works."""
    if site.callee not in SHAPES or site.keyword not in ("", "shape", "dims", "size", "sizes"):
        return ()
    build = _way(site, source, part)
    known = _known(build(_placeholder(site)), site, analyse)
    if known is None:
        return ()
    found: list[tuple[int, bool, int, Offer]] = []
    for rank, argument in enumerate(itertools.islice(_candidates(site, known), _MOST)):
        after = build(argument)
        analysis = analyse(after.source) if after is not None else None
        if after is None or analysis is None or not analysis.complete:
            continue
        made = fact_at(analysis, after.chunk, after.call)
        tensor, _ = _tensor(after, site)
        fact = fact_at(analysis, after.chunk, tensor) if tensor is not None else None
        if made is None or fact is None or made.shape == fact.shape:
            continue
        errors = sum(p.severity in ("error", "warning") for p in problems_of(analysis))
        # A change of shape should leave the samples apart from each other.
        mixes = site.callee != "permute" and (made.shape or ())[:1] != (known.fact.shape or ())[:1]
        if mixes and fact.expected:
            continue
        reason = _reason(known, made, after)
        found.append((errors, mixes, rank, Offer(argument, site.start, site.end, reason)))
    best = min((item[:2] for item in found), default=None)
    return tuple(item[3] for item in found if item[:2] == best)


def _placeholder(site: Site) -> str:
    """What surely works in the place, so that the rest of the call is known."""
    if site.callee == "permute":
        return "0"
    return "1" if "-1" in (*site.before, *site.after) else "-1"


def _way(site: Site, source: Source, part: int) -> Callable[[str], Trial | None]:
    """Puts an argument in the place, in the first way of repairing the text that parses."""
    line = site.text.count("\n", 0, site.start) + 1
    column = site.start - site.text.rfind("\n", 0, site.start)

    def build(argument: str) -> Trial | None:
        trials = [trial_of(source, part, way[0], line, column) for way in site.repaired(argument)]
        good = [trial for trial in trials if trial is not None]
        return min(good, key=lambda t: t.chunk.parsed.error is not None, default=None)

    return build


def _tensor(trial: Trial, site: Site) -> tuple[ast.expr | None, int]:
    """The tensor that a call is about, and how many other arguments go before its sizes."""
    call = trial.call
    method = isinstance(call.func, ast.Attribute) and not _is_module(call.func.value)
    own = 1 if site.callee == "unflatten" else 0
    if method and isinstance(call.func, ast.Attribute):
        return call.func.value, own
    return (call.args[0] if call.args else None), own + 1


def _is_module(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("torch", "np", "numpy", "F")


def _known(trial: Trial | None, site: Site, analyse: Analyse) -> _Known | None:
    tensor, count = _tensor(trial, site) if trial is not None else (None, 0)
    if trial is None or tensor is None:
        return None
    analysis = analyse(trial.source)
    fact = fact_at(analysis, trial.chunk, tensor)
    arguments = site.outer if site.inner else site.before
    if fact is None or fact.shape is None or len(arguments) < count:
        return None
    if fact.expected and site.callee == "permute":
        return None  # how many axes there are may be expected because of the trial
    before = site.before if site.inner else site.before[count:]
    # What is expected may be another number tomorrow.
    shape = tuple("…" if fact.expected else size for size in fact.shape)
    made = fact_at(analysis, trial.chunk, trial.call)
    place, size = len(before), None
    if site.callee == "unflatten":
        axis = _int_of(arguments[count - 1])
        if axis is None or not -len(shape) <= axis < len(shape):
            return None
        found = shape[axis]
        size = found if isinstance(found, int) else None
        place += axis % len(shape)
    result = (made.shape if made is not None else None) or ()
    left = result[place] if place < len(result) else None
    return _Known(
        trial.chunk.source(tensor, 40),
        fact,
        shape,
        size,
        left if isinstance(left, int) and not fact.expected else None,
        tuple(map(_int_of, before)),
        tuple(map(_int_of, site.after)),
        analysis,
    )


def _int_of(written: str) -> int | None:
    try:
        value = ast.literal_eval(written.strip())
    except (ValueError, SyntaxError):
        return None
    return value if type(value) is int else None


def _candidates(site: Site, known: _Known) -> Iterator[str]:
    """Arguments that could be meant, the likeliest first."""
    first = not known.before and not known.after
    if site.callee == "permute":
        yield from _orders(known)
    elif site.callee == "unflatten" and first:
        for sizes in _factors(known):
            yield ", ".join(map(str, sizes)) if site.inner else shape_code(sizes)
    elif first:
        yield from _whole(known)
    elif -1 in (*known.before, *known.after):
        yield from _beside_rest(known)
    else:
        if known.left is not None:
            yield str(known.left)
        yield "-1"


def _whole(known: _Known) -> Iterator[str]:
    """All sizes of a view: the samples stay apart, the rest becomes one axis."""
    if len(known.shape) > 1:
        if _NAME.match(known.source):
            yield f"{known.source}.size(0), -1"
        rest = [size for size in known.shape[1:] if isinstance(size, int)]
        if len(rest) == len(known.shape) - 1:
            yield f"-1, {math.prod(rest)}"
            if isinstance(known.shape[0], int):
                yield f"{known.shape[0]}, {math.prod(rest)}"
    yield "-1"


def _beside_rest(known: _Known) -> Iterator[str]:
    """Sizes beside a -1 that is there: all axes but the first, or one of them."""
    sizes = [size for size in known.shape[1:] if isinstance(size, int)]
    given = math.prod(n for n in (*known.before, *known.after) if n is not None and n > 0)
    for size in dict.fromkeys((math.prod(sizes), *reversed(sizes))):
        if size > 1 and size % given == 0:
            yield str(size // given)


def _factors(known: _Known) -> Iterator[tuple[int, ...]]:
    """Sizes that multiply to the axis: those of tensors in the program, and squares."""
    size = known.size
    if size is None:
        return
    found: dict[tuple[int, ...], None] = {}
    for binding in known.analysis.bindings:
        for fact in binding.facts:
            sizes = [n for n in fact.shape or () if isinstance(n, int)]
            if len(sizes) == len(fact.shape or ()):
                for start in range(len(sizes) - 1):
                    if math.prod(sizes[start:]) == size:
                        found.setdefault(tuple(sizes[start:]))
    root = math.isqrt(size)
    if root * root == size and root > 1:
        found.setdefault((1, root, root))
        found.setdefault((root, root))
    yield from found


_COMMON = {
    2: ((1, 0),),
    3: ((0, 2, 1), (1, 0, 2), (2, 0, 1), (1, 2, 0), (2, 1, 0)),
    4: ((0, 3, 1, 2), (0, 2, 3, 1), (0, 2, 1, 3), (0, 1, 3, 2)),
    5: ((0, 2, 1, 3, 4), (0, 4, 1, 2, 3), (0, 2, 3, 4, 1), (2, 0, 3, 1, 4)),
}
"""Orders of axes that are met, by the number of axes."""


def _orders(known: _Known) -> Iterator[str]:
    axes = len(known.shape)
    if known.after or any(axis is None for axis in known.before):
        return
    begun = tuple(axis % axes for axis in known.before if axis is not None and axes)
    left = [axis for axis in range(axes) if axis not in begun]
    if begun and len(left) == 1:
        yield str(left[0])
        return
    common = [order for order in _COMMON.get(axes, ()) if order[: len(begun)] == begun]
    orders = common or list(itertools.islice(itertools.permutations(left), 3))
    for order in orders:
        rest = order[len(begun) :] if common else order
        yield ", ".join(map(str, rest))


def _reason(known: _Known, made: TensorFact, after: Trial) -> Text:
    return text(
        "`{source}` is {shape}; `{call}` is {result}",
        source=known.source,
        shape=shape_code(known.fact.shape or ()),
        call=after.chunk.source(after.call, 60),
        result=shape_code(made.shape or ()),
    )
