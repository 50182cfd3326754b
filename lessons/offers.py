"""Which lessons belong to a place: by the diagnostics there, and by the operators."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..analyzers.facts import Analysis
from .model import Lesson, Pack

_SIGNS: dict[type[ast.operator], str] = {
    ast.MatMult: "@",
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
}

_LAYER = re.compile(r"([A-Z]\w*)\(")

Offer = tuple[Pack, Lesson]


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator in a program. name: its sign, or the last part of its name.

    method: it is called on an object, as `x.view(…)`.
    """

    name: str
    method: bool = False


def operators_at(
    program: str, line: int, column: int, analysis: Analysis | None = None, part: int = 0
) -> list[Operator]:
    """The operators on a line: those around the position first, the innermost before all.

    Args:
        line, column: counted from 1.
        analysis: tells which layer a name such as `self.fc` is.
    """
    tree = _parsed(program, line)
    if tree is None:
        return []
    layers = _layers(analysis, part)
    found: list[tuple[tuple[bool, int, int], Operator]] = []
    for node in ast.walk(tree):
        place = _place(node)
        if place is None or not place[0] <= line <= place[2]:
            continue
        first, start, last, end = place
        inside = (first, start + 1) <= (line, column) <= (last, end + 1)
        # What only goes on over the line, as a function around it does, is not meant.
        if not inside and first != line:
            continue
        size = (last - first) * 10_000 + end - start
        for operator in _operators_of(node, layers):
            found.append(((not inside, size if inside else 0, start), operator))
    found.sort(key=lambda item: item[0])
    return list(dict.fromkeys(operator for _, operator in found))


def _parsed(program: str, line: int) -> ast.AST | None:
    """The program's syntax; of one that does not parse, the line's."""
    try:
        return ast.parse(program)
    except (SyntaxError, ValueError, RecursionError):
        pass
    lines = program.split("\n")
    if line > len(lines):
        return None
    alone = lines[line - 1].strip()
    indent = len(lines[line - 1]) - len(lines[line - 1].lstrip())
    for text in (alone, alone.removesuffix(":") + ": pass"):
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.expr | ast.stmt):
                node.lineno = node.end_lineno = line
                node.col_offset += indent
                node.end_col_offset = (node.end_col_offset or 0) + indent
        return tree
    return None


def _place(node: ast.AST) -> tuple[int, int, int, int] | None:
    if not isinstance(node, ast.BinOp | ast.AugAssign | ast.Call | ast.Subscript | ast.Attribute):
        return None
    if node.end_lineno is None or node.end_col_offset is None:
        return None
    return node.lineno, node.col_offset, node.end_lineno, node.end_col_offset


def _operators_of(node: ast.AST, layers: dict[str, str]) -> Iterator[Operator]:
    if isinstance(node, ast.BinOp | ast.AugAssign):
        sign = _SIGNS.get(type(node.op))
        if sign is not None:
            yield Operator(sign)
    elif isinstance(node, ast.Subscript):
        yield Operator("[]")
    elif isinstance(node, ast.Attribute):
        # `x.T`, `x.shape`; a call's own name is found with the call, too.
        yield Operator(node.attr, method=True)
    elif isinstance(node, ast.Call):
        layer = layers.get(ast.unparse(node.func))
        if layer is not None:
            yield Operator(layer)
        if isinstance(node.func, ast.Name):
            yield Operator(node.func.id)


def _layers(analysis: Analysis | None, part: int) -> dict[str, str]:
    """The layers that names stand for: `self.fc` is a `Linear`."""
    layers = {}
    for value in analysis.values if analysis is not None else ():
        found = _LAYER.match(value.summary) if value.span.part == part else None
        if found is not None:
            layers[value.source] = found[1]
    return layers


def offers(
    lessons: Iterable[Offer], codes: Iterable[str], operators: Iterable[Operator]
) -> list[Offer]:
    """The lessons of some diagnostics, then those of operators, each once.

    Of several for the same, one about fewer things is nearer to the point.
    """
    every = list(lessons)
    found: dict[tuple[str, str], Offer] = {}
    by_codes = sorted(every, key=lambda offer: len(offer[1].triggers.codes))
    by_operators = sorted(every, key=lambda offer: len(offer[1].triggers.operators))
    for code in codes:
        for pack, lesson in by_codes:
            if code in lesson.triggers.codes:
                found.setdefault((pack.id, lesson.id), (pack, lesson))
    for operator in operators:
        for pack, lesson in by_operators:
            if any(_matches(trigger, operator) for trigger in lesson.triggers.operators):
                found.setdefault((pack.id, lesson.id), (pack, lesson))
    return list(found.values())


def _matches(trigger: str, operator: Operator) -> bool:
    if trigger.rpartition(".")[2] != operator.name:
        return False
    return operator.method or not trigger.startswith("Tensor.")
