"""What happens when an operation is certain to fail."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from itertools import pairwise

from ...runtime.oracle.wire import Error
from ..facts import Problem, Related, Span, text
from ..values.model import Items, ListV, Unknown, Value
from .call import Call
from .machine import Raised
from .recorder import in_other_file


@dataclass(frozen=True)
class Failure:
    """An operation that is certain to raise: what the rules look at.

    kind: `call`, `forward` (of a layer), `layer` (its construction),
    `attribute`, or `python` (the interpreter found it by itself).
    """

    call: Call
    error: Error
    kind: str

    @property
    def name(self) -> str:
        """The dotted name of the operation."""
        return self.call.name

    def source(self, index: int) -> str:
        """The text of an argument as the learner wrote it; empty if there is none."""
        nodes = self.call.nodes
        node = nodes[index] if index < len(nodes) else None
        return self.call.machine.frame.chunk.source(node, 40) if node is not None else ""

    def span(self, index: int | None = None) -> Span:
        """Where an argument stands, or the whole operation."""
        nodes = self.call.nodes
        node: ast.expr | None = None
        if index is not None and index < len(nodes):
            node = nodes[index]
        return self.call.machine.span(node) if node is not None else self.call.span


def report(call: Call, error: Error, kind: str) -> Value:
    """Reports a certain failure once; what follows from it stays silent.

    Raises:
        Raised: a `try` of the program's catches it: that is where it goes on.
    """
    machine = call.machine
    if machine.catches(error.type):
        raise Raised(error.type)
    if machine.search is not None and not machine.quiet:
        machine.search.reject(Failure(call, error, kind))
    if not machine.quiet and not (_gets_filled_list(call)):
        from ..rules import problem_of

        problem = problem_of(Failure(call, error, kind))
        machine.recorder.problem(_where_called(call, problem))
    return Unknown(text("this fails: {error}", error=error.text.split("\n")[0][:200]))


def _where_called(call: Call, problem: Problem) -> Problem:
    """A problem in an imported file, at the call in this file that leads there."""
    if not in_other_file(problem.span):
        return problem
    frames = call.machine.frames
    for caller, called in reversed(list(pairwise(frames))):
        if called.node is not None and not in_other_file(caller.chunk.span(called.node)):
            file = call.machine.files[problem.span.part].name
            place = text("it fails here: `{source}`", source=call.origin.source)
            return replace(
                problem,
                span=caller.chunk.span(called.node),
                message=text(
                    "{problem} (in {file}, line {line})",
                    problem=problem.message,
                    file=file,
                    line=problem.span.line,
                ),
                related=(Related(problem.span, place), *problem.related),
            )
    return problem


def _gets_filled_list(call: Call) -> bool:
    """Whether an argument is an empty list that somebody else may have filled by now.

    In a function, a list that is no local name of the module's own top level may
    be filled by callbacks, threads and calls that are not followed.
    """
    if call.machine.frame.function is None:
        return False
    pairs = zip(call.args, call.nodes, strict=False)
    return any(
        isinstance(value, ListV) and value.items == Items(()) and not isinstance(node, ast.List)
        for value, node in pairs
    )


def is_failure(value: Unknown) -> bool:
    """Whether a value is unknown because what makes it raises."""
    return value.reason.template == "this fails: {error}"


def add_problem(call: Call, problem: Problem) -> None:
    """Adds a problem that is no failure (a silent bug)."""
    if not call.machine.quiet and call.machine.search is None:
        call.machine.recorder.problem(problem)
