"""`shapewise explain SW101`: the page of a rule; `explain FILE:LINE`: the problem of a line."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import Subparsers

EXPLAINED, UNKNOWN = 0, 2

_EPILOG = """\
exit status: 0 it was explained, 1 there is no problem at that line, 2 there is no such
diagnostic, or the file could not be checked
"""


def register(subparsers: Subparsers) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "explain",
        help="explain a diagnostic, or the problem of a line",
        description="Why a diagnostic appears, with examples, and how it is mended. For a line "
        "of a program: what is wrong there, with the program's own names and numbers.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "subject",
        metavar="CODE|FILE:LINE",
        help="such as SW101, lesson.py:12, or lesson.ipynb:3:12 for a line of cell 3",
    )
    parser.add_argument(
        "--language", metavar="LANGUAGE", help="en or pt-BR; default: the system's language"
    )
    parser.add_argument(
        "--python", metavar="PATH", help="the interpreter that has PyTorch, for FILE:LINE"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Show the page or the explanation; the exit status."""
    import sys

    from rich.console import Console
    from rich.markdown import Markdown

    from ...analyzers.facts import text
    from ...analyzers.messages import language_of, render
    from ..locales import system_locale
    from ..pages import explanation

    language = language_of(args.language or system_locale())
    page = explanation(args.subject.upper(), language)
    if page is not None:
        Console().print(Markdown(page))
        return EXPLAINED
    from ..check.explained import explain_place, place_of

    place = place_of(args.subject)
    if place is not None:
        return explain_place(place, language=args.language, python=args.python)
    message = text("There is no diagnostic {code}.", code=args.subject)
    print(render(message, language), file=sys.stderr)
    return UNKNOWN
