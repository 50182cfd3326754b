"""Questions with symbols: several runs with different sizes, and one answer that fits them all."""

import time
from typing import Callable, Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from . import dims, errors, merge, watch
from .bindings import GENERIC, GIVEN, LARGE, Binding, Family, Sizes
from .dims import Dim
from .evaluate import Raised, Returned, Run
from .fit import Fitter
from .question import Question, read
from .wire import Answer, Error, Ok, Request, Unsure, Wire

_RUNS = 5
_MAX_EXTRA = 12
_MAX_FAILURES = 400
_MAX_SECONDS = 1.5
_COMFORTABLE = 200_000
_MAX_LARGE = 30
_FILLS = (1, 2, 3)
_DIFFERENT = (GENERIC, LARGE)

Runner = Callable[[Request, Binding, int], Run]
"""Runs a request once: sizes for its symbols, and which filling unknown values get."""

Judge = Callable[[Request, Binding, Raised], Answer]
"""Says of an exception at one binding whether it is certain there: `Error`, else `Unsure`."""


class Success(NamedTuple):
    """One run that returned, and the sizes it had."""

    binding: Binding
    run: Returned


class Failure(NamedTuple):
    """One run that raised, and the sizes it had."""

    binding: Binding
    run: Raised


class _Stop(Exception):
    """The search ends with this answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


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
    probe = _Probe(question, run, judge)
    try:
        return probe.answer()
    except _Stop as stop:
        return stop.answer


def ask_with(question: Question, run: Runner, bindings: Sequence[Binding]) -> Answer:
    """The answer to a question whose symbols are related as in these bindings."""
    probe = _Probe(question, run, lambda request, binding, raised: _as_error(raised))
    family = Family(GIVEN, lambda number: bindings[number % len(bindings)])
    try:
        found = [success for success in map(probe.attempt, bindings) if success is not None]
        if len(found) >= 3:
            return _Fitting(probe, family, _without_empty(found)).answer()
        return probe.error(bindings)
    except _Stop as stop:
        return stop.answer


def _as_error(raised: Raised) -> Answer:
    return Error(type(raised.error).__name__, str(raised.error))


class _Probe:
    def __init__(self, question: Question, run: Runner, judge: Judge) -> None:
        self._question = question
        self._request = question.request
        self._run = run
        self._judge = judge
        self._sizes = Sizes(question)
        self._failures: List[Failure] = []
        self._seen: Dict[str, int] = {}
        self._stop = time.monotonic() + _MAX_SECONDS

    def answer(self) -> Answer:
        """The answer; see `ask`."""
        best: List[Success] = []
        best_family: Optional[Family] = None
        for number, family in enumerate(self._small_first()):
            found = self._members(family, first=not number)
            if len(found) > len(best):
                best, best_family = found, family
            if len(best) >= 3:
                break
            if best and _is_fixed(best_family):
                break
            if not best and number == 0 and self._never_works():
                break
            late = time.monotonic() > self._stop
            if late or len(self._failures) > _MAX_FAILURES:
                if not best and late:
                    return Unsure("symbols", "too many sizes to try")
                break
        if best and best_family is not None:
            return _Fitting(self, best_family, best).answer()
        return self.error([self._sizes.generic(number) for number in range(1, 3 * _RUNS)])

    def _small_first(self) -> Iterator[Family]:
        """The families; those that need large tensors come last."""
        large: List[Family] = []
        for family in self._sizes.families():
            if family.name not in _DIFFERENT and self._sizes.elements(family.member(0)) > _COMFORTABLE:
                large.append(family)
            else:
                yield family
        yield from large[:_MAX_LARGE]

    def attempt(self, binding: Binding) -> Optional[Success]:
        """Runs with one binding; None if it raised.

        Raises:
            _Stop: it cannot be run at all.
        """
        run = self._run(self._request, binding, 0)
        if isinstance(run, Returned):
            return Success(binding, run)
        if isinstance(run, Unsure):
            if run.reason in ("too-large", "symbols"):
                return None
            raise _Stop(run)
        for fill in self._fills_after(run):
            other = self._run(self._request, binding, fill)
            if isinstance(other, Returned):
                return Success(binding, other)
        self._failures.append(Failure(binding, run))
        return None

    def _fills_after(self, raised: Raised) -> Sequence[int]:
        """Which other fillings may avoid this exception."""
        if not raised.unknown or errors.is_contract(raised.error):
            return ()
        pattern, _ = merge.template(str(raised.error))
        self._seen[pattern] = self._seen.get(pattern, 0) + 1
        return (3, 1) if self._seen[pattern] <= 2 else ()

    def _members(self, family: Family, first: bool) -> List[Success]:
        """Runs of members of a family that returned: several, or none if it does not work."""
        found: List[Success] = []
        tries = 24 if self._question.free else 3 if first else 1
        for number in range(3 * _RUNS):
            if not found and number >= tries:
                break
            success = self.attempt(family.member(number))
            if success is not None and all(success.binding != old.binding for old in found):
                found.append(success)
            elif success is not None and _is_fixed(family):
                break
            if len(found) >= _RUNS:
                break
        return _without_empty(found)

    def _never_works(self) -> bool:
        """Whether the exception is about types, so that no sizes will help."""
        texts = {str(failure.run.error) for failure in self._failures}
        if len(texts) != 1 or not self._failures or self._question.free:
            return False
        if not errors.is_about_types(self._failures[0].run.error):
            return False
        symbols = self._question.sizes
        for binding in (dict.fromkeys(symbols, 1), dict.fromkeys(symbols, 12)):
            if self.attempt(binding) is not None:
                return False
        return len({str(failure.run.error) for failure in self._failures}) == 1

    def error(self, bindings: Sequence[Binding]) -> Answer:
        """The exception that was raised, if it is certain; its numbers fitted over bindings."""
        if self._question.free:
            return Unsure("symbols", str(self._failures[0].run.error) if self._failures else "")
        if not self._failures:
            return Unsure("too-large")
        for failure in self._failures:
            if errors.is_value_dependent(failure.run.error):
                # With these sizes it may well work.
                return Unsure("values", str(failure.run.error))
        failures = self._failures[:1] + list(self._more_failures(bindings))
        first = failures[0]
        judged = self._judge(self._request, first.binding, first.run)
        if not isinstance(judged, Error):
            return judged if isinstance(judged, Unsure) else Unsure("values")
        fitter = _fitter(self._question, [failure.binding for failure in failures])
        namer = _Namer(self._question, fitter)
        text = merge.merge_texts([str(failure.run.error) for failure in failures], namer.number)
        if text is None or any(len(dims.symbols(dim)) > 2 for dim in namer.used()):
            # So many symbols in one relation: the sizes tried prove little.
            return Unsure("symbols", str(first.run.error))
        return Error(judged.type, text)

    def _more_failures(self, bindings: Sequence[Binding]) -> Iterator[Failure]:
        """Failures that read like the first one."""
        pattern, _ = merge.template(str(self._failures[0].run.error))
        found = 0
        for binding in bindings:
            run = self._run(self._request, binding, 0)
            if isinstance(run, Raised) and merge.template(str(run.error))[0] == pattern:
                found += 1
                yield Failure(binding, run)
            if found >= _RUNS:
                return


class _Fitting:
    """One answer for several runs of one family."""

    def __init__(self, probe: _Probe, family: Family, successes: List[Success]) -> None:
        self._probe = probe
        self._question = probe._question
        self._family = family
        self._steady = 0
        self._rows = [row for success in successes for row in self._with_fills(success)]
        self._extra = 0
        self._far = False
        self._widened = False

    def answer(self) -> Answer:
        """The answer; asks for more runs as long as they decide something."""
        while True:
            bindings = [row.binding for row in self._rows]
            namer = _Namer(self._question, _fitter(self._question, bindings))
            try:
                answer = self._merged(namer)
            except merge.Mismatch as mismatch:
                return Unsure("symbols", str(mismatch))
            if namer.undecided and self._decide(namer.undecided):
                continue
            if namer.unfitted and self._widen():
                continue
            if self._far or not self._look_far():
                return answer

    def _merged(self, namer: "_Namer") -> Answer:
        first = self._rows[0].run
        if any(len(row.run.changed) != len(first.changed) for row in self._rows):
            raise merge.Mismatch("different changes")
        runs = [row.run for row in self._rows]
        result = merge.merge([run.result for run in runs], namer.number, namer.scalar)
        changed = []
        for parts in zip(*(run.changed for run in runs)):
            if len({path for path, _ in parts}) > 1:
                raise merge.Mismatch("different changes")
            wire = merge.merge([item for _, item in parts], namer.number, namer.scalar)
            changed.append((parts[0][0], wire))
        return Ok(result, tuple(changed))

    def _decide(self, undecided: List[List[Dim]]) -> bool:
        """Makes one more run for which undecided candidates differ."""
        if self._extra >= _MAX_EXTRA:
            return False
        for binding in self._further(undecided):
            if any(len({dims.evaluate(dim, binding) for dim in dims_}) > 1 for dims_ in undecided):
                self._extra += 1
                success = self._probe.attempt(binding)
                if success is not None and self._add(success):
                    return True
                if self._extra >= _MAX_EXTRA:
                    return False
        return False

    def _further(self, undecided: List[List[Dim]]) -> Iterator[Binding]:
        """More bindings of the family: first those made to tell candidates apart."""
        generic = self._family.name in _DIFFERENT
        for row in reversed(self._rows if generic else ()):
            chosen = dict(row.binding)
            for candidates in undecided:
                chosen.update(_telling(candidates, chosen))
            yield chosen
        for number in range(_RUNS, _RUNS + 60):
            yield self._family.member(number)
            far = self._probe._sizes.far(number) if generic else None
            if far is not None:
                yield far

    def _widen(self) -> bool:
        """Makes a few more runs for a size that nothing fits: a sum of several terms needs them."""
        if self._widened or self._rows[0].run.flags & watch.DATA:
            return False
        self._widened = True
        for number in range(_RUNS, 2 * _RUNS):
            success = self._probe.attempt(self._family.member(number))
            if success is not None:
                self._add(success)
        return True

    def _look_far(self) -> bool:
        """Makes one run with sizes beyond the constants in play; whether it brought something."""
        self._far = True
        if self._family.name not in _DIFFERENT:
            return False
        binding = self._probe._sizes.far(0)
        if binding is None:
            return False
        success = self._probe.attempt(binding)
        return success is not None and self._add(success)

    def _add(self, success: Success) -> bool:
        """Takes one more run as evidence, unless its result is empty and the others' are not."""
        if _has_zero(success.run.result) and not _has_zero(self._rows[0].run.result):
            return False
        self._rows += self._with_fills(success)
        return True

    def _with_fills(self, success: Success) -> List[Success]:
        """A run and, where its shapes may depend on values, runs with other values."""
        rows = [success]
        if not (success.run.flags & watch.DATA and success.run.unknown) or self._steady > 1:
            return rows
        for fill in _FILLS:
            run = self._probe._run(self._question.request, success.binding, fill)
            if isinstance(run, Returned):
                rows.append(Success(success.binding, run))
        # Two bindings at which values make no difference will do.
        self._steady += len({row.run.result for row in rows}) == 1
        return rows


