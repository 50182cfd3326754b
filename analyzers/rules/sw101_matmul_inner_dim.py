"""SW101 matmul-inner-dim: the inner sizes of a matrix product differ."""

from __future__ import annotations

from ..facts import text
from ..interpreter.failures import Failure
from .base import Finding, Rule, matches
from .describe import function_name, layer_of, name_of, origins, shape_of


def _find(failure: Failure) -> Finding | None:
    found = matches(
        failure,
        r"mat1 and mat2 shapes cannot be multiplied \((.+?)x(.+?) and (.+?)x(.+?)\)",
        r"size mismatch, got input \((.+?)\), mat \((.+?)x(.+?)\), vec \((.+?)\)",
        r"Expected size for first two dimensions of batch2 tensor to be: \[(.+?), (.+?)\]"
        r" but got: \[(.+?), (.+?)\]",
        r"inconsistent tensor size, expected tensor \[(.+?)\] and src \[(.+?)\]",
        r"(?:batch1|self|mat2|batch2|vector|input|both arguments) (?:must be|to matmul)",
        r"1D tensors expected, but got",
        r"vector \+ matrix @ vector expected",
        r"both arguments to (?:linear|matmul)",
        r"Batch sizes of matrices must match",
        r"matmul: Input operand 1 has a mismatch in its core dimension",
        r"shapes \(.*\) and \(.*\) not aligned",
    )
    if not found and not _broadcast_of_matmul(failure):
        return None
    layer = layer_of(failure)
    if layer is not None and found and found.lastindex == 4:
        message = text(
            "`{name}` is {shape}: its last size is {got}, but `{layer}` wants {wanted}",
            name=name_of(failure, 1),
            shape=shape_of(failure, 1),
            got=found.group(2),
            layer=failure.call.machine.frame.chunk.source(failure.call.node, 30).split("(")[0],
            wanted=found.group(3),
        )
        return Finding(message, 1, origins(failure, 1))
    if len(failure.call.args) >= 2:
        message = text(
            "`{left}` is {left_shape} and `{right}` is {right_shape}: for `{operator}` the inner "
            "sizes must be equal",
            left=name_of(failure, 0),
            left_shape=shape_of(failure, 0),
            right=name_of(failure, 1),
            right_shape=shape_of(failure, 1),
            operator=function_name(failure),
        )
        return Finding(message, 1, origins(failure, 0, 1))
    return None


def _broadcast_of_matmul(failure: Failure) -> bool:
    return failure.name.rpartition(".")[2] in ("matmul", "bmm", "baddbmm") and bool(
        matches(failure, r"The size of tensor a", r"expected (?:batch|to have)")
    )


RULE = Rule("SW101", "matmul-inner-dim", "error", _find)
