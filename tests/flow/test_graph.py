"""The graph of a program: which boxes, which arrows, what fails."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from shapewise.analyzers.analyze import analyze
from shapewise.analyzers.flow import Graph, flow_at
from shapewise.analyzers.source import Source
from shapewise.analyzers.source.parse import parse_part
from shapewise.runtime.client import OracleClient
from shapewise.server.flow.words import shape_of

HEAD = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"


@pytest.fixture(scope="module")
def oracle() -> Iterator[OracleClient]:
    client = OracleClient()
    client.start()
    yield client
    client.close()


def graph_of(oracle: OracleClient, program: str, at: str = "") -> Graph:
    """The flow at the line that contains a text; without one, at the first line."""
    text = HEAD + program
    source = Source.of_text(text)
    line = next((n for n, row in enumerate(text.split("\n"), 1) if at and at in row), 1)
    chunks = parse_part(0, source.parts[0].text)
    return flow_at(chunks, analyze(source, oracle), 0, line)


def arrows(graph: Graph) -> list[str]:
    """`flatten(1) -(64, 784)-> Linear(784, 10)`; `=x=>` where it fails."""
    found = []
    for edge in graph.edges:
        source, target = graph.nodes[edge.source].label, graph.nodes[edge.target].label
        left, right = ("=", "=>") if edge.failed else ("-", "->")
        found.append(f"{source} {left}{shape_of(edge)}{right} {target}")
    return found


NET = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3)
        self.fc = nn.Linear({features}, 10)

    def forward(self, x):
        h = F.max_pool2d(F.relu(self.conv(x)), 2)
        h = h.flatten(1)
        return self.fc(h)

net = Net()
images = torch.rand(4, 1, 28, 28)
scores = net(images)
"""


def test_a_forward_from_top_to_bottom(oracle: OracleClient) -> None:
    graph = graph_of(oracle, NET.format(features=1352), "h.flatten")
    assert graph.title == "Net.forward"
    assert arrows(graph) == [
        "x -(4, 1, 28, 28)-> Conv2d(1, 8, 3)",
        "Conv2d(1, 8, 3) -(4, 8, 26, 26)-> relu",
        "relu -(4, 8, 26, 26)-> max_pool2d(2)",
        "max_pool2d(2) -(4, 8, 13, 13)-> flatten(1)",
        "flatten(1) -(4, 1352)-> Linear(1352, 10)",
        "Linear(1352, 10) -(4, 10)-> return",
    ]
    assert [node.kind for node in graph.nodes] == [
        "input",
        "layer",
        "operation",
        "operation",
        "operation",
        "layer",
        "output",
    ]
    assert [(node.name, node.parameters) for node in graph.nodes if node.kind == "layer"] == [
        ("self.conv", 8 * 1 * 3 * 3 + 8),
        ("self.fc", 1352 * 10 + 10),
    ]
    assert not any(node.problem for node in graph.nodes)


def test_what_fails_is_marked_and_what_follows_is_unknown(oracle: OracleClient) -> None:
    graph = graph_of(oracle, NET.format(features=1000), "h.flatten")
    assert arrows(graph)[-2:] == [
        "flatten(1) =(4, 1352)=> Linear(1000, 10)",
        "Linear(1000, 10) -?-> return",
    ]
    problem = graph.nodes[5].problem
    assert problem is not None and problem.code == "SW101"
    assert [node.problem for node in graph.nodes].count(None) == len(graph.nodes) - 1


@pytest.mark.parametrize("at", ["class Net", "super()", "self.fc = "])
def test_a_class_shows_its_forward(oracle: OracleClient, at: str) -> None:
    assert graph_of(oracle, NET.format(features=1352), at).title == "Net.forward"


def test_outside_of_functions_the_script_flows(oracle: OracleClient) -> None:
    graph = graph_of(oracle, NET.format(features=1352), "net = Net()")
    assert graph.title == ""
    assert arrows(graph) == ["rand(4, 1, 28, 28) -(4, 1, 28, 28)-> Net"]
    assert graph.nodes[1].kind == "layer"
    assert graph.nodes[1].parameters == (8 * 1 * 3 * 3 + 8) + (1352 * 10 + 10)


def test_only_the_operand_at_fault_is_red(oracle: OracleClient) -> None:
    graph = graph_of(oracle, "a = torch.rand(2, 3)\nb = torch.rand(4, 5)\nc = a @ b\n")
    assert arrows(graph) == ["rand(2, 3) -(2, 3)-> @", "rand(4, 5) =(4, 5)=> @"]


def test_a_skip_connection_and_a_parameter(oracle: OracleClient) -> None:
    program = """
class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(6, 6)
        self.scale = nn.Parameter(torch.ones(6))

    def forward(self, x):
        return x + self.fc(x) * self.scale

Block()(torch.rand(2, 6))
"""
    graph = graph_of(oracle, program, "return x")
    assert sorted(arrows(graph)) == [
        "+ -(2, 6)-> return",
        "Linear(6, 6) -(2, 6)-> ×",
        "self.scale -(6,)-> ×",
        "x -(2, 6)-> +",
        "x -(2, 6)-> Linear(6, 6)",
        "× -(2, 6)-> +",
    ]
    assert next(node for node in graph.nodes if node.label == "self.scale").kind == "parameter"


def test_several_results_go_their_own_ways(oracle: OracleClient) -> None:
    program = """
lstm = nn.LSTM(5, 7)
out, (h, c) = lstm(torch.rand(3, 2, 5))
last = out[-1]
both = torch.cat([h, c])
"""
    assert arrows(graph_of(oracle, program)) == [
        "rand(3, 2, 5) -(3, 2, 5)-> LSTM(5, 7)",
        "LSTM(5, 7) -(3, 2, 7)-> [-1]",
        "LSTM(5, 7) -(1, 2, 7)-> cat",
    ]


def test_branches_join_and_dead_ones_are_left_out(oracle: OracleClient) -> None:
    program = """
def pick(x, flag, mask=None):
    if flag:
        y = x.exp()
    else:
        y = x.sin()
    if mask is not None:
        y = y * mask
    return y

pick(torch.rand(3), input() == "a")
"""
    assert sorted(arrows(graph_of(oracle, program, "if flag"))) == [
        "exp -(3,)-> return",
        "sin -(3,)-> return",
        "x -(3,)-> exp",
        "x -(3,)-> sin",
    ]


def test_a_loop_takes_up_what_it_has_made(oracle: OracleClient) -> None:
    program = """
layers = nn.ModuleList([nn.Linear(4, 4) for _ in range(2)])
x = torch.rand(3, 4)
for layer in layers:
    x = torch.relu(layer(x))
y = x.sum(1)
"""
    assert arrows(graph_of(oracle, program)) == [
        "rand(3, 4) -(3, 4)-> Linear(4, 4)",
        "Linear(4, 4) -(3, 4)-> relu",
        "relu -(3, 4)-> sum(1)",
        "rand(3, 4) -(3, 4)-> sum(1)",
    ]


@pytest.mark.parametrize("program", ["", "x = (", "def f(:\n  pass", "x = 1\n", "class A: pass"])
def test_there_is_always_an_answer(oracle: OracleClient, program: str) -> None:
    graph = graph_of(oracle, program)
    assert graph.nodes == () and graph.edges == ()


def test_a_long_program_is_cut(oracle: OracleClient) -> None:
    graph = graph_of(oracle, "x = torch.rand(3)\n" + "x = x + 1\n" * 400)
    assert graph.truncated
    assert 100 < len(graph.nodes) <= 150
