"""A call under way: what is called with which values, and where it stands."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from ..facts import Origin, Span
from ..values.model import Items, Unknown, Value
from .machine import Machine


@dataclass
class Call:
    """One call, operator or attribute access.

    name: dotted name of the library function, for messages and the oracle.
    nodes: the expressions of `args`, None where there is none; keyword_nodes
    those of `kwargs`. incomplete: a `*args` or `**kwargs` that is not known.
    """

    machine: Machine
    node: ast.expr
    name: str
    args: list[Value] = field(default_factory=list)
    kwargs: dict[str, Value] = field(default_factory=dict)
    nodes: list[ast.expr | None] = field(default_factory=list)
    keyword_nodes: dict[str, ast.expr | None] = field(default_factory=dict)
    incomplete: Unknown | None = None
    starred: Items | None = None
    """What `*x` passes where the length of x is not known, and nothing else is passed."""

    @property
    def span(self) -> Span:
        """Where the call stands."""
        return self.machine.span(self.node)

    @property
    def origin(self) -> Origin:
        """The provenance of its result."""
        return self.machine.origin(self.node)

    def argument(self, position: int, name: str) -> Value | None:
        """An argument given by position or by name; None when it was not given."""
        if position < len(self.args):
            return self.args[position]
        return self.kwargs.get(name)

    def argument_node(self, position: int, name: str) -> ast.expr | None:
        """The expression of an argument."""
        if position < len(self.nodes):
            return self.nodes[position]
        return self.keyword_nodes.get(name)

    def with_receiver(self, receiver: Value, name: str) -> Call:
        """The same call with one more argument in front: a method's receiver."""
        function = self.node.func if isinstance(self.node, ast.Call) else None
        node = function.value if isinstance(function, ast.Attribute) else function
        return Call(
            self.machine,
            self.node,
            name,
            [receiver, *self.args],
            self.kwargs,
            [node, *self.nodes],
            self.keyword_nodes,
            self.incomplete,
        )

    def renamed(self, name: str) -> Call:
        """The same call under another name."""
        return Call(
            self.machine,
            self.node,
            name,
            self.args,
            self.kwargs,
            self.nodes,
            self.keyword_nodes,
            self.incomplete,
            self.starred,
        )
