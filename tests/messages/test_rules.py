"""The exact words of every rule, in both languages, from real programs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from shapewise.analyzers.rules import RULES
from shapewise.runtime.client import OracleClient

from .collect import collect
from .table import TABLE, Said, problems, read, said, templates, written

ROWS = read()


@pytest.fixture(scope="module")
def oracle() -> Iterator[OracleClient]:
    """One for all programs."""
    client = OracleClient()
    client.start()
    yield client
    client.close()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.code}: {row.english[:60]}")
def test_what_is_said(row: Said, oracle: OracleClient) -> None:
    assert said(row.program, oracle) == row


def test_every_sentence_of_the_rules_is_said(oracle: OracleClient) -> None:
    heard: set[str] = set()
    for row in ROWS:
        for problem in problems(row.program, oracle):
            for message in (problem.message, *(related.message for related in problem.related)):
                heard.update(templates(message))
    wanted = {
        template
        for template, uses in collect().templates().items()
        if any(use.path.startswith("analyzers/rules/") for use in uses)
    }
    assert sorted(wanted - heard) == []


def test_every_rule_is_in_the_table_and_the_table_in_order() -> None:
    assert {row.code for row in ROWS} == {rule.code for rule in RULES}
    assert TABLE.read_text(encoding="utf-8") == written(ROWS)
