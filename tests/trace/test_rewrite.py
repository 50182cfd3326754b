"""Every place that binds or yields a tensor is reported, under its own range."""

from __future__ import annotations

import json
import os
import textwrap
from collections.abc import Iterator
from typing import Any

import pytest
from shapewise.runtime.trace.channel import Channel
from shapewise.runtime.trace.importer import Workshop
from shapewise.runtime.trace.record import Book
from shapewise.runtime.tracing_events import Gathering
from shapewise.runtime.tracing_types import Seen

torch = pytest.importorskip("torch")


class Bench:
    """Rewrites and runs a text in this process."""

    def __init__(self, stats: bool = False) -> None:
        reader, self._writer = os.pipe()
        os.close(reader)
        self.gathering = Gathering()
        bench = self

        class Straight(Channel):
            def send(self, event: dict[str, Any]) -> None:
                bench.gathering.feed(json.dumps(event).encode())

        channel = Straight(self._writer)
        self.book = Book(channel, stats, lambda: None)
        self._workshop = Workshop([], self.book, None, channel)

    def run(self, source: str) -> dict[str, Any]:
        """The namespace after the text has run."""
        space: dict[str, Any] = {"__name__": "__main__", "torch": torch}
        exec(self._workshop.compile(source, "main.py"), space)
        self.book.count()
        return space

    def seen(self) -> tuple[Seen, ...]:
        return self.gathering.seen()

    def close(self) -> None:
        os.close(self._writer)


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.close()


HEAD = "x = torch.zeros(2, 3)\n"

# What a text binds, beside `x` in its first line: `line:column-end kind name shape…`.
BINDINGS = {
    "assignment": ("y = x.T", ["2:1-2 variable y (3, 2)"]),
    "a name of a name": ("y = x", ["2:1-2 variable y (2, 3)"]),
    "two targets": ("y = z = x + 1", ["2:1-2 variable y (2, 3)", "2:5-6 variable z (2, 3)"]),
    "conditional expression": ("y = x if x is None else x[0]", ["2:1-2 variable y (3,)"]),
    "annotated": ("y: torch.Tensor = x[0]", ["2:1-2 variable y (3,)"]),
    "augmented": ("x += 1", ["2:1-2 variable x (2, 3)"]),
    "tuple of values": (
        "a, b = x[0], x.T",
        ["2:1-2 variable a (3,)", "2:4-5 variable b (3, 2)"],
    ),
    "parts of one value": (
        "a, (b, c) = x[0], x.T.unbind(1)",
        ["2:1-2 variable a (3,)", "2:5-6 variable b (3,)", "2:8-9 variable c (3,)"],
    ),
    "starred": (
        "a, *rest, c = torch.zeros(4, 5)",
        ["2:1-2 variable a (5,)", "2:11-12 variable c (5,)"],
    ),
    "swap": (
        "y = x[0]\nx, y = y, x",
        ["2:1-2 variable y (3,)", "3:1-2 variable x (3,)", "3:4-5 variable y (2, 3)"],
    ),
    "attribute": (
        "class A: pass\na = A()\na.w = x",
        ["4:1-4 attribute a.w (2, 3)"],
    ),
    "augmented attribute": (
        "class A: w = x\na = A()\na.w += 1",
        ["2:10-11 variable w (2, 3)", "4:1-4 attribute a.w (2, 3)"],
    ),
    "attributes that take parts": (
        "class A: pass\na = A()\na.u, a.v = x.unbind(0)",
        ["4:1-4 attribute a.u (3,)", "4:6-9 attribute a.v (3,)"],
    ),
    "attribute of an attribute": (
        "class A: pass\na = A()\na.b = A()\na.b.w = x",
        ["5:1-6 attribute a.b.w (2, 3)"],
    ),
    "parameters": (
        "def f(a, /, b, *c, d=x[0], **e): return 1\nf(x, x.T, x)",
        ["2:7-8 parameter a (2, 3)", "2:13-14 parameter b (3, 2)", "2:20-21 parameter d (3,)"],
    ),
    "annotated parameter": (
        "def f(image: torch.Tensor): pass\nf(x)",
        ["2:7-12 parameter image (2, 3)"],
    ),
    "method": (
        "class A:\n    def f(self, a):\n        return a\nA().f(x)",
        ["3:17-18 parameter a (2, 3)", "4:16-17 return f (2, 3)"],
    ),
    "docstring stays": (
        "def f(a):\n    'text'\n    return f.__doc__\nassert f(x) == 'text'",
        ["2:7-8 parameter a (2, 3)"],
    ),
    "return of two": (
        "def f():\n    return x, x.T\nf()",
        ["3:12-13 return f (2, 3)", "3:15-18 return f (3, 2)"],
    ),
    "lambda": (
        "f = lambda a: a.T\nf(x)",
        ["2:12-13 parameter a (2, 3)", "2:15-18 return <lambda> (3, 2)"],
    ),
    "for": ("for r in x: pass", ["2:5-6 loop r (3,)"]),
    "for with parts": (
        "for i, (a, b) in enumerate([(x, x.T)]): pass",
        ["2:9-10 loop a (2, 3)", "2:12-13 loop b (3, 2)"],
    ),
    "with": (
        "import contextlib\nwith contextlib.nullcontext(x) as y: pass",
        ["3:35-36 with y (2, 3)"],
    ),
    "list comprehension": ("ys = [r.T for r in [x]]", ["2:15-16 comprehension r (2, 3)"]),
    "dict comprehension": (
        "d = {k: v for k, v in {'w': x}.items()}",
        ["2:18-19 comprehension v (2, 3)"],
    ),
    "generator with a condition": (
        "ys = list(r for r in x if r.sum() == 0)",
        ["2:17-18 comprehension r (3,)"],
    ),
    "nested comprehension": (
        "ys = [e for r in x for e in r]",
        ["2:13-14 comprehension r (3,)", "2:24-25 comprehension e ()"],
    ),
    "walrus": ("if (y := x.T) is not None: pass", ["2:5-6 variable y (3, 2)"]),
    "async": (
        (
            "import asyncio\nasync def f(a):\n    return await g(a)\n"
            "async def g(b):\n    return b\ny = asyncio.run(f(x))"
        ),
        [
            "3:13-14 parameter a (2, 3)",
            "4:12-22 return f (2, 3)",
            "5:13-14 parameter b (2, 3)",
            "6:12-13 return g (2, 3)",
            "7:1-2 variable y (2, 3)",
        ],
    ),
    "class body": ("class A:\n    w = x.T", ["3:5-6 variable w (3, 2)"]),
    "private name": (
        "class A:\n    def f(self, __a):\n        __b, c = __a\nA().f(x)",
        [
            "3:17-20 parameter __a (2, 3)",
            "4:9-12 variable __b (3,)",
            "4:14-15 variable c (3,)",
        ],
    ),
    "columns count code points": ("'é🎉'; y = x", ["2:7-8 variable y (2, 3)"]),
    "two shapes": ("for y in [x, x.T]: pass", ["2:5-6 loop y (2, 3) (3, 2)"]),
    "array": (
        "import numpy\ny = numpy.zeros((4, 5))",
        ["3:1-2 variable y (4, 5)"],
    ),
    "parameter of a layer": (
        "w = torch.nn.Linear(3, 2).weight",
        ["2:1-2 variable w (2, 3)"],
    ),
    "numbers and containers are no tensors": ("a = 1; b = [x]; c = len(x); d = {'x': x}", []),
    "compiled function is left alone": (
        "def jit(f): return f\n@jit\ndef f(a):\n    b = a\nf(x)",
        [],
    ),
    "match": (
        "match {'w': x, 'v': [x[0]]}:\n    case {'w': torch.Tensor() as w, 'v': [v]}: pass",
        ["3:34-35 variable w (2, 3)", "3:43-44 variable v (3,)"],
    ),
}


