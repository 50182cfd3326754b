"""The `shapewise` command: each file in `commands/` is one of its subcommands."""

from __future__ import annotations

import argparse
import importlib
import io
import os
import pkgutil
import sys
from collections.abc import Sequence

from . import commands
from .version import version

_INTERRUPTED = 130
_BROKEN_PIPE = 141
"""What a shell reports of a program that SIGINT or SIGPIPE ended."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: the command line without the program's name; None for this process's.

    Returns:
        The exit status.
    """
    for stream in (sys.stdout, sys.stderr):
        # A console that cannot show a character shows a question mark, not a traceback.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    words = list(sys.argv[1:] if arguments is None else arguments)
    args = make_parser(words).parse_args(words)
    try:
        status = int(args.run(args))
        sys.stdout.flush()
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return _INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has gone (`| head`); Python's own flush at exit must not fail.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _BROKEN_PIPE
    return status


def make_parser(words: Sequence[str] = ()) -> argparse.ArgumentParser:
    """The parser for a command line.

    Only the command that is named is imported, all of them if none is: an
    editor waits for `serve`.
    """
    parser = argparse.ArgumentParser(
        prog="shapewise",
        description="Shows the shape, dtype and device of every tensor of a PyTorch program, "
        "and the line that will fail before it runs.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    subparsers = parser.add_subparsers(metavar="COMMAND", title="commands", required=True)
    known = sorted(module.name for module in pkgutil.iter_modules(commands.__path__))
    for name in words[:1] if words and words[0] in known else known:
        importlib.import_module(f"{commands.__name__}.{name}").register(subparsers)
    return parser


class _Version(argparse.Action):
    """Prints the version; reading the metadata costs time, so it is done only when asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_rest: object) -> None:
        print(f"shapewise {version()}")
        parser.exit()
