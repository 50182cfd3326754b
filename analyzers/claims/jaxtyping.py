"""Annotations: `Float[Tensor, "b 784"]` of jaxtyping, and plain `torch.Tensor`."""

from __future__ import annotations

import ast

from .dims import of_jaxtyping
from .model import Claim

_DTYPES = {
    "Shaped": "",
    "Num": "number",
    "Real": "",
    "Inexact": "inexact",
    "Float": "floating",
    "Complex": "complex",
    "Int": "integer",
    "Integer": "integer",
    "UInt": "integer",
    "Bool": "bool",
    **{f"Float{bits}": f"float{bits}" for bits in (16, 32, 64)},
    **{f"Int{bits}": f"int{bits}" for bits in (8, 16, 32, 64)},
    **{f"UInt{bits}": f"uint{bits}" for bits in (8, 16, 32, 64)},
    **{f"Complex{bits}": f"complex{bits}" for bits in (64, 128)},
    "BFloat16": "bfloat16",
}
_ARRAYS = ("Tensor", "ndarray", "NDArray", "Array", "Parameter")
_SAME = {
    "FloatTensor": "float32",
    "DoubleTensor": "float64",
    "LongTensor": "int64",
    "IntTensor": "int32",
    "BoolTensor": "bool",
    "ByteTensor": "uint8",
}


def of_annotation(node: ast.expr | None) -> Claim | None:
    """What an annotation claims; None if it is none of a tensor.

    `Optional[…]` and `… | None` claim it of what is not None.
    """
    if node is None:
        return None
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return _quoted(node.value)
    inner = _without_none(node)
    if inner is not None:
        found = of_annotation(inner)
        return _optional(found) if found is not None else None
    if isinstance(node, ast.Subscript):
        return _subscript(node)
    if _last_name(node) == "Tensor":
        return Claim(None, "annotation", ast.unparse(node))
    if _last_name(node) in _SAME:
        return Claim(None, "annotation", ast.unparse(node), _SAME[_last_name(node)])
    return None


def _quoted(text: str) -> Claim | None:
    if len(text) > 200:
        return None
    try:
        return of_annotation(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _subscript(node: ast.Subscript) -> Claim | None:
    family = _last_name(node.value)
    inner = node.slice
    if family not in _DTYPES or not isinstance(inner, ast.Tuple) or len(inner.elts) != 2:
        return None
    array, text = inner.elts
    if _last_name(array) not in _ARRAYS:
        return None
    if not (isinstance(text, ast.Constant) and isinstance(text.value, str)):
        return None
    sizes = of_jaxtyping(text.value)
    if sizes is None:
        return None
    return Claim(sizes, "annotation", ast.unparse(node), _DTYPES[family])


def _optional(claim: Claim) -> Claim:
    return Claim(claim.sizes, claim.kind, claim.source, claim.dtype, optional=True)


def _without_none(node: ast.expr) -> ast.expr | None:
    """The other half of a union with None."""
    if isinstance(node, ast.Subscript) and _last_name(node.value) == "Optional":
        return node.slice
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        sides = [node.left, node.right]
        others = [s for s in sides if not (isinstance(s, ast.Constant) and s.value is None)]
        return others[0] if len(others) == 1 else None
    return None


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""
