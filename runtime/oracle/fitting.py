"""One answer for several runs: their sizes as expressions over the symbols."""

from typing import Iterator, List, Optional, Set, Tuple

from . import dims, merge, watch
from .bindings import Binding, Family
from .dims import Dim
from .evaluate import Returned
from .namer import Namer, fitter_for
from .runs import Runs, Success, has_zero
from .wire import Answer, Ok, Unsure

RUNS = 5
"""Runs that an answer is fitted over at first."""

_MAX_EXTRA = 12
_REFUSED = 3
"""Runs that the operator refuses before candidates that differ there count as alike."""
_WIDE = 6
"""Times as many sizes are tried where only some of them work."""
_FAR = 4
"""Runs with sizes beyond a kernel that most of the sizes tried are below."""
_FILLS = (1, 2, 3)


class Fitting:
    """One answer for several runs of one family."""

    def __init__(self, runs: Runs, family: Family, successes: List[Success]) -> None:
        self._runs = runs
        self._question = runs.question
        self._family = family
        self._steady = 0
        self._rows = [row for success in successes for row in self._with_fills(success)]
        self._extra = 0
        self._moot: Set[Tuple[Dim, ...]] = set()
        self._far = False
        self._widened = False

    def answer(self) -> Answer:
        """The answer; asks for more runs as long as they decide something."""
        while True:
            bindings = [row.binding for row in self._rows]
            namer = Namer(self._question, fitter_for(self._question, bindings), self._moot)
            try:
                answer = self._merged(namer)
            except merge.Mismatch as mismatch:
                named = self._question.sizes or self._question.free
                return Unsure("symbols" if named else "values", str(mismatch))
            if namer.undecided and self._decide(namer.undecided):
                continue
            if namer.unfitted and self._widen():
                continue
            if self._far or not self._look_far():
                return answer

    def _merged(self, namer: Namer) -> Answer:
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
        """Makes one more run for which undecided candidates differ; whether it brought something.

        Candidates that differ only at sizes that the operator refuses, such as the
        quotient of a size that has to be a multiple, need no decision.
        """
        refused = [0] * len(undecided)
        for binding in self._further(undecided):
            if self._extra >= _MAX_EXTRA:
                break
            differing = [n for n, dims_ in enumerate(undecided) if _differ(dims_, binding)]
            if not differing:
                continue
            self._extra += 1
            failures = len(self._runs.failures)
            success = self._runs.attempt(binding)
            if success is not None and self._add(success):
                return True
            for number in differing if len(self._runs.failures) > failures else ():
                refused[number] += 1
        needed = _REFUSED if self._family.is_generic else 0
        moot = {tuple(c) for c, count in zip(undecided, refused) if count >= needed}
        self._moot |= moot
        return bool(moot)

    def _further(self, undecided: List[List[Dim]]) -> Iterator[Binding]:
        """More bindings of the family: first those made to tell candidates apart."""
        generic = self._family.is_generic
        for row in reversed(self._rows if generic else ()):
            chosen = dict(row.binding)
            for candidates in undecided:
                chosen.update(_telling(candidates, chosen))
            yield chosen
        for number in range(RUNS, RUNS + 60):
            yield self._runs.sizes.member(self._family, number)
            far = self._runs.sizes.far(number) if generic else None
            if far is not None:
                yield far

    def _widen(self) -> bool:
        """Makes a few more runs for a size that nothing fits: a sum of several terms needs them."""
        if self._widened or self._rows[0].run.flags & watch.DATA:
            return False
        self._widened = True
        wanted = len(self._rows) + RUNS
        for number in range(RUNS, _WIDE * RUNS):
            if len(self._rows) < wanted:
                self._try(self._runs.sizes.member(self._family, number))
        for number in range(_FAR if self._family.is_generic else 0):
            self._try(self._runs.sizes.far(number))
        return True

    def _try(self, binding: Optional[Binding]) -> None:
        """Makes one more run, unless it was made before."""
        if binding is not None and all(row.binding != binding for row in self._rows):
            success = self._runs.attempt(binding)
            if success is not None:
                self._add(success)

    def _look_far(self) -> bool:
        """Makes one run with sizes beyond the constants in play; whether it brought something."""
        self._far = True
        if not self._family.is_generic:
            return False
        binding = self._runs.sizes.far(0)
        if binding is None:
            return False
        success = self._runs.attempt(binding)
        return success is not None and self._add(success)

    def _add(self, success: Success) -> bool:
        """Takes one more run as evidence, unless its result is empty and the others' are not."""
        if has_zero(success.run.result) and not has_zero(self._rows[0].run.result):
            return False
        self._rows += self._with_fills(success)
        return True

    def _with_fills(self, success: Success) -> List[Success]:
        """A run and, where its shapes may depend on values, runs with other values."""
        rows = [success]
        if not (success.run.flags & watch.DATA and success.run.unknown) or self._steady > 1:
            return rows
        for fill in _FILLS:
            run = self._runs.once(success.binding, fill)
            if isinstance(run, Returned):
                rows.append(Success(success.binding, run))
        # Two bindings at which values make no difference will do.
        self._steady += len({row.run.result for row in rows}) == 1
        return rows


def _differ(candidates: List[Dim], binding: Binding) -> bool:
    return len({dims.evaluate(dim, binding) for dim in candidates}) > 1


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
