"""A traced program prints what it prints untraced, tracebacks included."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from shapewise.runtime.tracing import run_trace
from shapewise.runtime.tracing_types import TraceRequest

PROGRAMS = {
    "control flow": """
        def loops(n):
            for i in range(n):
                if i == 3:
                    break
            else:
                yield "no break"
            while n > 0:
                n -= 1
                if n % 2:
                    continue
                yield n
            else:
                yield "while else"
            while True:
                yield "once"
                break
            else:
                yield "never"
        print(list(loops(2)), list(loops(7)))
    """,
    "scopes": """
        x = 1
        def outer():
            y = 2
            def inner(z=lambda: x + y):
                nonlocal y
                global x
                x, y = y, x
                return z(), locals().keys()
            return inner(), y
        print(outer(), x, sorted(n for n in globals() if not n.startswith("__")))
    """,
    "classes": """
        class Meta(type):
            def __new__(mcs, name, bases, space, **options):
                space.pop("forgotten", None)
                return super().__new__(mcs, name, bases, space)
        class Base(metaclass=Meta, option=1):
            forgotten = 1
            kept: int = 2
            __private = 3
            def __init__(self):
                super().__init__()
                self.seen = []
            def __setattr__(self, name, value):
                print("set", name)
                object.__setattr__(self, name, value)
            @property
            def watched(self):
                print("read")
                return self.__private
            @watched.setter
            def watched(self, value):
                print("write", value)
        b = Base()
        b.watched = 4
        b.watched, other = 5, 6
        b.watched += 1
        b.x = b.y = 7
        (b.z, [b.seen[1:]]) = 8, [[9]]
        print(b.watched, b.seen, b.x, sorted(vars(b)), hasattr(Base, "forgotten"))
    """,
    "order of evaluation": """
        def say(x):
            print(x)
            return x
        class Box(dict):
            def __getattr__(self, name):
                say("get " + name)
                return self
            def __setattr__(self, name, value):
                say("set " + name)
            def __setitem__(self, key, value):
                say("item")
        box = Box()
        box[say("k")] = box.b.a = say("v")
        box.p, (box.q, n) = say((1, (2, 3)))
        say(1) < say(2) < say(0) < say(5)
        print(f"{say('f')}{say(2) + 1:{say(3)}}", say(n))
        [say(a) for a in (1, 2) if say(a) > 1]
        print({say(k): say(v) for k, v in {"a": 1}.items()}, (lambda a, b=say("d"): (a, b))(1))
    """,
    "generators": """
        def both():
            got = yield 1
            print("got", got)
            try:
                got = yield from inner()
            finally:
                print("closed")
            return got
        def inner():
            try:
                yield 2
            except ValueError as error:
                yield str(error)
            return 3
        g = both()
        print(next(g), g.send("sent"), g.throw(ValueError("thrown")))
        try:
            next(g)
        except StopIteration as stop:
            print(stop.value)
        for part in both():
            break
        it = iter(range(6))
        print([(a, next(it)) for a in it])
    """,
    "async": """
        import asyncio
        class Steps:
            def __aiter__(self):
                self.n = 0
                return self
            async def __anext__(self):
                self.n += 1
                if self.n > 3:
                    raise StopAsyncIteration
                return self.n
            async def __aenter__(self):
                return self
            async def __aexit__(self, *error):
                print("left")
        async def main():
            async with Steps() as steps:
                async for n in steps:
                    await asyncio.sleep(0)
                print([n async for n in Steps() if n > 1])
            return n
        print(asyncio.run(main()))
    """,
    "match": """
        def kind(value):
            match value:
                case {"a": [first, *rest], **others} if first:
                    return first, rest, others
                case int(n) | (n, _):
                    return n
                case str() as s:
                    return s
        print(kind({"a": [1, 2], "b": 3}), kind((4, 5)), kind("x"), kind(6))
    """,
    "metadata": """
        '''A text.'''
        from __future__ import annotations
        import inspect
        def f(a: NotThere, *, b: int = 1) -> AlsoNot:
            '''Says.'''
            return a
        print(__doc__, f.__doc__, f.__annotations__, f.__defaults__, inspect.signature(f))
        print(f.__code__.co_firstlineno, inspect.getsource(f))
        print(__name__, __file__, __spec__, __package__, dir())
    """,
    "class that has no hash": """
        class Meta(type):
            def __eq__(cls, other):
                raise SystemExit("compared")
        class A(metaclass=Meta):
            pass
        a = A()
        print(type(a) is A)
    """,
    "dataclass and enum": """
        import dataclasses, enum
        @dataclasses.dataclass
        class Point:
            x: int
            y: list = dataclasses.field(default_factory=list)
        class Color(enum.Enum):
            RED = 1
            GREEN = enum.auto()
        print(Point(1), list(Color))
    """,
    "pickle": """
        import pickle
        class A:
            def __eq__(self, other):
                return type(other) is A
        print(pickle.loads(pickle.dumps(A())) == A(), A.__module__)
    """,
    "deep expression": "print(" + " + ".join(["1"] * 1500) + ")",
    "encoding": "# -*- coding: utf-8 -*-\nnome = 'ação'\nprint(nome, '🎉')",
    "wrong name": "counter = 1\nprint(countr)",
    "wrong attribute": "class A: colour = 1\nprint(A.color)",
    "in a function": """
        def f(a, b):
            return (a +
                    g(b))
        def g(c):
            d = [1, 2][c]
            return d
        print(f(1, 0))
        f(1, 5)
    """,
    "in a loop over a generator": """
        def batches():
            yield 1
            raise ValueError("no data")
        for batch in batches():
            print(batch, len([batch]))
    """,
    "in a loop that cannot be": "for x in 5: print(x)",
    "too many parts": "a, b = iter([1, 2, 3])",
    "too few parts": "for a, b in [[1]]: print(a)",
    "in a comprehension": "print([1 / x for x in (1, 0)])",
    "in a lambda": "f = lambda a: 1 / a\nf(0)",
    "in a decorator": "def d(f): return f.x\n@d\ndef g(): pass",
    "in a while condition": "n = 2\nwhile 1 / n:\n    n -= 1\n    print(n)",
    "in a with": """
        class C:
            def __enter__(self): return self
            def __exit__(self, *e): 1 / 0
        with C() as c:
            print(c.missing)
    """,
    "chained": """
        def load(name):
            try:
                return {}[name]
            except KeyError as error:
                raise RuntimeError("cannot load " + name) from error
        try:
            load("w")
        except RuntimeError:
            undefined()
    """,
    "in another module": "import helper\nhelper.half(0)",
    "syntax error in another module": "import broken",
    "syntax error": "def f(:\n    pass",
    "too deep": """
        import sys
        sys.setrecursionlimit(80)
        def f(n): return f(n + 1)
        try:
            f(0)
        except RecursionError as error:
            print(error)
    """,
    "group": """
        raise ExceptionGroup("two", [ValueError("a"), TypeError("b")])
    """,
    "own exception": """
        class Wrong(Exception):
            def __str__(self): return "so wrong"
        raise Wrong(1)
    """,
    "printed by the program itself": """
        import traceback
        def f():
            for x in map(int, ["1", "a"]):
                print(abs(x))
        try:
            f()
        except ValueError:
            traceback.print_exc()
    """,
    "path and modules": """
        import sys
        print(sys.path, sys.flags, sys.modules["__main__"].__dict__ is globals())
    """,
    "own hook": """
        import sys
        sys.excepthook = lambda kind, error, trace: print("hook", kind, error, trace.tb_lineno)
        1 / 0
    """,
    "exit with a text": "import sys\nsys.exit('no data')",
    "exit at exit": "import atexit\natexit.register(print, 'bye')\nprint('hi')",
}

FILES = {
    "helper.py": "def half(n):\n    m = 1 / n\n    return m\n",
    "broken.py": "x = [1,\ny = 2\n",
}


@pytest.mark.parametrize("iterations", [None, 2], ids=["full", "short"])
@pytest.mark.parametrize("source", PROGRAMS.values(), ids=PROGRAMS)
def test_same_output(source: str, iterations: int | None, tmp_path: Path) -> None:
    for name, text in {**FILES, "main.py": textwrap.dedent(source).lstrip("\n")}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    before = sorted(tmp_path.rglob("*"))
    path = str(tmp_path / "main.py")
    plain = subprocess.run(
        [sys.executable, path],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"},
        cwd=tmp_path,
        encoding="utf-8",
        check=False,
    )
    report = run_trace(TraceRequest(path, sys.executable, iterations=iterations))
    assert report.output == plain.stdout
    assert report.status == plain.returncode
    assert sorted(tmp_path.rglob("*")) == before
