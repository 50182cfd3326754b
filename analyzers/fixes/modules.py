"""Modules: how they are written, and how their layers are held."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..facts import text
from .base import Candidate
from .layer_arguments import class_of
from .site import Site
from .targets import without_item


def module_list(site: Site) -> Iterator[Candidate]:
    """`nn.ModuleList` around a Python list of layers."""
    for node in [site.node, *site.program.nodes()]:
        if not isinstance(node, (ast.List, ast.ListComp)):
            continue
        parent = site.program.parents.get(id(node))
        if not isinstance(parent, ast.Assign) or not isinstance(parent.targets[0], ast.Attribute):
            continue
        name = ast.unparse(parent.targets[0])
        if any(isinstance(n, ast.Call) for n in ast.walk(node)) or (
            not ast.unparse(node).strip("[]") and _appends(site, name)
        ):
            name = f"{site.nn}.ModuleList"
            edits = (site.before(node, f"{name}("), site.behind(node, ")"))
            new = f"{site.short(parent.targets[0])} = {name}(…)"
            title = text("Write `{new}`", new=new)
            yield site.candidate("module-list", title, edits, safe=True)
        if node is site.node:
            return


def _appends(site: Site, name: str) -> bool:
    return any(
        isinstance(node, ast.Call)
        and ast.unparse(node.func) == f"{name}.append"
        and any(isinstance(argument, ast.Call) for argument in node.args)
        for node in site.program.nodes()
    )


def super_init(site: Site) -> Iterator[Candidate]:
    """`super().__init__()` at the beginning of `__init__`."""
    function = site.program.function(site.node) if site.node is not None else None
    if function is None:
        return
    body = function.body
    first = body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    place = body[1] if documented and len(body) > 1 else first
    edit = site.line_before(place, "super().__init__()")
    if edit is not None:
        title = text("Insert `{line}`", line="super().__init__()")
        yield site.candidate("super-init", title, (edit,), safe=True)


def renamed_forward(site: Site) -> Iterator[Candidate]:
    """A misspelt `forward` by its name."""
    for cls in site.program.nodes():
        if not isinstance(cls, ast.ClassDef):
            continue
        for method in cls.body:
            if isinstance(method, ast.FunctionDef) and not method.name.startswith("__"):
                span = site.program.span(method)
                column = span.column + len("def ")
                at = type(span)(span.part, span.line, column, span.line, column + len(method.name))
                head = site.code(method)
                if method.decorator_list or not head.startswith(f"def {method.name}"):
                    continue
                title = text("Write `{new}` instead of `{old}`", new="forward", old=method.name)
                edit = type(site.behind(method, ""))(at, "forward")
                yield site.candidate("forward", title, (edit,))


def sequential(site: Site) -> Iterator[Candidate]:
    """`nn.Sequential` of layers one by one; a list that is called made a chain."""
    call = site.call
    if call is None:
        return
    if class_of(call) == "Sequential" and len(call.args) == 1:
        argument = call.args[0]
        if isinstance(argument, (ast.List, ast.Tuple)):
            inner = ", ".join(site.code(item) for item in argument.elts)
            if "\n" not in site.code(argument):
                yield site.rewrite("sequential", argument, inner, safe=True)
        title = text("Write `{new}`", new=f"{site.code(call.func)}(*{site.short(argument)})")
        yield site.candidate("sequential", title, (site.before(argument, "*"),), safe=True)
    made = site.maker(call.func) if isinstance(call.func, (ast.Name, ast.Attribute)) else None
    if isinstance(made, ast.Call) and class_of(made) == "ModuleList" and made.args:
        module = site.code(made.func)[: -len("ModuleList")]
        edits = (site.replace(made.func, f"{module}Sequential"), site.before(made.args[0], "*"))
        title = text("Write `{new}` instead of `{old}`", new="nn.Sequential(*…)", old="ModuleList")
        yield site.candidate("sequential", title, edits)


def returned(site: Site) -> Iterator[Candidate]:
    """`return x` at the end of a `forward` that returns nothing."""
    for function in site.program.nodes():
        if not isinstance(function, ast.FunctionDef):
            continue
        if function.name not in ("forward", "__getitem__"):
            continue
        if any(isinstance(n, ast.Return) for n in ast.walk(function)):
            continue
        last = function.body[-1]
        if isinstance(last, ast.Assign) and isinstance(last.targets[0], (ast.Name, ast.Tuple)):
            line = f"return {site.code(last.targets[0])}"
            edit = site.line_behind(last, line)
            if edit is not None:
                title = text("Insert `{line}`", line=line)
                yield site.candidate("return", title, (edit,), safe=True)


def parameters(site: Site) -> Iterator[Candidate]:
    """`model.parameters()` for the model."""
    if site.node is not None:
        yield site.write("parameters", site.node, ".parameters()", safe=True)


def parameter(site: Site) -> Iterator[Candidate]:
    """`nn.Parameter` around what takes a parameter's place."""
    statement = site.statement
    if isinstance(statement, ast.Assign):
        value, name = statement.value, f"{site.nn}.Parameter"
        edits = (site.before(value, f"{name}("), site.behind(value, ")"))
        title = text("Write `{new}`", new=f"{name}({site.short(value)})")
        yield site.candidate("parameter", title, edits, safe=True)


def fewer_layers(site: Site) -> Iterator[Candidate]:
    """A pooling layer less, where nothing is left to pool."""
    made = site.layer
    if made is None or "Pool" not in class_of(made):
        return
    removed = without_item(site, made)
    if removed is not None:
        title = text("Remove `{old}`", old=site.short(made))
        yield site.candidate("remove-layer", title, (removed,))


def batch_statistics(site: Site) -> Iterator[Candidate]:
    """`model.eval()` before a batch of one."""
    call, statement = site.call, site.statement
    if call is None or statement is None or "more than 1" not in site.raised:
        return
    if isinstance(call.func, (ast.Name, ast.Attribute)):
        line = f"{site.code(call.func)}.eval()"
        edit = site.line_before(statement, line)
        if edit is not None:
            title = text("Insert `{line}`", line=line)
            yield site.candidate("eval", title, (edit,))
