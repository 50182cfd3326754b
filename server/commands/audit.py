"""`shapewise audit`: the analysis held against a run of the program."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import Subparsers

_EPILOG = """\
exit status: 0 nothing is wrong, 1 a fact is wrong or an error false, 2 nothing could be run
"""


def register(subparsers: Subparsers) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "audit",
        help="run programs and compare what happens with what the analysis says",
        description="Runs each program, with your own rights, and compares every tensor it "
        "binds with what the analysis says of it.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "paths", metavar="PATH", nargs="+", type=Path, help=".py and .ipynb files, and folders"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument(
        "--iterations",
        metavar="K",
        type=_iterations,
        default=2,
        help="rounds of a loop that trains; `all` for every round (default: 2)",
    )
    parser.add_argument(
        "--time-limit", metavar="S", type=float, default=60.0, help="seconds a program (60)"
    )
    parser.add_argument(
        "--arguments",
        metavar="FILE",
        type=Path,
        help="a TOML file: what programs get on their command line",
    )
    parser.add_argument("--python", metavar="PATH", help="the interpreter that has PyTorch")
    parser.add_argument(
        "--language", metavar="LANGUAGE", help="en or pt-BR; default: the system's language"
    )
    parser.set_defaults(run=run)


def _iterations(text: str) -> int | None:
    return None if text == "all" else int(text)


def run(args: argparse.Namespace) -> int:
    """Audit, report; the exit status."""
    from ..audit.command import audit

    return audit(
        args.paths,
        args.format,
        args.iterations,
        args.time_limit,
        args.language,
        args.python,
        args.arguments,
    )
