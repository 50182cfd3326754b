"""The surroundings of a trial: what it is called, what is called with it, and who could call it."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace

from ..facts import Problem
from ..source import Part, Source
from ..source.parse import parse_part
from .base import Trial


def layer_name(trial: Trial) -> str:
    """What a layer is called: the target of its assignment, without `self.`."""
    for node in _nodes(trial):
        if isinstance(node, ast.Assign) and node.value is trial.call:
            return ast.unparse(node.targets[0]).removeprefix("self.")
    return ast.unparse(trial.call.func)


def call_of(problem: Problem, trial: Trial) -> str | None:
    """The innermost call of which a problem's range is an argument, shortened."""
    span = problem.span
    found: list[tuple[int, str]] = []
    for chunk in parse_part(span.part, trial.source.parts[span.part].text):
        for node in (node for top in chunk.parsed.body for node in ast.walk(top)):
            if isinstance(node, ast.Call) and span in map(chunk.span, node.args):
                found.append((len(ast.unparse(node)), chunk.source(node, 40)))
    return min(found, default=(0, None))[1]


def constants_around(trial: Trial) -> list[int]:
    """The numbers in the statement around a trial, nearest before it first."""
    place = trial.chunk.span(trial.call)
    found: list[tuple[int, int, int]] = []
    for node in _nodes(trial):
        if isinstance(node, ast.Assign) and any(n is trial.call for n in ast.walk(node.value)):
            for inner in ast.walk(node.value):
                if isinstance(inner, ast.Constant) and type(inner.value) is int:
                    span = trial.chunk.span(inner)
                    if (span.line, span.column) < (place.line, place.column):
                        found.append((-span.line, -span.column, inner.value))
    return [number for _, _, number in sorted(found)]


def probe_of(trial: Trial) -> Callable[[Trial], Source] | None:
    """Adds a module that calls the container around a layer, for one that nothing calls yet.

    What goes through it is then searched for. None if there is no such container.
    """
    for top in trial.chunk.parsed.body:
        for owner in (top, *(n for n in ast.walk(top) if isinstance(n, ast.ClassDef))):
            for node in ast.walk(owner):
                if not isinstance(node, ast.Assign) or len(node.targets) != 1:
                    continue
                if not any(inner is trial.call for inner in ast.walk(node.value)):
                    continue
                target = ast.unparse(node.targets[0])
                if node is top:
                    return lambda trial: _added(trial, None, target)
                if isinstance(owner, ast.ClassDef) and target.startswith("self."):
                    name = owner.name
                    return lambda trial: _added(trial, name, target)
    return None


def _added(trial: Trial, class_name: str | None, target: str) -> Source:
    """The program with one more module at its end, whose `forward` calls the container."""
    if class_name is None:
        probe = [
            "import torch as _shapewise_torch",
            "class _ShapewiseProbe(_shapewise_torch.nn.Module):",
            "    def __init__(self):",
            "        super().__init__()",
            f"        self.probed = {target}",
        ]
        target = "self.probed"
    else:
        probe = [f"class _ShapewiseProbe({class_name}):"]
    probe += ["    def forward(self, _x):", f"        return {target}(_x)", ""]
    parts = list(trial.source.parts)
    parts[trial.part] = Part("\n".join([parts[trial.part].text, *probe]))
    return replace(trial.source, parts=tuple(parts))


def _nodes(trial: Trial) -> list[ast.AST]:
    return [node for top in trial.chunk.parsed.body for node in ast.walk(top)]
