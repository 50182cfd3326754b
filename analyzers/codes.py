"""The codes of the diagnostics, and prefixes of them: `SW501`, `SW5`, `SW`.

Light: nothing of the engine is imported. The rules are files named after their code.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_FILE = re.compile(r"(sw\d{3})_(\w+)\.py$")
_PREFIX = re.compile(r"SW\d{0,3}$")


@cache
def slugs() -> dict[str, str]:
    """Every code with its slug: `SW501` is `zero-grad`."""
    folder = Path(__file__).parent / "rules"
    found = (_FILE.match(path.name) for path in sorted(folder.iterdir()))
    return {name[1].upper(): name[2].replace("_", "-") for name in found if name is not None}


def prefix_of(written: str) -> str | None:
    """A code or a prefix in capitals; None if no diagnostic's code begins so."""
    prefix = written.strip().upper()
    known = _PREFIX.match(prefix) and any(code.startswith(prefix) for code in slugs())
    return prefix if known else None
