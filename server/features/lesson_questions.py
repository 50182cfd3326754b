"""Questions that the server asks itself, where an editor has no view for them.

- Request `shapewise/predict` `{uri, position}`: a question out of the learner's own line;
  with `answer` (a shape), whether it is right. It is asked before it is told.
- Command `shapewise.lesson.predict` `{uri, position}` and `shapewise.lesson.quiz`
  `{pack, lesson}`: the same with the editor's own dialogue, and a lesson's questions.
- Command `shapewise.lesson.run` `{uri}`: checks an exercise by running it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types

from ...analyzers.facts import Text, text
from ...analyzers.messages import render
from .lesson_exercises import marked
from .lessons import Asked, answer_to, find, offer, say, shape_of

if TYPE_CHECKING:
    from ...lessons.predict import Prediction
    from ..lsp import ShapewiseServer

PREDICT = "shapewise/predict"

PREDICT_COMMAND = "shapewise.lesson.predict"
QUIZ_COMMAND = "shapewise.lesson.quiz"
RUN_COMMAND = "shapewise.lesson.run"


async def predict(ls: ShapewiseServer, params: Any) -> dict[str, Any] | None:
    """The question of a line, or what is so after an answer; None where there is none."""
    asked = Asked(params)
    prediction = await _prediction(ls, asked)
    if prediction is None:
        return None
    from ...lessons.exercise import shape_text

    answer = asked.get("answer")
    if answer is not None:
        right = shape_of(answer) == prediction.shape
        return {"right": right, "shape": shape_text(prediction.shape)}
    return {
        "question": render(_question(prediction), asked.language(ls)),
        "code": prediction.code,
        "name": prediction.name,
        "given": [{"name": name, "shape": shape_text(shape)} for name, shape in prediction.given],
        "choices": list(prediction.choices()),
    }


async def ask_to_predict(ls: ShapewiseServer, argument: Any = None) -> dict[str, Any] | None:
    """Ask for a shape, then tell it."""
    from ...lessons.exercise import shape_text

    asked = Asked(argument)
    prediction = await _prediction(ls, asked)
    if prediction is None:
        return None
    language = asked.language(ls)
    question = render(_question(prediction), language)
    chosen = await _choose(ls, question, list(prediction.choices()))
    if chosen is None:
        return None
    shape = shape_text(prediction.shape)
    right = chosen == shape
    said = text("Right: `{name}` has shape {shape}.", name=prediction.name, shape=shape)
    if not right:
        said = text("Not quite: `{name}` has shape {shape}.", name=prediction.name, shape=shape)
    say(ls, said, language)
    return {"right": right, "shape": shape}


async def ask_questions(ls: ShapewiseServer, argument: Any = None) -> dict[str, Any] | None:
    """Ask a lesson's questions one after the other, until they end or the person does."""
    from ...lessons.model import Choice
    from ...lessons.show import localized_choices, question_of

    asked = Asked(argument)
    found = await find(ls, asked)
    if found is None:
        return None
    language = asked.language(ls)
    right = 0
    for question in found[1].quiz:
        sentence = question_of(question, language)
        choices: list[str]
        if isinstance(question, Choice):
            choices = list(localized_choices(question, language))
        else:
            from ...lessons.predict import Prediction

            prediction = Prediction(question.code.strip(), question.of, question.shape, ())
            choices = list(prediction.choices())
            sentence = f"{prediction.code}\n\n{sentence}"
        chosen = await _choose(ls, sentence, choices)
        if chosen is None:
            break
        given = choices.index(chosen) if isinstance(question, Choice) else chosen
        outcome = await answer_to(ls, asked, question.id, given)
        if outcome is None:
            break
        right += outcome["right"]
        said = text("Right. {explanation}", explanation=outcome["explanation"])
        if not outcome["right"]:
            said = text("Not quite. {explanation}", explanation=outcome["explanation"])
        say(ls, said, language)
    return {"right": right, "of": len(found[1].quiz)}


async def run_exercise(ls: ShapewiseServer, argument: Any = None) -> dict[str, Any] | None:
    """Run the exercise of a document, because the person has asked for it."""
    from ...lessons.run import Runner

    asked = Asked(argument)
    key = ls.documents.unit_of(asked.string("uri"))
    snapshot = ls.documents.snapshot(key) if key is not None else None
    mark = marked(snapshot) if snapshot is not None else None
    if snapshot is None or mark is None:
        return None
    language = ls.settings_of(snapshot).language
    if not ls.configuration.trusted:
        say(ls, text("In a restricted workspace nothing is run."), language)
        return None
    found = (await ls.teacher.shelf()).lesson(mark[0], mark[1])
    if found is None or found[1].exercise is None:
        return None
    exercise = found[1].exercise
    program = "\n".join(part.text for part in snapshot.parts)
    runner = Runner(ls.interpreter_of(snapshot.path))
    report = await ls.teacher.beside(lambda: runner(exercise, program))
    ls.teacher.ran(snapshot, report)
    ls.touch([snapshot.key], at_once=True)
    said = text("Steps done: {done} of {of}", done=report.done, of=len(report.steps))
    if report.errors:
        said = report.errors[0].message
    say(ls, said, language)
    return {"done": report.done, "of": len(report.steps), "solved": report.verdict == "met"}


async def _prediction(ls: ShapewiseServer, asked: Asked) -> Prediction | None:
    from ...lessons.predict import prediction_at

    found = await ls.newest(asked.string("uri"))
    line = Asked(asked.get("position")).number("line")
    if found is None or line is None:
        return None
    result, part = found
    program = result.snapshot.parts[part].text.replace("\r\n", "\n")
    return prediction_at(result.analysis, part, program, line + 1)


def _question(prediction: Prediction) -> Text:
    from ...lessons.exercise import shape_text

    given = ", ".join(f"{name} {shape_text(shape)}" for name, shape in prediction.given)
    return text(
        "{given}: what is the shape of `{name}` after `{code}`?",
        given=given,
        name=prediction.name,
        code=prediction.code,
    )


async def _choose(ls: ShapewiseServer, question: str, choices: list[str]) -> str | None:
    """What the person chooses; None if they close the dialogue."""
    answer = await ls.window_show_message_request_async(
        types.ShowMessageRequestParams(
            types.MessageType.Info, question, [types.MessageActionItem(c) for c in choices]
        )
    )
    return answer.title if answer is not None and answer.title in choices else None


def register(ls: ShapewiseServer) -> None:
    """Offer the request and the commands."""
    ls.feature(PREDICT)(predict)
    offer(ls, PREDICT_COMMAND, ask_to_predict)
    offer(ls, QUIZ_COMMAND, ask_questions)
    offer(ls, RUN_COMMAND, run_exercise)
