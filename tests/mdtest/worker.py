"""Runs programs for real, statement by statement: a child process of `real.py`.

Reads one JSON object a line, `{"source": text, "skip": [line, …]}`, and writes
one: `{"seen": [[line, name, shape, dtype, device, grad], …], "raised": [[line, text], …],
"accelerator": bool}`. `skip` names the first lines of statements that need an accelerator.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import sys
import tempfile
import traceback
import types
import warnings
from collections.abc import Iterator
from typing import Any

import numpy
import torch

FILE = "<block>"
RECORD = "__record__"


class Instrument(ast.NodeTransformer):
    """Calls `__record__(line, name, value)` wherever a name is bound."""

    def __init__(self, skip: list[int]) -> None:
        self.skip = skip

    def visit(self, node: ast.AST) -> Any:
        if isinstance(node, ast.stmt) and node.lineno in self.skip:
            return ast.copy_location(ast.Pass(), node)
        return super().visit(node)

    def visit_Assign(self, node: ast.Assign | ast.AugAssign | ast.AnnAssign) -> Any:
        self.generic_visit(node)
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return [node, *(_statement(call) for t in targets for call in _records(t) if node.value)]

    visit_AugAssign = visit_AnnAssign = visit_Assign

    def visit_For(self, node: ast.For) -> Any:
        self.generic_visit(node)
        node.body[:0] = [_statement(call) for call in _records(node.target)]
        return node

    def visit_With(self, node: ast.With) -> Any:
        self.generic_visit(node)
        targets = [item.optional_vars for item in node.items if item.optional_vars]
        node.body[:0] = [_statement(call) for target in targets for call in _records(target)]
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        self.generic_visit(node)
        names = [n for n in ast.walk(node.args) if isinstance(n, ast.arg)]
        node.body[:0] = [_statement(_record(n, n.arg, _load(n, n.arg))) for n in names]
        return node

    def visit_NamedExpr(self, node: ast.NamedExpr) -> Any:
        self.generic_visit(node)
        node.value = _record(node, node.target.id, node.value)
        return node

    def visit_comprehension(self, node: ast.comprehension) -> Any:
        self.generic_visit(node)
        calls: list[ast.expr] = list(_records(node.target))
        node.ifs[:0] = [ast.copy_location(ast.Tuple(calls, ast.Load()), node.target)]
        return node


def _records(target: ast.expr) -> Iterator[ast.Call]:
    if isinstance(target, ast.Tuple | ast.List):
        for item in target.elts:
            yield from _records(item)
    elif isinstance(target, ast.Name | ast.Attribute):
        text = ast.unparse(target)
        yield _record(target, text, _load(target, text))


def _load(node: ast.AST, text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _record(node: ast.expr | ast.arg, name: str, value: ast.expr) -> ast.Call:
    arguments: list[ast.expr] = [ast.Constant(node.lineno), ast.Constant(name), value]
    return ast.copy_location(ast.Call(ast.Name(RECORD, ast.Load()), arguments, []), node)


def _statement(call: ast.Call) -> ast.Expr:
    return ast.copy_location(ast.Expr(call), call)


def run(source: str, skip: list[int]) -> dict[str, Any]:
    """Runs a program; a statement that raises is left, and the next one runs."""
    seen: dict[tuple[object, ...], None] = {}
    raised: list[tuple[int, str]] = []

    def record(line: int, name: str, value: Any) -> Any:
        seen[(line, name, *_describe(value))] = None
        return value

    accelerator = torch.cuda.is_available()
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    module.__dict__[RECORD] = record
    instrument = Instrument([] if accelerator else skip)
    for node in ast.parse(source).body:
        # The calls that record what a statement binds go with it: it may raise.
        unit = instrument.visit(node)
        body = ast.Module(unit if isinstance(unit, list) else [unit], [])
        try:
            code = compile(ast.fix_missing_locations(body), FILE, "exec", dont_inherit=True)
            exec(code, module.__dict__)
        except BaseException as error:
            frames = traceback.extract_tb(error.__traceback__)
            lines = [frame.lineno for frame in frames if frame.filename == FILE]
            raised.append((lines[-1] or 0, f"{type(error).__name__}: {error}"))
    return {"seen": list(seen), "raised": raised, "accelerator": accelerator}


def _describe(value: Any) -> tuple[object, ...]:
    try:
        if isinstance(value, torch.Tensor):
            dtype = str(value.dtype).removeprefix("torch.")
            return tuple(value.shape), dtype, str(value.device), value.requires_grad
        if isinstance(value, numpy.ndarray):
            return value.shape, str(value.dtype), None, None
    except RuntimeError:  # a lazy layer's parameter has no shape yet
        pass
    return None, None, None, None


def main() -> None:
    """Serves until the input ends."""
    answers = sys.stdout
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    for line in sys.stdin:
        torch.manual_seed(0)
        torch.set_grad_enabled(True)
        torch.set_default_dtype(torch.float32)
        request = json.loads(line)
        # What a program saves goes away with its folder.
        with (
            tempfile.TemporaryDirectory() as folder,
            contextlib.chdir(folder),
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
        ):
            outcome = run(request["source"], request["skip"])
        print(json.dumps(outcome), file=answers, flush=True)


if __name__ == "__main__":
    main()
