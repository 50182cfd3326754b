"""What is expected of a program is found to be so, not so, or not known."""

from __future__ import annotations

from pathlib import Path

import pytest
from shapewise.analyzers.messages import render
from shapewise.analyzers.source import Source
from shapewise.lessons.engine import Analyzer
from shapewise.lessons.exercise import check, mark_of, starting_text
from shapewise.lessons.load import load_pack
from shapewise.lessons.model import Exercise, Expectation, Step
from shapewise.lessons.new import TEMPLATE

HERE = Path(__file__)
BEGIN = "import torch\n"


def exercise_of(*expect: Expectation) -> Exercise:
    return Exercise({"en": "go"}, HERE, "", HERE, "", (Step({"en": "do"}, expect, {"en": ("h",)}),))


CASES = [
    ("x = torch.rand(2, 3)", Expectation("x", (2, 3)), "met", ""),
    ("x = torch.rand(2, 3)", Expectation("x", (-1, 3)), "met", ""),
    ("x = torch.rand(2, 3)", Expectation("x", (3,)), "unmet", "`x` has shape (2, 3); it should be (3,)"),
    ("x = torch.rand(2, 3)", Expectation("x.T @ x", (3, 3), "float32", "cpu", False), "met", ""),
    ("x = torch.rand(2, 3)", Expectation("x", dtype="int64"), "unmet", "`x` has dtype float32; it should be int64"),
    ("x = torch.rand(2, requires_grad=True)", Expectation("x", requires_grad=False), "unmet", "`x` has requires_grad True; it should be False"),
    ("x = torch.rand(2)", Expectation("x", device="cuda"), "unmet", "`x` has device cpu; it should be cuda"),
    ("", Expectation("x", (2,)), "unmet", "the name `x` is not known here"),
    ("x = 3", Expectation("x", (2,)), "unmet", "`x` is no tensor yet"),
    ("x = 3", Expectation("x", value=3), "met", ""),
    ("x = ...", Expectation("x", value=3), "unmet", "`x` is no tensor yet"),
    ("x = torch.arange(3)", Expectation("x", value=[0, 1, 2]), "met", ""),
    ("x = torch.arange(3)", Expectation("x", value=[[0, 1, 2]]), "unmet", "`x` does not have the expected values"),
    ("x = torch.arange(3)", Expectation("x[1:]", value=[1, 3]), "unmet", "`x[1:]` does not have the expected values"),
    ("x = torch.tensor([1.0]) / 3", Expectation("x", value=[0.33333]), "met", ""),
    ("x = torch.tensor([1.0]) / 3", Expectation("x", value=[0.33333], tolerance=1e-9), "unmet", "`x` does not have the expected values"),
    ("x = torch.rand(3)", Expectation("x", value=[1, 2, 3]), "unknown", "not enough is known of `x` without running the program"),
    ("x = torch.rand(3)", Expectation("x", value=[1, 2]), "unmet", "`x` does not have the expected values"),
    ("x = torch.rand(3)\nx = x[x > 0.5]", Expectation("x", (3,)), "unknown", "not enough is known of `x` without running the program"),
    ("x = torch.tensor([True])", Expectation("bool(x.all())", value=True), "met", ""),
    ("x = torch.arange(3", Expectation("x", (3,)), "unmet", "the name `x` is not known here"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("program", "item", "verdict", "said"), CASES, ids=[str(i) for i in range(len(CASES))]
)
def test_expectations(
    program: str, item: Expectation, verdict: str, said: str, analyzer: Analyzer
) -> None:
    report = check(exercise_of(item), Source.of_text(BEGIN + program + "\n"), analyzer)
    (outcome,) = report.steps[0].outcomes
    assert (outcome.verdict, render(outcome.said) if outcome.said else "") == (verdict, said)


def test_an_error_of_the_program_is_one_of_the_exercise(analyzer: Analyzer) -> None:
    program = BEGIN + "x = torch.rand(2, 3)\ny = x @ x\n"
    report = check(exercise_of(Expectation("x", (2, 3))), Source.of_text(program), analyzer)
    assert (report.done, report.verdict) == (1, "unmet")
    assert [problem.code for problem in report.errors] == ["SW101"]


def test_a_question_of_ours_is_no_error_of_the_program(analyzer: Analyzer) -> None:
    item = Expectation("x @ x", (2, 2))
    report = check(exercise_of(item), Source.of_text(BEGIN + "x = torch.rand(2, 3)\n"), analyzer)
    assert (report.errors, report.verdict) == ((), "unmet")


def test_the_mark() -> None:
    assert mark_of('"""Mine."""\n# shapewise: exercise my-pack/a-b\n') == ("my-pack", "a-b", 2)
    assert mark_of("#shapewise:exercise a/b") == ("a", "b", 1)
    assert mark_of("\n" * 5 + "# shapewise: exercise a/b") is None
    assert mark_of("x = '# shapewise: exercise a/b'") is None


@pytest.mark.parametrize("language", ["en", "pt-BR"])
def test_the_starting_file(language: str) -> None:
    pack = load_pack(TEMPLATE).pack
    assert pack is not None
    (lesson,) = pack.lessons
    assert lesson.exercise is not None
    text = starting_text(pack.id, lesson, lesson.exercise, language)
    assert mark_of(text) == ("my-pack", "flatten", 1)
    assert text.endswith(lesson.exercise.start)
    goal = {"en": "# 2. Make `scores`", "pt-BR": "# 2. Faça `scores`"}[language]
    assert goal in text
    compile(text, "start.py", "exec")
