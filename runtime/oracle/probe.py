"""Questions with symbols: which sizes an operator accepts, and what it says if it accepts none."""

import time
from typing import Callable, Iterator, List, Sequence, Tuple

from . import dims, errors, merge, views
from .bindings import GENERIC, SMALL, Binding, Family, bindings_for
from .dims import Dim
from .evaluate import Raised, Returned
from .fitting import RUNS, Fitting
from .namer import Namer, fitter_for
from .question import Question
from .runs import Failure, Runner, Runs, Stop, Success, has_zero, without_empty
from .wire import Answer, Error, Ok, Request, Unsure, Wire

_MAX_FAILURES = 400
# By far enough for the failures above; time must not decide what the answer is.
_MAX_SECONDS = 8.0
_COMFORTABLE = 200_000
_MAX_LARGE = 30
_ENOUGH = 3
_CHANCE = 0.3
"""What works at fewer sizes that nothing relates may need a relation after all."""
_SURE = 0.7
"""The share of a family's members that work, above which what relates them is what counts."""

Judge = Callable[[Request, Binding, Raised], Answer]
"""Says of an exception at one binding whether it is certain there: `Error`, else `Unsure`."""


def has_symbols(question: Question) -> bool:
    """Whether a question has to be asked with several sizes."""
    return bool(question.sizes or question.free)


def ask(question: Question, run: Runner, judge: Judge) -> Answer:
    """The answer to a question with symbols.

    Looks for sizes that the operator accepts, first all different, then related
    in the ways that `bindings.Sizes.families` lists. The answer is fitted over
    the first family that works; an error is reported only if no binding tried
    works.
    """
    runs = Runs(question, run)
    try:
        return _search(runs, judge)
    except Stop as stop:
        return stop.answer


def ask_with(question: Question, run: Runner, bindings: Sequence[Binding]) -> Answer:
    """The answer to a question whose symbols are related as in these bindings."""
    runs = Runs(question, run)
    family = Family(given=tuple(tuple(binding.items()) for binding in bindings))
    try:
        found = [success for success in map(runs.attempt, bindings) if success is not None]
        if len(found) >= _ENOUGH:
            return Fitting(runs, family, without_empty(found)).answer()
        return _error(runs, lambda request, binding, raised: _as_error(raised), bindings)
    except Stop as stop:
        return stop.answer


def _as_error(raised: Raised) -> Answer:
    return Error(type(raised.error).__name__, str(raised.error))


def _search(runs: Runs, judge: Judge) -> Answer:
    stop = time.monotonic() + _MAX_SECONDS
    best: List[Success] = []
    best_family, best_share = GENERIC, 0.0
    quotients = any("//" in atom for atom in runs.question.atoms)
    for family in _small_first(runs):
        found, share = _members(runs, family)
        fixed = runs.sizes.is_fixed(family)
        # Where one size works, others may: nothing fixed is needed if they do.
        usable = bool(found) and not (fixed and len(best) >= _ENOUGH)
        # A quotient may have become 0: nobody means tensors that hold nothing.
        usable = usable and not (family.fixed and quotients and _is_empty(found))
        if usable and (
            fixed or (len(found) >= _ENOUGH, share) > (len(best) >= _ENOUGH, best_share)
        ):
            best, best_family, best_share = found, family, share
        # What a family leaves open must not matter: half of all sizes that are alike are even.
        # And any two sizes may be the same by chance, or have the same half.
        sure = len(found) >= _ENOUGH and share > (_CHANCE if family.is_generic else _SURE)
        if usable and (fixed or sure):
            break
        if not best and family == GENERIC and _is_about_types(runs):
            break
        late = time.monotonic() > stop
        if late and not best:
            return Unsure("symbols", "too many sizes to try")
        if late or len(runs.failures) > _MAX_FAILURES:
            break
    wanted = runs.question.wants_one
    if best and best_family.is_degenerate and not wanted and _has_dims(best[0].run.result):
        return Unsure("symbols", "it works if a size is 1")
    if len(best) == 1 and not runs.sizes.is_fixed(best_family):
        return Unsure("symbols", "it works at some sizes only")
    if best and _works_at_others(runs, best_family):
        return Unsure("symbols", "it works at several sizes")
    if best:
        answer = Fitting(runs, best_family, best).answer()
        if isinstance(answer, Ok):
            answer = answer._replace(requires=best_family.requires)
        return answer
    return _error(runs, judge, [runs.sizes.member(GENERIC, n) for n in range(1, 3 * RUNS)])


def _works_at_others(runs: Runs, family: Family) -> bool:
    """Whether the one size at which it was seen to work is not the only one.

    That goes without saying for a size that the question names: `Linear(784, 10)`.
    """
    if len(family.fixed) != 1 or family != Family(fixed=family.fixed):
        return False
    symbol, size = family.fixed[0]
    question = runs.question
    named = {dim for shape in question.shapes for dim in shape} | set(question.parameters)
    if size in named:
        return False
    others = (n for n in range(2, SMALL) if n != size)
    members = (runs.sizes.member(Family(fixed=((symbol, n),)), 0) for n in others)
    return any(runs.attempt(binding) is not None for binding in members)