@pytest.mark.parametrize("source, expected", BINDINGS.values(), ids=BINDINGS)
def test_bindings(bench: Bench, source: str, expected: list[str]) -> None:
    bench.run(HEAD + source)
    found = [
        "{}:{}-{} {} {} {}".format(
            seen.place.line,
            seen.place.column,
            seen.place.end_column,
            seen.kind,
            seen.name,
            " ".join(str(signature.shape) for signature in seen.signatures),
        )
        for seen in bench.seen()
        if seen.kind != "expression" and seen.place.line > 1
    ]
    assert found == expected


# What a text's expressions are: their text and shape.
EXPRESSIONS = {
    "call in a call": ("torch.relu(x.T)", ["torch.relu(x.T) (3, 2)", "x.T (3, 2)"]),
    "operators": ("-x @ x.T", ["-x (2, 3)", "-x @ x.T (2, 2)", "x.T (3, 2)"]),
    "comparison": (
        "(x > 0) & (x < 1)",
        ["(x > 0) & (x < 1) (2, 3)", "x > 0 (2, 3)", "x < 1 (2, 3)"],
    ),
    "subscripts": ("x[:, None][0]", ["x[:, None] (2, 1, 3)", "x[:, None][0] (1, 3)"]),
    "chain": (
        "x.view(-1).sum().exp()",
        ["x.view(-1) (6,)", "x.view(-1).sum() ()", "x.view(-1).sum().exp() ()"],
    ),
    "inside a call's keywords": (
        "torch.cat(tensors=[x * 2, x])",
        ["torch.cat(tensors=[x * 2, x]) (4, 3)", "x * 2 (2, 3)"],
    ),
    "condition": ("if x.sum() == 0: x.abs()", ["x.sum() ()", "x.sum() == 0 ()", "x.abs() (2, 3)"]),
    "mask": ("x[x == 0] = 1", ["x == 0 (2, 3)"]),
    "two lines": ("(x\n + x.T.T)", ["x\n + x.T.T (2, 3)", "x.T (3, 2)", "x.T.T (2, 3)"]),
    "no metadata": ("x.shape, x.dtype, torch.float32, x.size(0), len(x)", []),
}


