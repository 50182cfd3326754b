"""`shapewise check`: what is wrong in files, and the shapes of their tensors."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import Subparsers

FORMATS = ("text", "json", "github", "sarif")

_EPILOG = """\
exit status: 0 nothing was found, 1 there are errors or warnings, 2 something could
not be checked (a path that cannot be read, no PyTorch, wrong arguments)
"""


def register(subparsers: Subparsers) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "check",
        help="check Python files and notebooks",
        description="Find the lines that will fail in PyTorch, without running the program.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "paths", metavar="PATH", nargs="+", type=Path, help=".py and .ipynb files, and folders"
    )
    parser.add_argument(
        "--show-shapes",
        action="store_true",
        help="print each file with the shapes beside its lines (format text)",
    )
    parser.add_argument("--format", choices=FORMATS, default="text", help="default: text")
    parser.add_argument(
        "--jobs",
        metavar="N",
        type=_positive,
        help="processes to use; default: one for each file and processor, at most 4",
    )
    parser.add_argument(
        "--language", metavar="LANGUAGE", help="en or pt-BR; default: the system's language"
    )
    parser.add_argument(
        "--python",
        metavar="PATH",
        help="the interpreter that has PyTorch; default: that of an active or nearby "
        "virtual environment",
    )
    fixing = parser.add_mutually_exclusive_group()
    fixing.add_argument(
        "--fix",
        action="store_const",
        const="write",
        default="no",
        help="fix what can be fixed safely, in the files, and report what is left",
    )
    fixing.add_argument(
        "--diff",
        action="store_const",
        const="diff",
        dest="fix",
        help="print what --fix would change, and change nothing",
    )
    parser.add_argument(
        "--select",
        metavar="CODES",
        type=_codes,
        action="extend",
        help="the diagnostics that are wanted, by code or what it begins with: SW1,SW501; "
        "default: all",
    )
    parser.add_argument(
        "--ignore",
        metavar="CODES",
        type=_codes,
        action="extend",
        help="those that are not; where both fit a code, the longer one decides",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Check, report; the exit status."""
    from ..check.command import check

    return check(
        args.paths,
        format=args.format,
        show_shapes=args.show_shapes,
        jobs=args.jobs,
        language=args.language,
        python=args.python,
        select=args.select,
        ignore=args.ignore,
        fix=args.fix,
    )


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


_positive.__name__ = "number of processes"  # argparse names it when it complains


def _codes(text: str) -> list[str]:
    from ...analyzers.codes import prefix_of

    codes = [prefix_of(code) for code in text.split(",")]
    if None in codes:
        raise ValueError
    return [code for code in codes if code is not None]


_codes.__name__ = "list of codes"
