"""What functions and modules expect that nothing calls with tensors that are known."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from shapewise.analyzers.analyze import Options, analyze
from shapewise.analyzers.facts import Analysis
from shapewise.analyzers.source import Source
from shapewise.runtime.client import OracleClient

HEAD = "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n"

EXPECTED = {
    "a linear layer": (
        """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(784, 10)
    def forward(self, x):
        return self.fc(x)
""",
        {"Net.forward": ("x (N, 784) float32", "(N, 10)")},
    ),
    "images found from the flatten and the layer behind it": (
        """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, 3)
        self.conv2 = nn.Conv2d(32, 64, 3)
        self.fc = nn.Linear(9216, 10)
    def forward(self, x):
        x = F.relu(self.conv1(x))
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.fc(torch.flatten(x, 1))
""",
        {"Net.forward": ("x (N, 1, 28, 28) float32", "(N, 10)")},
    ),
    "sizes that the constructor gets are symbols": (
        """
class MLP(nn.Module):
    def __init__(self, inputs, hidden, classes, p=0.5):
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(inputs, hidden), nn.ReLU(), nn.Dropout(p), nn.Linear(hidden, classes))
    def forward(self, x):
        return self.net(x)
""",
        {"MLP.forward": ("x (N, inputs) float32", "(N, classes)")},
    ),
    "sizes that a configuration object holds": (
        """
