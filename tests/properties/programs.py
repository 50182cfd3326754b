"""Programs as steps: layers that are made, and lines that use them; and how such a program runs.

The same steps are written as a script, as a function, or as a module, and run line by line in
torch, in this process.
"""

from __future__ import annotations

import ast
import contextlib
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch

HEAD = (
    "import sys",
    "import torch",
    "import torch.nn as nn",
    "import torch.nn.functional as F",
)
LAYER = "§"
"""Stands before the name of a layer: `self.` in a module, nothing elsewhere."""


@dataclass(frozen=True)
class Step:
    """One operator of a chain.

    makes: statements that make layers; they name no tensor, unless the program is a script.
    uses: one statement that binds what comes out, or only calls something.
    """

    makes: tuple[str, ...]
    uses: str


@dataclass(frozen=True)
class Fact:
    """What is known of one tensor: the sizes may be dims of the analysis."""

    shape: tuple[int | str, ...]
    dtype: str
    requires_grad: bool | None


@dataclass
class Run:
    """What a real run showed.

    facts: by line and name. raised: the line at which it ended, and why.
    """

    facts: dict[tuple[int, str], Fact] = field(default_factory=dict)
    raised: tuple[int, str] | None = None


def script(inputs: tuple[str, ...], steps: tuple[Step, ...], sizes: tuple[str, ...] = ()) -> str:
    """The steps one after the other, with sizes that a run is started with."""
    lines = [*HEAD]
    lines += [f"{name} = int(sys.argv[{index}])" for index, name in enumerate(sizes, 1)]
    lines += [*inputs]
    for step in steps:
        lines += [*step.makes, step.uses]
    return "\n".join(lines).replace(LAYER, "") + "\n"


def function(parameters: tuple[str, ...], steps: tuple[Step, ...], result: str) -> str:
    """The steps as a function that nothing calls; the layers are made before it."""
    lines = [*HEAD, *(line for step in steps for line in step.makes), "", ""]
    lines += [f"def chain({', '.join(parameters)}):"]
    lines += [f"    {step.uses}" for step in steps]
    lines += [f"    return {result}"]
    return "\n".join(lines).replace(LAYER, "") + "\n"


def module(parameters: tuple[str, ...], steps: tuple[Step, ...], result: str) -> str:
    """The steps as the `forward` of a module that nothing calls."""
    lines = [*HEAD, "", "", "class Net(nn.Module):", "    def __init__(self):"]
    lines += ["        super().__init__()"]
    lines += [f"        {line}" for step in steps for line in step.makes]
    lines += ["", f"    def forward(self, {', '.join(parameters)}):"]
    lines += [f"        {step.uses}" for step in steps]
    lines += [f"        return {result}"]
    return "\n".join(lines).replace(LAYER, "self.") + "\n"


class Runner:
    """Executes statements, and notes what each binds."""

    def __init__(self, arguments: tuple[int, ...] = ()) -> None:
        self.run = Run()
        self.names: dict[str, Any] = {"__name__": "__main__"}
        self._sizes = {f"int(sys.argv[{index}])": size for index, size in enumerate(arguments, 1)}
        torch.manual_seed(0)

    def execute(self, statement: ast.stmt, names: dict[str, Any] | None = None) -> bool:
        """Runs one statement; False if it raised."""
        scope = self.names if names is None else names
        if isinstance(statement, ast.Assign):
            size = self._sizes.get(ast.unparse(statement.value))
            if size is not None:
                statement.value = ast.Constant(size, lineno=1, col_offset=0)
        code = compile(ast.Module([statement], []), "<chain>", "exec")
        try:
            with quiet():
                exec(code, scope)
        except Exception as error:
            self.run.raised = (statement.lineno, f"{type(error).__name__}: {error}")
            return False
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                value = scope.get(node.id)
                if isinstance(value, torch.Tensor):
                    self.run.facts[statement.lineno, node.id] = fact_of(value)
        return True


def fact_of(tensor: torch.Tensor) -> Fact:
    """What a real tensor is."""
    dtype = str(tensor.dtype).removeprefix("torch.")
    return Fact(tuple(tensor.shape), dtype, tensor.requires_grad)


def run_script(source: str, sizes: tuple[int, ...] = ()) -> Run:
    """Runs a script line by line until it ends or raises; `sizes` are its arguments."""
    runner = Runner(sizes)
    for statement in ast.parse(source).body:
        if not runner.execute(statement):
            break
    return runner.run


def parameters_of(source: str) -> tuple[str, ...]:
    """The parameters of the function, or of `forward`, that its body uses."""
    defined = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef)][-1]
    used = {n.id for s in defined.body for n in ast.walk(s) if isinstance(n, ast.Name)}
    names = [argument.arg for argument in defined.args.args]
    return tuple(name for name in names if name in used and name != "self")


def run_function(source: str, arguments: Mapping[str, torch.Tensor]) -> tuple[Run, object]:
    """Calls the function, or the `forward` of the module, line by line; its result too."""
    runner = Runner()
    body: list[ast.stmt] = []
    receiver: object = None
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.FunctionDef):
            body = statement.body
        elif isinstance(statement, ast.ClassDef):
            forward = statement.body.pop()
            assert isinstance(forward, ast.FunctionDef)
            body = forward.body
        if not runner.execute(statement):
            return runner.run, None
    if "Net" in runner.names:
        receiver = runner.names["Net"]()
    names = {**runner.names, "self": receiver, **arguments}
    *lines, last = body
    assert isinstance(last, ast.Return) and last.value is not None
    for line in lines:
        if not runner.execute(line, names):
            return runner.run, None
    return runner.run, eval(ast.unparse(last.value), names)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Without the warnings of torch."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
