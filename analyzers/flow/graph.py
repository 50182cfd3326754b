"""The flow of tensors as a graph: boxes are operations, arrows are tensors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..facts import Problem, Span, TensorFact

NodeKind = Literal["input", "layer", "operation", "parameter", "output"]


@dataclass(frozen=True, slots=True)
class Node:
    """A box.

    label: what is done, as code: `Linear(784, 10)`, `flatten(1)`, `+`.
    name: the layer's or input's name in the program, `self.fc1`; may be empty.
    parameters: how many numbers the layer learns, None where that is not known.
    problem: why it fails.
    """

    kind: NodeKind
    label: str
    span: Span
    name: str = ""
    parameters: int | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """An arrow: a tensor that goes from one box into another.

    fact: None where nothing is known of it.
    span: where it is used.
    failed: it is what its target cannot take.
    """

    source: int
    target: int
    fact: TensorFact | None
    span: Span
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Graph:
    """The flow through one function, or through the statements outside of all functions.

    title: `Net.forward`, or empty for a script.
    truncated: there is more than is drawn.
    """

    title: str
    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    truncated: bool = False
