"""The version that is installed."""

from __future__ import annotations

from functools import cache


@cache
def version() -> str:
    """Shapewise's version; `0` where it runs without being installed."""
    # Imported here: it costs a twentieth of a second.
    from importlib import metadata

    try:
        return metadata.version("shapewise")
    except metadata.PackageNotFoundError:
        return "0"
