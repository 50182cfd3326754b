"""The rows of the catalogue, from the data files beside this module."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

PREAMBLE = """\
import torch
from torch import nn
import torch.nn.functional as F
import numpy as np
"""
"""What every program begins with."""

TOTAL = 186
"""Rows in the catalogue."""


@dataclass(frozen=True)
class Row:
    """One mistake.

    marks: `S` decidable from shapes and types, `R` from syntax and data flow,
    `D` with the data's shape, `V` on values. needs: what this machine may lack
    for a real run. raises: how torch's message begins, empty where nothing is
    raised. code, line: what is to be reported; the line counts in `wrong`.
    """

    number: int
    section: str
    situation: str
    marks: str
    needs: str
    raises: str
    wrong: str
    right: str
    code: str
    line: int


def program(text: str) -> str:
    """A whole program; `line_of` gives the lines without the preamble."""
    return PREAMBLE + text


def line_of(line: int) -> int:
    """A line of a whole program as a line of the text in the data file."""
    return line - PREAMBLE.count("\n")


def read() -> list[Row]:
    """All rows, by number."""
    rows = [
        _row(entry)
        for path in sorted(Path(__file__).parent.glob("*.toml"))
        for entry in tomllib.loads(path.read_text(encoding="utf-8"))["row"]
    ]
    return sorted(rows, key=lambda row: row.number)


def _row(entry: dict[str, str | int]) -> Row:
    wrong = str(entry["wrong"])
    marked = [
        (number, found.group(1))
        for number, line in enumerate(wrong.splitlines(), 1)
        if (found := re.search(r"# (SW\d{3})$", line))
    ]
    if len(marked) != 1:
        raise ValueError(f"row {entry['number']}: {len(marked)} lines are marked")
    line, code = marked[0]
    return Row(
        int(entry["number"]),
        str(entry["section"]),
        str(entry["situation"]),
        str(entry["marks"]),
        str(entry.get("needs", "")),
        str(entry["raises"]),
        wrong,
        str(entry["right"]),
        code,
        line,
    )
