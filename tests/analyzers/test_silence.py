"""Comments such as `# shapewise: ignore[SW101]`: what they reach, and what is said of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapewise.analyzers.analyze import Options, analyze
from shapewise.analyzers.codes import prefix_of, slugs
from shapewise.analyzers.facts import Analysis
from shapewise.analyzers.oracle import NoOracle
from shapewise.analyzers.rules import RULES
from shapewise.analyzers.ruleset import RuleSet
from shapewise.analyzers.source import Source
from shapewise.runtime.client import OracleClient

SETUP = "import torch\nx = torch.rand(2, 3)\n"
BAD = "y = x @ x"


@pytest.fixture(scope="module")
def oracle() -> Iterator[OracleClient]:
    """One for all programs."""
    client = OracleClient()
    client.start()
    yield client
    client.close()


def run(oracle: OracleClient, *cells: str, rules: RuleSet | None = None) -> Analysis:
    source = Source.of_cells(list(cells)) if len(cells) > 1 else Source.of_text(cells[0])
    return analyze(source, oracle, Options(seconds=60, rules=rules or RuleSet()))


def found(analysis: Analysis) -> list[tuple[str, int, int]]:
    return [(p.code, p.span.line, p.span.column) for p in analysis.problems]


@pytest.mark.parametrize(
    "comment",
    [
        "# shapewise: ignore",
        "#shapewise:ignore[SW101]",
        "# Shapewise: ignore [sw101]",
        "# shapewise: ignore[SW1]",
        "# shapewise: ignore[SW] it is shown on purpose",
        "# noqa: F841  # shapewise: ignore[SW101]",
    ],
)
def test_a_comment_keeps_its_line_silent(oracle: OracleClient, comment: str) -> None:
    analysis = run(oracle, f"{SETUP}{BAD}  {comment}\n")
    assert found(analysis) == []
    (suppression,) = analysis.suppressions
    assert [problem.code for problem in suppression.problems] == ["SW101"]


@pytest.mark.parametrize(
    "lines",
    [
        "y = torch.cat([  {}\n    x,\n    x @ x,\n])\n",
        "y = torch.cat([\n    x,\n    x @ x,\n])  {}\n",
        "y = torch.cat([\n    x,\n    x @ x,  {}\n])\n",
        "if (  {}\n    (x @ x).sum() > 0\n):\n    pass\n",
        "if (\n    (x @ x).sum() > 0\n):  {}\n    pass\n",
        "for i in range(2):\n    y = x @ x  {}\n",
        "def f():\n    return x @ x  {}\nf()\n",
        "match x @ x:  {}\n    case _:\n        pass\n",
    ],
)
def test_of_several_lines_the_first_the_last_and_the_problems_own(
    oracle: OracleClient, lines: str
) -> None:
    assert [code for code, _, _ in found(run(oracle, SETUP + lines.format("")))] == ["SW101"]
    silent = run(oracle, SETUP + lines.format("# shapewise: ignore[SW101]"))
    assert found(silent) == []


@pytest.mark.parametrize(
    "lines",
    [
        "# shapewise: ignore[SW101]\ny = x @ x\n",
        "y = x @ x\n# shapewise: ignore[SW101]\n",
        "for i in range(2):  # shapewise: ignore[SW101]\n    y = x @ x\n",
        "y = torch.cat([\n    x,  # shapewise: ignore[SW101]\n    x @ x,\n])\n",
        "y = x @ x  # shapewise: ignore[SW102]\n",
    ],
)
def test_elsewhere_a_comment_is_of_no_use(oracle: OracleClient, lines: str) -> None:
    assert {code for code, _, _ in found(run(oracle, SETUP + lines))} == {"SW101", "SW901"}


def test_each_code_is_judged_for_itself(oracle: OracleClient) -> None:
    line = BAD + "  # shapewise: ignore[SW501, SW101 ,SW777,nonsense, SW1]"
    assert found(run(oracle, SETUP + line)) == [
        ("SW901", 3, line.index("SW501") + 1),
        ("SW902", 3, line.index("SW777") + 1),
        ("SW902", 3, line.index("nonsense") + 1),
    ]


def test_words_in_a_string_are_no_comment(oracle: OracleClient) -> None:
    text = '"# shapewise: ignore"'
    program = f"{SETUP}y = x @ x, {text}\nz = '''\n# shapewise: ignore[SW5]\n'''\n"
    assert found(run(oracle, program)) == [("SW101", 3, 9)]
    assert run(oracle, program).suppressions == ()


@pytest.mark.parametrize(
    "top",
    [
        "# shapewise: ignore-file[SW1]\n",
        "#!/usr/bin/env python\n# shapewise: ignore-file\n\n",
        '"""A lesson."""\n\n# shapewise: ignore-file[SW5, SW101]\n',
    ],
)
def test_a_whole_program(oracle: OracleClient, top: str) -> None:
    codes = [code for code, _, _ in found(run(oracle, top + SETUP + f"{BAD}\nz = x @ x\n"))]
    assert codes == (["SW901"] if "SW5" in top else [])


def test_the_whole_program_of_a_notebook(oracle: OracleClient) -> None:
    silent = run(oracle, "%matplotlib inline", "# shapewise: ignore-file[SW1]", SETUP, BAD)
    assert found(silent) == []
    late = run(oracle, SETUP, "# shapewise: ignore-file[SW1]\n" + BAD)
    assert [(code, line) for code, line, _ in found(late)] == [("SW902", 1), ("SW101", 2)]


def test_a_comment_of_one_cell_speaks_for_that_cell(oracle: OracleClient) -> None:
    analysis = run(oracle, SETUP + BAD + "  # shapewise: ignore", "pass\npass\n" + BAD)
    assert [(p.span.part, p.span.line) for p in analysis.problems] == [(1, 3)]


def test_broken_text_costs_only_its_own_statements(oracle: OracleClient) -> None:
    program = f"{SETUP}{BAD}  # shapewise: ignore[SW101]\nz = (  # shapewise: ignore[SW5]\n"
    assert found(run(oracle, program)) == []
    assert [s.code for s in run(oracle, program).suppressions] == ["SW101", "SW5"]


def test_nothing_is_called_unused_where_not_all_was_looked_at() -> None:
    program = f"{SETUP}{BAD}  # shapewise: ignore[SW101]\n"
    assert analyze(Source.of_text(program), NoOracle()).problems == ()


@pytest.mark.parametrize(
    ("rules", "severity"),
    [
        (RuleSet(), "error"),
        (RuleSet(select=("SW1",)), "error"),
        (RuleSet(select=("SW5",)), None),
        (RuleSet(select=()), None),
        (RuleSet(ignore=("SW1",)), None),
        (RuleSet(select=("SW", "SW101"), ignore=("SW1",)), "error"),
        (RuleSet(select=("SW101",), ignore=("SW101",)), None),
        (RuleSet(severity=(("SW1", "hint"), ("SW101", "warning"), ("SW", "off"))), "warning"),
        (RuleSet(severity=(("SW10", "off"), ("SW", "information"))), None),
        (RuleSet(severity=(("SW102", "off"), ("SW5", "hint"))), "error"),
    ],
)
def test_selection_and_severity(oracle: OracleClient, rules: RuleSet, severity: str | None) -> None:
    problems = run(oracle, SETUP + BAD, rules=rules).problems
    assert [problem.severity for problem in problems] == ([severity] if severity else [])


def test_a_comment_on_what_is_not_selected_is_of_use(oracle: OracleClient) -> None:
    program = f"{SETUP}{BAD}  # shapewise: ignore[SW101]\n"
    assert found(run(oracle, program, rules=RuleSet(ignore=("SW101",)))) == []


def test_the_codes_are_those_of_the_rules() -> None:
    assert slugs() == {rule.code: rule.slug for rule in RULES}
    assert prefix_of(" sw1 ") == "SW1"
    assert [prefix_of(written) for written in ("", "S", "SW0", "SW1010", "101")] == [None] * 5


@given(st.text(alphabet="#shapewise: ignore-file[SW10,]\n'\"(\\f", max_size=80))
def test_no_text_crashes(text: str) -> None:
    analysis = analyze(Source.of_text(f"x = 1\n# shapewise: {text}"), NoOracle())
    assert analysis.complete
