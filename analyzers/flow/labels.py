"""What is written on the boxes: short code."""

from __future__ import annotations

import ast

_MAX_ARGUMENTS = 28

OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "+",
    ast.Sub: "−",
    ast.Mult: "×",
    ast.Div: "÷",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.MatMult: "@",
    ast.USub: "−",
    ast.Invert: "~",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "≤",
    ast.Gt: ">",
    ast.GtE: "≥",
}


def is_layer(summary: str) -> bool:
    """Whether a summary is that of a module: `Linear(784, 10)`, `Net`."""
    name = summary.partition("(")[0]
    return name.isidentifier() and name[:1].isupper()


def binary_label(node: ast.BinOp) -> str:
    sign = OPERATORS.get(type(node.op), "?")
    if isinstance(node.right, ast.Constant):
        return f"{sign} {ast.unparse(node.right)}"
    if isinstance(node.left, ast.Constant):
        return f"{ast.unparse(node.left)} {sign}"
    return sign


def called(node: ast.Call) -> str:
    """The last name of what is called."""
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else ast.unparse(function)


def call_label(node: ast.Call) -> str:
    """`F.max_pool2d(x, 2)` is `max_pool2d(2)`: what is no tensor stays."""
    name = called(node)
    shown = [ast.unparse(value) for value in node.args if _is_plain(value)]
    shown += [ast.unparse(k) for k in node.keywords if k.arg is not None and _is_plain(k.value)]
    arguments = ", ".join(shown)
    if not arguments:
        return name
    if len(arguments) > _MAX_ARGUMENTS:
        arguments = arguments[: _MAX_ARGUMENTS - 1] + "…"
    return f"{name}({arguments})"


def _is_plain(node: ast.expr) -> bool:
    """Whether an argument is a number, a text, or made of them."""
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.UnaryOp):
        return _is_plain(node.operand)
    if isinstance(node, (ast.Tuple, ast.List)):
        return all(map(_is_plain, node.elts))
    return False
