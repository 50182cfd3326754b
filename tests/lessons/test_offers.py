"""Which operators stand at a place, and which lessons belong to them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from shapewise.lessons.load import load_pack
from shapewise.lessons.new import TEMPLATE
from shapewise.lessons.offers import Operator, offers, operators_at


@pytest.mark.parametrize(
    ("program", "column", "names"),
    [
        ("y = a @ b + c", 5, ["@", "+"]),
        ("y = a @ b + c", 13, ["+", "@"]),
        ("y = F.relu(self.fc(x))", 17, ["fc", "relu"]),
        ("x[0] = y.T", 9, ["T", "[]"]),
        ("x += 1", 1, ["+"]),
        ("y = a @", 5, []),
        ("for i in x.split(2):", 11, ["split"]),
        ("    return x.view(1, -1)", 14, ["view"]),
        ("x = 1", 1, []),
    ],
)
def test_operators(program: str, column: int, names: list[str]) -> None:
    assert [operator.name for operator in operators_at(program, 1, column)][: len(names)] == names
    if not names:
        assert operators_at(program, 1, column) == []


def test_only_the_line_itself_counts() -> None:
    program = "def f(x):\n    y = x.view(1)\n    return y\n"
    assert operators_at(program, 3, 5) == []
    assert operators_at(program, 2, 5) == [Operator("view", method=True)]


@pytest.mark.parametrize(
    ("trigger", "operator", "offered"),
    [
        ("nn.Linear", Operator("Linear"), True),
        ("Linear", Operator("Linear", method=True), True),
        ("Tensor.view", Operator("view", method=True), True),
        ("Tensor.view", Operator("view"), False),
        ("@", Operator("@"), True),
        ("matmul", Operator("mm"), False),
    ],
)
def test_triggers(trigger: str, operator: Operator, offered: bool, pack: Path) -> None:
    document = pack / "lessons/flatten/lesson.toml"
    document.write_text(document.read_text("utf-8").replace('"nn.Flatten"', f'"{trigger}"'))
    text = document.read_text("utf-8").replace(', "nn.Linear"]', "]")
    document.write_text(text if trigger == "nn.Flatten" else text.replace('"flatten", ', ""))
    loaded = load_pack(pack).pack
    assert loaded is not None
    lessons = [(loaded, lesson) for lesson in loaded.lessons]
    assert bool(offers(lessons, [], [operator])) == offered
    assert offers(lessons, ["SW101"], []) == lessons
    assert offers(lessons, ["SW102"], []) == []


def test_a_lesson_about_fewer_things_goes_first(pack: Path) -> None:
    document = pack / "lessons/flatten/lesson.toml"
    document.write_text(document.read_text("utf-8").replace('["SW101"]', '["SW101", "SW108"]', 1))
    wide, narrow = load_pack(pack).pack, load_pack(TEMPLATE).pack
    assert wide is not None and narrow is not None
    lessons = [(each, each.lessons[0]) for each in (wide, replace(narrow, id="narrow"))]
    assert [its.id for its, _ in offers(lessons, ["SW101"], [])] == ["narrow", "my-pack"]
