"""The state of one run of the interpreter: budget, trail, call stack, records."""

from __future__ import annotations

import ast
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...runtime.oracle.wire import Answer, Request, Unsure
from ..claims.match import Names
from ..facts import Origin, Signature, Span, text
from ..oracle import Oracle
from ..source.chunks import Chunk
from ..values.join import Joiner
from ..values.model import FunctionV, Scope, Unknown, Value
from ..values.trail import Delta, Trail
from .claim_state import ClaimState
from .recorder import Recorder

if TYPE_CHECKING:
    from .search import Search

MAX_CALL_DEPTH = 60


MAX_SEARCH_WAITS = 4.0
"""Seconds that the searches of one analysis may wait for torch; what is cached costs nothing."""

_PATIENCE = 4.0
"""How many times its budget an analysis may wait for torch."""


class OutOfBudget(Exception):
    """The analysis has used up its time or steps, or is no longer wanted."""


class SearchTooSlow(BaseException):
    """Torch takes so long to answer what a search asks that the rest is not searched for."""


class Raised(Exception):
    """The learner's program raises at this point, inside a `try` that may catch it."""

    def __init__(self, type_name: str) -> None:
        super().__init__(type_name)
        self.type_name = type_name


@dataclass
class Budget:
    """Steps and seconds that may still be spent."""

    steps: int
    seconds: float
    cancelled: Callable[[], bool] | None = None
    spent: int = 0
    _deadline: float = field(init=False)
    _patience: float | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self._deadline = time.monotonic() + self.seconds

    def step(self) -> None:
        """Counts one step.

        Raises:
            OutOfBudget: nothing is left.
        """
        self.spent += 1
        if self.spent > self.steps:
            raise OutOfBudget
        if self.spent % 256 == 0:
            self.check()

    def check(self) -> None:
        """Looks at the clock.

        Raises:
            OutOfBudget: the time is over, or nobody wants the result any more.
        """
        if time.monotonic() > self._deadline or (self.cancelled and self.cancelled()):
            raise OutOfBudget

    def pause(self, seconds: float) -> None:
        """Waiting for torch does not count: at first however long it takes to start, later as
        long as the waits together take no more than `_PATIENCE` times the budget."""
        if self._patience is None:
            self._patience = _PATIENCE * self.seconds
        else:
            seconds = min(seconds, self._patience)
            self._patience -= seconds
        self._deadline += seconds


@dataclass
class Frame:
    """One activation: the module's own, a function's, or a class body's.

    node: the call that entered it, in the frame of the caller; None if there is none.
    returns: the values of the `return` statements met. pending: what the
    branches that returned early had changed. yields: for a generator, what it
    has yielded so far.
    """

    scope: Scope
    chunk: Chunk
    function: FunctionV | None = None
    node: ast.expr | None = None
    returns: list[Value] = field(default_factory=list)
    pending: list[Delta] = field(default_factory=list)
    yields: list[Value] | None = None
    endless: bool = False
    at_yield: Callable[[Value], None] | None = None
    """What runs wherever a generator around the body of a `with` yields."""
    names: Names = field(default_factory=dict)
    """What names of axes in annotations stand for in this call."""


@dataclass
class Modes:
    """The global switches of torch that the program has set."""

    grad: bool = True
    autocast: bool = False
    default_dtype: str = "float32"
    default_device: str = "cpu"


