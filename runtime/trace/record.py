"""What each place of the program has seen, and how it is reported.

A *site* is a place in the source whose value passes through a recorder. The
recorder runs at every visit, inside the learner's loops, so its usual path is a
few attribute reads: a tensor like the one before is counted, a value that is no
tensor is let through.
"""

from __future__ import annotations

import collections
import contextlib
import threading
from typing import Any, Callable, NamedTuple

from .channel import Channel
from .signature import Signature, describe, function_modes, kind_of, statistics

Recorder = Callable[[Any], Any]

MAX_SIGNATURES = 16
"""Distinct signatures kept for one site."""
_FLUSH = 0.05
"""Seconds between two looks for changed signatures."""
_COUNT = 20
"""Every so many of these looks the numbers of visits are reported too."""
_MAX_QUIET = 10_000

# Where no TorchFunctionMode is active and no graph is traced, which is known
# only once torch is loaded, attributes are read directly.
_mode_depth: Callable[[], Any] = int
_tracing: Callable[[], Any] = type(None)
_unseen: Callable[[], Any] = contextlib.nullcontext

_quiet: set[type] = {int, float, complex, bool, str, bytes, type(None), list, tuple, dict, set}
"""Types whose instances are no tensors."""
_kinds: dict[type, str] = {}
"""The `Signature.kind` of the types whose instances are."""


class Label(NamedTuple):
    """One thing that a site's value is, with its place.

    kind: `variable`, `parameter`, `attribute`, `loop`, `with`, `comprehension`,
        `expression` or `return`.
    name: of a binding, as written; of a return value, the function's name.
    line, column, end_line, end_column: 1-based, in code points, end exclusive.
    """

    kind: str
    name: str
    line: int
    column: int
    end_line: int
    end_column: int


class Site:
    """A place and what it has seen."""

    __slots__ = (
        "file",
        "labels",
        "last",
        "more",
        "number",
        "part",
        "sent",
        "sent_visits",
        "signatures",
        "statistics",
        "visits",
        "waiting",
    )  # fmt: skip

    def __init__(self, number: int, file: str, part: int, labels: tuple[Label, ...]) -> None:
        self.number = number
        self.file = file
        self.part = part
        self.labels = labels
        self.signatures: list[Signature] = []
        self.last: Signature | None = None
        self.more = False
        self.statistics: dict[str, Any] | None = None
        self.visits: Callable[[], int] = lambda: 0
        self.waiting = False
        self.sent = 0
        self.sent_visits = 0

    def add(self, signature: Signature) -> bool:
        """Note a signature that differs from the last one; whether it is news to report."""
        self.last = signature
        if signature in self.signatures:
            return False
        if len(self.signatures) < MAX_SIGNATURES:
            self.signatures.append(signature)
            return True
        news = not self.more
        self.more = True
        return news

    def fact(self) -> dict[str, Any]:
        """What has not been sent yet, as an event's part."""
        fact: dict[str, Any] = {"site": self.number}
        if not self.sent:
            fact.update(file=self.file, part=self.part, labels=self.labels)
        count = len(self.signatures)
        fact["new"] = self.signatures[self.sent : count]
        self.sent = count
        self.sent_visits = fact["visits"] = self.visits()
        fact["last"] = self.last
        fact["more"] = self.more
        if self.statistics is not None:
            fact["statistics"] = self.statistics
        return fact


