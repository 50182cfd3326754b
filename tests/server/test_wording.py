"""What hovers, hints and diagnostics say of given facts, without a server around them."""

from __future__ import annotations

import pytest
from lsprotocol import types
from shapewise.analyzers.facts import (
    Analysis,
    Binding,
    Origin,
    Problem,
    Span,
    TensorFact,
    UnknownFact,
    Value,
    text,
)
from shapewise.server import pages
from shapewise.server.client import Client
from shapewise.server.documents import OpenText, Snapshot
from shapewise.server.features.diagnostics import diagnostics_of
from shapewise.server.features.hover import hover_of, thing_at
from shapewise.server.features.inlay_hints import hints_of
from shapewise.server.pages import reason_of
from shapewise.server.scheduler import Result
from shapewise.server.settings import Settings
from shapewise.server.wording import fact_code, shape_code, source_code

SNAPSHOT = Snapshot("k", 1, (OpenText("file:///a.py", 1, "y = self.fc1(x.flatten(1))\n" * 3),))
FACT = TensorFact((32, 784), "float32", "cpu")


def span(start: int, end: int, line: int = 1, end_line: int | None = None) -> Span:
    return Span(0, line, start, end_line or line, end)


def said(analysis: Analysis, column: int, markdown: bool = True) -> str | None:
    answer = hover_of(Result(1, SNAPSHOT, analysis), 0, 1, column, "en")
    return None if answer is None else answer[1].markup(Client(markdown=markdown)).value


@pytest.mark.parametrize(
    ("shape", "code"),
    [(None, "(…)"), ((), "()"), ((3,), "(3,)"), (("N", 1, "2*H"), "(N, 1, 2*H)")],
)
def test_shapes_are_written_as_python_writes_them(shape, code):
    assert shape_code(shape) == code


@pytest.mark.parametrize(
    ("fact", "code"),
    [
        (FACT, "Tensor (32, 784) float32 cpu"),
        (TensorFact(None, None, None), "Tensor (…)"),
        (TensorFact((2,), "float64", None, kind="ndarray"), "ndarray (2,) float64"),
        (
            TensorFact((2,), "float32", "cuda:0", True),
            "Tensor (2,) float32 cuda:0 requires_grad=True",
        ),
        (TensorFact((), "float32", "cpu", False, kind="parameter"), "Parameter () float32 cpu"),
    ],
)
def test_facts_leave_out_what_is_not_known(fact, code):
    assert fact_code(fact) == code


def test_a_long_source_is_shortened_to_one_line():
    assert source_code("f(\n    a,\n    b)") == "f( a, b)"
    short = source_code("torch.cat([" + ", ".join(f"part{n}" for n in range(40)) + "])")
    assert len(short) <= 60
    assert short.startswith("torch.cat([part0") and short.endswith("part39])")
    assert source_code("a ` b") == "a ' b"


def test_the_smallest_thing_at_a_place():
    whole = Value(span(5, 27), "self.fc1(x.flatten(1))", (FACT,))
    layer = Value(span(5, 13), "self.fc1", summary="nn.Linear(784, 10)")
    argument = Value(span(14, 26), "x.flatten(1)", (FACT,))
    name = Value(span(14, 15), "x", (FACT,))
    analysis = Analysis(values=(whole, layer, argument, name))
    for column, thing in (
        (5, layer),
        (12, layer),
        (14, name),
        (15, argument),
        (26, whole),
        (27, whole),
    ):
        assert thing_at(analysis, 0, 1, column) is thing
    assert thing_at(analysis, 0, 2, 5) is None
    assert thing_at(analysis, 1, 1, 5) is None


def test_the_expression_says_more_than_the_binding_and_that_more_than_an_unknown():
    unknown = UnknownFact(span(1, 2), "y", text("it depends on a file"))
    binding = Binding(span(1, 2), "y", "variable", (FACT,))
    value = Value(span(1, 2), "y", (FACT,))
    assert thing_at(Analysis((binding,), (value,), (), (unknown,)), 0, 1, 1) is value
    assert thing_at(Analysis((binding,), (), (), (unknown,)), 0, 1, 1) is binding


