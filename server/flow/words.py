"""What a flow's boxes and arrows say; shared by the picture and the text."""

from __future__ import annotations

from ...analyzers.facts import TensorFact, text
from ...analyzers.flow import Edge, Graph, Node
from ...analyzers.messages import render
from ..wording import shape_code, source_code

MAX_LABEL = 44


def title_of(graph: Graph, language: str) -> str:
    """`Net.forward`, or that it is the script."""
    return graph.title or render(text("the program from top to bottom"), language)


def label_of(node: Node) -> str:
    """A box's first line."""
    label = source_code(node.label)
    return label if len(label) <= MAX_LABEL else label[: MAX_LABEL - 1] + "…"


def detail_of(node: Node, language: str) -> str:
    """A box's second line: the layer's name and how many numbers it learns."""
    words = [node.name] if node.name else []
    if node.parameters:
        count = f"{node.parameters:,}"
        if language == "pt-BR":
            count = count.replace(",", ".")
        words.append(render(text("{count} parameters", count=count), language))
    return " · ".join(words)


def shape_of(edge: Edge) -> str:
    """What goes along an arrow; `?` where nothing is known of it."""
    return "?" if edge.fact is None else shape_code(edge.fact.shape)


def more_of(fact: TensorFact | None) -> str:
    """What a shape does not say: `float32 cpu`."""
    if fact is None:
        return ""
    return " ".join(word for word in (fact.dtype, fact.device) if word)


def problem_of(node: Node, language: str) -> str:
    """Why a box fails, as one sentence; empty where it does not."""
    if node.problem is None:
        return ""
    return f"{node.problem.code}: {render(node.problem.message, language)}"
