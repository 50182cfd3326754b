"""Finds every sentence for people in the sources: the templates given to `text`.

A template may be written where `text` is called; or it is given to a function
that hands it on (`machine.unknown("…")`, `_say(failure, "…")`), a branch of an
`if` expression, a local variable, or an entry of a table of the module. What
cannot be read is an error: it could not be translated.
"""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("analyzers", "server", "runtime", "lessons")


@dataclass(frozen=True)
class Use:
    """A template at one place.

    fields: the names of the fields it is given; None where they are gathered
    at run time.
    """

    template: str
    path: str
    line: int
    fields: frozenset[str] | None


@dataclass(frozen=True)
class Unreadable:
    """A template that cannot be read from the source."""

    path: str
    line: int
    source: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.source}"


@dataclass(frozen=True)
class _Forwarder:
    """A function that hands a parameter on to `text` as the template.

    position: the parameter's among the arguments of a call. own: the fields
    that the function adds; None where they cannot be read. taken: its other
    parameters, which are no fields.
    """

    parameter: str
    position: int
    own: frozenset[str] | None
    taken: frozenset[str]


@dataclass
class _Module:
    path: str
    tree: ast.Module
    functions: dict[str, list[_Forwarder]] = field(default_factory=dict)
    """The module's own forwarders; `text` itself where it is imported."""


@dataclass(frozen=True)
class Collected:
    """All there is in the sources."""

    uses: tuple[Use, ...]
    unreadable: tuple[Unreadable, ...]

    def templates(self) -> dict[str, list[Use]]:
        """The uses of each template, in the order of the sources."""
        found: dict[str, list[Use]] = {}
        for use in self.uses:
            found.setdefault(use.template, []).append(use)
        return found


def collect(root: Path = ROOT) -> Collected:
    """Reads the sources of all rooms."""
    modules = [
        _Module(str(path.relative_to(root)), ast.parse(path.read_text(encoding="utf-8")))
        for room in ROOMS
        for path in sorted((root / room).rglob("*.py"))
    ]
    methods: dict[str, list[_Forwarder]] = {}
    for module in modules:
        _find_forwarders(module, methods)
    uses: list[Use] = []
    unreadable: list[Unreadable] = []
    for module in modules:
        for found in _uses(module, methods):
            (uses if isinstance(found, Use) else unreadable).append(found)  # type: ignore[arg-type]
    return Collected(tuple(uses), tuple(unreadable))


def placeholders(template: str) -> frozenset[str]:
    """The names in braces of a template.

    Raises:
        ValueError: the braces do not match.
    """
    names = (name for _, name, _, _ in string.Formatter().parse(template))
    return frozenset(name for name in names if name is not None)


def _find_forwarders(module: _Module, methods: dict[str, list[_Forwarder]]) -> None:
    """The functions of a module that hand a template on; and those that call them."""
    if any(
        isinstance(node, ast.ImportFrom)
        and (node.module or "").endswith("facts")
        and any(alias.name == "text" for alias in node.names)
        for node in ast.walk(module.tree)
    ):
        no_names: frozenset[str] = frozenset()
        module.functions["text"] = [_Forwarder("template", 0, no_names, no_names)]
    owners = _owners(module.tree)
    known = -1
    while known != (known := sum(map(len, module.functions.values()))):
        for function, is_method in owners.items():
            for call in ast.walk(function):
                for forwarder in _called(module, methods, call):
                    assert isinstance(call, ast.Call)
                    _note(module, methods, function, is_method, call, forwarder)


def _owners(tree: ast.Module) -> dict[ast.FunctionDef, bool]:
    """The functions, and whether each is a method."""
    found: dict[ast.FunctionDef, bool] = {}
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef):
                found[child] = isinstance(node, ast.ClassDef)
    return found


def _called(
    module: _Module, methods: dict[str, list[_Forwarder]], node: ast.AST
) -> list[_Forwarder]:
    if not isinstance(node, ast.Call):
        return []
    if isinstance(node.func, ast.Name):
        return module.functions.get(node.func.id, [])
    return methods.get(node.func.attr, []) if isinstance(node.func, ast.Attribute) else []