def _is_empty(found: Sequence[Success]) -> bool:
    """Whether it only works with tensors that hold nothing."""
    return all(has_zero(success.run.result) for success in found)


def _has_dims(wire: Wire) -> bool:
    """Whether there is a tensor with dims in a wire value."""
    if not isinstance(wire, tuple) or not wire:
        return False
    if wire[0] in ("tensor", "ndarray"):
        return bool(wire[1])
    return any(_has_dims(item) for item in wire[1:])


def _small_first(runs: Runs) -> Iterator[Family]:
    """The families; those that need large tensors come last."""
    large: List[Family] = []
    sizes = runs.sizes
    seen = set()
    for family in sizes.families():
        first = sizes.member(family, 0)
        # One member may be shared by chance: 18 is any size, and a multiple of 3.
        key = tuple(tuple(sizes.member(family, number).items()) for number in range(3))
        if key in seen:
            continue
        seen.add(key)
        if family.is_generic or sizes.elements(first) <= _COMFORTABLE:
            yield family
        else:
            large.append(family)
    yield from large[:_MAX_LARGE]


def _members(runs: Runs, family: Family) -> Tuple[List[Success], float]:
    """Runs of members of a family that returned: several, or none if it does not work.

    And the share of all members tried that they are.
    """
    found: List[Success] = []
    tries = 30 if runs.question.free else 5 if family == GENERIC else 1
    fixed = runs.sizes.is_fixed(family)
    tried: List[Binding] = []
    for number in range(max(3 * RUNS, tries)):
        if not found and number >= tries:
            break
        binding = runs.sizes.member(family, number)
        if binding in tried:
            continue
        tried.append(binding)
        success = runs.attempt(binding)
        if success is not None:
            found.append(success)
        if fixed or len(without_empty(found)) >= RUNS <= len(found):
            break
    return without_empty(found), len(found) / len(tried)


def _is_about_types(runs: Runs) -> bool:
    """Whether the exception is about types, so that no sizes will help."""
    texts = {str(failure.run.error) for failure in runs.failures}
    if len(texts) != 1 or runs.question.free:
        return False
    if not errors.is_about_types(runs.failures[0].run.error):
        return False
    for size in (1, 12):
        if runs.attempt(dict.fromkeys(runs.question.sizes, size)) is not None:
            return False
    return len({str(failure.run.error) for failure in runs.failures}) == 1


def _error(runs: Runs, judge: Judge, bindings: Sequence[Binding]) -> Answer:
    """The exception that was raised, if it is certain; its numbers fitted over bindings."""
    if not runs.failures:
        return Unsure("too-large")
    first = runs.failures[0]
    if runs.question.free:
        return Unsure("symbols", str(first.run.error))
    for failure in runs.failures:
        if errors.is_value_dependent(failure.run.error):
            # With these sizes it may well work.
            return Unsure("values", str(failure.run.error))
    judged = judge(runs.question.request, first.binding, first.run)
    if not isinstance(judged, Error):
        return judged if isinstance(judged, Unsure) else Unsure("values")
    alike = [first, *_alike(runs, first, bindings)]
    namer = Namer(runs.question, fitter_for(runs.question, [failure.binding for failure in alike]))
    text = merge.merge_texts([str(failure.run.error) for failure in alike], namer.number)
    if text is None or any(len(dims.symbols(dim)) > 2 for dim in namer.used()):
        # So many symbols in one relation: the sizes tried prove little.
        return Unsure("symbols", str(first.run.error))
    if _works_elsewhere(runs, namer.used(), alike) or views.may_fit(text):
        return Unsure("symbols", text)
    return Error(judged.type, text)


def _works_elsewhere(runs: Runs, dims_seen: Sequence[Dim], alike: Sequence[Failure]) -> bool:
    """Whether sizes that do not fit together do so at sizes that were not tried.

    `32*H*W` can be 9216, at sizes that no family has, and can never be 9217.
    """
    texts = [merge.template(str(failure.run.error))[1] for failure in alike]
    constant = {numbers[0] for numbers in zip(*texts) if len(set(numbers)) == 1}
    for dim in dims_seen:
        if not isinstance(dim, str) or len(dims.symbols(dim)) < 2:
            continue
        for number in sorted(number for number in constant if number > 1):
            solution = bindings_for(dim, number)
            if solution is not None:
                binding = {**alike[0].binding, **solution}
                if isinstance(runs.once(binding), Returned):
                    return True
    return False


def _alike(runs: Runs, first: Failure, bindings: Sequence[Binding]) -> Iterator[Failure]:
    """Failures that read like the first one but for the numbers."""
    pattern, _ = merge.template(str(first.run.error))
    found = 0
    for binding in bindings:
        run = runs.once(binding)
        if isinstance(run, Raised) and merge.template(str(run.error))[0] == pattern:
            found += 1
            yield Failure(binding, run)
        if found >= RUNS:
            return
