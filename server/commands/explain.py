"""`shapewise explain SW101`: the page of a rule, in the terminal."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import Subparsers

EXPLAINED, UNKNOWN = 0, 2


def register(subparsers: Subparsers) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "explain",
        help="explain a diagnostic",
        description="Why a diagnostic appears, with examples, and how it is mended.",
    )
    parser.add_argument("code", metavar="CODE", help="such as SW101")
    parser.add_argument(
        "--language", metavar="LANGUAGE", help="en or pt-BR; default: the system's language"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Show the page; the exit status is 2 when there is none."""
    import sys

    from rich.console import Console
    from rich.markdown import Markdown

    from ...analyzers.facts import text
    from ...analyzers.messages import language_of, render
    from ..locales import system_locale
    from ..pages import explanation

    language = language_of(args.language or system_locale())
    page = explanation(args.code.upper(), language)
    if page is None:
        message = text("There is no diagnostic {code}.", code=args.code)
        print(render(message, language), file=sys.stderr)
        return UNKNOWN
    Console().print(Markdown(page))
    return EXPLAINED
