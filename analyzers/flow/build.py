"""From statements and facts to boxes and arrows."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from ..facts import Analysis, Problem, Span, TensorFact, Value
from ..source.chunks import Chunk
from .graph import Edge, Graph, Node, NodeKind
from .labels import OPERATORS, binary_label, call_label, called, is_layer

MAX_NODES = 150
"""More boxes than that are no picture any more."""

_SKIPPED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
_NO_TENSORS = frozenset(
    ("print", "len", "int", "float", "str", "bool", "repr", "isinstance", "type", "range")
    + ("enumerate", "zip", "list", "tuple", "dict", "set", "append", "extend")
    + ("item", "tolist", "numel", "size", "dim", "backward", "step", "zero_grad")
)
"""Calls that give no tensor, whatever goes in."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Facts:
    """An analysis by place."""

    def __init__(self, analysis: Analysis) -> None:
        self.values: dict[Span, Value] = {value.span: value for value in analysis.values}
        self.bound = {binding.span: binding.facts[0] for binding in analysis.bindings}
        self.problems = [p for p in analysis.problems if p.severity in ("error", "warning")]

        places = [*self.values, *self.bound, *(problem.span for problem in self.problems)]
        self._lines = {(span.part, span.line) for span in places}

    def reached(self, body: Iterable[ast.stmt], chunk: Chunk) -> bool:
        """Whether the analysis has been in these statements at all."""
        spans = [chunk.span(statement) for statement in body]
        return any(
            (span.part, line) in self._lines
            for span in spans
            for line in range(span.line, span.end_line + 1)
        )

    def fact(self, span: Span) -> TensorFact | None:
        value = self.values.get(span)
        if value is not None and value.facts:
            return value.facts[0]
        return self.bound.get(span)

    def summary(self, span: Span) -> str:
        value = self.values.get(span)
        return value.summary if value is not None else ""

    def weights(self, span: Span) -> int | None:
        value = self.values.get(span)
        return value.weights if value is not None else None


@dataclass(frozen=True, slots=True)
class _Flowing:
    """A tensor on its way: from which box, used where."""

    source: int
    fact: TensorFact | None
    span: Span


