"""The flow of tensors through a function or a script, as a graph.

Built from the facts of an analysis and the syntax they belong to: boxes are
operations, arrows are tensors. Nothing is run or asked for it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from .facts import Analysis, Problem, Span, TensorFact, Value
from .source.chunks import Chunk

NodeKind = Literal["input", "layer", "operation", "parameter", "output"]

MAX_NODES = 150
"""More boxes than that are no picture any more."""

_MAX_ARGUMENTS = 28
_SKIPPED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
_OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "+",
    ast.Sub: "−",
    ast.Mult: "×",
    ast.Div: "÷",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.MatMult: "@",
    ast.USub: "−",
    ast.Invert: "~",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "≤",
    ast.Gt: ">",
    ast.GtE: "≥",
}

Function = ast.FunctionDef | ast.AsyncFunctionDef


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


def flow_at(chunks: Sequence[Chunk], analysis: Analysis, part: int, line: int) -> Graph:
    """The flow of what stands at a line: a function, a class's `forward`, else the script.

    Args:
        chunks: the document's, in order.
        line: 1-based, in that part.
    """
    facts = _Facts(analysis)
    for title, function, chunk in _functions_at(chunks, part, line):
        graph = _Builder(facts).function(title, function, chunk)
        if graph.edges:
            return graph
    builder = _Builder(facts)
    script = builder.script(chunks)
    if script.edges:
        return script
    for title, function, chunk in _forwards(chunks):
        graph = _Builder(facts).function(title, function, chunk)
        if graph.edges:
            return graph
    return script


def _functions_at(
    chunks: Sequence[Chunk], part: int, line: int
) -> Iterator[tuple[str, Function, Chunk]]:
    """The functions around a line, innermost first; for a class its `forward` as well."""
    for chunk in chunks:
        if chunk.part != part:
            continue
        found: list[tuple[str, Function]] = []
        for title, node in _definitions(chunk.parsed.body, ""):
            if not chunk.span(node).line <= line <= chunk.span(node).end_line:
                continue
            if isinstance(node, ast.ClassDef):
                found += [
                    (f"{title}.{inner.name}", inner)
                    for inner in node.body
                    if isinstance(inner, Function) and inner.name == "forward"
                ]
            else:
                found.append((title, node))
        for title, function in reversed(found):
            yield title, function, chunk


def _forwards(chunks: Sequence[Chunk]) -> Iterator[tuple[str, Function, Chunk]]:
    for chunk in chunks:
        for title, node in _definitions(chunk.parsed.body, ""):
            if isinstance(node, Function) and node.name == "forward":
                yield title, node, chunk


def _definitions(
    body: Iterable[ast.stmt], prefix: str
) -> Iterator[tuple[str, Function | ast.ClassDef]]:
    """All functions and classes, outer ones first, with their dotted names."""
    for statement in body:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            title = prefix + statement.name
            yield title, statement
            yield from _definitions(statement.body, title + ".")
        elif isinstance(statement, (ast.If, ast.Try, ast.With)):
            yield from _definitions(statement.body, prefix)


class _Facts:
    """An analysis by place."""

    def __init__(self, analysis: Analysis) -> None:
        self.values: dict[Span, Value] = {value.span: value for value in analysis.values}
        self.bound = {binding.span: binding.facts[0] for binding in analysis.bindings}
        self.problems = [p for p in analysis.problems if p.severity in ("error", "warning")]

    def fact(self, span: Span) -> TensorFact | None:
        value = self.values.get(span)
        if value is not None and value.facts:
            return value.facts[0]
        return self.bound.get(span)

    def summary(self, span: Span) -> str:
        value = self.values.get(span)
        return value.summary if value is not None else ""


@dataclass(frozen=True, slots=True)
class _Flowing:
    """A tensor on its way: from which box, used where."""

    source: int
    fact: TensorFact | None
    span: Span


@dataclass
class _Builder:
    """Walks statements in order and knows which box each name came from."""

    facts: _Facts
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
            box = self._operation(_OPERATORS.get(type(node.op), "?") + "=", span, flowing)
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
            return self._result(f"[{ast.unparse(node.slice)}]", span, flowing, wanted)
        if isinstance(node, ast.BinOp):
            flowing = [*self._visit(node.left), *self._visit(node.right)]
            return self._result(_binary(node), span, flowing, wanted)
        if isinstance(node, ast.UnaryOp):
            sign = _OPERATORS.get(type(node.op), "not")
            return self._result(sign, span, self._visit(node.operand), wanted)
        if isinstance(node, ast.Compare):
            flowing = [f for item in (node.left, *node.comparators) for f in self._visit(item)]
            return self._result(_OPERATORS.get(type(node.ops[0]), "in"), span, flowing, wanted)
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
        if _is_layer(summary):
            name = ast.unparse(function) if isinstance(function, (ast.Name, ast.Attribute)) else ""
            if not flowing and self.facts.fact(span) is None and not self._fails(span):
                return []
            return self._result(summary, span, flowing, True, name=name)
        return self._result(_call_label(node), span, flowing, wanted)

    def _result(
        self, label: str, span: Span, flowing: list[_Flowing], wanted: bool, name: str = ""
    ) -> list[_Flowing]:
        """An operation gets a box if it gives a tensor, is wanted or fails."""
        fact = self.facts.fact(span)
        if fact is None and not wanted and not self._fails(span):
            return []
        if not flowing and fact is None and not self._fails(span):
            return []
        box = self._operation(label, span, flowing, name)
        return [_Flowing(box, fact, span)] if box >= 0 else []

    def _fails(self, span: Span) -> bool:
        return any(
            id(problem) not in self.claimed and _inside(problem.span, span)
            for problem in self.facts.problems
        )

    def _operation(self, label: str, span: Span, flowing: list[_Flowing], name: str = "") -> int:
        box = self._add("layer" if name else "operation", label, span, name)
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


def _is_layer(summary: str) -> bool:
    """Whether a summary is that of a module: `Linear(784, 10)`, `Net`."""
    name = summary.partition("(")[0]
    return name.isidentifier() and name[:1].isupper()


def _binary(node: ast.BinOp) -> str:
    sign = _OPERATORS.get(type(node.op), "?")
    if isinstance(node.right, ast.Constant):
        return f"{sign} {ast.unparse(node.right)}"
    if isinstance(node.left, ast.Constant):
        return f"{ast.unparse(node.left)} {sign}"
    return sign


def _call_label(node: ast.Call) -> str:
    """`F.max_pool2d(x, 2)` is `max_pool2d(2)`: what is no tensor stays."""
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else ast.unparse(function)
    shown = [ast.unparse(value) for value in node.args if _is_plain(value)]
    shown += [ast.unparse(k) for k in node.keywords if k.arg is not None and _is_plain(k.value)]
    arguments = ", ".join(shown)
    if not arguments:
        return name
    if len(arguments) > _MAX_ARGUMENTS:
        arguments = arguments[: _MAX_ARGUMENTS - 1] + "…"
    return f"{name}({arguments})"


def _is_plain(node: ast.expr) -> bool:
    """Whether an argument is a number, a text, or made of them."""
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.UnaryOp):
        return _is_plain(node.operand)
    if isinstance(node, (ast.Tuple, ast.List)):
        return all(map(_is_plain, node.elts))
    return False
