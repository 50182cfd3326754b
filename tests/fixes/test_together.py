"""Several problems fixed at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from shapewise.analyzers.analyze import analyze
from shapewise.analyzers.facts import Analysis, Span
from shapewise.analyzers.fixes import Edit, Program, fixes_for
from shapewise.analyzers.fixes.edits import apply, as_written
from shapewise.analyzers.fixes.together import difference, fix_all, kinds_of, together
from shapewise.analyzers.messages import render
from shapewise.analyzers.source import Part, Source
from shapewise.runtime.client import OracleClient

from ..catalogue.rows import program
from .rows import OPTIONS

HALF = """\
fc = nn.Linear(4, 2)
x = torch.arange(8).view(2, 4)
y = fc(x)
z = fc(x) + y
w = torch.ones(3, requires_grad=True)
w *= 2
v = x @ x
"""


@pytest.fixture(scope="module")
def oracle() -> Iterator[OracleClient]:
    client = OracleClient()
    client.start()
    yield client
    client.close()


def _parts(source: Source) -> list[str]:
    return [part.text for part in source.parts]


def test_all_of_one_kind(oracle: OracleClient) -> None:
    def analyse(source: Source) -> Analysis:
        return analyze(source, oracle, OPTIONS)

    source = Source.of_text(program(HALF))
    analysis = analyse(source)
    known = Program(source)
    fixes = {p: fixes_for(p, source, analysis, analyse, known) for p in analysis.problems}
    assert kinds_of(fixes) == ["float"]
    found = together("float", fixes, source, analysis, analyse)
    assert found is not None
    assert render(found.title, "en") == "Fix all 2 problems of this kind"
    edited = apply(source, found.edits)
    assert edited is not None
    assert _parts(edited.after) == [program(HALF.replace("fc(x)", "fc(x.float())"))]


def test_what_is_safe_one_after_the_other(oracle: OracleClient) -> None:
    """The product at the end could be transposed in two ways: it is left."""
    source = Source.of_text(program(HALF))
    found = fix_all(source, analyze(source, oracle, OPTIONS), lambda s: analyze(s, oracle, OPTIONS))
    after = HALF.replace("fc(x)", "fc(x.float())")
    after = after.replace("w *= 2", "with torch.no_grad():\n    w *= 2")
    assert _parts(found.source) == [program(after)]
    assert [p.code for p in found.analysis.problems] == ["SW101"]
    lines = program(after).splitlines()
    assert [(p.code, lines[p.span.line - 1]) for p, _ in found.done] == [
        ("SW201", "y = fc(x.float())"),
        ("SW201", "z = fc(x.float()) + y"),
        ("SW404", "with torch.no_grad():"),
    ]
    edited = apply(source, found.edits)
    assert edited is not None and edited.after == found.source


def test_a_difference_leaves_alone_what_is_the_same() -> None:
    before = Source.of_cells(["a = 1\nb = 2\nc = 3", "d = 4\n"])
    after = Source.of_cells(["a = 1\nb = (2)\nif 1:\n    c = 3", "d = 4\n"])
    edits = difference(before, after)
    assert Span(0, 1, 1, 2, 1) not in [edit.span for edit in edits]
    edited = apply(before, edits)
    assert edited is not None and edited.after == after
    assert {edit.span.part for edit in edits} == {0}


@pytest.mark.parametrize(
    ("edit", "kept"),
    [
        (Edit(Span(0, 3, 5, 3, 6), "y"), "if 1:\n    !ls\n    y = 1"),
        (Edit(Span(0, 2, 1, 2, 1), "  "), "if 1:\n      !ls\n    x = 1"),
        (Edit(Span(0, 2, 1, 3, 1), "    pass\n"), None),
        (Edit(Span(0, 1, 1, 3, 10), "x = 1"), None),
    ],
)
def test_a_magic_is_not_lost(edit: Edit, kept: str | None) -> None:
    cell = "if 1:\n    !ls\n    x = 1"
    found = as_written(Source((Part(cell),), notebook=True), Source.of_cells([cell]), [edit])
    assert (_parts(found) if found is not None else None) == (kept and [kept])
