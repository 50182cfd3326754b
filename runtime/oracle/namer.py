"""Names for the sizes that the runs of a question gave."""

from typing import AbstractSet, Dict, Iterator, List, Sequence, Tuple

from . import dims
from .bindings import Binding
from .dims import Dim
from .fit import Fitter
from .question import Question
from .wire import Wire


class Namer:
    """Dims for the sizes seen: fitted expressions, or fresh symbols.

    Args:
        question: the question.
        fitter: fits the sizes.
        moot: candidates that are alike at all sizes that work; the first of them will do.

    undecided: the candidates for each size that more runs would decide.
    unfitted: whether there is a size that nothing fits.
    """

    def __init__(
        self, question: Question, fitter: Fitter, moot: AbstractSet[Tuple[Dim, ...]] = frozenset()
    ) -> None:
        self._question = question
        self._moot = moot
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
        moot = tuple(found) in self._moot
        if len(found) > 1 and not moot:
            self.undecided.append(found)
        certain = moot or len(found) == 1 or (bool(found) and _equivalent(found))
        if certain and not set(dims.symbols(found[0])) & set(self._question.hidden):
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


def fitter_for(question: Question, bindings: Sequence[Binding]) -> Fitter:
    """A fitter for the sizes seen in runs with these bindings."""
    fitter = Fitter(question.atoms, question.shapes, question.constants)
    fitter.use(bindings)
    return fitter


def _equivalent(candidates: List[Dim]) -> bool:
    """Whether expressions of one symbol have the same values for all sizes one meets."""
    names = {name for dim in candidates for name in dims.symbols(dim)}
    if len(names) != 1:
        return False
    name = names.pop()
    return all(
        len({dims.evaluate(dim, {name: size}) for dim in candidates}) == 1 for size in range(1, 400)
    )
