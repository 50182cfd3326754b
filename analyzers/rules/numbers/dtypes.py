"""Dtypes that do not go together."""

from __future__ import annotations

import re

from ...explain.model import DtypeExplanation, Explanation, Operand
from ...interpreter.failures import Failure
from ..describe import function_name, label, layer_of, tensors
from .operands import of_tensor, operand_of

_SIZES = {
    "bool": (0, 1),
    "uint8": (1, 8),
    "int8": (1, 8),
    "int16": (1, 16),
    "int32": (1, 32),
    "int64": (1, 64),
    "float16": (2, 16),
    "bfloat16": (2, 16),
    "float32": (2, 32),
    "float64": (2, 64),
    "complex64": (3, 64),
    "complex128": (3, 128),
}
"""The kind of a dtype and its bits: a higher kind wins, then more bits."""


def promoted(left: str | None, right: str | None) -> str:
    """The dtype in which two tensors with axes meet; empty where it is not known here."""
    if left not in _SIZES or right not in _SIZES:
        return ""
    if left == right:
        return left
    a, b = _SIZES[left], _SIZES[right]
    if a == b:
        return {"uint8": "int16", "int8": "int16"}.get(left, "float32")
    higher = left if a > b else right
    if higher == "complex64" and "float64" in (left, right):
        return "complex128"
    return higher


def operands(failure: Failure) -> Explanation | None:
    """An input and the weights of a layer, or two operands."""
    found = tensors(failure)
    layer = layer_of(failure)
    if layer is not None:
        wanted = str(layer.slots.get("$dtype") or "float32")
        odd = next((pair for pair in found if pair[1].sig.dtype != wanted), None)
        if odd is None:
            return None
        name = label(failure)
        plain = name.replace(".", "_").isidentifier()
        weight = Operand(f"{name}.weight" if plain else f"{name}: weight", None, wanted)
        left = of_tensor(failure.source(odd[0]), odd[1])
        return DtypeExplanation(left, weight, name, "same", promoted(left.dtype, wanted))
    for index, tensor in found[1:]:
        if tensor.sig.dtype != found[0][1].sig.dtype:
            left = of_tensor(failure.source(found[0][0]), found[0][1])
            right = of_tensor(failure.source(index), tensor)
            return DtypeExplanation(
                left, right, function_name(failure), "same", promoted(left.dtype, right.dtype)
            )
    return None


def target(failure: Failure) -> Explanation | None:
    """A prediction and a target."""
    first = 1 if failure.kind == "forward" else 0
    prediction, wanted = operand_of(failure, first), operand_of(failure, first + 1)
    if prediction is None or wanted is None:
        return None
    name, said = function_name(failure), failure.error.text
    if "expected target dtype to be" in said:
        return DtypeExplanation(prediction, wanted, name, "classes")
    if "Expected floating point type for target" in said:
        return DtypeExplanation(prediction, wanted, name, "probabilities")
    if re.search(r"not implemented for '|could not infer output dtype", said):
        return DtypeExplanation(prediction, wanted, name, "floating")
    return DtypeExplanation(prediction, wanted, name, "same")


def floating(failure: Failure) -> Explanation | None:
    """Whole numbers where fractions are computed."""
    found = tensors(failure)
    if not found:
        return None
    left = of_tensor(failure.source(found[0][0]), found[0][1])
    return DtypeExplanation(left, Operand("", None), function_name(failure), "floating")


def index(failure: Failure) -> Explanation | None:
    """An index or a mask of another dtype."""
    found = tensors(failure)
    if not found or (failure.name == "operator.getitem" and found[-1][0] == 0):
        return None
    odd = of_tensor(failure.source(found[-1][0]), found[-1][1])
    masked = re.search(r"boolean mask|BoolTensor", failure.error.text)
    return DtypeExplanation(
        odd, Operand("", None), function_name(failure), "mask" if masked else "index"
    )


def in_place(failure: Failure) -> Explanation | None:
    """A tensor that would have to change its dtype."""
    if not re.search(r"result type \w+ can't be cast", failure.error.text):
        return None
    left, right = operand_of(failure, 0), operand_of(failure, 1)
    if left is None:
        return None
    return DtypeExplanation(left, right or Operand("", None), function_name(failure), "keeps")
