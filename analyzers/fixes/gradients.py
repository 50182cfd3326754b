"""Gradients: what belongs under `no_grad`, what is kept, what is cut off."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from ..facts import Span, text
from .base import Candidate, Edit
from .dtypes import CREATORS
from .layer_arguments import class_of
from .site import Site, holds_lines
from .sizes import out_of_place


def under_no_grad(site: Site) -> Iterator[Candidate]:
    """An update of a parameter, put under `torch.no_grad()`."""
    if site.statement is None:
        return
    edits = site.indented([site.statement], "with torch.no_grad():")
    if edits is not None:
        title = text("Put it under `{header}`", header="with torch.no_grad():")
        yield site.candidate("no-grad", title, edits, safe=True)


def called_no_grad(site: Site) -> Iterator[Candidate]:
    """`torch.no_grad()` for `torch.no_grad`."""
    if site.node is not None:
        yield site.write("no-grad", site.node, "()", safe=True)


def out_of_no_grad(site: Site) -> Iterator[Candidate]:
    """What a loss depends on, taken out of `with torch.no_grad():`."""
    for node in site.program.nodes():
        if not isinstance(node, ast.With) or "no_grad" not in ast.unparse(node.items[0]):
            continue
        if len(node.items) > 1 or any(map(holds_lines, node.body)):
            continue
        span, first = site.program.span(node), site.program.span(node.body[0])
        header = site.program.span(node.items[0].context_expr).end_line
        if first.line == header or span > site.problem.span:
            continue
        edits = [Edit(replace(span, column=1, end_line=header + 1, end_column=1), "")]
        lines = site.lines(node)
        for line in range(header + 1, span.end_line + 1):
            # A comment or an empty line may begin farther left.
            code = lines[line - span.line][span.column - 1 : first.column - 1]
            end = span.column + len(code) - len(code.lstrip())
            edits.append(Edit(Span(span.part, line, span.column, line, end), ""))
        title = text("Remove `{old}`", old="with torch.no_grad():")
        yield site.candidate("no-grad", title, tuple(edits))


def leaf(site: Site) -> Iterator[Candidate]:
    """A tensor that records gradients from the start."""
    for node in site.program.nodes():
        if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
            continue
        if site.program.span(node) > site.problem.span:
            continue
        made = node.value
        name = ast.unparse(made.func)
        given = any(keyword.arg == "requires_grad" for keyword in made.keywords)
        if name.startswith("torch.") and class_of(made) in CREATORS and not given:
            new = "requires_grad=True"
            title = text("Write `{new}` in `{old}`", new=new, old=site.short(made))
            yield site.candidate("leaf", title, (site.with_argument(made, new),))


def once_more(site: Site) -> Iterator[Candidate]:
    """What is carried from round to round cut off; else a graph that is kept."""
    statement = site.statement
    loop = (
        next(
            (n for n in site.program.around(statement) if isinstance(n, (ast.For, ast.While))), None
        )
        if statement is not None
        else None
    )
    if loop is not None and isinstance(loop, (ast.For, ast.While)):
        yield from _carried(site, loop)
    node = site.node
    if not isinstance(node, ast.Call) or loop is not None:
        return
    for other in site.program.nodes():
        if (
            isinstance(other, ast.Call)
            and site.program.span(other) < site.program.span(node)
            and ast.dump(other) == ast.dump(node)
        ):
            new = "retain_graph=True"
            title = text("Write `{new}` in `{old}`", new=new, old=site.short(other))
            yield site.candidate("retain-graph", title, (site.with_argument(other, new),))
            removed = site.without(statement) if isinstance(statement, ast.Expr) else None
            if statement is not None and removed is not None:
                title = text("Remove `{old}`", old=site.short(statement))
                yield site.candidate("retain-graph", title, (removed,))


def _carried(site: Site, loop: ast.For | ast.While) -> Iterator[Candidate]:
    bound = [
        name.id
        for statement in loop.body
        for name in ast.walk(statement)
        if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
    ]
    for name in dict.fromkeys(bound):
        earlier = [a for a in site.program.assignments(name) if a not in set(ast.walk(loop))]
        if not earlier:
            continue
        for line in (f"{name} = {name}.detach()", f"{name} = tuple(s.detach() for s in {name})"):
            edit = site.line_before(loop.body[0], line)
            if edit is not None:
                title = text("Insert `{line}`", line=line)
                yield site.candidate("detach", title, (edit,))


def unchanged(site: Site) -> Iterator[Candidate]:
    """`y = y + 1` for `y += 1`, which destroys what the gradient needs."""
    for node in site.program.nodes():
        if isinstance(node, ast.AugAssign) and site.program.span(node) < site.problem.span:
            yield out_of_place(site, node)
    for call in site.program.nodes():
        if isinstance(call, ast.Call):
            for keyword in call.keywords:
                if keyword.arg == "inplace" and ast.unparse(keyword.value) == "True":
                    yield site.rewrite("out-of-place", keyword.value, "False")
            if isinstance(call.func, ast.Attribute) and _in_place(call.func.attr):
                statement = site.program.statement(call)
                if isinstance(statement, ast.Expr) and statement.value is call:
                    owner = site.code(call.func.value)
                    arguments = site.code(call)[len(site.code(call.func)) :]
                    new = f"{owner} = {owner}.{call.func.attr[:-1]}{arguments}"
                    yield site.rewrite("out-of-place", statement, new)


def _in_place(name: str) -> bool:
    return name.endswith("_") and not name.endswith("__")


def kept_gradient(site: Site) -> Iterator[Candidate]:
    """`retain_grad()` for the result of an operation."""
    node = site.node
    if not isinstance(node, ast.Attribute):
        return
    name = site.code(node.value)
    above = [a for a in site.program.assignments(name) if site.program.span(a) < site.problem.span]
    if above:
        edit = site.line_behind(above[-1], f"{name}.retain_grad()")
        if edit is not None:
            title = text("Insert `{line}`", line=f"{name}.retain_grad()")
            yield site.candidate("retain-grad", title, (edit,))


def gradient_first(site: Site) -> Iterator[Candidate]:
    """Gradients set back only where there are some."""
    statement, node = site.statement, site.node
    if isinstance(statement, ast.Expr) and node is not None:
        header = f"if {site.code(node)} is not None:"
        edits = site.indented([statement], header)
        if edits is not None:
            title = text("Put it under `{header}`", header=header)
            yield site.candidate("guard", title, edits)
