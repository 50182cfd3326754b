"""What of a program goes into placeholders."""

from __future__ import annotations

import pytest
from shapewise.analyzers.source import Source
from shapewise.lessons.engine import Analyzer
from shapewise.lessons.fill import fill
from shapewise.lessons.statements import statement_at

PROGRAM = """\
import torch
from torch import nn
images = torch.rand(64, 1, 28, 28)
labels = torch.randint(0, 10, (64,))
fc = nn.Linear(100, 10)
class Net(nn.Module):
    def forward(self, x):
        return x
net = Net()
opt = torch.optim.Adam(fc.parameters())
loss_fn = nn.CrossEntropyLoss()
scores = fc(images)
both = images * labels

print("here")
"""


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        (
            12,
            {
                "tensor": "images",
                "target": "scores",
                "layer": "fc",
                "out_features": "10",
                "in_features": "28",
                "flat_features": "784",
                "batch": "64",
                "channels": "1",
                "shape": "(64, 1, 28, 28)",
                "dtype": "torch.float32",
                "device": '"cpu"',
                "model": "net",
                "optimizer": "opt",
                "loss": "loss_fn",
            },
        ),
        (13, {"tensor": "images", "other": "labels", "other_dtype": "torch.int64"}),
        (4, {"tensor": "labels", "shape": "(64,)", "length": "64"}),
        (15, {"tensor": "labels"}),
    ],
)
def test_what_is_known(line: int, wanted: dict[str, str], analyzer: Analyzer) -> None:
    analysis = analyzer(Source.of_text(PROGRAM))
    problem = next((p for p in analysis.problems if p.span.line == line), None)
    focus = problem.span if problem is not None else None
    filled = fill(analysis, 0, statement_at(PROGRAM, line), focus)
    assert {kind: filled.get(kind) for kind in wanted} == wanted


def test_of_nothing_nothing_is_filled(analyzer: Analyzer) -> None:
    analysis = analyzer(Source.of_text("x = unknown()\n"))
    assert fill(analysis, 0, statement_at("x = unknown()\n", 1)) == {"target": "x"}