def _note(
    module: _Module,
    methods: dict[str, list[_Forwarder]],
    function: ast.FunctionDef,
    is_method: bool,
    call: ast.Call,
    forwarder: _Forwarder,
) -> None:
    parameters = [one.arg for one in function.args.posonlyargs + function.args.args]
    named = [one.arg for one in function.args.kwonlyargs]
    for template in _branches(_template(call, forwarder)):
        if not isinstance(template, ast.Name) or template.id not in parameters:
            continue
        own = _given(call, forwarder)
        rest = [word.value for word in call.keywords if word.arg is None]
        catch_all = function.args.kwarg.arg if function.args.kwarg else None
        if any(not isinstance(one, ast.Name) or one.id != catch_all for one in rest) or any(
            isinstance(node, ast.AugAssign) and getattr(node.target, "id", "") == catch_all
            for node in ast.walk(function)
        ):
            own = None
        found = _Forwarder(
            template.id,
            parameters.index(template.id) - is_method,
            own,
            frozenset([*parameters, *named]),
        )
        table = methods if is_method else module.functions
        if found not in table.setdefault(function.name, []):
            table[function.name].append(found)


def _given(call: ast.Call, forwarder: _Forwarder) -> frozenset[str] | None:
    """The fields at a call, but those behind `**`."""
    if forwarder.own is None:
        return None
    names = {word.arg for word in call.keywords if word.arg is not None}
    return forwarder.own | frozenset(names - forwarder.taken)


def _template(call: ast.Call, forwarder: _Forwarder) -> ast.expr | None:
    if forwarder.position < len(call.args):
        return call.args[forwarder.position]
    return next((w.value for w in call.keywords if w.arg == forwarder.parameter), None)


def _branches(node: ast.expr | None) -> Iterator[ast.expr]:
    if isinstance(node, ast.IfExp):
        yield from _branches(node.body)
        yield from _branches(node.orelse)
    elif node is not None:
        yield node


def _uses(module: _Module, methods: dict[str, list[_Forwarder]]) -> Iterator[Use | Unreadable]:
    tables = {
        target.id: node.value
        for node in module.tree.body
        if isinstance(node, (ast.Assign, ast.AnnAssign))
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name) and isinstance(node.value, ast.Dict)
    }
    functions: dict[ast.AST, ast.FunctionDef] = {}
    for function in _owners(module.tree):
        functions |= dict.fromkeys(ast.walk(function), function)
    for node in ast.walk(module.tree):
        for forwarder in _called(module, methods, node):
            assert isinstance(node, ast.Call)
            fields = _given(node, forwarder)
            if any(word.arg is None for word in node.keywords):
                fields = None
            for written in _branches(_template(node, forwarder)):
                texts = _read(written, functions.get(node), tables)
                if texts is None:
                    yield Unreadable(module.path, node.lineno, ast.unparse(node))
                for text in texts or []:
                    yield Use(text, module.path, node.lineno, fields)


def _read(
    node: ast.expr, function: ast.FunctionDef | None, tables: dict[str, ast.Dict]
) -> list[str] | None:
    """The templates that an expression may be; None if that cannot be seen.

    A parameter gives none: they are found where the function is called.
    """
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        values = tables[node.value.id].values if node.value.id in tables else []
        texts = [one.value for one in values if isinstance(one, ast.Constant)]
        return [str(text) for text in texts] if texts and len(texts) == len(values) else None
    if isinstance(node, ast.Name) and function is not None:
        if node.id in [one.arg for one in function.args.posonlyargs + function.args.args]:
            return []
        found: list[str] = []
        for statement in ast.walk(function):
            if isinstance(statement, ast.Assign) and any(
                isinstance(target, ast.Name) and target.id == node.id
                for target in statement.targets
            ):
                for branch in _branches(statement.value):
                    texts_of = _read(branch, None, tables)
                    if texts_of is None:
                        return None
                    found += texts_of
        return found or None
    return None
