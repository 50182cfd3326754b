"""Completion that knows the number: what is offered in half-typed programs, and that it is right."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from shapewise.analyzers.analyze import Options, analyze
from shapewise.analyzers.completing import Offer, offers_at, wanted_at
from shapewise.analyzers.completing.site import site_at
from shapewise.analyzers.facts import Analysis
from shapewise.analyzers.messages import render
from shapewise.analyzers.oracle import NoOracle
from shapewise.analyzers.source import Source
from shapewise.runtime.client import OracleClient

HEAD = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"
IMAGES = "x = torch.rand(64, 1, 28, 28)\n"


def net(init: str, forward: str, called: bool = True) -> str:
    """A module, and a call of it with images."""
    lines = ["class Net(nn.Module):", "    def __init__(self):", "        super().__init__()"]
    lines += [f"        {line}" for line in init.split("\n")]
    lines += ["", "    def forward(self, x):", *(f"        {line}" for line in forward.split("\n"))]
    return "\n".join(lines) + ("\n\nout = Net()(torch.rand(64, 1, 28, 28))\n" if called else "\n")


FLAT = "x = torch.flatten(x, 1)\nx = F.relu(self.fc1(x))\nreturn self.fc2(x)"
TWO = "self.fc1 = nn.Linear({})\nself.fc2 = nn.Linear(128, 10)"

LAYERS = {
    "not closed": (net("self.fc1 = nn.Linear(|\nself.fc2 = nn.Linear(128, 10)", FLAT), "784"),
    "closed": (net(TWO.format("|"), FLAT), "784"),
    "with the rest": (net(TWO.format("|, 128"), FLAT), "784"),
    "by name": (net(TWO.format("in_features=|, out_features=128"), FLAT), "784"),
    "by name, last": (net(TWO.format("out_features=128, in_features=|"), FLAT), "784"),
    "over a wrong one": (net(TWO.format("78|, 128"), FLAT), "784"),
    "over several lines": (net(TWO.format("\n    |,\n    128,\n"), FLAT), "784"),
    "what follows": (net(TWO.format("784, |"), FLAT), "128"),
    "what follows, by name": (net(TWO.format("784, out_features=|"), FLAT), "128"),
    "something else is broken": (net(TWO.format("|, 128"), FLAT) + "y = (\nz = 3\n", "784"),
    "conv": (
        net(
            "self.a = nn.Conv2d(1, 32, 3)\nself.b = nn.Conv2d(|, 8, 3)", "return self.b(self.a(x))"
        ),
        "32",
    ),
    "conv that nothing calls": (
        net(
            "self.a = nn.Conv2d(1, 32, 3)\nself.b = nn.Conv2d(|, 8, 3)",
            "return self.b(self.a(x))",
            called=False,
        ),
        "32",
    ),
    "batch norm": (
        net("self.a = nn.Conv2d(1, 32, 3)\nself.b = nn.BatchNorm2d(|)", "return self.b(self.a(x))"),
        "32",
    ),
    "conv in groups": (
        "c = nn.Conv2d(|, 16, 3, groups=4)\ny = c(torch.rand(2, 8, 9, 9))\n",
        "8",
    ),
    "after an lstm": (
        net(
            "self.r = nn.LSTM(28, 32, batch_first=True, bidirectional=True)\n"
            "self.fc = nn.Linear(|, 10)",
            "out, _ = self.r(x.squeeze(1))\nreturn self.fc(out[:, -1])",
        ),
        "64",
    ),
    "in a loop over layers": (
        net(
            "self.ls = nn.ModuleList([nn.Linear(784, 64), nn.Linear(|, 32)])",
            "x = x.flatten(1)\nfor layer in self.ls:\n    x = layer(x)\nreturn x",
        ),
        "64",
    ),
    "nested calls": (
        net(TWO.format("|, 128"), "return self.fc2(F.relu(self.fc1(x.flatten(1))))"),
        "784",
    ),
    "conv1d": ("c = nn.Conv1d(|, 4, 3)\ny = c(torch.rand(8, 20, 64))\n", "20"),
    "conv3d": ("c = nn.Conv3d(|, 4, 3)\ny = c(torch.rand(2, 3, 8, 16, 16))\n", "3"),
    "batch norm 1d": ("bn = nn.BatchNorm1d(|)\ny = bn(torch.rand(8, 20))\n", "20"),
    "layer norm": ("ln = nn.LayerNorm(|)\ny = ln(torch.rand(8, 20, 64))\n", "64"),
    "lstm": ("r = nn.LSTM(|, 32, batch_first=True)\ny, _ = r(torch.rand(8, 20, 64))\n", "64"),
    "gru": ("r = nn.GRU(input_size=|, hidden_size=3)\ny, _ = r(torch.rand(8, 20, 64))\n", "64"),
    "rnn": ("r = nn.RNN(|\ny, _ = r(torch.rand(8, 20, 64))\n", "64"),
    "hidden size": (
        "r = nn.LSTM(64, |)\nfc = nn.Linear(48, 2)\ny, _ = r(torch.rand(8, 20, 64))\nz = fc(y)\n",
        "48",
    ),
    "embedding": (
        "e = nn.Embedding(100, |)\nr = nn.RNN(32, 16)\ny, _ = r(e(torch.randint(0, 100, (4, 7))))\n",
        "32",
    ),
    "rows of an embedding": ("e = nn.Embedding(|, 4)\ny = e(torch.tensor([1, 5, 9]))\n", "10"),
    "in a container": (
        "m = nn.Sequential(\n    nn.Flatten(),\n    nn.Linear(784, 128),\n    nn.ReLU(),\n"
        "    nn.Linear(|\n)\nout = m(torch.rand(64, 1, 28, 28))\n",
        "128",
    ),
    "first in a container": (
        "m = nn.Sequential(nn.Flatten(), nn.Linear(|, 128))\nout = m(torch.rand(64, 1, 28, 28))\n",
        "784",
    ),
    "in a container that nothing calls": (
        "m = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(|, 10))\n",
        "128",
    ),
    "norm in a container that nothing calls": (
        "m = nn.Sequential(nn.Conv2d(3, 16, 3), nn.BatchNorm2d(|))\n",
        "16",
    ),
    "in a class that is being written": (
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.net = nn.Sequential(\n            nn.Linear(784, 128),\n"
        "            nn.Linear(|\n        )\n",
        "128",
    ),
}
"""By name: a program with its mark, and the only offer."""

SHAPES = {
    "view": (IMAGES + "y = x.view(|\n", ["x.size(0), -1", "-1, 784", "64, 784"]),
    "view of the rest": (IMAGES + "y = x.view(64, |)\n", ["784", "-1"]),
    "view of the rest, size": (IMAGES + "y = x.view(x.size(0), |)\n", ["784", "-1"]),
    "view beside -1": (
        IMAGES + "fc = nn.Linear(28, 10)\nx = x.view(-1, |)\ny = fc(x)\n",
        ["28"],
    ),
    "heads": ("x = torch.rand(4, 8, 32)\nh = 4\ny = x.view(4, 8, h, |)\n", ["8", "-1"]),
    "reshape in brackets": (IMAGES + "y = x.reshape((64, |))\n", ["784", "-1"]),
    "torch.reshape": (IMAGES + "y = torch.reshape(x, (64, |\n", ["784", "-1"]),
    "unflatten": (
        IMAGES + "f = x.flatten(1)\ny = f.unflatten(1, |)\n",
        ["(1, 28, 28)", "(28, 28)"],
    ),
    "unflatten in brackets": (
        "x = torch.rand(64, 784)\ny = x.unflatten(1, (16, |))\n",
        ["49", "-1"],
    ),
    "permute for what follows": (
        "x = torch.rand(64, 28, 28, 3)\nc = nn.Conv2d(3, 8, 3)\nx = x.permute(|)\ny = c(x)\n",
        ["0, 3, 1, 2"],
    ),
    "permute, the last": ("x = torch.rand(64, 28, 3)\ny = x.permute(0, 2, |)\n", ["1"]),
    "torch.permute": (
        "x = torch.rand(2, 3)\ny = torch.permute(x, (|))\n",
        ["1, 0"],
    ),
    "of a chain": (IMAGES + "y = x.permute(0, 2, 3, 1).reshape(64, |)\n", ["784", "-1"]),
    "what is expected": (
        net("self.c = nn.Conv2d(1, 4, 3)", "x = self.c(x)\nx = x.view(|)\nreturn x", called=False),
        ["x.size(0), -1"],
    ),
}

NOTHING = {
    "a layer that nothing uses": "fc = nn.Linear(|)\n",
    "an input that would adapt": net("self.fc = nn.Linear(|, 10)", "return self.fc(x)", False),
    "a size that is merely usual": net(
        "self.c = nn.Conv2d(1, 32, 3)\nself.fc = nn.Linear(|, 10)",
        "return self.fc(self.c(x).flatten(1))",
        called=False,
    ),
    "another argument": "c = nn.Conv2d(3, 8, |)\ny = c(torch.rand(1, 3, 9, 9))\n",
    "a view of nothing known": "def f(x):\n    return x.view(|\n",
    "no call": "x = (|\n",
}


@pytest.fixture(scope="module")
def oracle() -> Iterator[OracleClient]:
    """One for all programs."""
    client = OracleClient()
    client.start()
    yield client
    client.close()


def offers(oracle: OracleClient, marked: str) -> tuple[Offer, ...]:
    """What is offered at the mark `|`."""
    offset, text = marked.index("|"), marked.replace("|", "")

    def run(source: Source) -> Analysis:
        return analyze(source, oracle, Options(seconds=60))

    site = wanted_at(text, offset)
    return offers_at(Source.of_text(text), 0, site, run) if site is not None else ()


@pytest.mark.parametrize("name", LAYERS)
def test_of_layers_the_size_that_flows_in_or_out(oracle: OracleClient, name: str) -> None:
    program, expected = LAYERS[name]
    assert [offer.text for offer in offers(oracle, HEAD + program)] == [expected]


@pytest.mark.parametrize("name", SHAPES)
def test_of_shapes_what_works_here_and_behind(oracle: OracleClient, name: str) -> None:
    program, expected = SHAPES[name]
    assert [offer.text for offer in offers(oracle, HEAD + program)] == expected


@pytest.mark.parametrize("name", NOTHING)
def test_what_is_not_certain_is_not_offered(oracle: OracleClient, name: str) -> None:
    assert offers(oracle, HEAD + NOTHING[name]) == ()


@pytest.mark.parametrize("name", sorted({*LAYERS, *SHAPES} - {"closed"}))
def test_what_is_offered_runs_in_torch(oracle: OracleClient, name: str) -> None:
    program = HEAD + (LAYERS[name][0] if name in LAYERS else SHAPES[name][0])
    ran = 0
    for offer in offers(oracle, program):
        text = program.replace("|", "")
        written = text[: offer.start] + offer.text + text[offer.end :]
        with contextlib.suppress(SyntaxError):  # a bracket that is not closed yet
            code = compile(written, name, "exec")
            exec(code, {"__name__": name})
            ran += 1
    assert ran or "|\n" in program or "broken" in name


def test_reasons(oracle: OracleClient) -> None:
    def said(program: str) -> tuple[str, str]:
        reason = offers(oracle, HEAD + program)[0].reason
        return render(reason), render(reason, "pt-BR")

    assert said(LAYERS["closed"][0]) == (
        "`x` is (64, 1, 28, 28); after `torch.flatten(x, 1)`, `fc1` gets 784 features",
        "`x` tem forma (64, 1, 28, 28); depois de `torch.flatten(x, 1)`, "
        "`fc1` recebe 784 características",
    )
    assert said("c = nn.Conv2d(|, 4, 3)\nx = torch.rand(2, 1, 9, 9)\ny = c(x)\n") == (
        "`x` is (2, 1, 9, 9): `c` gets 1 channel",
        "`x` tem forma (2, 1, 9, 9): `c` recebe 1 canal",
    )
    assert said("fc = nn.Linear(|, 4)\nx = torch.rand(2, 1)\ny = fc(x)\n") == (
        "`x` is (2, 1): `fc` gets 1 feature",
        "`x` tem forma (2, 1): `fc` recebe 1 característica",
    )
    assert said("c = nn.Conv2d(|, 4, 3)\nx = torch.rand(2, 3, 9, 9)\ny = c(x)\n") == (
        "`x` is (2, 3, 9, 9): `c` gets 3 channels",
        "`x` tem forma (2, 3, 9, 9): `c` recebe 3 canais",
    )
    assert said(LAYERS["what follows"][0]) == (
        "with 128, `self.fc2(x)` works",
        "com 128, `self.fc2(x)` funciona",
    )
    assert said(LAYERS["in a container"][0]) == (
        "what `nn.ReLU()` gives is (64, 128), and `nn.Linear` comes next",
        "o que `nn.ReLU()` dá tem forma (64, 128), e em seguida vem `nn.Linear`",
    )
    assert said(LAYERS["norm in a container that nothing calls"][0]) == (
        "with 16, `nn.BatchNorm2d` takes what comes before",
        "com 16, `nn.BatchNorm2d` aceita o que vem antes",
    )
    assert said("m = nn.Sequential(nn.Linear(784, |), nn.ReLU(), nn.Linear(128, 10))\n") == (
        "with 128, what follows `nn.Linear` fits",
        "com 128, o que vem depois de `nn.Linear` encaixa",
    )
    assert said("ids = torch.tensor([1, 5, 9])\ny = nn.Embedding(|, 4)(ids)\n") == (
        "`ids` holds the id 9, so 10 rows are needed, 0 to 9",
        "`ids` contém o id 9; por isso são precisas 10 linhas, de 0 a 9",
    )
    assert said(LAYERS["in a loop over layers"][0]) == (
        "`x` is (64, 64): `nn.Linear` gets 64 features",
        "`x` tem forma (64, 64): `nn.Linear` recebe 64 características",
    )
    assert said(SHAPES["view of the rest"][0]) == (
        "`x` is (64, 1, 28, 28); `x.view(64, 784)` is (64, 784)",
        "`x` tem forma (64, 1, 28, 28); `x.view(64, 784)` tem forma (64, 784)",
    )


def test_layers_are_torchs() -> None:
    from shapewise.analyzers.completing.layers import LAYERS as known

    for name, layer in known.items():
        made = getattr(torch.nn, name)
        sizes = dict.fromkeys(layer.required, 4)
        made(**sizes)
        with pytest.raises(TypeError):
            made(**dict(list(sizes.items())[1:]))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = nn.Linear(|", ("Linear", (), (), "", "")),
        (
            "a = nn.Linear(784, out_features=1|2, bias=True)",
            ("Linear", ("784",), ("bias=True",), "out_features", "1"),
        ),
        ("f(g(1, 2), [3, 4], |", ("f", ("g(1, 2)", "[3, 4]"), (), "", "")),
        ("f(a, # not (, here\n  |, b)", ("f", ("a",), ("b",), "", "")),
        ("s = 'f(|'", None),
        ("s = '''\nf(|\n'''\nx = 1", ("f", (), (), "", "")),
        ("# f(|", None),
        ("x = 1 # f(|", None),
        ("f(x)|", None),
        ("f(x + |", None),
        ("{1: f(|}", ("f", (), (), "", "")),
    ],
)
def test_the_call_at_a_place(text: str, expected: object) -> None:
    site = site_at(text.replace("|", ""), text.index("|"))
    found = None
    if site is not None:
        found = (site.callee, site.before, site.after, site.keyword, site.typed)
    assert found == expected


@given(st.text(alphabet="nLiear(),=[]|\n 'x.view#\"", max_size=60))
def test_no_text_crashes(text: str) -> None:
    text = f"nn.Linear({text}"
    for offset in range(len(text) + 1):
        site = wanted_at(text, offset)
        if site is not None:
            run = offers_at(Source.of_text(text), 0, site, lambda s: analyze(s, NoOracle()))
            assert run == ()
            break
