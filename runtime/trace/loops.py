"""Runs that are cut short: a loop that trains, or goes over a loader, ends after K rounds.

Whether a loop trains is seen while it runs, not guessed from its text: a round
in which a `.backward()` was called or an optimizer stepped, however deep in
functions of the program, is a round of training.
"""

from __future__ import annotations

import itertools
import operator
import sys
from collections.abc import Iterable, Iterator
from gc import get_referents
from types import GeneratorType
from typing import Any, Callable

from .channel import Channel

_PLAIN = (range, list, tuple, dict, set, frozenset, str, bytes)
_WRAPPERS = (
    enumerate, zip, map, filter, reversed, itertools.chain, itertools.islice, itertools.cycle,
    itertools.takewhile, itertools.starmap,
)  # fmt: skip

Place = tuple[str, int, int, int]
"""File, part, line and column of a loop."""


class Loops:
    """Decides when a loop ends early.

    Args:
        rounds: how many rounds a training loop has, at least 1.
        channel: where a loop that was cut is reported, once.
    """

    def __init__(self, rounds: int, channel: Channel) -> None:
        self._rounds = rounds
        self._channel = channel
        self._steps = 0
        self._reported: set[Place] = set()

    def trained(self, value: Any) -> Any:
        """Put around a call of `.backward()`."""
        self._steps += 1
        return value

    def stepping(self, receiver: Any) -> Any:
        """Put around `optimizer` in `optimizer.step()`."""
        optim = getattr(sys.modules.get("torch"), "optim", None)
        cls = getattr(optim, "Optimizer", None)
        if cls is not None and isinstance(receiver, cls):
            self._steps += 1
        return receiver

    def iterable(self, place: Place, calls: bool) -> Callable[[Iterable[Any]], Iterable[Any]]:
        """What to put around the iterable of a loop.

        Args:
            calls: whether the loop's body calls anything, so that it may train.
        """

        def limit(iterable: Iterable[Any]) -> Iterable[Any]:
            loader = None if type(iterable) in _PLAIN else _loader_in(iterable)
            if (loader is None and not calls) or not _can_iterate(iterable):
                return iterable
            length = _length(iterable)
            if length < 0 and loader is not None:
                length = _length(loader)
            # The gate is pulled before the iterable, and all between them is C: no
            # element is taken in vain, and no frame of ours is in a traceback.
            gate = self._gate(place, loader is not None, length)
            return map(operator.itemgetter(1), zip(gate, iterable))

        return limit

    def condition(self, place: Place) -> Callable[[], Callable[[], bool]]:
        """What to call before a `while` loop, for what to ask at each round."""

        def start() -> Callable[[], bool]:
            gate = self._gate(place, False, -1)
            return lambda: next(gate, False)

        return start

    def _gate(self, place: Place, loads: bool, length: int) -> Iterator[bool]:
        """True for each round that the loop may begin.

        Args:
            loads: whether each round counts, also without training.
            length: how many rounds there would be; -1 where that is not known.
        """
        counted = 0
        while counted < self._rounds:
            before = self._steps
            yield True
            if loads or self._steps != before:
                counted += 1
        if length != counted and place not in self._reported:
            self._reported.add(place)
            file, part, line, column = place
            event = {"event": "loop", "file": file, "part": part, "line": line, "column": column}
            event.update(rounds=counted, of=None if length < 0 else length)
            self._channel.send(event)


def _loader_in(iterable: Any) -> Any:
    """The DataLoader, or its iterator, that an iterable goes over.

    Looked for in what `enumerate`, `zip` and their like go over, in `tqdm`, and
    among the arguments and variables of a generator. None where there is none.
    """
    data = getattr(getattr(sys.modules.get("torch"), "utils", None), "data", None)
    if data is None:
        return None
    running = getattr(data.dataloader, "_BaseDataLoaderIter", data.DataLoader)
    waiting = [iterable]
    while waiting:
        item = waiting.pop()
        if isinstance(item, (data.DataLoader, running)):
            return item
        if isinstance(item, _WRAPPERS):
            waiting += [
                inner
                for held in get_referents(item)
                for inner in (held if isinstance(held, tuple) else (held,))
            ]
        elif type(item).__module__.split(".")[0] == "tqdm":
            waiting.append(getattr(item, "iterable", None))
        elif isinstance(item, GeneratorType) and item.gi_frame is not None:
            found = [v for v in item.gi_frame.f_locals.values() if not isinstance(v, GeneratorType)]
            waiting += [v for v in found if isinstance(v, (data.DataLoader, running, *_WRAPPERS))]
    return None


def _can_iterate(value: Any) -> bool:
    return hasattr(type(value), "__iter__") or hasattr(type(value), "__getitem__")


def _length(iterable: Any) -> int:
    try:
        return operator.length_hint(iterable, -1)
    except Exception:
        # The learner's own `__len__`; if the program calls it, it will see the error.
        return -1
