"""What a piece of syntax says about the values it may have."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Union

Function = Union[ast.FunctionDef, ast.AsyncFunctionDef]

_VALUES = (
    ast.Call, ast.BinOp, ast.UnaryOp, ast.Subscript, ast.Attribute, ast.Compare, ast.Await,
)  # fmt: skip
"""Expressions that may yield a tensor of their own."""

NEVER_TENSORS = (
    ast.Constant, ast.JoinedStr, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.ListComp,
    ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda, ast.Starred,
)  # fmt: skip
"""Expressions that never yield one, not even where they are bound to a name."""

_SCALAR_CALLS = frozenset((
    "len", "print", "isinstance", "issubclass", "range", "enumerate", "zip", "int", "float",
    "str", "bool", "super", "repr", "format", "type", "id", "hasattr", "open", "input",
    "locals", "globals", "vars", "dir", "list", "dict", "set", "tuple", "callable",
))  # fmt: skip
_SCALAR_ATTRIBUTES = frozenset((
    "shape", "dtype", "device", "ndim", "layout", "requires_grad", "is_cuda", "is_leaf",
    "training", "__class__", "__name__", "__dict__", "__doc__",
))  # fmt: skip
_LIBRARIES = frozenset((
    "torch", "numpy", "torchvision", "torchaudio", "math", "os", "sys", "matplotlib",
))  # fmt: skip
"""Modules whose attributes are no tensors."""

_COMPILED = frozenset((
    "jit", "njit", "vectorize", "guvectorize", "stencil", "cfunc", "overload", "script",
    "script_if_tracing",
))  # fmt: skip
"""Decorators that compile the function's code and could not call a recorder."""

_IDENTITY_TESTS = (ast.Is, ast.IsNot, ast.In, ast.NotIn)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_SCOPES = _FUNCTIONS + (ast.Lambda, ast.ClassDef)


def may_be_tensor(node: ast.AST, modules: frozenset[str]) -> bool:
    """Whether an expression may yield a tensor of its own.

    Args:
        modules: names of modules whose attributes are no tensors.
    """
    if not isinstance(node, _VALUES):
        return False
    if isinstance(node, ast.Call):
        return not (isinstance(node.func, ast.Name) and node.func.id in _SCALAR_CALLS)
    if isinstance(node, ast.Attribute):
        return (
            isinstance(node.ctx, ast.Load)
            and node.attr not in _SCALAR_ATTRIBUTES
            and _root(node) not in modules
        )
    if isinstance(node, ast.Subscript):
        return isinstance(node.ctx, ast.Load)
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        return not all(isinstance(test, _IDENTITY_TESTS) for test in node.ops) and not any(
            isinstance(side, ast.Constant) and isinstance(side.value, (str, bytes))
            for side in sides
        )
    if isinstance(node, ast.UnaryOp):
        return not isinstance(node.op, ast.Not) and not isinstance(node.operand, ast.Constant)
    if isinstance(node, ast.BinOp):
        sides = [node.left, node.right]
        return not any(isinstance(side, ast.JoinedStr) for side in sides) and not all(
            isinstance(side, ast.Constant) for side in sides
        )
    return True


def parts_of(value: ast.expr | None, targets: Sequence[ast.expr]) -> Sequence[ast.expr | None]:
    """The expressions that the parts of a target take; None where there is no such expression."""
    if (
        isinstance(value, (ast.Tuple, ast.List))
        and len(value.elts) == len(targets)
        and not any(isinstance(part, ast.Starred) for part in [*targets, *value.elts])
    ):
        return value.elts
    return [None] * len(targets)


def leaves(target: ast.expr) -> Iterator[ast.expr]:
    """The parts of a target that take one value each; no starred one."""
    if isinstance(target, (ast.Tuple, ast.List)):
        for part in target.elts:
            yield from leaves(part)
    elif not isinstance(target, ast.Starred):
        yield target


def is_chain(node: ast.AST) -> bool:
    """Whether reading it is `x` or `x.y.z`, and calls nothing of itself."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def is_compiled(function: Function) -> bool:
    """Whether a decorator compiles the function's code."""
    return any(_last_name(decorator) in _COMPILED for decorator in function.decorator_list)


def _last_name(node: ast.AST) -> str:
    """`c` of `c`, `a.b.c` and `a.b.c(…)`."""
    while isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _root(node: ast.AST) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def is_range(iterable: ast.expr) -> bool:
    """Whether it is `range(…)`, whose elements are no tensors."""
    return (
        isinstance(iterable, ast.Call)
        and isinstance(iterable.func, ast.Name)
        and iterable.func.id == "range"
    )


def has_call(nodes: Sequence[ast.AST]) -> bool:
    """Whether anything is called in them."""
    return any(isinstance(part, ast.Call) for node in nodes for part in ast.walk(node))


def has_yield(nodes: Sequence[ast.AST]) -> bool:
    """Whether a loop with this body yields: its rounds are not its own."""
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.Yield, ast.YieldFrom)):
            return True
        if not isinstance(node, _SCOPES):
            waiting += ast.iter_child_nodes(node)
    return False


def imported_libraries(tree: ast.Module) -> frozenset[str]:
    """Names that `import` binds to modules whose attributes are no tensors."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                root = alias.name.split(".")[0]
                if root in _LIBRARIES:
                    names.add(alias.asname or root)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "torch":
            # `from torch import nn, optim`: what it imports are modules, functions, classes.
            names.update(alias.asname or alias.name for alias in node.names)
    return frozenset(names)
