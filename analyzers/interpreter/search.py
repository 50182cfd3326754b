"""A search for what the parameters of one function are: decisions, and what follows from them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn

from ...runtime.oracle import dims
from ...runtime.oracle import wire as w
from ...runtime.oracle.dims import Dim
from ..facts import Origin, Problem, Span
from ..values.model import Cell, Scalar, Sig, SymInt, TensorV, Value
from .candidates import TENSORS, Guess

if TYPE_CHECKING:
    from .failures import Failure

_NAMES = {
    0: (),
    1: ("N",),
    2: ("N", "D"),
    3: ("N", "L", "D"),
    4: ("N", "C", "H", "W"),
    5: ("N", "C", "D", "H", "W"),
}


class Rejected(BaseException):
    """What was guessed of the holes does not go through the function."""


@dataclass(frozen=True)
class Claimed:
    """What an annotation, a comment or a docstring says of a parameter.

    shape: None where only that it is a tensor. dtypes: those it may have; any if empty.
    """

    shape: tuple[Dim, ...] | None
    dtypes: tuple[str, ...]
    origin: Origin

    def among(self, guesses: tuple[Guess, ...]) -> tuple[Guess, ...]:
        """The guesses that agree with it, and others like them if none does."""
        tensors = [guess for guess in guesses if guess.kind == "tensor"]
        dtypes = self.dtypes or tuple(dict.fromkeys(guess.dtype for guess in tensors))
        if self.shape is not None:
            rank = len(self.shape)
            found = (Guess("tensor", rank, dtype) for dtype in dtypes or ("float32", "int64"))
            return tuple(found)
        kept = tuple(guess for guess in tensors if guess.dtype in dtypes)
        return kept or tuple(guess._replace(dtype=dtypes[0]) for guess in TENSORS if dtypes)

    def allows(self, guess: Guess) -> bool:
        """Whether a guess agrees with it."""
        return (
            guess.kind == "tensor"
            and (self.shape is None or guess.rank == len(self.shape))
            and (not self.dtypes or guess.dtype in self.dtypes)
        )


@dataclass
class Decision:
    """What a hole is taken for, and what else it may be."""

    path: str
    guesses: tuple[Guess, ...]
    symbols: dict[Guess, tuple[str, ...]] = field(default_factory=dict)
    tried: set[Guess] = field(default_factory=set)

    @property
    def guess(self) -> Guess:
        """What it is taken for now."""
        return self.guesses[0]


def _pointed_at(failure: Failure | None, decision: Decision) -> tuple[Guess, ...]:
    """The guesses that are left, the one first at which the failure points."""
    guess = decision.guess
    decision.tried.add(guess)
    left = tuple(other for other in decision.guesses if other not in decision.tried)
    wanted = _wanted(failure.error.text, guess) if failure is not None else None
    if wanted is None or wanted in decision.tried:
        return left
    return (wanted, *(other for other in left if other != wanted))


_OF_INDICES = re.compile(r"types: Long, Int|expected scalar type Long|must be long|integer tensor")
_RANKS = (
    re.compile(r"values to unpack \(expected (\d+)"),
    re.compile(r"is not equal to len\(dims\) = (\d+)"),
)
_OUT_OF_RANGE = re.compile(r"Dimension out of range .* but got (\d+)\)")


def _wanted(message: str, guess: Guess) -> Guess | None:
    """What torch's message says that the operator wants instead."""
    if guess.kind != "tensor":
        return None
    if _OF_INDICES.search(message):
        return guess._replace(dtype="int64")
    for pattern in _RANKS:
        found = pattern.search(message)
        if found and int(found[1]) in _NAMES:
            return guess._replace(rank=int(found[1]))
    beyond = _OUT_OF_RANGE.search(message)
    if beyond and int(beyond[1]) + 1 in _NAMES:
        return guess._replace(rank=int(beyond[1]) + 1)
    return None