class Machine:
    """One run in one world.

    world: the accelerator's device type in the world of this run, None in a
        world without one.
    """

    def __init__(
        self, oracle: Oracle, budget: Budget, world: str | None, path: Path | None = None
    ) -> None:
        self.oracle = oracle
        self.budget = budget
        self.world = world
        self.path = path
        self.trail = Trail()
        self.files: dict[int, Path] = {}
        self.arguments: tuple[str, ...] = ()
        """What the program finds in `sys.argv[1:]`; empty also where that is not known."""
        self.unsaved: Mapping[Path, str] = {}
        """Texts of the workspace's files that are not on disk yet."""
        """The files of imported modules, by the part of the spans in them."""
        self.recorder = Recorder(self.files)
        self.modes = Modes()
        self.joiner = Joiner(self.fresh)
        self.widener = Joiner(self.fresh, widen=True)
        self.frames: list[Frame] = []
        self.catching: list[tuple[str, ...]] = []
        """The exception names that the `try` statements around this point catch."""
        self.entered: set[int] = set()
        """The ids of the function nodes that were called."""
        self.modules: dict[Path, Value] = {}
        """The modules of the workspace that were imported."""
        self.module_path: Path | None = None
        """The file of the module that is being imported."""
        self.loops: list[Any] = []
        """The loops under way, innermost last (`loops.Loop`)."""
        self.asked_accelerator = False
        self.resolved: dict[str, dict[str, Any]] = {}
        """What dotted library names are, as far as they were asked for."""
        self._origins: dict[int, Origin] = {}
        self.uncalled = False
        """Inside a function that nothing calls."""
        self.debug = False
        """Let mistakes of the interpreter's own out, instead of noting them."""
        self.instances: dict[int, Any] = {}
        """By class id, the first instance the program has made of a learner's class."""
        self.search: Search | None = None
        """The search for what the parameters of a function are, while one is under way."""
        self.called: ast.expr | None = None
        """The function of the call that was begun last."""
        self.signatures: list[Signature] = []
        """What functions expect and return."""
        self.missing: list[tuple[str, Span]] = []
        """Names that the module's own statements used when nothing had bound them."""
        self.search_waits = 0.0
        """Seconds that searches have waited for torch."""
        self.unanswered = False
        """Torch was asked, and was not there to answer."""
        self.quiet = 0
        """Above 0, problems are not recorded: the point may never be reached."""
        self.claims = ClaimState()
        """What the program says of its own shapes."""
        self._fresh: dict[str, int] = {}
        self._issued: set[str] = set()
        self._named: dict[object, str] = {}

    @property
    def frame(self) -> Frame:
        """The innermost activation."""
        return self.frames[-1]

    def fresh(self, prefix: str) -> str:
        """A symbol that nothing else uses: `N`, `N1`, `N2`, …"""
        while True:
            count = self._fresh.get(prefix, 0)
            self._fresh[prefix] = count + 1
            name = prefix if count == 0 else f"{prefix}{count}"
            if name not in self._issued:
                self._issued.add(name)
                return name

    def symbol_for(self, key: object, prefix: str = "N") -> str:
        """The symbol of this place: the same one each time the place is run."""
        if key not in self._named:
            self._named[key] = self.fresh(prefix)
        return self._named[key]

    def ask(self, request: Request) -> Answer:
        """Asks the oracle; the time spent waiting for it to start does not count."""
        started = time.monotonic()
        answer = self.oracle.ask(request)
        if isinstance(answer, Unsure) and answer.reason in ("no-torch", "died", "timeout"):
            self.unanswered = True
        waited = time.monotonic() - started
        if self.search is not None:
            self.search_waits += waited
            if self.search_waits > MAX_SEARCH_WAITS:
                raise SearchTooSlow
        if waited > 0.05:
            self.budget.pause(waited)
            self.budget.check()
        return answer

    def span(self, node: ast.expr | ast.stmt | ast.arg | ast.alias | ast.keyword) -> Span:
        """Where a node of the current frame stands."""
        return self.frame.chunk.span(node)

    def origin(self, node: ast.expr) -> Origin:
        """The provenance of a value made by an expression of the current frame."""
        known = self._origins.get(id(node))
        span = self.span(node)
        if known is None or known.span != span:
            known = self._origins[id(node)] = Origin(span, self.frame.chunk.source(node))
        return known

    def unknown(self, template: str, **fields: object) -> Unknown:
        """An unknown value with its reason."""
        return Unknown(text(template, **fields))

    def catches(self, type_name: str) -> bool:
        """Whether a `try` around this point catches an exception of this name."""
        return any(_catches(names, type_name) for names in self.catching)

    @contextmanager
    def grad_mode(self, enabled: bool) -> Iterator[None]:
        """Gradients switched on or off, as by `torch.no_grad()`."""
        before, self.modes.grad = self.modes.grad, enabled
        try:
            yield
        finally:
            self.modes.grad = before


def _catches(names: tuple[str, ...], type_name: str) -> bool:
    return any(
        name in ("Exception", "BaseException", "", type_name) or (name, type_name) in _SUBCLASSES
        for name in names
    )


_SUBCLASSES = {
    ("RuntimeError", "NotImplementedError"),
    ("RuntimeError", "OutOfMemoryError"),
    ("RuntimeError", "RecursionError"),
    ("LookupError", "IndexError"),
    ("LookupError", "KeyError"),
    ("ArithmeticError", "ZeroDivisionError"),
    ("ImportError", "ModuleNotFoundError"),
    ("OSError", "FileNotFoundError"),
}
