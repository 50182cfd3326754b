"""`shapewise trace FILE [-- args]`: runs a program and shows what its tensors were."""

from __future__ import annotations

import argparse
import io
import itertools
import json
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console, RenderableType
from rich.live import Live
from rich.text import Text as Line

from ...analyzers.facts import Text, text
from ...analyzers.messages import language_of, render
from ...runtime.interpreter import find_python
from ...runtime.tracing import run_trace
from ...runtime.tracing_types import (
    Facts,
    Limits,
    Mode,
    Output,
    Place,
    TraceEvent,
    TraceReport,
    TraceRequest,
    default_memory,
)
from ..locales import system_locale
from ..trace_json import report_json
from ..trace_view import report_view
from ..trace_words import end_text

FINISHED, FAILED, UNUSABLE, LIMITED, INTERRUPTED = 0, 1, 2, 3, 130
"""Exit statuses: the program ended well; with an error; cannot be run; was stopped; Ctrl-C."""

_MEGABYTE = 1_000_000
_FILE_WIDTH = 160
"""Columns where there is no terminal."""


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "trace",
        usage="%(prog)s [options] FILE [-- ARGS...]",
        help="run a program and show the shape, dtype and device of each of its tensors",
        description="Runs a Python file or a notebook, with your own rights and on the device "
        "that is there, and shows what each of its tensors was. Loops that train or go over a "
        "DataLoader end after a few rounds. What follows `--` is for the program.",
    )
    parser.add_argument("file", metavar="FILE", help="a Python file or a notebook")
    parser.add_argument(
        "-m", "--module", action="store_true", help="FILE is a module's name, as in python -m"
    )
    parser.add_argument(
        "--call", metavar="EXPRESSION", default="", help="import FILE and evaluate this in it"
    )
    parser.add_argument(
        "--iterations",
        metavar="K",
        type=_iterations,
        default=2,
        help="rounds of a loop that trains or goes over a DataLoader; `all` for every round"
        " (default: 2)",
    )
    parser.add_argument(
        "--stats", action="store_true", help="min, max, mean, NaN and infinities, too"
    )
    parser.add_argument(
        "--workers", metavar="N", type=_count, help="num_workers of every DataLoader"
    )
    parser.add_argument("--python", metavar="P", help="the interpreter to run it with")
    parser.add_argument(
        "--time-limit", metavar="S", type=_amount, default=120.0, help="seconds (default: 120)"
    )
    parser.add_argument(
        "--memory-limit",
        metavar="MB",
        type=_amount,
        default=default_memory() / _MEGABYTE,
        help="(default: three quarters of the machine's)",
    )
    parser.add_argument(
        "--output-limit", metavar="MB", type=_amount, default=10.0, help="(default: 10)"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument(
        "--language", metavar="LANGUAGE", help="en or pt-BR; default: the system's language"
    )
    parser.set_defaults(run=run, args=())
    _split_at_dashes(parser)


def _split_at_dashes(parser: argparse.ArgumentParser) -> None:
    """Keep what follows `--` from the parser: it takes no positionals after options."""
    parse = parser.parse_known_args

    def parse_known_args(
        args: Sequence[str], namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        own = list(itertools.takewhile(lambda argument: argument != "--", args))
        options, unknown = parse(own, namespace)
        options.args = tuple(args[len(own) + 1 :])
        return options, unknown

    vars(parser)["parse_known_args"] = parse_known_args


def run(options: argparse.Namespace) -> int:
    """Carry the command out; its exit status."""
    language = language_of(options.language or system_locale())
    request = _request(options)
    if not options.module and not Path(options.file).is_file():
        _complain(text("There is no file {path}.", path=options.file), language)
        return UNUSABLE
    cancel = threading.Event()
    with _Progress(options.file, live=sys.stderr.isatty()) as progress:
        report = _interruptible(request, progress.on_event, cancel)
    summary = end_text(report, request.limits)
    if options.format == "json":
        data = report_json(report, request, render(summary, language))
        print(json.dumps(data, indent=1, ensure_ascii=False))
    else:
        name = options.file if options.module else Path(options.file).name
        _show(lambda width: report_view(report, name, request.limits, language, width))
    return _status(report)


def _request(options: argparse.Namespace) -> TraceRequest:
    mode: Mode = "script"
    if options.module:
        mode = "module"
    elif options.call:
        mode = "function"
    elif options.file.endswith(".ipynb"):
        mode = "notebook"
    root = Path.cwd()
    return TraceRequest(
        target=options.file,
        python=find_python(options.python, root),
        mode=mode,
        expression=options.call,
        args=options.args,
        roots=(root,),
        # As in a shell. A notebook runs where it lies, as Jupyter has it.
        folder=None if mode == "notebook" else root,
        iterations=options.iterations,
        stats=options.stats,
        workers=options.workers,
        limits=Limits(
            seconds=options.time_limit,
            memory=int(options.memory_limit * _MEGABYTE),
            output=int(options.output_limit * _MEGABYTE),
        ),
    )


def _interruptible(
    request: TraceRequest, on_event: Callable[[TraceEvent], None], cancel: threading.Event
) -> TraceReport:
    """The report of the run; Ctrl-C stops the run, and what was seen so far is reported."""
    reports: list[TraceReport] = []
    worker = threading.Thread(
        target=lambda: reports.append(run_trace(request, on_event, cancel)), daemon=True
    )
    worker.start()
    while not reports:
        try:
            worker.join(0.1)
            if not worker.is_alive() and not reports:
                raise RuntimeError("the run's thread has died")
        except KeyboardInterrupt:
            cancel.set()
    return reports[0]


def _status(report: TraceReport) -> int:
    if report.reason == "finished":
        return FINISHED
    if report.reason == "not-started":
        return UNUSABLE
    if report.reason == "stopped":
        return INTERRUPTED
    return LIMITED if report.reason.endswith("-limit") else FAILED


class _Progress:
    """On a terminal, one line that says how far the run has come.

    Args:
        live: whether standard error is a terminal.
    """

    def __init__(self, name: str, live: bool) -> None:
        self._name = name
        self._start = time.monotonic()
        self._places: set[tuple[Place, str]] = set()
        self._printed = ""
        self._live = Live(
            console=Console(stderr=True),
            get_renderable=self._line,
            refresh_per_second=8,
            transient=True,
        ) if live else None  # fmt: skip

    def __enter__(self) -> _Progress:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self._live is not None:
            self._live.stop()

    def on_event(self, event: TraceEvent) -> None:
        """Note what the run says."""
        if isinstance(event, Facts):
            self._places.update((seen.place, seen.kind) for seen in event.seen)
        elif isinstance(event, Output):
            lines = event.text.strip().splitlines()
            self._printed = lines[-1] if lines else self._printed

    def _line(self) -> Line:
        seconds = time.monotonic() - self._start
        head = f"{self._name} · {seconds:.1f} s · {len(self._places)} · {self._printed}"
        return Line(head, no_wrap=True, overflow="ellipsis", style="dim")


def _show(view: Callable[[int], RenderableType]) -> None:
    """Print what a width gives; outside a terminal in a file's manner."""
    if sys.stdout.isatty():
        console = Console()
        console.print(view(console.width))
        return
    console = Console(width=_FILE_WIDTH, file=io.StringIO())
    with console.capture() as capture:
        console.print(view(console.width))
    for line in capture.get().splitlines():
        print(line.rstrip())


def _complain(message: Text, language: str) -> None:
    print(f"shapewise: {render(message, language)}", file=sys.stderr)


def _iterations(value: str) -> int | None:
    return None if value == "all" else _positive(int(value))


def _positive(value: int) -> int:
    if value < 1:
        raise ValueError
    return value


def _count(value: str) -> int:
    return _positive(int(value) + 1) - 1


def _amount(value: str) -> float:
    amount = float(value)
    if not 0 < amount < float("inf"):
        raise ValueError
    return amount
