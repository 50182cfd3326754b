"""How facts are written for people: `Tensor (32, 784) float32 cpu`."""

from __future__ import annotations

from ..analyzers.facts import Origin, Signature, TensorFact, Text, text
from ..runtime.oracle.dims import Dim
from .settings import HintStyle

_KINDS = {"tensor": "Tensor", "parameter": "Parameter", "ndarray": "ndarray"}
_MAX_SOURCE = 60


def shape_code(shape: tuple[Dim, ...] | None) -> str:
    """A shape as a Python tuple, symbols without quotes; `(…)` where the rank is not known."""
    if shape is None:
        return "(…)"
    if len(shape) == 1:
        return f"({shape[0]},)"
    return "(" + ", ".join(str(dim) for dim in shape) + ")"


def fact_code(fact: TensorFact) -> str:
    """One line, what is known: `Tensor (32, 784) float32 cpu requires_grad=True`."""
    words = [_KINDS[fact.kind], shape_code(fact.shape), fact.dtype, fact.device]
    if fact.requires_grad:
        words.append("requires_grad=True")
    return " ".join(word for word in words if word)


def hint_code(fact: TensorFact, style: HintStyle) -> str | None:
    """The text of an inlay hint, None where there is nothing to show."""
    if fact.shape is None:
        return None
    words = [shape_code(fact.shape)]
    if style != "shape" and fact.dtype:
        words.append(fact.dtype)
    if style == "full":
        if fact.device:
            words.append(fact.device)
        if fact.requires_grad:
            words.append("requires_grad")
    return " ".join(words) + ("?" if fact.expected else "")


def signature_code(signature: Signature) -> str:
    """What a function takes and returns: `(N, 784) → (N, 10)`, with several parameters named."""
    shapes = [(name, shape_code(fact.shape)) for name, fact in signature.parameters]
    if len(shapes) == 1:
        taken = shapes[0][1]
    else:
        taken = ", ".join(f"{name} {shape}" for name, shape in shapes)
    return f"{taken} → {signature.returns}" if signature.returns else taken


def source_code(source: str) -> str:
    """A piece of the learner's program on one line, shortened in the middle."""
    line = " ".join(source.split()).replace("`", "'")
    if len(line) <= _MAX_SOURCE:
        return line
    half = (_MAX_SOURCE - 1) // 2
    return f"{line[:half].rstrip()}…{line[-half:].lstrip()}"


def _claim_text(claim: str, source: str) -> Text:
    """That a value is known because the program says so of itself."""
    if claim == "annotation":
        return text("as the annotation says: `{source}`", source=source)
    if claim == "assert":
        return text("as the assert says: `{source}`", source=source)
    if claim == "docstring":
        return text("as the docstring says: `{source}`", source=source)
    return text("as the comment says: `{source}`", source=source)


def origin_text(origin: Origin, part: int | None) -> Text:
    """Where a value came from, as seen from a part of a notebook; None where no line is shown."""
    source = source_code(origin.source)
    if origin.claim:
        return _claim_text(origin.claim, source)
    if part is None:
        return text("from `{source}`", source=source)
    if origin.span.part == part:
        return text("from `{source}`, line {line}", source=source, line=origin.span.line)
    return text(
        "from `{source}`, cell {cell}, line {line}",
        source=source,
        cell=origin.span.part + 1,
        line=origin.span.line,
    )
