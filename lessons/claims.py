"""Proving what a pack says, by the analysis of its programs."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from ..analyzers.facts import Analysis, Problem, Span, TensorFact, Text, text
from ..analyzers.source import Source
from .exercise import Analyze, Report, check, shape_text
from .faults import Fault, Place
from .fill import fill
from .markdown import Block, Claim, blocks_of, claims_of
from .model import Exercise, Expectation, Lesson, Pack, PredictShape, Snippet, Step
from .placeholders import Hole, as_plain, parse
from .statements import Statement, insertion, statement_at
from .toml_lines import Lines

Run = Callable[[Exercise, str], Report]
"""Runs a program and says how far it is."""

_PRELUDE = """\
import torch
from torch import nn
import torch.nn.functional as F
"""

_GIVEN = {
    "tensor": "{name} = torch.rand(32, 784)",
    "other": "{name} = torch.rand(32, 784)",
    "layer": "{name} = nn.Linear(784, 10)",
    "model": "{name} = nn.Linear(784, 10)",
    "optimizer": "{name} = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)",
    "loader": "{name} = torch.utils.data.DataLoader(torch.utils.data.TensorDataset("
    "torch.rand(64, 784), torch.randint(0, 10, (64,))), batch_size=32)",
    "loss": "{name} = nn.CrossEntropyLoss()",
}
"""What a snippet finds, by the placeholders that it has."""

_REVEAL = re.compile(r"\(([\d, ]*)\)(?:\s+(\w+))?(?:\s+([\w:]+))?$")


def prove(
    pack: Pack, analyze: Analyze, run: Run | None = None, only: str | None = None
) -> Iterator[Fault]:
    """What turns out to be wrong.

    Args:
        run: runs exercises whose values only a run can tell; None leaves them unproved.
        only: the one lesson to look at.
    """
    for lesson in pack.lessons:
        if only is None or lesson.id == only:
            yield from prove_lesson(lesson, analyze, run)


def prove_lesson(lesson: Lesson, analyze: Analyze, run: Run | None = None) -> Iterator[Fault]:
    """What turns out to be wrong with a lesson."""
    for page in lesson.pages.values():
        yield from _page(page.path, page.markdown, analyze)
    for snippet in lesson.snippets:
        yield from _snippet(snippet, analyze)
    if lesson.exercise is not None:
        yield from _exercise(lesson, lesson.exercise, analyze, run)
    for index, question in enumerate(lesson.quiz):
        if isinstance(question, PredictShape):
            yield from _question(lesson, index, question, analyze)


def _alarms(analysis: Analysis) -> list[Problem]:
    return [p for p in analysis.problems if p.severity in ("error", "warning")]


def _said(problem: Problem) -> Text:
    return text("{code}: {message}", code=problem.code, message=problem.message)


# The text.


def _page(path: Path, markdown: str, analyze: Analyze) -> Iterator[Fault]:
    blocks = [block for block in blocks_of(markdown) if block.language == "python"]
    broken = False
    for block in blocks:
        error = _syntax_error(block.text)
        if error is not None:
            broken = True
            yield _syntax_fault(path, block.line + error[0] - 1, error[1])
    if not blocks or broken:
        return
    analysis = analyze(Source.of_cells([block.text for block in blocks]))
    claims = [claim for block in blocks for claim in claims_of(block)]
    expected = {claim.line: claim for claim in claims if claim.kind == "error"}
    found: dict[int, list[Problem]] = {}
    for problem in _alarms(analysis):
        line = blocks[problem.span.part].line + problem.span.line - 1
        found.setdefault(line, []).append(problem)
    for line, problems in found.items():
        for problem in problems:
            if line not in expected or problem.code not in expected[line].said:
                message = text("the text shows a mistake: {said}", said=_said(problem))
                yield Fault(Place(path, line), "mistake-in-text", message)
    for line, claim in expected.items():
        if not any(problem.code in claim.said for problem in found.get(line, ())):
            message = text("there is no {code} here, as the text says", code=claim.said)
            yield Fault(Place(path, line), "no-such-error", message)
    for claim in claims:
        if claim.kind == "reveal":
            yield from _reveal(path, claim, blocks, analysis)


def _reveal(path: Path, claim: Claim, blocks: list[Block], analysis: Analysis) -> Iterator[Fault]:
    wanted = _REVEAL.match(claim.said)
    place = Place(path, claim.line)
    if wanted is None:
        message = text("a claim looks like `# reveal: (64, 10) float32`")
        yield Fault(place, "bad-claim", message)
        return
    fact = _fact_at(claim.line, blocks, analysis)
    if fact is None or fact.shape is None:
        message = text("nothing is known of a tensor on this line, so its shape is not proved")
        yield Fault(place, "unproved", message)
        return
    shape = tuple(int(size) for size in re.findall(r"\d+", wanted[1]))
    found = " ".join(filter(None, [shape_text(fact.shape), fact.dtype, fact.device]))
    same = fact.shape == shape and wanted[2] in (None, fact.dtype)
    if not same or wanted[3] not in (None, fact.device):
        message = text("the text says {said}, but it is {found}", said=claim.said, found=found)
        yield Fault(place, "wrong-claim", message)


def _fact_at(line: int, blocks: list[Block], analysis: Analysis) -> TensorFact | None:
    """What a line of a file binds, or the value of its outermost expression."""

    def is_there(span: Span) -> bool:
        return blocks[span.part].line + span.end_line - 1 == line

    bound = [b for b in analysis.bindings if is_there(b.span) and b.facts]
    if bound:
        return bound[-1].facts[0]
    values = [v for v in analysis.values if is_there(v.span) and v.facts]
    widest = max(values, key=lambda v: v.span.end_column - v.span.column, default=None)
    return widest.facts[0] if widest is not None else None


# Snippets.


def _snippet(snippet: Snippet, analyze: Analyze) -> Iterator[Fault]:
    body = parse(snippet.body)
    plain = as_plain(body, {})
    error = _syntax_error(plain)
    if error is not None:
        yield _syntax_fault(snippet.path, *error)
        return
    if snippet.example is not None:
        error = _syntax_error(snippet.example_text)
        if error is not None:
            yield _syntax_fault(snippet.example, *error)
        elif snippet.fixes:
            for code in snippet.fixes:
                yield from _fix(snippet, snippet.example, code, analyze)
        else:
            yield from _in_example(snippet, analyze)
        return
    holes = {piece.kind: piece.default for piece in body if isinstance(piece, Hole)}
    # A name that the pack wants to have filled, but a default that is none of its kind.
    given = [line.format(name=holes[kind]) for kind, line in _GIVEN.items() if kind in holes]
    prelude = _PRELUDE + "".join(f"{line}\n" for line in given if _syntax_error(line) is None)
    first = prelude.count("\n")
    for problem in _alarms(analyze(Source.of_text(prelude + plain))):
        line = max(1, problem.span.line - first)
        message = text("the snippet has a mistake: {said}", said=_said(problem))
        yield Fault(Place(snippet.path, line), "mistake-in-snippet", message)


def _in_example(snippet: Snippet, analyze: Analyze) -> Iterator[Fault]:
    """The snippet at the end of its example."""
    program = snippet.example_text.rstrip("\n") + "\n"
    analysis = analyze(Source.of_text(program))
    statement = statement_at(program, program.count("\n"))
    edited = _inserted(snippet, program, analysis, statement, None)
    before = {problem.code for problem in _alarms(analysis)}
    for problem in _alarms(analyze(Source.of_text(edited or program))):
        if problem.code not in before:
            message = text("the snippet has a mistake: {said}", said=_said(problem))
            yield Fault(Place(snippet.path, 1), "mistake-in-snippet", message)


def _fix(snippet: Snippet, example: Path, code: str, analyze: Analyze) -> Iterator[Fault]:
    """Whether the snippet clears a diagnostic where an editor would put it."""
    program = snippet.example_text
    analysis = analyze(Source.of_text(program))
    alarms = _alarms(analysis)
    problem = next((problem for problem in alarms if problem.code == code), None)
    if problem is None:
        message = text("the example does not have {code}, which the snippet fixes", code=code)
        yield Fault(Place(example, 1), "example-without-error", message)
        return
    statement = statement_at(program, problem.span.line)
    edited = _inserted(snippet, program, analysis, statement, problem.span)
    if edited is None:
        message = text("the snippet cannot take the place of the head of a block")
        yield Fault(Place(example, problem.span.line), "place", message)
        return
    after = _alarms(analyze(Source.of_text(edited)))
    before = {other.code for other in alarms}
    for other in after:
        if other.code == code and _count(after, code) >= _count(alarms, code):
            message = text("the snippet does not clear {said}", said=_said(other))
            yield Fault(Place(snippet.path, 1), "fix-without-effect", message)
            return
        if other.code not in before:
            message = text(
                "the snippet brings a mistake into its example: {said}", said=_said(other)
            )
            yield Fault(Place(snippet.path, 1), "fix-with-new-mistake", message)


def _count(problems: list[Problem], code: str) -> int:
    return sum(problem.code == code for problem in problems)


def _inserted(
    snippet: Snippet, program: str, analysis: Analysis, statement: Statement, focus: Span | None
) -> str | None:
    filled = fill(analysis, 0, statement, focus)
    edit = insertion(program, statement, snippet.place, as_plain(parse(snippet.body), filled))
    return edit.apply(program) if edit is not None else None


# Exercises and questions.


def _exercise(
    lesson: Lesson, exercise: Exercise, analyze: Analyze, run: Run | None
) -> Iterator[Fault]:
    programs = ((exercise.start_path, exercise.start), (exercise.solution_path, exercise.solution))
    errors = [(path, _syntax_error(program)) for path, program in programs]
    for path, error in errors:
        if error is not None:
            yield _syntax_fault(path, *error)
    if any(error is not None for _, error in errors):
        return
    start = check(exercise, Source.of_text(exercise.start), analyze)
    solution = check(exercise, Source.of_text(exercise.solution), analyze)
    for problem in solution.errors:
        place = Place(exercise.solution_path, problem.span.line)
        message = text("the solution has a mistake: {said}", said=_said(problem))
        yield Fault(place, "solution-fails", message)
    if solution.verdict == "unknown" and run is not None:
        solution = run(exercise, exercise.solution)
    if start.verdict == "unknown" and run is not None:
        start = run(exercise, exercise.start)
    lines = _lesson_lines(lesson)
    for index, result in enumerate(solution.steps):
        for number, outcome in enumerate(result.outcomes):
            if outcome.verdict == "met" or outcome.said is None:
                continue
            line = lines.of(("exercise", "steps", index, "expect", number))
            place = Place(lesson.folder / "lesson.toml", line)
            if outcome.verdict == "unmet":
                message = text("the solution does not fulfil this: {said}", said=outcome.said)
                yield Fault(place, "solution-fails", message)
            else:
                message = text("only a run (--run) can prove this: {said}", said=outcome.said)
                yield Fault(place, "needs-run", message, note=True)
    if start.verdict == "met":
        message = text("the exercise is solved before it begins")
        yield Fault(Place(exercise.start_path, 1), "start-passes", message)
    elif start.verdict == "unmet":
        yield from _steps_done(lesson, start, lines)


def _steps_done(lesson: Lesson, start: Report, lines: Lines) -> Iterator[Fault]:
    """A step that is done at the start asks for nothing."""
    for index, result in enumerate(start.steps):
        if result.verdict == "met":
            place = Place(lesson.folder / "lesson.toml", lines.of(("exercise", "steps", index)))
            message = text("step {number} is done before the exercise begins", number=index + 1)
            yield Fault(place, "step-passes", message)


def _question(
    lesson: Lesson, index: int, question: PredictShape, analyze: Analyze
) -> Iterator[Fault]:
    place = Place(lesson.folder / "lesson.toml", _lesson_lines(lesson).of(("quiz", index, "code")))
    error = _syntax_error(question.code)
    if error is not None:
        yield _syntax_fault(place.path, place.line, error[1])
        return
    expectation = Expectation(question.of, question.shape)
    step = Step({}, (expectation,), {})
    exercise = Exercise({}, place.path, "", place.path, question.code, (step,))
    report = check(exercise, Source.of_text(question.code), analyze)
    for problem in report.errors:
        message = text("the question's code has a mistake: {said}", said=_said(problem))
        yield Fault(place, "question-fails", message)
        return
    outcome = report.steps[0].outcomes[0]
    if outcome.verdict != "met" and outcome.said is not None:
        line = _lesson_lines(lesson).of(("quiz", index, "shape"))
        message = text("the answer is not proved: {said}", said=outcome.said)
        yield Fault(Place(place.path, line), "wrong-answer", message)


def _lesson_lines(lesson: Lesson) -> Lines:
    return Lines((lesson.folder / "lesson.toml").read_text(encoding="utf-8-sig"))


def _syntax_error(program: str) -> tuple[int, str] | None:
    try:
        ast.parse(program)
    except SyntaxError as error:
        return error.lineno or 1, error.msg
    except (ValueError, RecursionError) as error:
        return 1, str(error)
    return None


def _syntax_fault(path: Path, line: int, error: str) -> Fault:
    return Fault(Place(path, line), "syntax", text("this is not Python: {error}", error=error))
