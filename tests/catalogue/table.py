"""Writes docs/coverage.md: which rule covers which rows. `python -m tests.catalogue.table`."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from shapewise.analyzers.analyze import Options, analyze
from shapewise.analyzers.oracle import Oracle
from shapewise.analyzers.rules import RULES
from shapewise.analyzers.source import Source

from .rows import TOTAL, Row, line_of, program, read

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/coverage.md"

_HEAD = """\
# Coverage

Which rule covers which rows of the catalogue of errors, and what is there of each. Written by
`python -m tests.catalogue.table` from `tests/catalogue`, where every row is a small program with
the mistake and the same program put right; do not edit it.

- caught: the mistake is reported, once, by this rule and at the right line, and the program put
  right is quiet
- languages: the page of the rule is there in English and in Portuguese
- quick fix: for how many of the rows there is a [proved fix](fixes.md)
"""


def caught(row: Row, oracle: Oracle) -> bool:
    """Whether a row is reported at its line, and quiet once put right."""
    options = Options(seconds=120)
    wrong = analyze(Source.of_text(program(row.wrong)), oracle, options).problems
    right = analyze(Source.of_text(program(row.right)), oracle, options).problems
    found = [(problem.code, line_of(problem.span.line)) for problem in wrong]
    return found == [(row.code, row.line)] and not right


def written(rows: list[Row], good: set[int], fixed: set[int]) -> str:
    """The text of the page.

    Args:
        good: the numbers of the rows that are caught.
        fixed: those of the rows that have a proved fix.
    """
    by_code: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_code[row.code].append(row)
    lines = [_HEAD, "| rule | rows | caught | languages | quick fix |", "|---|---|---|---|---|"]
    for rule in sorted(RULES, key=lambda rule: rule.code):
        mine = by_code.get(rule.code, [])
        numbers = ", ".join(str(row.number) for row in mine) or "–"
        count = sum(row.number in good for row in mine)
        lines.append(
            f"| [{rule.code}](rules/{rule.code}.md) {rule.slug} | {numbers} "
            f"| {count} of {len(mine)} | {_languages(rule.code)} "
            f"| {sum(row.number in fixed for row in mine)} |"
        )
    first = [row for row in rows if row.section == "A" and set(row.marks.split()) & {"S", "R"}]
    lines += [
        "",
        f"{len(good)} of {TOTAL} rows are caught; of the most met ones (section A) that can be "
        f"decided without running, {sum(row.number in good for row in first)} of {len(first)}. "
        f"{len(fixed)} rows have a proved fix.",
    ]
    missing = [row for row in rows if row.number not in good]
    if missing:
        lines += ["", "## Not caught", "", "| row | situation | marks |", "|---|---|---|"]
        lines += [f"| {row.number} | {row.situation} | {row.marks} |" for row in missing]
    lines += ["", "## The rows", "", "| row | situation | marks | rule |", "|---|---|---|---|"]
    lines += [
        f"| {row.number} | {row.situation.replace('|', '/')} | {row.marks} | {row.code} |"
        for row in rows
    ]
    return "\n".join(lines) + "\n"


def _languages(code: str) -> str:
    pages = {"en": f"docs/rules/{code}.md", "pt-BR": f"docs/rules/pt-BR/{code}.md"}
    return ", ".join(name for name, path in pages.items() if (ROOT / path).exists())


def main() -> None:
    """Writes the page."""
    from shapewise.runtime.client import OracleClient

    from ..fixes.rows import tried

    rows = read()
    client = OracleClient()
    client.start()
    try:
        good = {row.number for row in rows if caught(row, client)}
        fixed = {row.number for row in rows if tried(row, client)}
    finally:
        client.close()
    PAGE.write_text(written(rows, good, fixed), encoding="utf-8")
    print(f"{len(good)} of {TOTAL} rows are caught, {len(fixed)} have a fix")


if __name__ == "__main__":
    main()
