"""Which loops of a shortened run end early, and how each loop goes on being a loop."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Iterator
from typing import Any

import pytest
from shapewise.runtime.trace.channel import Channel
from shapewise.runtime.trace.importer import Workshop
from shapewise.runtime.trace.loops import Loops
from shapewise.runtime.trace.record import Book

torch = pytest.importorskip("torch")


class Sent(Channel):
    """Keeps the events."""

    def __init__(self, fd: int) -> None:
        super().__init__(fd)
        self.events: list[dict[str, Any]] = []

    def send(self, event: dict[str, Any]) -> None:
        self.events.append(event)


@pytest.fixture
def sent() -> Iterator[Sent]:
    fd = os.open(os.devnull, os.O_WRONLY)
    yield Sent(fd)
    os.close(fd)


HEAD = """\
import torch
from torch.utils.data import DataLoader, TensorDataset
class Loss:
    def backward(self): pass
class Environment:
    def step(self): pass
loss, environment = Loss(), Environment()
optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
loader = DataLoader(TensorDataset(torch.arange(10)), batch_size=2)
ns = []
"""

# The rounds that `ns` collects with K = 2, and `line: rounds of all` of the cut loops.
LOOPS = {
    "no training": ("for n in range(5): ns.append(n)", 5, {}),
    "backward": ("for n in range(5):\n    ns.append(n); loss.backward()", 2, {1: 5}),
    "optimizer's step": ("for n in range(5):\n    ns.append(n); optimizer.step()", 2, {1: 5}),
    "a step of something else": ("for n in range(5):\n    ns.append(n); environment.step()", 5, {}),
    "in a function": (
        "def train(): loss.backward()\nfor n in range(5):\n    ns.append(n); train()",
        2,
        {2: 5},
    ),
    "by another name": (
        "backward = loss.backward\nfor n in range(5):\n    ns.append(n); backward()",
        5,
        {},
    ),
    "nested": (
        "for epoch in range(9):\n    for n in range(5):\n        ns.append(n); loss.backward()",
        4,
        {1: 9, 2: 5},
    ),
    "only some rounds train": (
        "for n in range(9):\n    ns.append(n)\n    if n % 3 == 1: loss.backward()",
        5,
        {1: 9},
    ),
    "fewer rounds than K": ("for n in range(2):\n    ns.append(n); loss.backward()", 2, {}),
    "comes to its end at K": ("for n in [1, 2]:\n    ns.append(n); loss.backward()", 2, {}),
    "while": ("n = 0\nwhile n < 5:\n    n += 1; ns.append(n); loss.backward()", 2, {2: None}),
    "while without training": ("n = 0\nwhile n < 5:\n    n += 1; ns.append(n)", 5, {}),
    "break before": (
        "for n in range(5):\n    ns.append(n); loss.backward()\n    break\nelse: ns.append('else')",
        1,
        {},
    ),
    "else after a cut": (
        "for n in range(5):\n    ns.append(n); loss.backward()\nelse: ns.append('else')",
        3,
        {1: 5},
    ),
    "while with else": (
        "n = 0\nwhile n < 5:\n    n += 1; ns.append(n); loss.backward()\nelse: ns.append('else')",
        3,
        {2: None},
    ),
    "continue": (
        "for n in range(5):\n    ns.append(n)\n    loss.backward()\n    continue",
        2,
        {1: 5},
    ),
    "generator": (
        "def numbers():\n    n = 0\n    while True:\n        n += 1\n        yield n\n"
        "for n in numbers():\n    ns.append(n); loss.backward()",
        2,
        {6: None},
    ),
    "batches by hand": (
        "batches = iter(range(9))\nfor _ in range(3):\n    n = next(batches)\n"
        "    ns.append(n); loss.backward()\nns.append(next(batches))\nassert ns == [0, 1, 2]",
        3,
        {2: 3},
    ),
    "loader": ("for (n,) in loader: ns.append(n)", 2, {1: 5}),
    "loader without a call": ("for n in loader: ns += n", 2, {1: 5}),
    "enumerated loader": ("for i, (n,) in enumerate(loader): ns.append(n)", 2, {1: 5}),
    "zipped loader": ("for i, (n,) in zip(range(9), loader): ns.append(n)", 2, {1: 5}),
    "mapped loader": ("for n in map(len, loader): ns.append(n)", 2, {1: 5}),
    "iterator of a loader": ("for n in iter(loader): ns.append(n)", 2, {1: 5}),
    "generator over a loader": (
        "def batches(source):\n    for batch in source: yield batch\n"
        "for n in batches(loader): ns.append(n)",
        2,
        {3: 5},
    ),
    "comprehension over a loader": ("ns = [n for n in loader]", 2, {1: 5}),
    "sum over a loader": ("ns = [sum(n.sum() for (n,) in loader)]\nassert ns == [6]", 1, {1: 5}),
    "loader in a progress bar": (
        "import sys, types\n"
        "class tqdm:\n"
        "    def __init__(self, iterable): self.iterable = iterable\n"
        "    def __iter__(self): yield from self.iterable\n"
        "tqdm.__module__ = 'tqdm.std'\n"
        "for n in tqdm(loader): ns.append(n)",
        2,
        {6: 5},
    ),
    "data set": ("for n in TensorDataset(torch.arange(4)): ns.append(n)", 4, {}),
    "fewer batches than K": ("for n in DataLoader([1]): ns.append(n)", 1, {}),
    "data that knows no length": (
        "class Stream(torch.utils.data.IterableDataset):\n"
        "    def __iter__(self): yield from range(6)\n"
        "for n in DataLoader(Stream()): ns.append(n)",
        2,
        {3: None},
    ),
}


@pytest.mark.parametrize("source, rounds, cut", LOOPS.values(), ids=LOOPS)
def test_rounds(sent: Sent, source: str, rounds: int, cut: dict[int, int | None]) -> None:
    book = Book(sent, False, lambda: None)
    workshop = Workshop([], book, Loops(2, sent), sent)
    space: dict[str, Any] = {}
    exec(workshop.compile(HEAD, "head.py"), space)
    exec(workshop.compile(textwrap.dedent(source), "main.py"), space)
    found = {event["line"]: event["of"] for event in sent.events if event["event"] == "loop"}
    assert (len(space["ns"]), found) == (rounds, cut)


def test_no_batch_is_taken_in_vain(sent: Sent) -> None:
    workshop = Workshop([], Book(sent, False, lambda: None), Loops(2, sent), sent)
    space: dict[str, Any] = {}
    source = """
        class Loss:
            def backward(self): pass
        taken = []
        def batches():
            for n in range(9):
                taken.append(n)
                yield n
        for n in batches(): Loss().backward()
    """
    exec(workshop.compile(textwrap.dedent(source), "main.py"), space)
    assert space["taken"] == [0, 1]


def test_a_loop_is_reported_once(sent: Sent) -> None:
    workshop = Workshop([], Book(sent, False, lambda: None), Loops(1, sent), sent)
    source = """
        class Loss:
            def backward(self): pass
        def train():
            for n in range(5): Loss().backward()
        train(); train()
    """
    exec(workshop.compile(textwrap.dedent(source), "main.py"), {})
    assert [event["rounds"] for event in sent.events if event["event"] == "loop"] == [1]
