"""Which tensors are known where the cursor stands: for the inspector of an editor."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence

from .facts import Binding, Span
from .source.chunks import Chunk

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Scope = tuple[Span, ast.ClassDef | _Function]


def visible_at(
    chunks: Sequence[Chunk], bindings: Iterable[Binding], part: int, line: int
) -> tuple[Binding, ...]:
    """The last binding of each name that can be used at a line, in the order of the text.

    Inside a function those are its own names up to the line, the attributes that
    its class binds, and the names from outside that it reads.

    Args:
        chunks: the document's, in order.
        bindings: all of the document's, in the order of the text.
        line: 1-based, in that part.
    """
    scopes = [scope for chunk in chunks for scope in _scopes(chunk, chunk.parsed.body)]
    around = [scope for scope in scopes if _holds(scope[0], part, line)]
    functions = [scope for scope in around if not isinstance(scope[1], ast.ClassDef)]
    own = functions[-1][0] if functions else None
    classes = [scope for scope in around if isinstance(scope[1], ast.ClassDef)]
    read = _names(functions[0][1]) if functions else frozenset()
    found: dict[str, Binding] = {}
    for binding in bindings:
        home = _home(scopes, binding.span)
        before = (binding.span.part, binding.span.line) <= (part, line)
        if home == own:
            seen = before
        elif binding.kind == "attribute":
            seen = own is not None and any(_inside(binding.span, span) for span, _ in classes)
        elif own is not None:
            outer = home is None or any(home == span for span, _ in functions)
            seen = outer and binding.name.partition(".")[0] in read
        else:
            seen = False
        if seen and not (binding.name in found and home != own and _is_own(found, binding, own)):
            found[binding.name] = binding
    return tuple(sorted(found.values(), key=lambda binding: binding.span))


def _is_own(found: dict[str, Binding], binding: Binding, own: Span | None) -> bool:
    """Whether a name is already known from the function itself."""
    return own is not None and _inside(found[binding.name].span, own)


def _scopes(chunk: Chunk, body: Sequence[ast.stmt]) -> Iterator[_Scope]:
    """All functions and classes, outer ones first."""
    for statement in body:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield chunk.span(statement), statement
            yield from _scopes(chunk, statement.body)
        else:
            for blocks in ("body", "orelse", "finalbody"):
                inner = getattr(statement, blocks, None)
                if isinstance(inner, list):
                    yield from _scopes(chunk, inner)


def _home(scopes: Sequence[_Scope], span: Span) -> Span | None:
    """The innermost function around a place, None outside of all functions."""
    home = None
    for scope, node in scopes:
        if not isinstance(node, ast.ClassDef) and _inside(span, scope):
            home = scope
    return home


def _holds(scope: Span, part: int, line: int) -> bool:
    return scope.part == part and scope.line <= line <= scope.end_line


def _inside(span: Span, scope: Span) -> bool:
    return _holds(scope, span.part, span.line)


def _names(node: ast.AST) -> frozenset[str]:
    """The names that occur below a node."""
    return frozenset(inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name))