class Search:
    """What is decided so far of the holes of one function.

    kind: `forward` of a module, `init` of a class, or another `function`.
    device: where tensors are taken to be. chosen: symbols that were bound to a
    size that is usual but not the only one that works.
    """

    def __init__(self, kind: str, device: str | None, taken: Iterable[str] = ()) -> None:
        self.kind = kind
        self.device = device
        self.decisions: dict[str, Decision] = {}
        self.bindings: dict[str, Dim] = {}
        self.chosen: set[str] = set()
        self.changed = False
        self.modest = False
        """Leave open what is merely usual."""
        self.cells: list[Cell] = []
        self.steps = 0
        self.doubtful: Span | None = None
        """The first place of the last pass where it is not known whether it works."""
        self.doubts: list[Span] = []
        """Those places of all passes."""
        self._begun = 0
        self.failure: Failure | None = None
        """What the last pass failed at."""
        self.problem: Problem | None = None
        """That as a problem, if it was decided what one tensor is."""
        self.failures: list[tuple[Guess, tuple[Problem, int]]] = []
        """What each tensor that was tried failed at, and how many steps it came."""
        self.ambiguous = False
        """Something is one of several values: what fails with one may go with another."""
        self.exhausted = False
        """Nothing is left to be tried."""
        self._given = frozenset(taken)
        self._taken = set(taken)
        self._own: set[str] = set()
        self.claims: dict[str, Claimed] = {}
        """What is said of parameters, by their names."""
        self._claimed: set[str] = set()
        self.verdicts: dict[tuple[Span, str], Problem | None] = {}
        """Claims that the last pass came by, and how they are wrong."""

    @property
    def taken(self) -> tuple[str, ...]:
        """The names of symbols that are in use."""
        return tuple(self._taken)

    def of_other_ranks(self) -> Iterator[Search]:
        """The decisions with one axis less or more in front: of all tensors, and of each alone."""
        tensors = [
            path
            for path, decision in self.decisions.items()
            if decision.guess.kind == "tensor" and path not in self.claims
        ]
        for moved in [tensors, *([path] for path in tensors if len(tensors) > 1)]:
            for step in (-1, 1):
                ranks = {path: self.decisions[path].guess.rank + step for path in moved}
                if moved and all(rank in _NAMES for rank in ranks.values()):
                    yield self._moved(moved, step)

    def _moved(self, moved: list[str], step: int) -> Search:
        other = Search(self.kind, self.device, self._given)
        other.bindings = dict(self.bindings)
        other._own, other._taken = set(self._own), set(self._taken)
        other.claims, other._claimed = dict(self.claims), set(self._claimed)
        for path, decision in self.decisions.items():
            guess = decision.guess
            names = decision.symbols.get(guess, ())
            if path in moved:
                guess = guess._replace(rank=guess.rank + step)
                names = names[1:] if step < 0 else (other._fresh("M"), *names)
            other.decisions[path] = Decision(path, (guess,), {guess: names})
        return other

    def claim(self, path: str, claimed: Claimed) -> None:
        """Believes what is said of a parameter."""
        self.claims[path] = claimed
        self._claimed |= {name for dim in claimed.shape or () for name in dims.symbols(dim)}
        self._taken |= self._claimed
        self._own |= self._claimed

    def among(self, path: str, options: tuple[Guess, ...]) -> tuple[Guess, ...]:
        """What a hole may be, of some guesses."""
        claimed = self.claims.get(path)
        return options if claimed is None else claimed.among(options)

    def begin_pass(self, spent: int) -> None:
        """The function is about to be run again, after some steps of the analysis."""
        self.changed = False
        self.verdicts.clear()
        self.failure = self.problem = None
        self.doubtful = None
        self._begun = spent

    def forget_chosen(self) -> None:
        """From now on sizes that are merely usual stay open."""
        self.modest = True
        for name in self.chosen:
            del self.bindings[name]

    def end_pass(self) -> None:
        """What holes were decided to be holds for one pass."""
        for cell in self.cells:
            cell.value = None
        self.cells.clear()

    def reject(self, failure: Failure) -> NoReturn:
        """The function does not go through with what is decided.

        Raises:
            Rejected: always.
        """
        from ..rules import problem_of

        self.failure = failure
        # Said now, while the frames are those of the failing call.
        self.problem = problem_of(failure) if len(self.decisions) == 1 else None
        self.steps = failure.call.machine.budget.spent - self._begun
        raise Rejected

    def take_back(self) -> bool:
        """Gives up the last decision that has an alternative; False if none has."""
        self.bindings.clear()
        self.chosen.clear()
        while self.decisions:
            path, decision = self.decisions.popitem()
            left = _pointed_at(self.failure, decision)
            if path in self.claims:
                left = tuple(guess for guess in left if self.claims[path].allows(guess))
            if left:
                self.decisions[path] = Decision(path, left, tried=decision.tried)
                self._release()
                return True
        return False

    def doubt(self, span: Span) -> None:
        """Whether an operator works with what is decided is not known."""
        self.doubtful = self.doubtful or span

    def note_failure(self) -> None:
        """Keeps what the pass failed at, if it was decided what one tensor is."""
        if self.failure is None or self.problem is None or len(self.decisions) != 1:
            return
        guess = next(iter(self.decisions.values())).guess
        self.failures.append((guess, (self.problem, self.steps)))

    def _release(self) -> None:
        """Makes the names of symbols free again that no decision uses."""
        used = [
            name for d in self.decisions.values() for names in d.symbols.values() for name in names
        ]
        self._own = set(used) | self._claimed
        self._taken = self._own | self._given

    def value(self, decision: Decision) -> Value:
        """The value of a decided hole, with what is known of its sizes by now."""
        guess = decision.guess
        if guess.kind == "int":
            name = self._symbols(decision, guess, (_symbol_of(decision.path),))[0]
            bound = self.bindings.get(name, name)
            return SymInt(bound) if isinstance(bound, str) else SymInt(str(bound))
        if guess.kind != "tensor":
            return Scalar(guess.kind)
        claimed = self.claims.get(decision.path)
        if claimed is not None and claimed.shape is not None:
            known = tuple(dims.substitute(dim, self.bindings) for dim in claimed.shape)
            return TensorV(Sig(known, guess.dtype, self.device), claimed.origin)
        names = self._symbols(decision, guess, _names(guess))
        shape = tuple(self.bindings.get(name, name) for name in names)
        return TensorV(Sig(shape, guess.dtype, self.device))

    def _symbols(
        self, decision: Decision, guess: Guess, wanted: tuple[str, ...]
    ) -> tuple[str, ...]:
        known = decision.symbols.get(guess)
        if known is None:
            known = decision.symbols[guess] = tuple(self._fresh(name) for name in wanted)
        return known

    def _fresh(self, prefix: str) -> str:
        name, number = prefix, 0
        while name in self._taken:
            number += 1
            name = f"{prefix}{number}"
        self._taken.add(name)
        self._own.add(name)
        return name

    def _batches(self) -> set[str]:
        """The symbols of the first axes of tensors with several."""
        names = (names for d in self.decisions.values() for names in d.symbols.values())
        return {found[0] for found in names if len(found) > 1}

    def bind(self, requires: tuple[tuple[str, Dim], ...], request: w.Request) -> None:
        """Takes over under which sizes an operator works."""
        fixed = [name for name, dim in requires if isinstance(dim, int)]
        plain = _plain_symbols(request)
        for name, dim in requires:
            usual = isinstance(dim, int) and (len(fixed) > 1 or name not in plain)
            if usual and self.modest:
                continue
            target = dims.substitute(dim, self.bindings)
            if name not in self._own and isinstance(target, str) and target in self._own:
                name, target = target, name
            if name not in self._own or name in self.bindings or name in dims.symbols(target):
                continue
            if not self._taken.issuperset(dims.symbols(target)):
                # Symbols that results get may mean something else in the next pass.
                continue
            if name in self._batches() and self._given.intersection(dims.symbols(target)):
                # That a batch is as large as a layer is an accident.
                continue
            self.bindings = {
                key: dims.substitute(value, {name: target}) for key, value in self.bindings.items()
            }
            self.bindings[name] = target
            self.changed = True
            if usual:
                self.chosen.add(name)


def _symbol_of(path: str) -> str:
    """A symbol named after a parameter or a part of it: `config.size`, `window[0]`."""
    return re.sub(r"\W+", "_", path.rpartition(".")[2]).strip("_") or "n"


def _names(guess: Guess) -> tuple[str, ...]:
    if guess.dtype == "int64" and guess.rank == 2:
        return ("N", "L")
    return _NAMES[guess.rank]


def _plain_symbols(request: w.Request) -> frozenset[str]:
    """The symbols that are a size of an operand by themselves, in no expression."""
    found: set[str] = set()
    pending = [*request.args, *(wire for _, wire in request.kwargs)]
    while pending:
        wire = pending.pop()
        if isinstance(wire, tuple) and wire and wire[0] in ("tensor", "ndarray"):
            found.update(dim for dim in wire[1] if isinstance(dim, str) and dim.isidentifier())
        elif isinstance(wire, tuple):
            pending.extend(wire)
    return frozenset(found)
