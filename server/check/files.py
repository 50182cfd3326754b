"""Which files are meant by the paths of a command line."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

SUFFIXES = (".py", ".ipynb")

SKIPPED = frozenset(
    {"__pycache__", "__pypackages__", "build", "dist", "env", "node_modules", "site-packages"}
    | {"venv"}
)
"""Folders that hold no programs of the learner's; hidden ones are skipped too."""


def find_files(paths: Iterable[Path]) -> list[Path]:
    """The files to check, sorted by name, each once.

    A file is taken whatever its name; in a folder, programs and notebooks are
    looked for. What does not exist is returned as well: reading it says why.
    """
    found: dict[Path, Path] = {}
    for path in paths:
        for file in _in_folder(path) if path.is_dir() else (path,):
            found.setdefault(Path(os.path.abspath(file)), file)
    return sorted(found.values(), key=Path.as_posix)


def _in_folder(folder: Path) -> Iterator[Path]:
    unlisted: list[Path] = []
    walk = os.walk(folder, onerror=lambda error: unlisted.append(Path(str(error.filename))))
    for name, folders, files in walk:
        here = Path(name)
        folders[:] = [child for child in folders if not _is_skipped(here / child)]
        for file in files:
            if file.endswith(SUFFIXES) and not file.startswith("."):
                yield here / file
    # Taken for files, so that the person is told.
    yield from unlisted


def _is_skipped(folder: Path) -> bool:
    return (
        folder.name.startswith(".")
        or folder.name in SKIPPED
        or folder.name.endswith(".egg-info")
        # A virtual environment by any name.
        or (folder / "pyvenv.cfg").exists()
    )
