"""The code cells of a notebook, as Python."""

from __future__ import annotations

import ast
import json
import re
from typing import NamedTuple

# Cell magics whose body is still Python that runs here.
_PYTHON_CELLS = frozenset((
    "time", "timeit", "capture", "prun", "python", "python3", "pypy", "matplotlib",
))  # fmt: skip
_LINE_MAGIC = re.compile(r"^(\s*)[%!?]|^\s*[\w.]+\?\??\s*$")
_ASSIGNED_MAGIC = re.compile(r"^(\s*)([\w.,\s]+?)\s*=\s*[%!]")


class Cell(NamedTuple):
    """One code cell.

    part: its number among the code cells, from 0.
    text: as it stands in the notebook.
    source: the text as Python, line for line.
    may_raise: it is tagged `raises-exception`, so an error does not end the run.
    """

    part: int
    text: str
    source: str
    may_raise: bool


def read_cells(path: str) -> list[Cell]:
    """The code cells of a notebook file, in order.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is no notebook.
    """
    with open(path, encoding="utf-8") as file:
        notebook = json.load(file)
    cells: list[Cell] = []
    try:
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                text = "".join(cell["source"])
                tags = cell.get("metadata", {}).get("tags", [])
                may_raise = "raises-exception" in tags
                cells.append(Cell(len(cells), text, as_python(text), may_raise))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path} is no notebook of format 4: {error!r}") from error
    return cells


def as_python(source: str) -> str:
    """A cell's text without its magics and shell lines, line for line.

    A text that is Python as it stands is left alone, so a `%` that begins the
    second line of a sum stays an operator.
    """
    lines = source.split("\n")
    first = lines[0].strip()
    if first.startswith("%%"):
        name = first[2:].split(" ")[0]
        if name not in _PYTHON_CELLS:
            return "\n" * source.count("\n")
        lines[0] = ""
    text = "\n".join(lines)
    try:
        ast.parse(text)
        return text
    except (SyntaxError, ValueError):
        return "\n".join(_line_as_python(line) for line in lines)


def _line_as_python(line: str) -> str:
    assigned = _ASSIGNED_MAGIC.match(line)
    if assigned:
        return "{}{} = None".format(*assigned.groups())
    if _LINE_MAGIC.match(line):
        return line[: len(line) - len(line.lstrip())] + "pass"
    return line
