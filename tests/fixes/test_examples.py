"""Fixes on programs as people format them: what is not meant stays; nothing unproved is offered."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from shapewise.analyzers.analyze import analyze
from shapewise.analyzers.fixes import Fix, fixes_for
from shapewise.analyzers.fixes.edits import apply
from shapewise.analyzers.messages import render
from shapewise.analyzers.source import Source
from shapewise.runtime.client import OracleClient

from ..catalogue.rows import program
from .rows import OPTIONS

_DATA = tomllib.loads(Path(__file__).with_name("examples.toml").read_text(encoding="utf-8"))
FIXES: list[dict[str, str]] = _DATA["fix"]
NONE: list[dict[str, str]] = _DATA["none"]
_END = {"LF": "\n", "CRLF": "\r\n", "CR": "\r"}


@pytest.fixture(scope="module")
def oracle() -> Iterator[OracleClient]:
    client = OracleClient()
    client.start()
    yield client
    client.close()


def offered(source: Source, oracle: OracleClient) -> list[tuple[str, tuple[Fix, ...]]]:
    """The codes of the problems of a program, each with its fixes."""
    analysis = analyze(source, oracle, OPTIONS)
    return [
        (p.code, fixes_for(p, source, analysis, lambda s: analyze(s, oracle, OPTIONS)))
        for p in analysis.problems
    ]


@pytest.mark.parametrize("end", _END)
@pytest.mark.parametrize("example", FIXES, ids=lambda example: example["name"])
def test_only_what_is_meant_changes(
    example: dict[str, str], end: str, oracle: OracleClient
) -> None:
    source = Source.of_text(program(example["before"]).replace("\n", _END[end]))
    _, fixes = offered(source, oracle)[0]
    edited = apply(source, fixes[0].edits)
    assert edited is not None
    assert edited.after.parts[0].text == program(example["after"]).replace("\n", _END[end])
    assert render(fixes[0].title, "en") == example["title"]
    assert fixes[0].preferred


@pytest.mark.parametrize("example", NONE, ids=lambda example: example["name"])
def test_nothing_is_offered_without_proof(example: dict[str, str], oracle: OracleClient) -> None:
    assert offered(Source.of_text(program(example["before"])), oracle) == [(example["code"], ())]
