"""A problem at its place in the syntax: what the kinds of fixes look at and edit with.

Edits are made on ranges of the learner's text, found through the syntax tree, so
whatever is not meant to change keeps its spaces, quotes and comments.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import takewhile

from ..facts import Analysis, Problem, Span, TensorFact, Text, Value, text
from ..source import Source
from ..source.chunks import Chunk
from ..source.parse import parse_part
from .base import Candidate, Edit
from .edits import line_starts, offset

_ATOMS = (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.List, ast.Dict, ast.ListComp)
_PIECES = (ast.Slice, ast.Starred, ast.List, ast.Tuple)
_MAX_SHOWN = 56


class Program:
    """The syntax of a document, with the way up from each node."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.chunks: list[Chunk] = [
            chunk
            for index, part in enumerate(source.parts)
            for chunk in parse_part(index, part.text)
        ]
        self.parents: dict[int, ast.AST] = {}
        self._chunk_of: dict[int, Chunk] = {}
        self._by_span: dict[Span, list[ast.expr]] = {}
        for chunk in self.chunks:
            for statement in chunk.parsed.body:
                self._index(chunk, statement)

    def _index(self, chunk: Chunk, root: ast.stmt) -> None:
        for node in ast.walk(root):
            self._chunk_of[id(node)] = chunk
            for child in ast.iter_child_nodes(node):
                self.parents[id(child)] = node
            if isinstance(node, ast.expr):
                self._by_span.setdefault(chunk.span(node), []).append(node)

    def expressions(self, span: Span) -> list[ast.expr]:
        """The expressions with exactly this range, the outermost first."""
        return self._by_span.get(span, [])

    def span(self, node: ast.expr | ast.stmt | ast.keyword) -> Span:
        """Where a node stands."""
        return self._chunk_of[id(node)].span(node)

    def code(self, node: ast.expr | ast.stmt) -> str:
        """The text of a node, as it is written."""
        span = self.span(node)
        part = self.source.parts[span.part].text
        start = offset(part, span.line, span.column)
        return part[start : offset(part, span.end_line, span.end_column)]

    def around(self, node: ast.AST) -> Iterator[ast.AST]:
        """What a node lies in, from the inside out."""
        parent = self.parents.get(id(node))
        while parent is not None:
            yield parent
            parent = self.parents.get(id(parent))

    def statement(self, node: ast.AST) -> ast.stmt | None:
        """The innermost statement a node lies in, or is."""
        for item in (node, *self.around(node)):
            if isinstance(item, ast.stmt):
                return item
        return None

    def function(self, node: ast.AST) -> ast.FunctionDef | None:
        """The innermost function around a node."""
        return next((n for n in self.around(node) if isinstance(n, ast.FunctionDef)), None)

    def block(self, statement: ast.stmt) -> list[ast.stmt]:
        """The statements among which a statement stands."""
        parent = self.parents.get(id(statement))
        if parent is None:
            return [s for chunk in self.chunks for s in chunk.parsed.body]
        for name in ("body", "orelse", "finalbody", "handlers"):
            found = getattr(parent, name, None)
            if isinstance(found, list) and statement in found:
                return found
        return [statement]

    def nodes(self) -> Iterator[ast.AST]:
        """All nodes of the program, statement by statement."""
        for chunk in self.chunks:
            for statement in chunk.parsed.body:
                yield from ast.walk(statement)

    def assignments(self, target: str) -> list[ast.Assign]:
        """What is assigned to a name or attribute, in the order of the text."""
        found = [
            node
            for node in self.nodes()
            if isinstance(node, ast.Assign)
            and any(ast.unparse(item) == target for item in node.targets)
        ]
        return sorted(found, key=self.span)


