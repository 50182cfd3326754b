"""The runs of one question: what returned, what raised."""

from typing import Callable, Dict, List, NamedTuple, Optional, Sequence

from . import errors, merge
from .bindings import Binding, Sizes
from .evaluate import Raised, Returned, Run
from .question import Question
from .wire import Answer, Request, Unsure, Wire

Runner = Callable[[Request, Binding, int], Run]
"""Runs a request once: sizes for its symbols, and which filling unknown values get."""


class Success(NamedTuple):
    """One run that returned, and the sizes it had."""

    binding: Binding
    run: Returned


class Failure(NamedTuple):
    """One run that raised, and the sizes it had."""

    binding: Binding
    run: Raised


class Stop(Exception):
    """The search ends with this answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


class Runs:
    """Runs one question with different sizes.

    Args:
        question: the question.
        run: runs it once.
    """

    def __init__(self, question: Question, run: Runner) -> None:
        self.question = question
        self.sizes = Sizes(question)
        self.failures: List[Failure] = []
        self._run = run
        self._seen: Dict[str, int] = {}
        self._helped: Dict[str, int] = {}

    def once(self, binding: Binding, fill: int = 0) -> Run:
        """One run, of which nothing is noted."""
        return self._run(self.question.request, binding, fill)

    def attempt(self, binding: Binding) -> Optional[Success]:
        """Runs with one binding; None if it raised, or cannot be tried at these sizes.

        Raises:
            Stop: it cannot be run at all.
        """
        run = self.once(binding)
        if isinstance(run, Returned):
            return Success(binding, run)
        if isinstance(run, Unsure):
            if run.reason in ("too-large", "symbols"):
                return None
            raise Stop(run)
        for fill in self._fills_after(run):
            other = self.once(binding, fill)
            if isinstance(other, Returned):
                self._helped[merge.template(str(run.error))[0]] = fill
                return Success(binding, other)
        self.failures.append(Failure(binding, run))
        return None

    def _fills_after(self, raised: Raised) -> Sequence[int]:
        """Which other fillings may avoid this exception."""
        if not raised.unknown or errors.is_contract(raised.error):
            return ()
        pattern, _ = merge.template(str(raised.error))
        if pattern in self._helped:
            return (self._helped[pattern],)
        self._seen[pattern] = self._seen.get(pattern, 0) + 1
        return (3, 1) if self._seen[pattern] <= 2 else ()


def without_empty(successes: List[Success]) -> List[Success]:
    """Without the runs whose result is empty, if there are others: they follow no formula."""
    full = [success for success in successes if not has_zero(success.run.result)]
    return full or successes


def has_zero(wire: Wire) -> bool:
    """Whether there is an empty tensor in a wire value."""
    if not isinstance(wire, tuple) or not wire:
        return False
    if wire[0] in ("tensor", "ndarray"):
        return 0 in wire[1]
    return any(has_zero(item) for item in wire[1:])
