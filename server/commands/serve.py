"""`shapewise serve`: the language server, for an editor to start."""

from __future__ import annotations

import argparse


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "serve",
        help="run the language server (for editors)",
        description="Runs the language server on stdin and stdout, for an editor to start.",
    )
    parser.add_argument(
        "--tcp",
        metavar="[HOST:]PORT",
        help="wait for one editor on this address instead, for debugging",
    )
    parser.add_argument(
        "--python",
        metavar="PATH",
        help="the interpreter whose torch is asked (default: the project's)",
    )
    # Editors' libraries add it; stdin and stdout are what is used anyway.
    parser.add_argument("--stdio", action="store_true", help=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Carry the command out; its exit status."""
    from .. import serve

    return serve.run(options)
