"""Loops: short ones are unrolled, long ones run until nothing new is learnt.

The first rounds of a long loop are run as they are. When a round changes
nothing that matters (the shapes, dtypes and devices are those of the round
before), one more round with a general element stands for all the others; where
the state differs it is joined, and widened with symbols so that it ends.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..values.model import Const, Items, ListV, Scalar, Sig, TensorV, Value
from ..values.trail import Delta
from . import operators
from .assign import assign
from .call import Call
from .iteration import iterate
from .machine import Machine

if TYPE_CHECKING:
    from .statements import Flow

EXACT_ROUNDS = 2
FULL_STEPS = 2_500
"""A loop that takes at most so many steps in all is unrolled in full."""
UNROLL_ROUNDS = 12
UNROLL_STEPS = 3_000
"""Steps a loop may take while its rounds still differ from each other."""
MAX_GENERAL_ROUNDS = 3


@dataclass
class Loop:
    """A loop under way, and what the branches that left its body had changed."""

    frame: int
    breaks: list[Delta] = field(default_factory=list)
    continues: list[Delta] = field(default_factory=list)


def park(machine: Machine, breaks: bool, delta: Delta) -> None:
    """Keeps what a branch had changed when it left the round."""
    stack = machine.loops
    if stack:
        (stack[-1].breaks if breaks else stack[-1].continues).append(delta)


def run_for(machine: Machine, node: ast.For | ast.AsyncFor) -> Flow:
    """`for target in iterable: …`."""
    from .expressions import evaluate

    source = evaluate(machine, node.iter)
    call = Call(machine, node.iter, "iter", [source], nodes=[node.iter])
    items = iterate(machine, call, source)

    def start(value: Value) -> None:
        assign(machine, node.target, value, "loop")

    return _run(machine, node, items, start)


def run_while(machine: Machine, node: ast.While) -> Flow:
    """`while test: …`."""
    return _While(machine, node).run()


def _run(machine: Machine, node: ast.For | ast.AsyncFor, items: Items, start: object) -> Flow:
    from .statements import Flow, run_block

    loop = Loop(len(machine.frames))
    stack = machine.loops
    begin = machine.budget.spent
    known = list(items.items)
    stack.append(loop)
    outer = machine.trail.begin()
    try:
        index = 0
        previous: dict[tuple[int, str], object] | None = None
        settled = False
        while index < len(known):
            mark = machine.trail.begin()
            start(known[index])  # type: ignore[operator]
            flow = _round(machine, loop, node.body)
            changes = _summary(machine.trail.changes(mark))
            machine.trail.commit(mark)
            index += 1
            if flow in (Flow.BREAK, Flow.RETURN, Flow.DEAD):
                return _leave(machine, loop, node, flow, outer)
            spent = machine.budget.spent - begin
            settled = previous is not None and changes == previous
            previous = changes
            if items.rest is None and spent * len(known) <= FULL_STEPS * index:
                continue
            if index >= EXACT_ROUNDS and index < len(known) - 1:
                if settled or (index >= UNROLL_ROUNDS and spent > UNROLL_STEPS // 4):
                    break
                if spent > UNROLL_STEPS:
                    break
        general = items.rest
        rest_count = None
        if index < len(known):
            general = generalise(machine, known[index:], items.rest)
            rest_count = len(known) - index if items.rest is None else None
        elif items.rest is not None and isinstance(items.length, int):
            rest_count = items.length - len(known)
        if general is not None:
            flow = _general_rounds(machine, loop, node.body, lambda: start(general), rest_count)  # type: ignore[operator]
            if flow is Flow.RETURN and not known:
                return _leave(machine, loop, node, flow, outer)
            if known and items.rest is None:
                # The loop variable keeps the last element.
                machine.quiet += 1
                start(known[-1])  # type: ignore[operator]
                machine.quiet -= 1
        _merge_breaks(machine, loop, outer)
        outer = -1
    finally:
        stack.pop()
        if outer >= 0:
            machine.trail.commit(outer)
    if loop.breaks:
        return Flow.NEXT
    return run_block(machine, node.orelse) if node.orelse else Flow.NEXT


def _leave(machine: Machine, loop: Loop, node: object, flow: Flow, outer: int) -> Flow:
    from .statements import Flow

    if loop.breaks and flow is Flow.BREAK:
        state = machine.trail.rollback(outer)
        machine.trail.merge([*loop.breaks, state], machine.joiner)
        machine.trail.begin()
        return Flow.NEXT
    if loop.breaks:
        return Flow.NEXT
    return Flow.NEXT if flow is Flow.BREAK else flow


def _merge_breaks(machine: Machine, loop: Loop, outer: int) -> None:
    if not loop.breaks:
        machine.trail.commit(outer)
        return
    state = machine.trail.rollback(outer)
    machine.trail.merge([*loop.breaks, state], machine.joiner)


def _round(machine: Machine, loop: Loop, body: list[ast.stmt]) -> Flow:
    """One round; branches that continued early are joined into its end."""
    from .statements import Flow, run_block

    mark = machine.trail.begin()
    loop.continues = []
    try:
        flow = run_block(machine, body)
    except BaseException:
        machine.trail.commit(mark)
        raise
    if loop.continues:
        deltas = list(loop.continues)
        loop.continues = []
        state = machine.trail.rollback(mark)
        if flow in (Flow.NEXT, Flow.CONTINUE):
            deltas.append(state)
        machine.trail.merge(deltas, machine.joiner)
        return Flow.NEXT
    machine.trail.commit(mark)
    return Flow.NEXT if flow is Flow.CONTINUE else flow


def _general_rounds(
    machine: Machine, loop: Loop, body: list[ast.stmt], start: object, count: int | None
) -> Flow:
    """Rounds with a general element until the state no longer changes."""
    from .statements import Flow

    flow = Flow.NEXT
    yields = machine.frame.yields
    yielded = len(yields or ())
    for _ in range(MAX_GENERAL_ROUNDS):
        mark = machine.trail.begin()
        machine.recorder.training.path.append(object())
        start()  # type: ignore[operator]
        try:
            flow = _round(machine, loop, body)
        except BaseException:
            machine.trail.commit(mark)
            raise
        finally:
            machine.recorder.training.path.pop()
        before = machine.trail.before(mark)
        delta = machine.trail.rollback(mark)
        if flow in (Flow.BREAK, Flow.RETURN, Flow.DEAD) and not delta:
            return flow
        stable = _stable(before, delta)
        machine.trail.merge([_grown(before, delta, count), {}], machine.widener)
        if stable:
            break
    if yields is not None and len(yields) > yielded:
        machine.frame.endless = True
    return flow


def _summary(delta: Delta) -> dict[tuple[int, str], object]:
    """What of a round's changes matters: signatures, not values or counters."""
    result: dict[tuple[int, str], object] = {}
    for key, (slots, name, value) in delta.items():
        del slots
        result[(0 if isinstance(value, Sig) else key[0], name)] = _gist(value)
    return result