class _Namer:
    """Dims for the sizes seen: fitted expressions, or fresh symbols."""

    def __init__(self, question: Question, fitter: Fitter) -> None:
        self._question = question
        self._fitter = fitter
        self._known: Dict[Tuple[int, ...], Dim] = {}
        self._fresh = fresh_names(question)
        self.undecided: List[List[Dim]] = []
        self.unfitted = False

    def number(self, values: Tuple[int, ...]) -> Dim:
        """The dim for the sizes seen in the runs, one each."""
        dim = self._known.get(values)
        if dim is None:
            dim = self._known[values] = self._find(values)
        return dim

    def used(self) -> List[Dim]:
        """All dims found so far."""
        return list(self._known.values())

    def scalar(self, dim: Dim) -> Wire:
        """A Python int that is such a dim."""
        if isinstance(dim, int):
            return dim
        values = next(seen for seen, known in self._known.items() if known == dim)
        free = any(name in self._question.free for name in dims.symbols(dim))
        if free or min(values) < 1:
            return ("any", "int", dim)
        return ("sym", dim)

    def _find(self, values: Tuple[int, ...]) -> Dim:
        found = self._fitter.fit(values)
        self.unfitted |= not found
        if len(found) > 1:
            self.undecided.append(found)
        if len(found) == 1 or (found and _equivalent(found)):
            if not set(dims.symbols(found[0])) & set(self._question.hidden):
                return found[0]
        return next(self._fresh)


