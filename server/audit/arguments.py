"""What programs that are audited get on their command line."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from ...analyzers.facts import text
from ...analyzers.source import SourceError


def read_arguments(file: Path) -> dict[str, list[str]]:
    """The table of a TOML file: from the end of a path to a list of arguments.

    Raises:
        SourceError: it cannot be read, or is no such table.
    """
    try:
        table = tomllib.loads(file.read_text("utf-8"))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        message = text("{name} cannot be read: {reason}", name=file.name, reason=reason)
        raise SourceError(message) from None
    except ValueError as error:
        message = text("{name} is not TOML: {reason}", name=file.name, reason=str(error))
        raise SourceError(message) from None
    for key, value in table.items():
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            message = text(
                "{name}: the arguments of {program} are no list of texts",
                name=file.name,
                program=key,
            )
            raise SourceError(message)
    return table


def arguments_of(path: Path, given: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """The arguments of a program; the longest end of its path decides."""
    parts = Path(path).absolute().parts
    ends = ("/".join(parts[start:]) for start in range(len(parts)))
    return next((given[end] for end in ends if end in given), ())