class Attention(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.qkv = nn.Linear(config.width, 3 * config.width)
        self.heads = config.heads
        self.width = config.width
    def forward(self, x):
        B, T, C = x.size()
        q, k, v = self.qkv(x).split(self.width, dim=2)
        q = q.view(B, T, self.heads, C // self.heads).transpose(1, 2)
        k = k.view(B, T, self.heads, C // self.heads).transpose(1, 2)
        v = v.view(B, T, self.heads, C // self.heads).transpose(1, 2)
        y = F.softmax(q @ k.transpose(-2, -1), dim=-1) @ v
        return y.transpose(1, 2).contiguous().view(B, T, C)
""",
        {"Attention.forward": ("x (N, L, width) float32", "(N, L, width)")},
    ),
    "tokens are integers": (
        """
class Tagger(nn.Module):
    def __init__(self, words, size):
        super().__init__()
        self.embedding = nn.Embedding(words, size)
        self.lstm = nn.LSTM(size, 32, batch_first=True)
        self.out = nn.Linear(32, words)
    def forward(self, tokens):
        states, (h, c) = self.lstm(self.embedding(tokens))
        return self.out(states[:, -1]), h
""",
        {"Tagger.forward": ("tokens (N, L) int64", "((N, words), (1, N, 32))")},
    ),
    "a block gets what its caller gives": (
        """
class Block(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.fc = nn.Linear(size, size)
    def forward(self, x):
        return x + self.fc(x)

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(20, 8)
        self.block = Block(8)
    def forward(self, x):
        return self.block(self.first(x))
""",
        {
            "Block.forward": ("x (N, 8) float32", "(N, 8)"),
            "Net.forward": ("x (N, 20) float32", "(N, 8)"),
        },
    ),
    "functions": (
        """
def accuracy(logits, labels):
    return (logits.argmax(dim=1) == labels).float().mean()

def product(a, b):
    return a @ b
""",
        {
            "accuracy": ("logits (N, D) float32, labels (N,) float32", "()"),
            "product": ("a (N, D) float32, b (D, D1) float32", "(N, D1)"),
        },
    ),
    "several calls are joined": (
        """
def double(x):
    return x * 2

double(torch.rand(32, 784))
double(torch.rand(1, 784))
""",
        {"double": ("x (N, 784) float32", "(N, 784)")},
    ),
}

IMPOSSIBLE = {
    "sizes between layers": (
        """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(784, 128)
        self.second = nn.Linear(64, 10)
    def forward(self, x):
        return self.second(torch.relu(self.first(x)))
""",
        (11, "SW101"),
    ),
    "channels between layers": (
        """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 32, 3)
        self.second = nn.Conv2d(64, 64, 3)
    def forward(self, x):
        return self.second(self.first(x))
""",
        (11, "SW105"),
    ),
}

SILENT = {
    "one of several layers": """
import os
channels = 1 if os.environ.get("GREY") else 3
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(channels, 8, 3)
    def forward(self, x):
        return self.conv(x)
""",
    "what is no tensor": """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2)
    def forward(self, batch):
        return self.fc(batch.features) + self.fc(batch["more"])
""",
    "an unusual image": """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 32, 3)
        self.fc = nn.Linear(32 * 16 * 18, 10)
    def forward(self, x):
        return self.fc(F.max_pool2d(self.conv(x), 2).flatten(1))
""",
    "either a text or a list of them": """
def clean(text):
    if isinstance(text, list):
        return [clean(item) for item in text]
    return text.strip().lower().split(" ")
""",
}


@pytest.fixture(scope="module")
def oracle() -> Iterator[OracleClient]:
    client = OracleClient()
    client.start()
    yield client
    client.close()


def analysed(oracle: OracleClient, program: str) -> Analysis:
    return analyze(Source.of_text(HEAD + program), oracle, Options(seconds=60))


@pytest.mark.parametrize("name", EXPECTED)
def test_what_is_expected(oracle: OracleClient, name: str) -> None:
    program, wanted = EXPECTED[name]
    found = {}
    for signature in analysed(oracle, program).signatures:
        taken = ", ".join(
            f"{parameter} ({', '.join(map(str, fact.shape or ()))}{',' * (len(fact.shape or ()) == 1)}"
            f") {fact.dtype}"
            for parameter, fact in signature.parameters
        )
        found[signature.name] = (taken, signature.returns)
    assert found == wanted


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_what_cannot_work_is_an_error(oracle: OracleClient, name: str) -> None:
    program, (line, code) = IMPOSSIBLE[name]
    problems = analysed(oracle, program).problems
    assert [(p.span.line, p.code, p.severity) for p in problems] == [(line, code, "error")]


@pytest.mark.parametrize("name", SILENT)
def test_no_alarm(oracle: OracleClient, name: str) -> None:
    assert analysed(oracle, SILENT[name]).problems == ()


def test_what_is_merely_usual_is_not_claimed(oracle: OracleClient) -> None:
    program = EXPECTED["images found from the flatten and the layer behind it"][0]
    binding = next(b for b in analysed(oracle, program).bindings if b.kind == "parameter")
    assert binding.facts[0].expected
    assert binding.facts[0].shape == ("N", 1, 28, 28)
    assert binding.facts[0].certain_shape == ("N", 1, "H", "W")


RANKS = {
    "a layer that takes any number of axes": ("return self.fc(x)", None),
    "an image net": ("return self.fc(self.conv(x).flatten(1))", ("N", 1, "H", "W")),
}


@pytest.mark.parametrize("name", RANKS)
def test_a_rank_that_could_be_another_is_not_claimed(oracle: OracleClient, name: str) -> None:
    body, claimed = RANKS[name]
    program = f"""\
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3)
        self.fc = nn.Linear(4 * 6 * 6, 2)

    def forward(self, x):
        {body}
"""
    (fact,) = next(b for b in analysed(oracle, program).bindings if b.name == "x").facts
    assert fact.expected and fact.shape is not None
    assert fact.claimed_shape == claimed


class _Slow:
    """An oracle that takes its time, as the clock of the search sees it."""

    accelerator = None

    def __init__(self, oracle: OracleClient, clock: list[float]) -> None:
        self._oracle, self._clock = oracle, clock

    def ask(self, request):
        self._clock[0] += 1.0
        return self._oracle.ask(request)


def test_a_search_that_torch_is_too_slow_for_is_given_up(
    oracle: OracleClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [0.0]
    monkeypatch.setattr("shapewise.analyzers.interpreter.machine.time.monotonic", lambda: clock[0])
    program = EXPECTED["images found from the flatten and the layer behind it"][0]
    found = analyze(Source.of_text(program), _Slow(oracle, clock), Options(seconds=1e9))
    assert found.complete and found.signatures == () and found.problems == ()
