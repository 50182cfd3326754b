"""Questions out of the learner's own lines."""

from __future__ import annotations

import pytest
from shapewise.analyzers.source import Source
from shapewise.lessons.engine import Analyzer
from shapewise.lessons.predict import Prediction, prediction_at

PROGRAM = """\
import torch
a = torch.rand(2, 3)
b = a @ a.T
c = (
    a + 1
)
d, e = a, b
print(a)
f = unknown(a)
"""


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        (2, None),
        (3, Prediction("b = a @ a.T", "b", (2, 2), (("a", (2, 3)), ("a.T", (3, 2))))),
        (5, Prediction("c = (\n    a + 1\n)", "c", (2, 3), (("a", (2, 3)),))),
        (7, None),
        (8, None),
        (9, None),
    ],
)
def test_lines(line: int, wanted: Prediction | None, analyzer: Analyzer) -> None:
    analysis = analyzer(Source.of_text(PROGRAM))
    assert prediction_at(analysis, 0, PROGRAM, line) == wanted


@pytest.mark.parametrize("shape", [(2, 3), (), (1,), (5,), (2, 2), (8, 1, 28, 28)])
def test_there_are_four_different_choices(shape: tuple[int, ...]) -> None:
    choices = Prediction("y = x", "y", shape, (("x", (2, 3)),)).choices()
    assert len(choices) == len(set(choices)) == 4
    text = str(shape)
    assert text in choices


def test_the_right_one_is_not_always_at_the_same_place() -> None:
    places = set()
    for number in range(20):
        prediction = Prediction(f"y = x{number}", "y", (2, 3), ())
        places.add(prediction.choices().index("(2, 3)"))
    assert len(places) > 1