@dataclass(frozen=True)
class Site:
    """A problem, and everything that is known around it."""

    program: Program
    problem: Problem
    analysis: Analysis

    # What stands there.

    @cached_property
    def node(self) -> ast.expr | None:
        """The expression at fault."""
        found = self.program.expressions(self.problem.span)
        return found[0] if found else None

    @cached_property
    def call(self) -> ast.Call | None:
        """The call that fails, or that the operand at fault is given to."""
        if isinstance(self.node, ast.Call):
            makes = self.problem.code.startswith("SW70")
            if makes or not self.known(self.node):
                return self.node
        return self.outer_call

    @cached_property
    def outer_call(self) -> ast.Call | None:
        """The call that the expression at fault is an argument or the receiver of."""
        for parent in self.program.around(self.node) if self.node is not None else ():
            if isinstance(parent, ast.Call):
                return parent
            if isinstance(parent, ast.stmt):
                break
        return None

    @property
    def fields(self) -> tuple[tuple[str, object], ...]:
        """What the problem's sentence speaks of."""
        return self._said.fields

    @property
    def said(self) -> str:
        """The problem's sentence in English, with its fields not yet put in."""
        return self._said.template

    @property
    def _said(self) -> Text:
        inner = dict(self.problem.message.fields).get("problem")
        return inner if isinstance(inner, Text) else self.problem.message

    def field(self, name: str) -> str:
        """A number or name of the problem's sentence; empty if it has none."""
        value = dict(self.fields).get(name, "")
        return "" if isinstance(value, Text) else str(value)

    def number(self, name: str) -> int | None:
        """A size that the problem's sentence tells, if it is a number."""
        value = self.field(name)
        return int(value) if re.fullmatch(r"-?\d+", value) else None

    @property
    def raised(self) -> str:
        """What torch raises."""
        return self.problem.torch_message

    @cached_property
    def statement(self) -> ast.stmt | None:
        """The statement at fault."""
        if self.node is not None:
            return self.program.statement(self.node)
        return None

    @cached_property
    def layer(self) -> ast.Call | None:
        """The call that makes the layer at fault."""
        for related in self.problem.related:
            if related.path is None and related.message.template.startswith("the layer is made"):
                for node in self.program.expressions(related.span):
                    if isinstance(node, ast.Call):
                        return node
        return None

    @cached_property
    def operation(self) -> ast.expr | None:
        """The operation at fault: the innermost expression of which nothing is known."""
        node = self.node
        if node is None:
            return None
        for parent in (node, *self.program.around(node)):
            if not isinstance(parent, (ast.expr, ast.keyword)):
                break
            if isinstance(parent, ast.expr):
                node = parent
                if not self.known(node) and not isinstance(node, _PIECES):
                    break
        # A method that fails is called: the attribute alone says nothing.
        above = self.program.parents.get(id(node))
        if isinstance(node, ast.Attribute) and isinstance(above, ast.Call) and above.func is node:
            return above
        return node

    # What is known.

    @cached_property
    def _values(self) -> dict[Span, Value]:
        return {value.span: value for value in self.analysis.values}

    def value(self, node: ast.expr) -> Value | None:
        """What is known of an expression."""
        return self._values.get(self.program.span(node))

    def fact(self, node: ast.expr) -> TensorFact | None:
        """The tensor that an expression is."""
        value = self.value(node)
        return value.facts[0] if value is not None and value.facts else None

    def known(self, node: ast.expr) -> bool:
        """Whether anything is known of an expression."""
        if isinstance(node, (ast.Constant, ast.UnaryOp)):
            return True
        value = self.value(node)
        return value is not None and bool(value.facts or value.summary)

    def shape(self, node: ast.expr | None) -> tuple[int, ...] | None:
        """The sizes of the tensor that an expression is, if all are numbers."""
        fact = self.fact(node) if node is not None else None
        if fact is None or fact.shape is None:
            return None
        sizes = tuple(size for size in fact.shape if isinstance(size, int))
        return sizes if len(sizes) == len(fact.shape) else None

    def rank(self, node: ast.expr | None) -> int | None:
        """How many axes the tensor has that an expression is."""
        fact = self.fact(node) if node is not None else None
        return None if fact is None or fact.shape is None else len(fact.shape)

    def layer_named(self, node: ast.expr) -> str:
        """The class of the layer that an expression is: `Linear`; empty if it is none."""
        value = self.value(node)
        found = re.match(r"(\w+)(\(|$)", value.summary) if value is not None else None
        return found.group(1) if found else ""

    def maker(self, node: ast.expr) -> ast.expr | None:
        """The expression that a name or attribute was last given above the problem."""
        above = [
            assignment
            for assignment in self.program.assignments(ast.unparse(node))
            if self._reaches(assignment)
        ]
        return above[-1].value if above else None

    def _reaches(self, assignment: ast.Assign) -> bool:
        span = self.program.span(assignment)
        inside = any(isinstance(target, ast.Attribute) for target in assignment.targets)
        return inside or span < self.problem.span

    # How it is edited.

    def code(self, node: ast.expr | ast.stmt) -> str:
        """The text of a node."""
        return self.program.code(node)

    def short(self, node: ast.expr | ast.stmt) -> str:
        """The text of a node for a title: on one line, without comments, shortened."""
        code = self.code(node)
        return shortened(ast.unparse(node) if "\n" in code or "\r" in code else code)

    def replace(self, node: ast.expr | ast.stmt, new: str) -> Edit:
        """New text for a node."""
        return Edit(self.program.span(node), new)

    def before(self, node: ast.expr | ast.stmt, new: str) -> Edit:
        """Text in front of a node."""
        span = self.program.span(node)
        return Edit(replace(span, end_line=span.line, end_column=span.column), new)

    def behind(self, node: ast.expr | ast.stmt | ast.keyword, new: str) -> Edit:
        """Text behind a node."""
        span = self.program.span(node)
        return Edit(replace(span, line=span.end_line, column=span.end_column), new)

    def suffixed(self, node: ast.expr, suffix: str) -> tuple[Edit, ...]:
        """A method behind an expression, in brackets where it needs them."""
        if isinstance(node, _ATOMS) or (
            isinstance(node, ast.Tuple) and self.code(node).startswith("(")
        ):
            return (self.behind(node, suffix),)
        bracket = self._own_bracket(node)
        if bracket is not None:
            return (Edit(bracket, suffix),)
        return (self.before(node, "("), self.behind(node, ")" + suffix))

    def suffixed_code(self, node: ast.expr, suffix: str) -> str:
        """What `suffixed` makes of an expression, for a title."""
        code = self.short(node)
        return f"{code}{suffix}" if isinstance(node, _ATOMS) else f"({code}){suffix}"

    def _own_bracket(self, node: ast.expr) -> Span | None:
        """The place behind the brackets around an expression, where they are no call's."""
        parent = self.program.parents.get(id(node))
        if isinstance(parent, ast.keyword) or (
            isinstance(parent, ast.Call) and node in parent.args
        ):
            return None
        span = self.program.span(node)
        part = self.program.source.parts[span.part].text
        start = offset(part, span.line, span.column)
        end = offset(part, span.end_line, span.end_column)
        if part[start - 1 : start] != "(" or part[end : end + 1] != ")":
            return None
        column = span.end_column + 1
        return Span(span.part, span.end_line, column, span.end_line, column)

    def argument(self, call: ast.Call, position: int, name: str) -> ast.expr | None:
        """An argument of a call, by its name or position."""
        for keyword in call.keywords:
            if keyword.arg == name:
                return keyword.value
        if 0 <= position < len(call.args):
            starred = any(isinstance(a, ast.Starred) for a in call.args[: position + 1])
            return None if starred else call.args[position]
        return None

    def with_argument(self, call: ast.Call, new: str) -> Edit:
        """One more argument at the end of a call."""
        given: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
        if given:
            return self.behind(max(given, key=self.program.span), f", {new}")
        span = self.program.span(call)
        at = replace(span, line=span.end_line, column=span.end_column - 1)
        return Edit(replace(at, end_column=at.column), new)

    def set_argument(self, call: ast.Call, position: int, name: str, new: str) -> Edit:
        """An argument of a call given a value, whether it was there or not."""
        old = self.argument(call, position, name)
        return self.with_argument(call, f"{name}={new}") if old is None else self.replace(old, new)

    def line_before(self, statement: ast.stmt, new: str) -> Edit | None:
        """A statement above another one; None where that does not begin its line."""
        start = self._start(statement)
        if start is None:
            return None
        span, indent = start
        at = Span(span.part, span.line, 1, span.line, 1)
        return Edit(at, "".join(f"{indent}{line}\n" for line in new.split("\n")))

    def line_behind(self, statement: ast.stmt, new: str) -> Edit | None:
        """A statement below another one; None where that does not have its lines for itself."""
        start = self._start(statement)
        rest = self._rest(statement)
        if start is None or rest is None or (rest.strip() and not rest.lstrip().startswith("#")):
            return None
        span, indent = start
        column = span.end_column + len(rest.rstrip("\r\n"))
        at = Span(span.part, span.end_line, column, span.end_line, column)
        return Edit(at, "".join(f"\n{indent}{line}" for line in new.split("\n")))

    def without(self, statement: ast.stmt) -> Edit | None:
        """A statement's lines taken away; None where others stand on them."""
        start = self._start(statement)
        rest = self._rest(statement)
        if start is None or rest is None or (rest.strip() and not rest.lstrip().startswith("#")):
            return None
        span, _ = start
        return Edit(Span(span.part, span.line, 1, span.end_line + 1, 1), "")

    def lines(self, statement: ast.stmt) -> list[str]:
        """The lines that a statement stands on, without their ends."""
        span = self.program.span(statement)
        text = self.program.source.parts[span.part].text.replace("\r\n", "\n").replace("\r", "\n")
        return text.split("\n")[span.line - 1 : span.end_line]

    def indented(self, statements: list[ast.stmt], header: str) -> tuple[Edit, ...] | None:
        """Statements that follow each other, put under a header such as `with …:`."""
        start, last = self._start(statements[0]), self.program.span(statements[-1])
        if start is None or any(map(holds_lines, statements)):
            return None
        span, indent = start
        step = indent_step(self.program.source.parts[span.part].text)
        at = Span(span.part, span.line, 1, span.line, 1)
        edits = [Edit(at, f"{indent}{header}\n{step}")]
        for line in range(span.line + 1, last.end_line + 1):
            edits.append(Edit(Span(span.part, line, 1, line, 1), step))
        return tuple(edits)

    def _start(self, statement: ast.stmt) -> tuple[Span, str] | None:
        """Where a statement begins, and its indentation, if nothing else stands before it."""
        indent = self.indentation(statement)
        return (self.program.span(statement), indent) if indent is not None else None

    def indentation(self, node: ast.expr | ast.stmt) -> str | None:
        """What stands before a node on its line, if that is nothing but space."""
        span = self.program.span(node)
        text = self.program.source.parts[span.part].text
        line = text[line_starts(text)[span.line - 1] :][: span.column - 1]
        return line if not line.strip() else None

    def _rest(self, statement: ast.stmt) -> str | None:
        """What stands behind a statement on its last line."""
        span = self.program.span(statement)
        text = self.program.source.parts[span.part].text
        at = offset(text, span.end_line, span.end_column)
        return "".join(takewhile(lambda c: c not in "\r\n", text[at : at + 500]))

    # Candidates.

    def write(self, kind: str, node: ast.expr, suffix: str, *, safe: bool = False) -> Candidate:
        """A method behind an expression; of an operation of two, the title shows both."""
        new = self.suffixed_code(node, suffix)
        parent = self.program.parents.get(id(node))
        if isinstance(parent, ast.BinOp) and isinstance(node, _ATOMS):
            whole, code = self.code(parent), self.code(node)
            at = len(whole) - len(code) if node is parent.right else 0
            shown = f"{whole[: at + len(code)]}{suffix}{whole[at + len(code) :]}"
            if whole[at:].startswith(code) and shown == shortened(shown):
                new = shown
        title = text("Write `{new}`", new=new)
        return self.candidate(kind, title, self.suffixed(node, suffix), safe=safe)

    def rewrite(
        self, kind: str, node: ast.expr | ast.stmt, new: str, *, safe: bool = False
    ) -> Candidate:
        """Another text for a node."""
        title = text("Write `{new}` instead of `{old}`", new=shortened(new), old=self.short(node))
        return self.candidate(kind, title, (self.replace(node, new),), safe=safe)

    def rewrite_in(
        self, kind: str, outer: ast.expr, node: ast.expr, new: str, *, safe: bool = False
    ) -> Candidate:
        """Another text for a part of an expression, which the title shows as a whole."""
        span, inner = self.program.span(outer), self.program.span(node)
        part = self.program.source.parts[span.part].text
        start, at = offset(part, span.line, span.column), offset(part, inner.line, inner.column)
        end = offset(part, span.end_line, span.end_column)
        rest = part[offset(part, inner.end_line, inner.end_column) : end]
        title = text("Write `{new}`", new=shortened(f"{part[start:at]}{new}{rest}"))
        return self.candidate(kind, title, (self.replace(node, new),), safe=safe)

    @cached_property
    def nn(self) -> str:
        """How the program calls `torch.nn`."""
        for node in self.program.nodes():
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                module = node.module if isinstance(node, ast.ImportFrom) else None
                for alias in node.names:
                    if (module, alias.name) == ("torch", "nn"):
                        return alias.asname or "nn"
                    if module is None and alias.name == "torch.nn" and alias.asname:
                        return alias.asname
        return "torch.nn"

    def candidate(
        self,
        kind: str,
        title: Text,
        edits: tuple[Edit, ...],
        *,
        safe: bool = False,
    ) -> Candidate:
        """A candidate that shows what becomes of the operation at fault."""
        shown = self.operation
        where = self.program.span(shown) if shown is not None else None
        return Candidate(kind, title, edits, where, safe)


def holds_lines(statement: ast.stmt) -> bool:
    """Whether a string in it goes over several lines: its spaces are not indentation."""
    strings = [n for n in ast.walk(statement) if isinstance(n, (ast.Constant, ast.JoinedStr))]
    return any(node.end_lineno != node.lineno for node in strings)


def method_owner(node: ast.expr | None) -> ast.expr | None:
    """What a method is called on."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.value
    return None


def shortened(code: str) -> str:
    """Code on one line, shortened in the middle, without the backticks that titles use."""
    line = " ".join(code.split()).replace("`", "'")
    if len(line) <= _MAX_SHOWN:
        return line
    half = (_MAX_SHOWN - 1) // 2
    return f"{line[:half].rstrip()}…{line[-half:].lstrip()}"


def indent_step(text: str) -> str:
    """By how much a text indents its blocks."""
    found = re.search(r":[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n)([ \t]+)\S", text)
    return found.group(1)[:8] if found else "    "