class Book:
    """All sites of the program.

    Args:
        channel: where facts are sent.
        stats: whether recorders sample the values, too.
        on_torch: called once, when the first tensor is seen.
    """

    def __init__(self, channel: Channel, stats: bool, on_torch: Callable[[], None]) -> None:
        self._channel = channel
        self._stats = stats
        self._on_torch: Callable[[], None] | None = on_torch
        self._waiting: collections.deque[Site] = collections.deque()
        self._seen: list[Site] = []
        self._number = 0

    def start(self) -> None:
        """Report changes from now on, from a thread of its own."""
        threading.Thread(target=self._report, name="shapewise-trace", daemon=True).start()

    def recorder(self, file: str, part: int, labels: tuple[Label, ...]) -> Recorder:
        """A function that returns its argument and notes what it was."""
        self._number += 1
        site = Site(self._number, file, part, labels)
        record = _recorder(site, self)
        return _sampling(site, record) if self._stats else record

    def changed(self, site: Site) -> None:
        """The site has seen a signature that is news."""
        site.waiting = True
        self._waiting.append(site)
        if not site.sent:
            # At once: a program may die the next moment.
            self._seen.append(site)
            self.flush()

    def flush(self) -> None:
        """Send the changed signatures."""
        facts = []
        while True:
            try:
                site = self._waiting.popleft()
            except IndexError:
                break
            if site.waiting:
                site.waiting = False
                facts.append(site.fact())
        if facts:
            self._channel.send({"event": "facts", "facts": facts})

    def count(self) -> None:
        """Send the numbers of visits that have changed."""
        facts = [site.fact() for site in list(self._seen) if site.visits() != site.sent_visits]
        if facts:
            self._channel.send({"event": "facts", "facts": facts})

    def kind(self, cls: type) -> str | None:
        """`kind_of`, remembered."""
        kind = kind_of(cls)
        if kind is None:
            if len(_quiet) > _MAX_QUIET:
                _quiet.clear()
            _quiet.add(cls)
            return None
        _kinds[cls] = kind
        if kind != "ndarray" and self._on_torch is not None:
            global _mode_depth, _tracing, _unseen
            _mode_depth, _tracing, _unseen = function_modes()
            on_torch, self._on_torch = self._on_torch, None
            on_torch()
        return kind

    def _report(self) -> None:
        pause = threading.Event()
        turn = 0
        while True:
            pause.wait(_FLUSH)
            turn += 1
            self.flush()
            if turn % _COUNT == 0:
                self.count()


def _recorder(site: Site, book: Book) -> Recorder:
    """The recorder of a site. Its state lives in closure cells: they are the fastest."""
    plain: type | None = None  # torch.Tensor or Parameter, as last seen
    array: type | None = None  # numpy.ndarray, as last seen
    shape: Any = None
    dtype: Any = None
    device: Any = None
    grad: Any = None
    visits = 0

    def record(value: Any) -> Any:
        nonlocal visits
        cls = type(value)
        try:
            if cls in _quiet:  # First: a loop over numbers has nothing else to wait for.
                return value
        except TypeError:
            return value  # A class whose own class has no hash.
        if cls is plain:
            if _mode_depth() or _tracing():
                note(value)
            elif (
                value.shape == shape
                and value.dtype is dtype
                and value.requires_grad is grad
                and value.device == device
            ):
                visits += 1
            else:
                note(value)
        elif cls is array:
            if value.shape == shape and value.dtype is dtype:
                visits += 1
            else:
                note(value)
        else:
            note(value)
        return value

    def note(value: Any) -> None:
        nonlocal visits
        cls = type(value)
        kind = _kinds.get(cls) or book.kind(cls)
        if kind is None or _tracing():
            return
        visits += 1
        try:
            with _unseen():
                learn(value, kind)
        except Exception:
            # No plain shape: a lazy parameter, a nested tensor. It is no fact.
            visits -= 1

    def learn(value: Any, kind: str) -> None:
        nonlocal plain, array, shape, dtype, device, grad
        signature = describe(value, kind)
        shape, dtype = value.shape, value.dtype
        cls = type(value)
        if kind == "ndarray":
            plain, array = None, cls
        else:
            device, grad = value.device, value.requires_grad
            # The attributes of other subclasses may run the learner's code.
            plain, array = (cls if cls.__module__.split(".")[0] == "torch" else None), None
        if signature != site.last and site.add(signature):
            book.changed(site)

    site.visits = lambda: visits
    return record


def _sampling(site: Site, record: Recorder) -> Recorder:
    """A recorder that also looks at the elements, at visits 1, 2, 4, 8, … and every 64th."""
    visit = 0

    def sample(value: Any) -> Any:
        nonlocal visit
        record(value)
        try:
            kind = _kinds.get(type(value))
        except TypeError:
            return value  # As above.
        if kind is not None and not _tracing():
            visit += 1
            if not visit & (visit - 1) or visit % 64 == 0:
                look(value, kind)
        return value

    def look(value: Any, kind: str) -> None:
        try:
            with _unseen():
                found = statistics(value, kind)
        except Exception:
            # Elements that cannot be read: the meta device, a tensor inside vmap.
            return
        if found is not None:
            found["visit"] = visit
            site.statistics = found
            site.sent_visits = -1  # To be sent with the next count.

    return sample
