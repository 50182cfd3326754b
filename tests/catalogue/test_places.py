"""What a row's diagnostic says and where it leads: names, torch's text, the operand, its past."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from shapewise.analyzers.analyze import Options, analyze
from shapewise.analyzers.facts import Problem, Span
from shapewise.analyzers.messages import render
from shapewise.analyzers.source import Source
from shapewise.runtime.client import OracleClient

from .rows import Row, program, read

ROWS = [row for row in read() if row.code[:3] in ("SW1", "SW2") and "S" in row.marks]

MADE_ON_THE_SPOT = {79, 97, 113, 141, 148}
"""Rows whose operand has no other place: it is written where it fails."""


@pytest.fixture(scope="module")
def oracle() -> Iterator[OracleClient]:
    client = OracleClient()
    client.start()
    yield client
    client.close()


def _problem(row: Row, oracle: OracleClient) -> Problem:
    source = Source.of_text(program(row.wrong))
    (problem,) = analyze(source, oracle, Options(seconds=120)).problems
    return problem


def _text(row: Row, span: Span) -> str:
    lines = program(row.wrong).splitlines()[span.line - 1 : span.end_line]
    lines[-1] = lines[-1][: span.end_column - 1]
    return "\n".join(lines)[span.column - 1 :]


def _name(row: Row) -> str:
    return f"{row.number} {row.situation[:40]}"


@pytest.mark.parametrize("row", ROWS, ids=_name)
def test_one_sentence_with_names_and_torchs_own_text(row: Row, oracle: OracleClient) -> None:
    problem = _problem(row, oracle)
    for language in ("en", "pt-BR"):
        said = render(problem.message, language)
        assert "\n" not in said and ". " not in said and not said.endswith(".")
        named = re.findall(r"`([^`]+)`", said)
        assert any(name.partition("(")[0] in row.wrong for name in named)
        if row.code.startswith("SW1"):
            assert re.search(r"\d|\(\)", said)
    assert problem.torch_message.startswith(row.raises)


@pytest.mark.parametrize("row", ROWS, ids=_name)
def test_the_range_is_an_expression_and_not_the_statement(row: Row, oracle: OracleClient) -> None:
    marked = _text(row, _problem(row, oracle).span)
    slice_ = ":" in marked and "(" not in marked
    ast.parse(f"_[{marked}]" if slice_ else f"({marked})", mode="eval")
    assert marked != row.wrong.splitlines()[row.line - 1].partition("  #")[0].strip()


@pytest.mark.parametrize("row", ROWS, ids=_name)
def test_it_leads_to_where_the_operands_were_made(row: Row, oracle: OracleClient) -> None:
    problem = _problem(row, oracle)
    if row.number in MADE_ON_THE_SPOT:
        assert problem.related == ()
        return
    assert problem.related
    assert not problem.related[0].further
    for related in problem.related:
        assert related.span != problem.span
        assert "`" in render(related.message)
    places = [related.span for related in problem.related]
    assert len(set(places)) == len(places)


CHAIN = """
model = nn.Sequential(
    nn.Conv2d(1, 8, 3),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Flatten(),
    nn.Linear(1568, 10),
)
images = torch.rand(4, 1, 28, 28)
scores = model(images)
"""


def test_the_chain_of_steps_the_nearest_first(oracle: OracleClient) -> None:
    source = Source.of_text(program(CHAIN))
    (problem,) = analyze(source, oracle, Options(seconds=120)).problems
    assert [(render(place.message), place.further) for place in problem.related] == [
        ("`Flatten()` makes (4, 1352) of (4, 8, 13, 13)", False),
        ("the layer is made here: `nn.Linear(1568, 10)`", False),
        ("`MaxPool2d(2)` makes (4, 8, 13, 13) of (4, 8, 26, 26)", True),
        ("`Conv2d(1, 8, 3)` makes (4, 8, 26, 26) of (4, 1, 28, 28)", True),
        ("the shape (4, 1, 28, 28) begins here: `torch.rand(4, 1, 28, 28)`", True),
    ]
    assert render(problem.message) == (
        "what `nn.Flatten()` gives is (4, 1352): its last size is 1352, but "
        "`nn.Linear(1568, 10)` wants 1568"
    )


def test_dtypes_are_followed_past_what_keeps_them(oracle: OracleClient) -> None:
    text = """
features = torch.from_numpy(np.random.rand(16, 2, 2))
flat = features.flatten(1)
scores = nn.Linear(4, 1)(flat)
"""
    source = Source.of_text(program(text))
    (problem,) = analyze(source, oracle, Options(seconds=120)).problems
    assert render(problem.related[0].message) == (
        "`flat` gets its dtype float64 here: `np.random.rand(16, 2, 2)`"
    )
