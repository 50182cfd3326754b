"""The `shapewise` command."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os
import sys
from collections.abc import Sequence

COMMANDS = ("check", "explain", "trace", "serve")
"""The modules of `commands`, in the order in which the help lists them."""

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
    words = list(sys.argv[1:] if arguments is None else arguments)
    options = _parser(words).parse_args(words)
    try:
        status: int = options.run(options)
        sys.stdout.flush()
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return _INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has gone (`| head`); Python's own flush at exit must not fail.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _BROKEN_PIPE
    return status


class _Version(argparse.Action):
    """Prints the version; reading the metadata costs time, so it is done only when asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_rest: object) -> None:
        from importlib import metadata

        print(f"shapewise {metadata.version('shapewise')}")
        parser.exit()


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="shapewise",
        description="Shows the shape, dtype and device of every tensor of a PyTorch program, "
        "and the line that will fail before it runs.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True)
    # Only what is asked for is imported: an editor waits for `serve`.
    names = words[:1] if words and words[0] in COMMANDS else COMMANDS
    for name in names:
        module = f"{__package__}.commands.{name}"
        if importlib.util.find_spec(module) is not None:
            importlib.import_module(module).register(subparsers)
    return parser
