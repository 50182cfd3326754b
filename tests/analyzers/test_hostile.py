"""Programs that loop for ever, explode, or are no programs: an answer all the same."""

from __future__ import annotations

import pytest
from shapewise.analyzers.analyze import Options, analyze
from shapewise.analyzers.facts import Analysis
from shapewise.analyzers.oracle import NoOracle
from shapewise.analyzers.source import Source
from shapewise.runtime.client import OracleClient

PROGRAMS = {
    "inf": "import torch\nx=torch.rand(2)\nwhile True:\n    x = torch.cat([x, x])\n",
    "big": "import torch\nx=torch.rand(10**6,10**6)\ny = x @ x\nz = x.sum()\n",
    "rec": "def f(x):\n    return f(x+1)\ny=f(0)\n",
    "rec2": "import torch\ndef f(x):\n    return f(torch.cat([x,x]))\ny=f(torch.rand(2))\n",
    "deep": "x = " + "(" * 500 + "1" + ")" * 500 + "\ny=1\n",
    "deep2": "x = " + "[" * 5000 + "\n",
    "deepif": "".join(" " * i + "if x:\n" for i in range(300)) + " " * 300 + "pass\n",
    "longexpr": "x = " + "+".join(["1"] * 20000) + "\n",
    "manylines": "import torch\n" + "x = torch.rand(3, 4)\n" * 20000,
    "str": 'x = "a" * 10**10\ny = x * 10\n',
    "pow": "x = 10**10**10\n",
    "shift": "x = 1 << 10**9\n",
    "list": "x = [0] * 10**9\ny=list(range(10**9))\n",
    "fmt": 'x = f"{1:1000000000}"\ny="%1000000000d" % 3\nz = "a".ljust(10**9)\nq="{:1000000000}".format(3)\n',
    "nested": "for a in range(1000):\n for b in range(1000):\n  for c in range(1000):\n   for d in range(1000):\n    x=a+b+c+d\n",
    "gen": "def g():\n  i=0\n  while True:\n    yield i\n    i+=1\nfor k in g():\n  pass\nx=list(g())\n",
    "comp": "x=[a*b*c for a in range(1000) for b in range(1000) for c in range(1000)]\n",
    "grow": "x=[1]\nwhile True:\n  x = x + x\n",
    "grow2": 's="a"\nwhile True:\n  s = s + s\n',
    "grow3": "n=2\nwhile True:\n  n = n*n\n",
    "fact": "import math\nx=math.factorial(10**6)\n",
    "cls": "class A(A): pass\nclass B(B,B): pass\nB().x.y.z()\n",
    "selfref": 'x=[]\nx.append(x)\nprint(x)\nd={}\nd["d"]=d\ny=d==d\nimport copy\nz=copy.deepcopy(x)\n',
    "yaml": "key: value\nlist:\n  - a\n  - b\n<html>{{}}</html>\n",
    "dims": "import torch\ndef f(n):\n  x=torch.zeros(n)\n  for i in range(50):\n    n = n*n+1\n    x=torch.zeros(n)\nf(int(input()))\n",
    "replit": "import torch\nx=torch.zeros(int(input()))\nfor i in range(100):\n    x=torch.cat([x,x])\n",
    "embed": "import torch.nn as nn\nm=nn.Linear(10**6,10**6)\ne=nn.Embedding(10**9,10**4)\nt=nn.Transformer(d_model=4096,num_encoder_layers=100)\n",
    "alt": "import torch\n"
    + "".join(
        f"if c{i}:\n  x{i}=torch.rand({i + 1})\nelse:\n  x{i}=torch.rand({i + 2})\n"
        for i in range(50)
    )
    + "y=torch.cat(["
    + ",".join(f"x{i}" for i in range(50))
    + "])\n",
    "rep": 'x = ("a,"*1000).replace("a", "b"*100000)\n',
}


@pytest.fixture(scope="module")
def oracle():  # type: ignore[no-untyped-def]
    client = OracleClient()
    client.start()
    yield client
    client.close()


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", PROGRAMS)
def test_answers_without_alarm(name: str, oracle: OracleClient) -> None:
    analysis = analyze(Source.of_text(PROGRAMS[name]), oracle)
    assert isinstance(analysis, Analysis)
    assert [problem.torch_message for problem in analysis.problems] == []


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", PROGRAMS)
def test_answers_without_torch(name: str) -> None:
    analysis = analyze(Source.of_text(PROGRAMS[name]), NoOracle())
    assert analysis.problems == ()


@pytest.mark.timeout(60)
def test_facts_before_the_endless_part_stand(oracle: OracleClient) -> None:
    program = "import torch\na = torch.rand(2, 3)\n" + PROGRAMS["inf"]
    analysis = analyze(Source.of_text(program), oracle, Options(steps=300))
    first = analysis.bindings[0]
    assert (first.name, first.facts[0].shape) == ("a", (2, 3))


def test_nothing_is_shown_of_a_cancelled_analysis(oracle: OracleClient) -> None:
    program = "import torch\n" + "x = torch.rand(3)\n" * 3000
    analysis = analyze(Source.of_text(program), oracle, Options(cancelled=lambda: True))
    assert not analysis.complete
