"""What a traced run is asked for, and what it tells.

A place is a file, a part (0 for a file, the number of the code cell, from 0, for
a notebook) and a range: lines and columns are 1-based, columns count Unicode code
points, the end is exclusive. That is the range of `analyzers.facts.Span`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Mode = Literal["script", "module", "notebook", "function"]
Kind = Literal[
    "variable",
    "parameter",
    "attribute",
    "loop",
    "with",
    "comprehension",
    "expression",
    "return",
]
ValueKind = Literal["tensor", "parameter", "ndarray"]
Reason = Literal[
    "finished",
    "exception",
    "exit",
    "os-exit",
    "gone",
    "signal",
    "time-limit",
    "memory-limit",
    "process-limit",
    "output-limit",
    "stopped",
    "not-started",
]


def _physical_memory() -> int:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return 8 << 30


def default_memory() -> int:
    """Three quarters of the machine's memory, in bytes, and no less than 2 GiB."""
    return max(2 << 30, _physical_memory() * 3 // 4)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run may use; None for no limit.

    seconds: wall time.
    memory: bytes held by all its processes together.
    output: bytes printed.
    processes: alive at the same time.
    """

    seconds: float | None = 120.0
    memory: int | None = field(default_factory=default_memory)
    output: int | None = 10_000_000
    processes: int | None = 256


@dataclass(frozen=True, slots=True)
class TraceRequest:
    """A run to be made.

    target: path of the file; for mode `module` the module's name.
    python: the learner's interpreter.
    expression: for mode `function`, what to evaluate in the file's namespace,
        such as `main()`.
    args: what the program finds in `sys.argv[1:]`.
    roots: folders whose modules are rewritten; the file's own folder always is.
    folder: the working folder; None for the file's.
    iterations: rounds of a loop that trains or goes over a loader; None for all.
    stats: whether min, max, mean, NaN and infinities are sampled.
    workers: `num_workers` of every DataLoader; None to leave it.
    environment: variables to set besides the server's own.
    """

    target: str
    python: str
    mode: Mode = "script"
    expression: str = ""
    args: tuple[str, ...] = ()
    roots: tuple[Path, ...] = ()
    folder: Path | None = None
    iterations: int | None = 2
    stats: bool = False
    workers: int | None = None
    limits: Limits = field(default_factory=Limits)
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A range of a source text."""

    file: str
    part: int
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Signature:
    """What a tensor or an array was at one visit.

    dtype: the name after `torch.` or `numpy.`.
    device: as torch writes it, `cuda:0`.
    requires_grad: None for an array.
    """

    kind: ValueKind
    shape: tuple[int, ...]
    dtype: str
    device: str
    requires_grad: bool | None


@dataclass(frozen=True, slots=True)
class Statistics:
    """Of the elements at one visit; min, max and mean over the finite ones.

    None where there are no finite elements.
    """

    visit: int
    min: float | None
    max: float | None
    mean: float | None
    nan: int
    inf: int


@dataclass(frozen=True, slots=True)
class Seen:
    """What one place was, over all its visits.

    name: of a binding, as written (`self.x`); of a return value the function's
        name; empty for an expression.
    signatures: the distinct ones in the order they were seen first; never empty.
    last: the one of the last visit.
    more: there were too many distinct ones to keep.
    visits: how often it was a tensor or an array.
    """

    place: Place
    name: str
    kind: Kind
    signatures: tuple[Signature, ...]
    last: Signature
    visits: int
    more: bool = False
    statistics: Statistics | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """A step of a traceback, in a file of the learner's.

    place: columns are 0 where the interpreter (before 3.11) does not know them.
    text: the line, without its indentation.
    """

    place: Place
    function: str
    text: str


@dataclass(frozen=True, slots=True)
class Failure:
    """The exception that ended the run.

    frames: the learner's own, the outermost first; empty when there are none.
    memory: where there was too little memory, if that was it.
    cause: the exception from which, or during whose handling, it was raised.
    traceback: as Python would print it.
    """

    type: str
    message: str
    frames: tuple[Frame, ...]
    memory: Literal["device", "host"] | None = None
    cause: Failure | None = None
    traceback: str = ""


@dataclass(frozen=True, slots=True)
class CutLoop:
    """A loop that was ended early.

    of: how many rounds it would have had; None where that is not known.
    """

    file: str
    part: int
    line: int
    column: int
    rounds: int
    of: int | None


@dataclass(frozen=True, slots=True)
class Device:
    """What the run computes on.

    kind: `cuda`, `mps`, `cpu` or another name of torch's.
    name: the accelerator's; empty when it is not known.
    """

    kind: str
    name: str
    torch: str


@dataclass(frozen=True, slots=True)
class Started:
    """The learner's interpreter is running."""

    python: str
    executable: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Places seen for the first time, or changed since."""

    seen: tuple[Seen, ...]


@dataclass(frozen=True, slots=True)
class Output:
    """What the program printed, standard output and error in one."""

    text: str


TraceEvent = Started | Device | Facts | CutLoop | Failure | Output


@dataclass(frozen=True, slots=True)
class Source:
    """The text that ran; the program may have changed the file since.

    digest: SHA-256 of the text in UTF-8, in hexadecimal.
    """

    file: str
    part: int
    text: str
    digest: str


@dataclass(frozen=True, slots=True)
class TraceReport:
    """A run, once it is over.

    reason: why it ended. `exit`: by `sys.exit` with a status other than 0;
        `os-exit`: by `os._exit`; `gone`: ended by other code than Python's;
        `stopped`: by whoever asked for it.
    status: the exit status; None when a signal or a limit ended it.
    signal: `SIGSEGV`, when that ended it.
    used: of the limit that was passed, in its unit.
    seconds: how long it took.
    seen: sorted by place.
    output: the beginning and, past a certain size, the end of what was printed.
    detail: for `not-started`, what went wrong.
    """

    reason: Reason
    status: int | None
    signal: str | None
    seconds: float
    seen: tuple[Seen, ...]
    sources: tuple[Source, ...]
    cut: tuple[CutLoop, ...]
    failure: Failure | None
    started: Started | None
    device: Device | None
    output: str
    used: float | None = None
    detail: str = ""
