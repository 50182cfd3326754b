"""Checking an exercise by running it, where only a run can tell a value.

The program runs with the person's own rights, within limits; whoever calls this has
asked that person.
"""

from __future__ import annotations

import json
import secrets
import tempfile
from pathlib import Path

from ..analyzers.facts import Problem, Span, Text, text
from ..runtime.tracing import run_trace
from ..runtime.tracing_types import Limits, TraceReport, TraceRequest
from .exercise import Outcome, Report, StepResult, shape_text
from .model import Exercise, Expectation

_PROBE = """

def _shapewise_probe(items):
    import json, torch
    def described(source, value, tolerance):
        try:
            thing = eval(source, globals())
            found = {{"tensor": isinstance(thing, torch.Tensor)}}
            if found["tensor"]:
                found["shape"] = list(thing.shape)
                found["dtype"] = str(thing.dtype).rpartition(".")[2]
                found["device"] = str(thing.device)
                found["requires_grad"] = thing.requires_grad
            if value is not None:
                left = torch.as_tensor(thing).detach().cpu().double()
                right = torch.tensor(value).double()
                found["same"] = left.shape == right.shape and torch.allclose(
                    left, right, rtol=tolerance, atol=tolerance)
            return found
        except Exception as error:
            return {{"error": f"{{type(error).__name__}}: {{error}}"}}
    print("\\n{token}" + json.dumps([described(*item) for item in items]), flush=True)
_shapewise_probe({items!r})
"""


class Runner:
    """Runs exercises with an interpreter.

    Args:
        seconds: the limit of a run.
    """

    def __init__(self, python: str, seconds: float = 60.0) -> None:
        self._python = python
        self._limits = Limits(seconds=seconds)

    def __call__(self, exercise: Exercise, program: str) -> Report:
        """How far a program is, after a run of it."""
        expectations = [item for step in exercise.steps for item in step.expect]
        token = f"shapewise {secrets.token_hex(16)} "
        items = [(item.of, item.value, item.tolerance) for item in expectations]
        with tempfile.TemporaryDirectory(prefix="shapewise-") as folder:
            path = Path(folder) / "exercise.py"
            probe = _PROBE.format(token=token, items=items)
            path.write_text(program.rstrip("\n") + "\n" + probe, encoding="utf-8")
            report = run_trace(
                TraceRequest(str(path), self._python, iterations=None, limits=self._limits)
            )
        _, found, answer = report.output.rpartition(token)
        if not found:
            outcomes = [Outcome("unmet", _why(report))] * len(expectations)
            return _report(exercise, outcomes, (_problem(report),))
        answers = json.loads(answer.split("\n")[0])
        outcomes = [_outcome(item, got) for item, got in zip(expectations, answers)]
        return _report(exercise, outcomes, ())


def _report(exercise: Exercise, outcomes: list[Outcome], errors: tuple[Problem, ...]) -> Report:
    rest = iter(outcomes)
    steps = (StepResult(step, tuple(next(rest) for _ in step.expect)) for step in exercise.steps)
    return Report(tuple(steps), errors)


def _why(report: TraceReport) -> Text:
    if report.failure is not None:
        failure = f"{report.failure.type}: {report.failure.message}"
        return text("the program ends with {failure}", failure=failure)
    if report.reason == "time-limit":
        return text("the program was still running when its time was over")
    return text("the program ended early ({reason})", reason=report.reason)


def _problem(report: TraceReport) -> Problem:
    frames = report.failure.frames if report.failure is not None else ()
    line = frames[-1].place.line if frames else 1
    return Problem(Span(0, line, 1, line, 1), "run", "run", "error", _why(report))


def _outcome(item: Expectation, found: dict[str, object]) -> Outcome:
    """Whether what a run has found is as expected."""
    error = found.get("error")
    if error is not None:
        message = text("`{name}` cannot be worked out: {error}", name=item.of, error=error)
        return Outcome("unmet", message)
    described = (item.shape, item.dtype, item.device, item.requires_grad)
    if any(wanted is not None for wanted in described) and not found["tensor"]:
        return Outcome("unmet", text("`{name}` is no tensor yet", name=item.of))
    shape = found.get("shape")
    if item.shape is not None and isinstance(shape, list):
        same = len(shape) == len(item.shape)
        if not same or any(w not in (-1, f) for f, w in zip(shape, item.shape)):
            message = text(
                "`{name}` has shape {found}; it should be {wanted}",
                name=item.of,
                found=shape_text(tuple(shape)),
                wanted=shape_text(item.shape),
            )
            return Outcome("unmet", message)
    device = str(found.get("device", ""))
    if item.device is not None and ":" not in item.device:
        device = device.partition(":")[0]
    for wanted, got, title in (
        (item.dtype, found.get("dtype"), "dtype"),
        (item.device, device, "device"),
        (item.requires_grad, found.get("requires_grad"), "requires_grad"),
    ):
        if wanted is not None and wanted != got:
            message = text(
                "`{name}` has {title} {found}; it should be {wanted}",
                name=item.of,
                title=title,
                found=str(got),
                wanted=str(wanted),
            )
            return Outcome("unmet", message)
    if item.value is not None and not found.get("same"):
        message = text("`{name}` does not have the expected values", name=item.of)
        return Outcome("unmet", message)
    return Outcome("met")