def test_a_layer_shows_its_summary_and_lines():
    lines = (text("expects (N, {n})", n=784), text("gives (N, 10) for `x`"))
    layer = Value(span(5, 13), "self.fc1", summary="nn.Linear(784, 10)", lines=lines)
    assert said(Analysis(values=(layer,)), 6) == (
        "```python\nself.fc1: nn.Linear(784, 10)\n```\n\nexpects (N, 784)\n\ngives (N, 10) for `x`"
    )
    assert said(Analysis(values=(layer,)), 6, markdown=False) == (
        "self.fc1: nn.Linear(784, 10)\nexpects (N, 784)\ngives (N, 10) for x"
    )


def test_alternatives_and_another_cell():
    other = TensorFact((16, 784), "float32", "cpu")
    origin = Origin(Span(2, 4, 1, 4, 5), "next(batches)")
    binding = Binding(span(1, 2), "y", "loop", (FACT, other), origin)
    assert said(Analysis((binding,)), 1) == (
        "```python\ny: Tensor (32, 784) float32 cpu\n```\n\n"
        "from `next(batches)`, cell 3, line 4\n\n"
        "also seen here: `Tensor (16, 784) float32 cpu`"
    )


def test_sentences_cannot_break_out_of_markdown():
    problem = Problem(
        span(1, 2),
        "SW102",
        "broadcast",
        "warning",
        text("(2*B, 3*C) and my_list[0] do not fit <b>"),
        "RuntimeError: *_* \n[2, 3]",
    )
    assert said(Analysis(problems=(problem,)), 1) == (
        "SW102: (2\\*B, 3\\*C) and my\\_list\\[0\\] do not fit \\<b\\>\n\n"
        "```text\nRuntimeError: *_* \n[2, 3]\n```\n\n"
        f"{reason_of('SW102', 'en')}"
    )


def test_hints_skip_unknown_ranks_and_other_cells():
    bindings = (
        Binding(span(1, 2), "y", "variable", (FACT,)),
        Binding(span(1, 2), "y", "variable", (TensorFact((1,), None, None),)),
        Binding(span(5, 9), "z", "variable", (TensorFact(None, "float32", "cpu"),)),
        Binding(Span(1, 1, 1, 1, 2), "w", "variable", (FACT,)),
    )
    found = hints_of(Result(1, SNAPSHOT, Analysis(bindings)), 0, "utf-16", Settings())
    assert [hint.label for hint, _ in found] == ["(32, 784)"]


@pytest.mark.parametrize("severity", ["error", "warning", "information", "hint"])
def test_severities_and_spans_beyond_the_text(severity):
    problem = Problem(span(1, 5, 3, 99), "SW101", "slug", severity, text("no"))
    result = Result(1, SNAPSHOT, Analysis(problems=(problem,)))
    (found,) = diagnostics_of(result, 0, "utf-8", Client(), "en")
    assert found.severity is not None and found.severity.name.lower() == severity
    assert found.message == "no"
    # The text has three lines and an empty fourth one.
    assert found.range == types.Range(types.Position(2, 0), types.Position(3, 0))
    assert (found.data, found.code_description, found.related_information) == (None,) * 3


def test_the_page_of_a_code(tmp_path, monkeypatch):
    problem = Problem(span(1, 2), "SW101", "slug", "error", text("no"))
    result = Result(1, SNAPSHOT, Analysis(problems=(problem,)))
    monkeypatch.setattr(pages, "_RULES", tmp_path)
    monkeypatch.setattr(pages, "_documentation", lambda: "https://example.org/docs")
    pages.page_of.cache_clear()
    client = Client(code_description=True)
    (found,) = diagnostics_of(result, 0, "utf-8", client, "en")
    assert found.code_description.href == "https://example.org/docs/rules/SW101.md"
    (tmp_path / "SW101.md").touch()
    pages.page_of.cache_clear()
    (found,) = diagnostics_of(result, 0, "utf-8", client, "en")
    assert found.code_description.href == (tmp_path / "SW101.md").as_uri()
    monkeypatch.setattr(pages, "_RULES", tmp_path / "none")
    monkeypatch.setattr(pages, "_documentation", lambda: None)
    pages.page_of.cache_clear()
    (found,) = diagnostics_of(result, 0, "utf-8", client, "en")
    assert found.code_description is None
    pages.page_of.cache_clear()
