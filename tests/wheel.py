"""Whether a wheel holds what is in the rooms: `python tests/wheel.py WHEEL`.

`make wheel` calls it. A folder without `__init__.py`, or a kind of data that
`pyproject.toml` does not name, would be missing only where nobody here looks: in
an installation that is not editable.
"""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("server", "analyzers", "runtime", "lessons", "docs/rules")


def wanted() -> set[str]:
    """What the wheel is to hold, by its names there."""
    return {
        f"shapewise/{path.relative_to(ROOT).as_posix()}"
        for room in ROOMS
        for path in (ROOT / room).rglob("*")
        if path.is_file() and path.name[0] != "." and "__pycache__" not in path.parts
    }


def main(wheel: str) -> int:
    """The exit status: 0 if the wheel is the rooms and nothing else."""
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if not name.endswith("/")}
    held = {name for name in held if not name.split("/")[0].endswith(".dist-info")}
    files = wanted()
    for name in sorted(files - held):
        print(f"not in the wheel: {name}", file=sys.stderr)
    for name in sorted(held - files):
        print(f"does not belong in the wheel: {name}", file=sys.stderr)
    print(f"{len(held)} files in {Path(wheel).name}")
    return int(held != files)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
