"""What a run saw, in words and marks: for hovers and hints."""

from __future__ import annotations

from collections.abc import Sequence

from ...analyzers.facts import TensorFact, Text, text
from ...runtime.tracing_types import Failure
from ..settings import HintStyle
from ..trace_words import signature_code, statistics_code
from ..wording import shape_code
from .overlay import Shown, agrees

MARK = "⟲"
"""Before what a run saw."""
DISAGREES = "≠"
STALE = "…"
"""Behind what a run saw before the text was edited."""
_MAX_SHOWN = 3


def hint(label: str | None, facts: Sequence[TensorFact], shown: Shown, style: HintStyle) -> str:
    """The label of a hint with what a run saw beside what the analysis says.

    `(32, 784) ⟲` where both say the same, `(N, 784) ⟲ (32, 784)` where the run knows
    more, `(N, 784) ≠ ⟲ (32, 10)` where they differ; `…` behind what may be outdated.
    """
    signature = shown.seen.last
    traced = shape_code(signature.shape)
    if style != "shape":
        traced += f" {signature.dtype}"
    if style == "full" and signature.kind != "ndarray":
        traced += f" {signature.device}"
    if shown.seen.more or len(shown.seen.signatures) > 1:
        traced += " | …"
    end = f" {STALE}" if shown.stale else ""
    if not label:
        return f"{MARK} {traced}{end}"
    if label == traced:
        return f"{label} {MARK}{end}"
    differs = not shown.stale and not agrees(facts, signature)
    return f"{label} {DISAGREES + ' ' if differs else ''}{MARK} {traced}{end}"


def sentences(facts: Sequence[TensorFact], shown: Shown) -> list[Text]:
    """What a hover says of a place that a run saw."""
    seen = shown.seen
    codes = list(dict.fromkeys(signature_code(s) for s in seen.signatures))
    listed = ", ".join(f"`{code}`" for code in codes[:_MAX_SHOWN])
    if seen.more or len(codes) > _MAX_SHOWN:
        listed += ", …"
    said = [text("traced: {seen}, visits: {visits}", seen=listed, visits=seen.visits)]
    if seen.statistics is not None:
        said.append(text("at the last visit: {numbers}", numbers=statistics_code(seen.statistics)))
    if shown.stale:
        said.append(text("the program was edited since that run"))
    elif facts and not all(agrees(facts, signature) for signature in seen.signatures):
        said.append(text("the run saw something else than the analysis expected"))
    return said


def failure_text(failure: Failure) -> Text:
    """An exception as the message of a diagnostic."""
    return text("the traced run ended here: {error}", error=error_line(failure))


def error_line(failure: Failure) -> str:
    """`RuntimeError: mat1 and mat2 …`."""
    return f"{failure.type}: {failure.message}" if failure.message else failure.type
