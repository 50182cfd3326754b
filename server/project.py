"""`[tool.shapewise]` of a `pyproject.toml`, and on which line each of its keys stands."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..analyzers.facts import Text, text

SECTION = "shapewise"


class Project(dict[str, Any]):
    """The table; `program` is the text of the file it was read from."""

    program: str = ""

    def line_of(self, path: Sequence[str], item: object = None) -> int | None:
        """The 1-based line of a key below the table, or of an item of its list.

        None where it cannot be found.
        """
        wanted = ("tool", SECTION, *path)
        lines = self.program.split("\n")
        start = 0
        for end, line in enumerate(lines, 1):
            # Only a line that names the key, or ends its value, can complete it.
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            table = _read("\n".join(lines[:end]))
            if table is None:
                continue  # inside a value of several lines
            if _holds(table, wanted):
                return _within(lines, start, end, path[-1], item)
            start = end
        return None


def read_project(folder: Path) -> tuple[Project, tuple[Text, ...]]:
    """`[tool.shapewise]` of a folder's `pyproject.toml`; empty where there is none."""
    path = folder / "pyproject.toml"
    project = Project()
    try:
        program = path.read_bytes().decode("utf-8")
        table = tomllib.loads(program).get("tool", {}).get(SECTION, {})
    except FileNotFoundError:
        return project, ()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, AttributeError) as error:
        return project, (text("{path} cannot be read: {error}", path=str(path), error=str(error)),)
    if not isinstance(table, Mapping):
        return project, (text("{path}: [tool.shapewise] is not a table", path=str(path)),)
    project.update(table)
    project.program = program.replace("\r\n", "\n")
    return project, ()


def _read(program: str) -> Mapping[str, Any] | None:
    try:
        return tomllib.loads(program)
    except tomllib.TOMLDecodeError:
        return None


def _holds(table: Any, path: Sequence[str]) -> bool:
    for key in path:
        if not isinstance(table, Mapping) or key not in table:
            return False
        table = table[key]
    return True


def _within(lines: list[str], start: int, end: int, key: str, item: object) -> int:
    """The line of an item, else of the key, among those of one statement."""
    block = {number: lines[number - 1].partition("#")[0] for number in range(start + 1, end + 1)}
    named = rf"(?<![\w-]){re.escape(key)}(?![\w-])"
    quoted = [rf"""["']{re.escape(item)}["']"""] if isinstance(item, str) else []
    for pattern in (*quoted, named):
        for number, line in block.items():
            if re.search(pattern, line):
                return number
    return end