@pytest.mark.parametrize("source, expected", EXPRESSIONS.values(), ids=EXPRESSIONS)
def test_expressions(bench: Bench, source: str, expected: list[str]) -> None:
    bench.run(HEAD + source)
    lines = (HEAD + source).split("\n")
    found = []
    for seen in bench.seen():
        if seen.kind == "expression" and seen.place.line > 1:
            place = seen.place
            chosen = lines[place.line - 1 : place.end_line]
            chosen[-1] = chosen[-1][: place.end_column - 1]
            chosen[0] = chosen[0][place.column - 1 :]
            found.append("{} {}".format("\n".join(chosen), seen.last.shape))
    assert sorted(found) == sorted(expected)


def test_signatures(bench: Bench) -> None:
    bench.run(
        "a = torch.zeros(2, dtype=torch.int64)\n"
        "b = torch.zeros(2, requires_grad=True)\n"
        "c = torch.nn.Parameter(b)\n"
        "d = torch.zeros(2, device='meta')\n"
        "import numpy\n"
        "e = numpy.zeros(3, dtype='float32')\n"
    )
    found = {seen.name: tuple(vars_of(seen)) for seen in bench.seen() if seen.name}
    assert found == {
        "a": ("tensor", (2,), "int64", "cpu", False),
        "b": ("tensor", (2,), "float32", "cpu", True),
        "c": ("parameter", (2,), "float32", "cpu", True),
        "d": ("tensor", (2,), "float32", "meta", False),
        "e": ("ndarray", (3,), "float32", "cpu", None),
    }


def vars_of(seen: Seen) -> tuple[object, ...]:
    last = seen.last
    return last.kind, last.shape, last.dtype, last.device, last.requires_grad


def test_visits_and_alternatives(bench: Bench) -> None:
    bench.run(
        "def f(n): return torch.zeros(n)\n"
        "for n in [1, 1, 2, 1, 3]: y = f(n)\n"
        "for n in range(100): z = f(n)\n"
    )
    y = next(seen for seen in bench.seen() if seen.name == "y")
    assert [signature.shape for signature in y.signatures] == [(1,), (2,), (3,)]
    assert (y.last.shape, y.visits, y.more) == ((3,), 5, False)
    z = next(seen for seen in bench.seen() if seen.name == "z")
    assert (len(z.signatures), z.last.shape, z.visits, z.more) == (16, (99,), 100, True)


def test_statistics() -> None:
    bench = Bench(stats=True)
    bench.run(
        "a = torch.tensor([1., 2., float('nan'), float('-inf'), 6.])\n"
        "b = torch.tensor([True, False])\n"
        "c = torch.zeros(0)\n"
        "import numpy\n"
        "d = numpy.array([1, 3])\n"
        "for e in torch.arange(5): pass\n"
    )
    bench.close()
    found = {seen.name: seen.statistics for seen in bench.seen() if seen.name}
    assert {name: s and (s.min, s.max, s.mean, s.nan, s.inf) for name, s in found.items()} == {
        "a": (1.0, 6.0, 3.0, 1, 1),
        "b": (0.0, 1.0, 0.5, 0, 0),
        "c": None,
        "d": (1.0, 3.0, 2.0, 0, 0),
        "e": (3.0, 3.0, 3.0, 0, 0),
    }
    assert found["e"] is not None and found["e"].visit == 4


def test_a_function_mode_sees_nothing_of_the_recording(bench: Bench) -> None:
    space = bench.run(
        textwrap.dedent("""\
            calls = []
            class Mode(torch.overrides.TorchFunctionMode):
                def __torch_function__(self, function, types, args=(), kwargs=None):
                    calls.append(function.__name__)
                    return function(*args, **(kwargs or {}))
            class Loud(torch.Tensor):
                @classmethod
                def __torch_function__(cls, function, types, args=(), kwargs=None):
                    calls.append(function.__name__)
                    return super().__torch_function__(function, types, args, kwargs or {})
            x = torch.zeros(2, 3)
            with Mode():
                for _ in range(3): y = x + 1
            z = x.as_subclass(Loud)
            z = z * 2
        """)
    )
    assert space["calls"] == ["add", "add", "add", "mul"]
    assert {seen.name for seen in bench.seen()} >= {"x", "y", "z"}


def test_a_graph_is_traced_as_without(bench: Bench, recwarn: pytest.WarningsRecorder) -> None:
    space = bench.run(
        "def f(a):\n    b = a * 2\n    return b.relu()\n"
        "g = torch.jit.trace(f, torch.ones(2, 3))\n"
        "y = g(torch.ones(4, 5))\n"
    )
    assert space["y"].shape == (4, 5)
    assert [str(w.message) for w in recwarn if "Python" in str(w.message)] == []


def test_a_tensor_without_a_shape_is_no_fact(bench: Bench) -> None:
    bench.run("w = torch.nn.LazyLinear(3).weight\nn = torch.nested.nested_tensor([torch.ones(2)])")
    assert [seen.name for seen in bench.seen() if seen.kind != "expression"] == []
