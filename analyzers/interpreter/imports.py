"""Imports: libraries by name, the workspace's own modules by running them."""

from __future__ import annotations

import ast
from itertools import islice
from pathlib import Path

from ..source import Source, SourceError, read_source
from ..source.parse import parse_part
from ..values.model import Library, ModuleV, Scope, Unknown, Value
from . import libraries, scopes
from .machine import Frame, Machine, Raised
from .recorder import Recorder

_NEVER_LOCAL = frozenset({"torch", "numpy", "torchvision", "matplotlib", "math", "os", "sys"})


def import_module(machine: Machine, name: str) -> Value:
    """`import name`: a module of the workspace, else a library."""
    local = _find(machine, name, 0)
    if local is not None:
        return _load(machine, name, local)
    return Library(name)


def import_from(machine: Machine, node: ast.ImportFrom) -> None:
    """`from module import names`."""
    module = node.module or ""
    local = _find(machine, module, node.level)
    source: Value | None = _load(machine, module, local) if local is not None else None
    for alias in node.names:
        if alias.name == "*":
            _import_star(machine, module, source)
            continue
        value: Value
        if isinstance(source, ModuleV):
            found = source.scope.slots.get(alias.name)
            inner = _find(machine, f"{module}.{alias.name}".strip("."), node.level)
            if found is None and inner is not None:
                found = _load(machine, alias.name, inner)
            value = found or machine.unknown(
                "`{module}` has no `{name}`", module=module, name=alias.name
            )
        elif source is not None:
            value = source
        elif node.level:
            inner = _find(machine, alias.name, node.level)
            value = (
                _load(machine, alias.name, inner)
                if inner is not None
                else machine.unknown("the module `{module}` is not found", module=module)
            )
        else:
            value = libraries.named(machine, f"{module}.{alias.name}")
        scopes.bind(machine, alias.asname or alias.name, value)


def _import_star(machine: Machine, module: str, source: Value | None) -> None:
    if isinstance(source, ModuleV):
        for name, value in source.scope.slots.items():
            if not name.startswith("_"):
                scopes.bind(machine, name, value)
        return
    from .ask import resolve

    members = resolve(machine, module).get("members") or ()
    for member in members[1:] if members and members[0] in ("tuple", "list") else members:
        name = member[1] if isinstance(member, tuple) else member
        scopes.bind(machine, name, libraries.named(machine, f"{module}.{name}"))


def _find(machine: Machine, name: str, level: int) -> Path | None:
    """The file of a module of the workspace."""
    if machine.path is None or (not level and name.partition(".")[0] in _NEVER_LOCAL):
        return None
    folder = (machine.module_path or machine.path).parent
    for _ in range(level - 1):
        folder = folder.parent
    roots = [folder] if level else [folder, *_roots(machine.path)]
    for root in roots:
        target = root.joinpath(*name.split(".")) if name else root
        for candidate in (target.with_suffix(".py"), target / "__init__.py"):
            try:
                if candidate.is_file() and candidate != machine.path:
                    return candidate
            except OSError:
                continue
    return None


_ABOVE = 5
"""Folders above a file that are looked at for the project it belongs to."""


def _roots(path: Path) -> list[Path]:
    """Where a program's imports are looked for: beside it, above it, in its project's folder."""
    above = list(path.parents)[2:_ABOVE]
    marks = ("pyproject.toml", "setup.py")
    projects = (p for p in above if any((p / mark).is_file() for mark in marks))
    return [path.parent, path.parent.parent, *islice(projects, 1)]


def _load(machine: Machine, name: str, path: Path) -> Value:
    """Runs a module of the workspace once; its facts belong to its own file."""
    if path in machine.modules:
        return machine.modules[path]
    scope = Scope(None, "module")
    module = ModuleV(name, scope)
    machine.modules[path] = module
    try:
        unsaved = machine.unsaved.get(path)
        source = read_source(path) if unsaved is None else Source.of_text(unsaved, path)
    except SourceError as error:
        return Unknown(error.message)
    from .statements import run_statement

    recorder, machine.recorder = machine.recorder, Recorder()
    before, machine.module_path = machine.module_path, path
    frames, machine.frames = machine.frames, []
    part = -1 - len(machine.files)
    machine.files[part] = path
    catching, machine.catching = machine.catching, [("",)]
    try:
        for chunk in parse_part(part, source.parts[0].text):
            machine.frames = [Frame(scope, chunk)]
            for statement in chunk.parsed.body:
                try:
                    run_statement(machine, statement)
                except Raised:
                    continue
    finally:
        machine.recorder, machine.module_path = recorder, before
        machine.frames, machine.catching = frames, catching
    scope.slots.setdefault("__name__", Library(name))
    return module
