"""Where claims stand: by statement, parameter and function of a chunk of the program.

A comment is found behind the end of a statement, so nothing is tokenized; the
text between it and what it stands behind may only be what closes a line.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ..facts import Span
from ..source.chunks import Chunk
from . import comments
from .docstrings import RESULT, docstring_of, of_docstring
from .jaxtyping import of_annotation
from .model import Claim, Placed

Function = ast.FunctionDef | ast.AsyncFunctionDef
_TAIL = re.compile(r"[\s,:;)]*(?P<comment>#.*)$")


@dataclass(frozen=True)
class Signature:
    """What is claimed of the parameters of a function, and of what it returns."""

    parameters: dict[str, tuple[Placed, ...]] = field(default_factory=dict)
    returned: tuple[Placed, ...] = ()


@dataclass(frozen=True)
class Claims:
    """The claims in a chunk, by the ids of its nodes.

    targets: of the names and attributes that are bound. returns: of what a
    `return` gives. functions: signatures. fields: of the annotated names in the
    body of a class.
    """

    targets: dict[int, Placed] = field(default_factory=dict)
    returns: dict[int, Placed] = field(default_factory=dict)
    functions: dict[int, Signature] = field(default_factory=dict)
    fields: dict[int, dict[str, Placed]] = field(default_factory=dict)


def claims_of(chunk: Chunk, above: tuple[str, ...] = ()) -> Claims:
    """All claims in a chunk.

    Args:
        above: the lines above it, if they belong to the same part of the document.
    """
    reader = _Reader(chunk, above)
    for node in chunk.parsed.body:
        reader.read(node, None)
    return reader.found


class _Reader:
    def __init__(self, chunk: Chunk, above: tuple[str, ...]) -> None:
        self.chunk = chunk
        self.lines = chunk.parsed.lines
        self.above = above
        self.found = Claims()
        self.unclear: dict[int, set[str]] = {}
        """By statement, what a comment above it may mean as it was before."""

    def _line(self, number: int) -> str:
        """A line of the chunk, from 1, or one above it; empty if there is none."""
        if number > 0:
            return self.lines[number - 1] if number <= len(self.lines) else ""
        return self.above[number - 1] if len(self.above) >= 1 - number else ""

    def read(self, node: ast.stmt, owner: ast.ClassDef | None) -> None:
        """Reads a statement and those inside it."""
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            self._function(node, owner)
        elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Return)):
            self._simple(node)
        elif isinstance(node, (ast.For, ast.AsyncFor)):
            self._keep(node, self._behind(node.iter))
        inside = node if isinstance(node, ast.ClassDef) else None
        if inside is not None:
            self._fields(inside)
        for body in _bodies(node):
            for child in body:
                self.read(child, inside)

    def _keep(self, node: ast.stmt, found: list[Placed]) -> None:
        """Notes which claim speaks of which target of a statement."""
        plain = [placed for placed in found if not placed.name]
        if isinstance(node, ast.Return):
            if len(plain) == len(found) == 1:
                self.found.returns[id(node)] = plain[0]
            return
        targets = _targets(node)
        for target in targets:
            named = [placed for placed in found if placed.name and placed.name == _source(target)]
            if len(named) == 1:
                self.found.targets[id(target)] = named[0]
        if len(plain) == len(targets) and len(found) == len(plain):
            for target, placed in zip(targets, plain, strict=True):
                self.found.targets[id(target)] = replace(placed, name=_source(target))

    def _simple(self, node: ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Return) -> None:
        found = self._behind(node)
        if not any(placed.name in ("", *map(_source, _targets(node))) for placed in found):
            found = self._above(node)
        if isinstance(node, ast.AnnAssign):
            claim = of_annotation(node.annotation)
            if claim is not None and claim.sizes is not None:
                found = [self._annotated(claim, node.annotation)]
        self._keep(node, found)

    def _annotated(self, claim: Claim, node: ast.expr, name: str = "") -> Placed:
        source = self.chunk.source(node, 80)
        return Placed(replace(claim, source=source), self.chunk.span(node), name)

    def _fields(self, node: ast.ClassDef) -> None:
        """The annotated names in the body of a class."""
        fields: dict[str, Placed] = {}
        for child in node.body:
            if isinstance(child, ast.AnnAssign) and isinstance(child.target, ast.Name):
                claim = of_annotation(child.annotation)
                if claim is not None and claim.sizes is not None:
                    name = child.target.id
                    fields[name] = self._annotated(claim, child.annotation, name)
        if fields:
            self.found.fields[id(node)] = fields

    def _behind(self, node: ast.expr | ast.stmt | ast.arg | None) -> list[Placed]:
        """The comment behind the end of a node, on the same line."""
        if node is None or node.end_lineno is None:
            return []
        said = self._comment(node.end_lineno, node.end_col_offset or 0)
        if said is None:
            return []
        found, span = said
        maybe_function = found.arrow and isinstance(node, (ast.Assign, ast.AnnAssign))
        return [
            *(Placed(claim, span, name) for name, claim in found.named),
            *(
                Placed(replace(claim, certain=claim.certain and not maybe_function), span)
                for claim in found.plain
            ),
        ]

    def _comment(self, line: int, offset: int) -> tuple[comments.Said, Span] | None:
        """What the comment on a line says, behind a UTF-8 offset, and where it stands."""
        text = self._line(line)
        if "#" not in text:
            return None
        column = self.chunk.column(line, offset) - 1 if offset else 0
        match = _TAIL.match(text, column)
        said = comments.read(match["comment"]) if match else None
        if match is None or said is None:
            return None
        number = line + self.chunk.first_line - 1
        end = match.start("comment") + len(match["comment"].rstrip())
        span = Span(self.chunk.part, number, match.start("comment") + 1, number, end + 1)
        return said, span

    def _above(self, node: ast.stmt) -> list[Placed]:
        """The comments alone on the lines above, as far as they name what is bound."""
        targets = {_source(target) for target in _targets(node)} - self.unclear.get(id(node), set())
        found: list[Placed] = []
        for said, span in self._alone(node.lineno - 1):
            found += [Placed(claim, span, name) for name, claim in said.named if name in targets]
            if not found and len(targets) == 1:
                text = self._text(span).lstrip("# ").lower()
                if text.startswith(("shape:", "shape ")):
                    found += [Placed(claim, span) for claim in said.plain]
        return found

    def _text(self, span: Span) -> str:
        return self._line(span.line - self.chunk.first_line + 1)[span.column - 1 :]

    def _alone(self, line: int) -> Iterator[tuple[comments.Said, Span]]:
        """The comments that fill the lines from one line on upwards."""
        while self._line(line).lstrip().startswith("#"):
            said = self._comment(line, 0)
            if said is not None:
                yield said
            line -= 1

    def _function(self, node: Function, owner: ast.ClassDef | None) -> None:
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        if owner is not None and arguments and arguments[0].arg in ("self", "cls"):
            arguments = arguments[1:]
        parameters: dict[str, list[Placed]] = {argument.arg: [] for argument in arguments}
        returned: list[Placed] = []
        for argument in arguments:
            claim = of_annotation(argument.annotation)
            if claim is not None and argument.annotation is not None:
                parameters[argument.arg].append(
                    self._annotated(claim, argument.annotation, argument.arg)
                )
        claim = of_annotation(node.returns)
        if claim is not None and claim.sizes is not None and node.returns is not None:
            returned.append(self._annotated(claim, node.returns))
        self._commented(node, arguments, parameters, returned)
        self._documented(node, parameters, returned)
        if owner is not None and node.name == "forward":
            self._documented(owner, parameters, returned)
        known = {name: tuple(found) for name, found in parameters.items() if found}
        if known or returned:
            self.found.functions[id(node)] = Signature(known, tuple(returned))

    def _commented(
        self,
        node: Function,
        arguments: list[ast.arg],
        parameters: dict[str, list[Placed]],
        returned: list[Placed],
    ) -> None:
        """Comments behind parameters, behind the head, and on the first lines of the body."""
        last = max((argument.end_lineno or 0 for argument in arguments), default=node.lineno)
        head = max(last, node.returns.end_lineno or 0 if node.returns is not None else 0)
        for argument in arguments:
            line = argument.end_lineno or 0
            alone = sum(1 for other in arguments if other.end_lineno == line) == 1
            if alone and line > node.lineno:
                for placed in self._behind(argument):
                    if placed.name in ("", argument.arg):
                        parameters[argument.arg].append(replace(placed, name=argument.arg))
        found = self._head_comment(head)
        first = _first_statement(node)
        bound = {_source(target) for target in _targets(first)}
        self.unclear[id(first)] = bound & set(parameters)
        for said, span in [*found, *self._first_lines(node, first)]:
            for name, claim in said.named:
                if name in parameters and (name not in bound or (said, span) in found):
                    parameters[name].append(Placed(claim, span, name))
        for said, span in found if head == node.lineno else []:
            given = said.given or (said.plain if not said.named else ())
            returns = said.plain if said.given else ()
            if len(given) == len(arguments):
                for argument, claim in zip(arguments, given, strict=True):
                    parameters[argument.arg].append(Placed(claim, span, argument.arg))
                returned += [Placed(claim, span) for claim in returns[:1]]
            elif not given and "->" in self._text(span):
                returned += [Placed(claim, span) for claim in said.plain[:1]]

    def _head_comment(self, line: int) -> list[tuple[comments.Said, Span]]:
        """The comment behind the colon that ends the head of a function."""
        text = self._line(line)
        match = re.search(r":\s*(#.*)$", text)
        if match is None:
            return []
        said = self._comment(line, len(text[: match.start()].encode()))
        return [said] if said is not None else []

    def _first_lines(self, node: Function, first: ast.stmt) -> Iterator[tuple[comments.Said, Span]]:
        """Comments on lines of their own between the head of a function and its first statement."""
        if first.lineno > node.lineno:
            yield from self._alone(first.lineno - 1)

    def _documented(
        self,
        node: Function | ast.ClassDef,
        parameters: dict[str, list[Placed]],
        returned: list[Placed],
    ) -> None:
        documented = docstring_of(node)
        if documented is None:
            return
        text, first = documented
        names = tuple(parameters)
        for stated in of_docstring(text, names):
            span = self._find(first, stated.line, stated.claim)
            if span is None:
                continue
            if stated.name == RESULT:
                returned.append(Placed(stated.claim, span))
            else:
                parameters[stated.name].append(Placed(stated.claim, span, stated.name))

    def _find(self, first: int, line: int, claim: Claim) -> Span | None:
        """Where a docstring's claim stands in the text."""
        number = first + line
        text = self._line(number)
        column = text.find(claim.source)
        if column < 0:
            return None
        number += self.chunk.first_line - 1
        return Span(self.chunk.part, number, column + 1, number, column + 1 + len(claim.source))


def _bodies(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        body = getattr(node, name, None)
        if isinstance(body, list):
            yield body
    for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield part.body


def _targets(node: ast.stmt) -> list[ast.expr]:
    if isinstance(node, ast.Assign):
        targets = list(node.targets)
    elif isinstance(node, (ast.AnnAssign, ast.AugAssign, ast.For, ast.AsyncFor)):
        targets = [node.target]
    else:
        return []
    return [element for target in targets for element in _elements(target)]


def _elements(target: ast.expr) -> list[ast.expr]:
    if isinstance(target, (ast.Tuple, ast.List)):
        return [inner for element in target.elts for inner in _elements(element)]
    return [target]


def _source(node: ast.expr) -> str:
    return ast.unparse(node) if isinstance(node, (ast.Name, ast.Attribute)) else ""


def _first_statement(node: Function) -> ast.stmt:
    """The first statement of a function that is not its docstring."""
    has_docstring = docstring_of(node) is not None and len(node.body) > 1
    return node.body[1 if has_docstring else 0]
