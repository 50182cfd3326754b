"""Hand-ins of a class: a folder of programs for the template's exercise, right, wrong, odd."""

from __future__ import annotations

import json
import random
from pathlib import Path

HEAD = """\
# shapewise: exercise my-pack/flatten
import torch
from torch import nn

images = torch.rand(64, 1, 28, 28)
layer = nn.Linear(784, 10)

"""

RIGHT = (
    "rows = images.flatten(1)\nscores = layer(rows)\n",
    "rows = images.view(64, -1)\nscores = layer(rows)\n",
    "rows = images.reshape(len(images), 28 * 28)\nscores = layer(rows)\n",
    "rows = nn.Flatten()(images)\nscores = nn.Sequential(layer)(rows)\n",
)
WRONG = (
    ("rows = ...\nscores = ...\n", 0),
    ("rows = images.flatten(2)\nscores = ...\n", 0),
    ("rows = images.flatten(1)\nscores = layer(images)\n", 1),
    ("rows = images.flatten(1)\nscores = rows\n", 1),
    ("rows = images.view(784, 64)\nscores = layer(rows.T)\n", 1),
)
HANGING = (
    "while True:\n    pass\n",
    "def f(n):\n    return f(n + 1)\nf(0)\n",
    "n = 0\nwhile n < 10**12:\n    n = n + len(str(n))\nfor i in range(10**9):\n    for j in range(10**9):\n        n = n + i * j\n",
)
BROKEN = ("rows = images.flatten(1\n", "def f(:\n")


def write_class(folder: Path, count: int) -> dict[str, tuple[str, int | None]]:
    """Write hand-ins: of each file, the status that it must get, and the steps done.

    None where the number of steps is not told in advance.
    """
    dice = random.Random(1)
    expected: dict[str, tuple[str, int | None]] = {}
    for number in range(count):
        name = f"learner_{number:03}"
        kind = number % 12
        if kind < 6:
            text, wanted = HEAD + dice.choice(RIGHT), ("passed", 2)
        elif kind < 10:
            body, done = dice.choice(WRONG)
            text, wanted = HEAD + body, ("failed", done)
        elif kind == 10:
            # What comes after an endless loop is never reached.
            text, wanted = HEAD + dice.choice(HANGING) + RIGHT[0], ("any", None)
        else:
            text, wanted = HEAD + dice.choice(BROKEN), ("failed", 0)
        if number % 5 == 0:
            cells = [{"cell_type": "code", "source": text}]
            path = folder / f"{name}.ipynb"
            path.write_text(json.dumps({"nbformat": 4, "cells": cells, "metadata": {}}))
        else:
            path = folder / f"{name}.py"
            path.write_text(text, encoding="utf-8")
        expected[path.as_posix()] = wanted
    binary = folder / "photo.py"
    binary.write_bytes(b"\x89PNG\0\0")
    notebook = folder / "no_notebook.ipynb"
    notebook.write_text("{]")
    expected |= {binary.as_posix(): ("ungraded", 0), notebook.as_posix(): ("ungraded", 0)}
    return expected