@dataclass
class Builder:
    """Walks statements in order and knows which box each name came from."""

    facts: Facts
    nodes: list[Node] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    names: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """The boxes that a name (`x`, `self.h`) may come from."""
    claimed: set[int] = field(default_factory=set)
    """Problems that have a box, by `id`."""
    truncated: bool = False
    chunk: Chunk = field(init=False)

    def function(self, title: str, function: Function, chunk: Chunk) -> Graph:
        self.chunk = chunk
        arguments = function.args
        for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            span = chunk.span(argument)
            # A binding's range is that of the name, without the annotation.
            end = span.column + len(argument.arg)
            span = replace(span, end_line=span.line, end_column=end)
            if self.facts.fact(span) is not None:
                self.names[argument.arg] = (self._add("input", argument.arg, span),)
        self._statements(function.body)
        return self._graph(title)

    def script(self, chunks: Sequence[Chunk]) -> Graph:
        for chunk in chunks:
            self.chunk = chunk
            self._statements(chunk.parsed.body)
        return self._graph("")

    def _graph(self, title: str) -> Graph:
        used = {edge.source for edge in self.edges} | {edge.target for edge in self.edges}
        kept = [i for i, node in enumerate(self.nodes) if i in used or node.problem is not None]
        place = {old: new for new, old in enumerate(kept)}
        return Graph(
            title,
            tuple(self.nodes[i] for i in kept),
            tuple(replace(e, source=place[e.source], target=place[e.target]) for e in self.edges),
            self.truncated,
        )

    # Statements.

    def _statements(self, body: Iterable[ast.stmt]) -> None:
        for statement in body:
            self._statement(statement)

    def _statement(self, node: ast.stmt) -> None:
        if isinstance(node, _SKIPPED):
            return
        if isinstance(node, ast.Assign):
            self._assign(node.targets, node.value)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            self._assign([node.target], node.value)
        elif isinstance(node, ast.AugAssign):
            self._augmented(node)
        elif isinstance(node, ast.Return) and node.value is not None:
            flowing = self._visit(node.value)
            if flowing:
                self._connect(self._add("output", "return", self.chunk.span(node.value)), flowing)
        elif isinstance(node, ast.If):
            self._visit(node.test)
            self._branches([node.body, node.orelse])
        elif isinstance(node, (ast.For, ast.AsyncFor)):
            self._loop_variables(node)
            self._branches([node.body, []])
            self._statements(node.orelse)
        elif isinstance(node, ast.While):
            self._branches([node.body, []])
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            self._statements(node.body)
        elif isinstance(node, ast.Try):
            self._statements(node.body)
            self._branches([[], *(handler.body for handler in node.handlers)])
            self._statements([*node.orelse, *node.finalbody])
        elif isinstance(node, (ast.Expr, ast.Assert)):
            self._visit(node.value if isinstance(node, ast.Expr) else node.test)

    def _branches(self, bodies: list[list[ast.stmt]]) -> None:
        """Any of the bodies may have run: a name may come from each of them."""
        bodies = [body for body in bodies if not body or self.facts.reached(body, self.chunk)]
        before = self.names
        after: list[dict[str, tuple[int, ...]]] = []
        for body in bodies:
            self.names = dict(before)
            self._statements(body)
            after.append(self.names)
        self.names = {}
        for names in after:
            for name, sources in names.items():
                known = self.names.get(name, ())
                self.names[name] = known + tuple(s for s in sources if s not in known)

    def _loop_variables(self, node: ast.For | ast.AsyncFor) -> None:
        sources = [flowing.source for flowing in self._visit(node.iter)]
        for name in _targets([node.target]):
            if self.facts.fact(self.chunk.span(name)) is None:
                continue
            text = ast.unparse(name)
            if sources:
                self.names[text] = tuple(sources)
            else:
                self.names[text] = (self._add("input", text, self.chunk.span(name)),)

    def _assign(self, targets: list[ast.expr], value: ast.expr) -> None:
        names = _targets(targets)
        tensors = [name for name in names if self.facts.fact(self.chunk.span(name)) is not None]
        if isinstance(value, ast.Tuple) and len(targets) == 1 and isinstance(targets[0], ast.Tuple):
            parts = [self._visit(item) for item in value.elts]
            if len(parts) == len(targets[0].elts):
                for target, flowing in zip(targets[0].elts, parts):
                    self._bind([target], flowing)
                return
        flowing = self._visit(value, wanted=bool(tensors))
        self._bind(list(names), flowing)

    def _bind(self, names: list[ast.expr], flowing: list[_Flowing]) -> None:
        sources = tuple(dict.fromkeys(item.source for item in flowing))
        for name in names:
            text = ast.unparse(name)
            if sources:
                self.names[text] = sources
            else:
                self.names.pop(text, None)

    def _augmented(self, node: ast.AugAssign) -> None:
        flowing = [*self._visit(node.target), *self._visit(node.value)]
        span = self.chunk.span(node)
        if flowing and self.facts.fact(self.chunk.span(node.target)) is not None:
            box = self._operation(OPERATORS.get(type(node.op), "?") + "=", span, flowing)
            self._bind([node.target], [_Flowing(box, None, span)])

    # Expressions.

    def _visit(self, node: ast.expr, *, wanted: bool = False) -> list[_Flowing]:
        """The tensors that an expression gives, with the boxes they come from.

        Args:
            wanted: its parts are bound to names that hold tensors.
        """
        span = self.chunk.span(node)
        if isinstance(node, ast.NamedExpr):
            flowing = self._visit(node.value)
            self._bind([node.target], flowing)
            return flowing
        if isinstance(node, (ast.Name, ast.Attribute)):
            known = self.names.get(ast.unparse(node))
            if known is not None:
                fact = self.facts.fact(span)
                return [_Flowing(source, fact, span) for source in known]
        if isinstance(node, ast.Attribute):
            return self._attribute(node, span)
        if isinstance(node, ast.Call):
            return self._call(node, span, wanted)
        if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
            return [flowing for item in node.elts for flowing in self._visit(item)]
        if isinstance(node, (ast.Starred, ast.Await)):
            return self._visit(node.value)
        if isinstance(node, ast.IfExp):
            return [*self._visit(node.body), *self._visit(node.orelse)]
        if isinstance(node, ast.Subscript):
            flowing = self._visit(node.value)
            if isinstance(node.slice, (ast.Name, ast.Compare, ast.Call)):
                flowing += self._visit(node.slice)
            return self._result(f"[{self.chunk.source(node.slice)}]", span, flowing, wanted)
        if isinstance(node, ast.BinOp):
            flowing = [*self._visit(node.left), *self._visit(node.right)]
            follows = any(f.fact is None for f in flowing)
            return self._result(binary_label(node), span, flowing, wanted or follows)
        if isinstance(node, ast.UnaryOp):
            sign = OPERATORS.get(type(node.op), "not")
            return self._result(sign, span, self._visit(node.operand), wanted)
        if isinstance(node, ast.Compare):
            flowing = [f for item in (node.left, *node.comparators) for f in self._visit(item)]
            return self._result(OPERATORS.get(type(node.ops[0]), "in"), span, flowing, wanted)
        if isinstance(node, ast.Dict):
            return [flowing for value in node.values for flowing in self._visit(value)]
        if isinstance(node, ast.JoinedStr):
            for item in node.values:
                if isinstance(item, ast.FormattedValue):
                    self._visit(item.value)
        return []

    def _attribute(self, node: ast.Attribute, span: Span) -> list[_Flowing]:
        flowing = self._visit(node.value)
        fact = self.facts.fact(span)
        if fact is None:
            return []
        if flowing:
            return self._result(f".{node.attr}", span, flowing, True)
        text = ast.unparse(node)
        box = self._add("parameter", text, span)
        self.names[text] = (box,)
        return [_Flowing(box, fact, span)]

    def _call(self, node: ast.Call, span: Span, wanted: bool) -> list[_Flowing]:
        function = node.func
        flowing: list[_Flowing] = []
        if isinstance(function, ast.Attribute):
            flowing += self._visit(function.value)
        elif not isinstance(function, ast.Name):
            flowing += self._visit(function)
        values = [*node.args, *(keyword.value for keyword in node.keywords)]
        for value in values:
            flowing += self._visit(value)
        summary = self.facts.summary(self.chunk.span(function))
        if is_layer(summary):
            name = ast.unparse(function) if isinstance(function, (ast.Name, ast.Attribute)) else ""
            given = self._result(summary, span, flowing, True, "layer", name)
            for box in {item.source for item in given}:
                weights = self.facts.weights(self.chunk.span(function))
                self.nodes[box] = replace(self.nodes[box], parameters=weights)
            return given
        # What follows from a failure is drawn too, as something of which nothing is known.
        follows = any(f.fact is None for f in flowing) and called(node) not in _NO_TENSORS
        return self._result(call_label(node), span, flowing, wanted or follows)

    def _result(
        self,
        label: str,
        span: Span,
        flowing: list[_Flowing],
        wanted: bool,
        kind: NodeKind = "operation",
        name: str = "",
    ) -> list[_Flowing]:
        """An operation gets a box if it gives a tensor, is wanted or fails."""
        fact = self.facts.fact(span)
        if fact is None and not wanted and not self._fails(span):
            return []
        if not flowing and fact is None and not self._fails(span):
            return []
        box = self._operation(label, span, flowing, kind, name)
        return [_Flowing(box, fact, span)] if box >= 0 else []

    def _fails(self, span: Span) -> bool:
        return any(
            id(problem) not in self.claimed and _inside(problem.span, span)
            for problem in self.facts.problems
        )

    def _operation(
        self,
        label: str,
        span: Span,
        flowing: list[_Flowing],
        kind: NodeKind = "operation",
        name: str = "",
    ) -> int:
        box = self._add(kind, label, span, name)
        problem = None
        for candidate in self.facts.problems:
            if id(candidate) not in self.claimed and _inside(candidate.span, span):
                self.claimed.add(id(candidate))
                problem = problem or candidate
        if problem is not None and box >= 0:
            self.nodes[box] = replace(self.nodes[box], problem=problem)
        self._connect(box, flowing, problem)
        return box

    def _add(self, kind: NodeKind, label: str, span: Span, name: str = "") -> int:
        if len(self.nodes) >= MAX_NODES:
            self.truncated = True
            return -1
        self.nodes.append(Node(kind, label, span, name))
        return len(self.nodes) - 1

    def _connect(self, box: int, flowing: list[_Flowing], problem: Problem | None = None) -> None:
        if box < 0:
            return
        at_fault = [problem is not None and _inside(f.span, problem.span) for f in flowing]
        for item, here in zip(flowing, at_fault):
            failed = here or (problem is not None and not any(at_fault))
            same = (item.source, box)
            if item.source >= 0 and not any((e.source, e.target) == same for e in self.edges):
                self.edges.append(Edge(item.source, box, item.fact, item.span, failed))


def _targets(targets: Iterable[ast.expr]) -> list[ast.expr]:
    """The names and attributes that an assignment binds."""
    names: list[ast.expr] = []
    for target in targets:
        if isinstance(target, (ast.Tuple, ast.List)):
            names += _targets(target.elts)
        elif isinstance(target, ast.Starred):
            names += _targets([target.value])
        elif isinstance(target, (ast.Name, ast.Attribute)):
            names.append(target)
    return names


def _inside(inner: Span, outer: Span) -> bool:
    return (
        inner.part == outer.part
        and (outer.line, outer.column) <= (inner.line, inner.column)
        and (inner.end_line, inner.end_column) <= (outer.end_line, outer.end_column)
    )