def fresh_names(question: Question) -> Iterator[str]:
    """Names for new symbols: `_0`, `_1`, … but for those in use."""
    used = set(question.sizes) | set(question.free)
    number = 0
    while True:
        name = "_{}".format(number)
        if name not in used:
            yield name
        number += 1


def _fitter(question: Question, bindings: Sequence[Binding]) -> Fitter:
    fitter = Fitter(question.atoms, question.shapes, question.constants)
    fitter.use(bindings)
    return fitter


def _telling(candidates: List[Dim], binding: Binding) -> Binding:
    """A size for the symbol of the candidates at which they differ, no smaller than it was."""
    names = {name for dim in candidates for name in dims.symbols(dim)}
    if len(names) != 1:
        return {}
    name = names.pop()
    start = binding[name]
    for size in range(start, start + 200):
        if len({dims.evaluate(dim, {name: size}) for dim in candidates}) > 1:
            return {name: size}
    return {}


def _equivalent(candidates: List[Dim]) -> bool:
    """Whether expressions of one symbol have the same values for all sizes one meets."""
    names = {name for dim in candidates for name in dims.symbols(dim)}
    if len(names) != 1:
        return False
    name = names.pop()
    return all(
        len({dims.evaluate(dim, {name: size}) for dim in candidates}) == 1
        for size in range(1, 400)
    )


def _is_fixed(family: Optional[Family]) -> bool:
    """Whether all members are the same binding."""
    return family is not None and family.member(0) == family.member(1)


def _without_empty(successes: List[Success]) -> List[Success]:
    """Without the runs whose result is empty, if there are others: they follow no formula."""
    full = [success for success in successes if not _has_zero(success.run.result)]
    return full or successes


def _has_zero(wire: Wire) -> bool:
    if not isinstance(wire, tuple) or not wire:
        return False
    if wire[0] in ("tensor", "ndarray"):
        return 0 in wire[1]
    return any(_has_zero(item) for item in wire[1:])