def _gist(value: object) -> object:
    if isinstance(value, TensorV):
        return value.sig._replace(value=None)
    if isinstance(value, Sig):
        return value._replace(value=None)
    if isinstance(value, Items):
        kinds = {_gist_text(item) for item in value.items}
        return (tuple(sorted(kinds)), value.rest is None)
    if isinstance(value, ListV):
        return _gist(value.items)
    if isinstance(value, Const) and not isinstance(value.value, (str, bool)):
        return type(value.value).__name__
    if isinstance(value, Scalar):
        return value.type
    return type(value)


def _gist_text(value: object) -> str:
    return str(_gist(value))


def _stable(before: Delta, delta: Delta) -> bool:
    return all(
        key in before and _gist(before[key][2]) == _gist(value)
        for key, (_, _, value) in delta.items()
    )


def _grown(before: Delta, delta: Delta, count: int | None) -> Delta:
    """Lists that grow by the same number each round get the length they will have."""
    result = dict(delta)
    for key, (slots, name, value) in delta.items():
        old = before[key][2] if key in before else None
        if not isinstance(value, Items) or not isinstance(old, Items) or count is None:
            continue
        grown = _length(value)
        had = _length(old)
        if isinstance(grown, int) and isinstance(had, int) and grown > had and value.items:
            length = had + (grown - had) * count
            items = Items((), value.items[-1], length)
            result[key] = (slots, name, items)
            slots[name] = Items((), old.items[-1] if old.items else value.items[-1], length)
    return result


def _length(items: Items) -> object:
    return len(items.items) if items.rest is None else items.length


def generalise(machine: Machine, values: Sequence[Value], rest: Value | None) -> Value:
    """One value that stands for all of these."""
    result = rest if rest is not None else values[0]
    for value in values[:: max(1, len(values) // 8)]:
        result = machine.widener.join(result, value)
    return result


class _While:
    """A `while` loop: unrolled while its condition is known and rounds differ."""

    def __init__(self, machine: Machine, node: ast.While) -> None:
        self.machine = machine
        self.node = node
        self.loop = Loop(len(machine.frames))

    def run(self) -> Flow:
        """Runs the loop."""
        from .statements import Flow, run_block

        machine = self.machine
        stack = machine.loops
        stack.append(self.loop)
        outer = machine.trail.begin()
        try:
            flow, left = self._rounds()
            if flow in (Flow.RETURN, Flow.DEAD) and not self.loop.breaks:
                return flow
            _merge_breaks(machine, self.loop, outer)
            outer = -1
        finally:
            stack.pop()
            if outer >= 0:
                machine.trail.commit(outer)
        if left or not self.node.orelse:
            return Flow.NEXT
        return run_block(machine, self.node.orelse)

    def _rounds(self) -> tuple[Flow, bool]:
        from .expressions import evaluate
        from .statements import Flow

        machine, node = self.machine, self.node
        begin = machine.budget.spent
        previous: object = None
        for index in range(UNROLL_ROUNDS * 8):
            truth = operators.truth_of(machine, node.test, evaluate(machine, node.test))
            if truth is False:
                return Flow.NEXT, False
            if truth is None:
                break
            mark = machine.trail.begin()
            flow = _round(machine, self.loop, node.body)
            changes = _summary(machine.trail.changes(mark))
            machine.trail.commit(mark)
            if flow is Flow.BREAK:
                return Flow.NEXT, True
            if flow in (Flow.RETURN, Flow.DEAD):
                return flow, True
            spent = machine.budget.spent - begin
            endless = isinstance(node.test, ast.Constant)
            if index + 1 >= EXACT_ROUNDS and (
                (endless and changes == previous) or spent > UNROLL_STEPS
            ):
                break
            previous = changes

        def start() -> None:
            evaluate(machine, node.test)

        _general_rounds(machine, self.loop, node.body, start, None)
        return Flow.NEXT, False
