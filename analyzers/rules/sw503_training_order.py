"""SW503 training-order: the steps of training in the wrong order."""

from __future__ import annotations

from ..facts import Problem, Related, Text, text
from ..interpreter import gradients
from ..interpreter.call import Call
from ..interpreter.machine import Machine
from ..source.chunks import Chunk
from ..values.model import InstanceV, Value
from .base import Rule
from .training_loops import blocks_of, mentions, move_of, optimizers_of
from .watch import at_end, warn_at, watch

RULE = Rule("SW503", "training-order", "warning")


@watch("step")
def out_of_order(call: Call, result: Value) -> None:
    """Catalogue rows 164 and 186: reported at what comes too early."""
    optimizer = call.args[0]
    if not isinstance(optimizer, InstanceV):
        return
    related = (Related(call.span, text("the step is here")),)
    tensors = gradients.parameters_of(optimizer)
    wasted = gradients.passed(call.machine, optimizer.slots.get("$wasted"))
    if wasted and tensors and not any(gradients.gradient(tensor) for tensor in tensors):
        warn_at(RULE, call, _wasted(), wasted.span, related)
    early = gradients.passed(call.machine, optimizer.slots.get("$early"))
    if early and "$stepped" not in optimizer.slots:
        message = text(
            "the scheduler steps before the optimizer, so the first learning rate is skipped: "
            "`optimizer.step()` comes first"
        )
        warn_at(RULE, call, message, early.span, related)


def _wasted() -> Text:
    return text(
        "`zero_grad()` throws the gradients away before `step()` can use them: nothing is learnt; "
        "it belongs before `backward()`"
    )


@at_end
def as_written(machine: Machine, chunks: list[Chunk]) -> None:
    """`backward`, `zero_grad`, `step` in one block of a loop, whatever the data is."""
    optimizers = optimizers_of(chunks)
    for chunk, block in blocks_of(chunks) if optimizers else ():
        fresh, wasted = False, None
        for statement in block:
            move = move_of(statement)
            if move is not None and move.method == "zero_grad" and move.owner in optimizers:
                wasted = move if fresh else None
            elif move is not None and move.method == "step" and wasted is not None:
                if move.owner == wasted.owner and not move.call.args:
                    related = (Related(chunk.span(move.call), text("the step is here")),)
                    span = chunk.span(wasted.call)
                    problem = Problem(
                        span, RULE.code, RULE.slug, RULE.severity, _wasted(), related=related
                    )
                    machine.recorder.problem(problem)
                fresh, wasted = False, None
            elif move is not None and move.method == "backward":
                fresh, wasted = True, None
            elif mentions(statement, "backward") or mentions(statement, "grad"):
                fresh, wasted = False, None
