"""The table of programs and the sentences that are said of them, `rules.toml`.

`python -m tests.messages.table` writes the sentences anew from the engine, for
when a wording changes: read the difference before it is committed.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from shapewise.analyzers.analyze import Options, analyze
from shapewise.analyzers.facts import Problem, Text
from shapewise.analyzers.messages import render
from shapewise.analyzers.oracle import Oracle
from shapewise.analyzers.source import Source

TABLE = Path(__file__).with_name("rules.toml")
PREAMBLE = """\
import torch
from torch import nn
import torch.nn.functional as F
import numpy as np
"""
"""What every program of the table begins with."""

_SECONDS = 120
_HEADER = """\
# What is said of a program, word for word, in both languages: at least one program
# for each sentence of the rules. The first lines of each, the imports, are in table.py.
# `python -m tests.messages.table` writes the sentences anew from the engine.
"""


@dataclass(frozen=True)
class Said:
    """A program of the table with what is said of its only problem."""

    code: str
    program: str
    english: str
    portuguese: str


def read() -> list[Said]:
    """The rows of the table."""
    rows = tomllib.loads(TABLE.read_text(encoding="utf-8"))["said"]
    return [Said(row["code"], row["program"], row["en"], row["pt-BR"]) for row in rows]


def problems(program: str, oracle: Oracle) -> tuple[Problem, ...]:
    """What the engine finds in a program."""
    cells = (PREAMBLE + program).split("# %%\n")
    source = Source.of_cells(cells) if len(cells) > 1 else Source.of_text(*cells)
    return analyze(source, oracle, Options(seconds=_SECONDS)).problems


def said(program: str, oracle: Oracle) -> Said:
    """What the engine says of a program.

    Raises:
        ValueError: there is not exactly one problem.
    """
    found = problems(program, oracle)
    if len(found) != 1:
        raise ValueError(f"{len(found)} problems in:\n{program}")
    (problem,) = found
    english, portuguese = (render(problem.message, language) for language in ("en", "pt-BR"))
    return Said(problem.code, program, english, portuguese)


def templates(message: Text) -> Iterator[str]:
    """A sentence's template and those of the sentences in its fields."""
    yield message.template
    for _, value in message.fields:
        if isinstance(value, Text):
            yield from templates(value)


def written(rows: list[Said]) -> str:
    """The text of a table."""
    parts = [_HEADER]
    for row in sorted(rows, key=lambda row: row.code):
        parts.append(
            f"[[said]]\ncode = {_quoted(row.code)}\nprogram = '''\n{row.program}'''\n"
            f"en = {_quoted(row.english)}\npt-BR = {_quoted(row.portuguese)}\n"
        )
    return "\n".join(parts)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def main() -> None:
    """Writes the sentences anew."""
    from shapewise.runtime.client import OracleClient

    client = OracleClient()
    client.start()
    try:
        rows = [said(row.program, client) for row in read()]
    finally:
        client.close()
    TABLE.write_text(written(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
