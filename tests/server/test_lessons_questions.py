"""Questions that are asked with the editor's own dialogue, and exercises that are run."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from lsprotocol import types
from shapewise.lessons.new import TEMPLATE

from .conftest import REAL_SERVER, Editor, Start

pytestmark = pytest.mark.asyncio

PROGRAM = "import torch\nx = torch.rand(3, 2)\ny = x.flatten(1).T\nprint(y)\n"
SAMPLE = Path(__file__).parents[1] / "lessons/sample-pack/sample_course/packs/broadcasting"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    shutil.copytree(TEMPLATE, tmp_path / ".shapewise/lessons/my-pack")
    shutil.copytree(SAMPLE, tmp_path / ".shapewise/lessons/broadcasting")
    return tmp_path


async def command(session: Editor, name: str, **argument: Any) -> Any:
    answer = await session.client.workspace_execute_command_async(
        types.ExecuteCommandParams(name, [argument])
    )
    return None if answer is None else SimpleNamespace(**answer)


def choosing(session: Editor, *titles: str | None) -> list[types.ShowMessageRequestParams]:
    """The person chooses these, one after the other; None closes the dialogue."""
    asked: list[types.ShowMessageRequestParams] = []
    answers = list(titles)

    def choose(params: types.ShowMessageRequestParams) -> types.MessageActionItem | None:
        asked.append(params)
        title = answers.pop(0)
        return types.MessageActionItem(title) if title is not None else None

    session.client.protocol.fm.features.pop(types.WINDOW_SHOW_MESSAGE_REQUEST, None)
    session.client.feature(types.WINDOW_SHOW_MESSAGE_REQUEST)(choose)
    return asked


def said(session: Editor) -> list[str]:
    return [params.message for params in session.of(types.WINDOW_SHOW_MESSAGE)]


@pytest.mark.parametrize(
    ("editor", "language", "question", "right", "wrong"),
    [
        (
            "vscode",
            "en",
            "x (3, 2): what is the shape of `y` after `y = x.flatten(1).T`?",
            "Right: `y` has shape (2, 3).",
            "Not quite: `y` has shape (2, 3).",
        ),
        (
            "neovim",
            "pt-BR",
            "x (3, 2): qual é o formato de `y` depois de `y = x.flatten(1).T`?",
            "Certo: `y` tem formato (2, 3).",
            "Quase: `y` tem formato (2, 3).",
        ),
    ],
)
async def test_a_shape_is_asked_for_before_it_is_told(
    start: Start,
    editor: str,
    language: str,
    question: str,
    right: str,
    wrong: str,
    workspace: Path,
) -> None:
    session = await start(editor, command=REAL_SERVER, folder=workspace, locale=language)
    uri = (workspace / "a.py").as_uri()
    session.open(uri, PROGRAM)
    await session.hint_labels(uri)
    asked = choosing(session, "(2, 3)", "(3, 2)", None)
    place = {"uri": uri, "position": {"line": 2, "character": 0}}
    assert (await command(session, "shapewise.lesson.predict", **place)).right
    assert not (await command(session, "shapewise.lesson.predict", **place)).right
    assert await command(session, "shapewise.lesson.predict", **place) is None
    assert {params.message for params in asked} == {question}
    titles = [item.title for item in asked[0].actions or ()]
    assert len(titles) == len(set(titles)) == 4
    assert {"(2, 3)", "(3, 2)"} <= set(titles)
    assert said(session) == [right, wrong]
    request = session.client.protocol.send_request_async
    told = await request("shapewise/predict", place)
    assert (told.question, told.name) == (question, "y")
    assert not hasattr(told, "shape")
    assert (await request("shapewise/predict", {**place, "answer": "2, 3"})).right
    elsewhere = {"uri": uri, "position": {"line": 3, "character": 0}}
    assert await request("shapewise/predict", elsewhere) is None


@pytest.mark.parametrize(("editor", "language"), [("vscode", "pt-BR"), ("neovim", "en")])
async def test_the_questions_of_a_lesson(
    start: Start, editor: str, language: str, workspace: Path
) -> None:
    session = await start(editor, folder=workspace, locale=language)
    first = {"en": "The first", "pt-BR": "O primeiro"}[language]
    asked = choosing(session, first, "(8, 3072)")
    answer = await command(session, "shapewise.lesson.quiz", pack="my-pack", lesson="flatten")
    assert (answer.right, answer.of) == (1, 2)
    assert "photos.flatten(1)" in asked[1].message
    wrong, right = said(session)
    assert wrong.startswith(
        {"en": "Not quite. The last axis", "pt-BR": "Quase. O último"}[language]
    )
    assert right.startswith({"en": "Right. Axis 0", "pt-BR": "Certo. O eixo 0"}[language])
    progress = json.loads((workspace / ".shapewise/progress.json").read_text("utf-8"))
    quiz = progress["lessons"]["my-pack/flatten"]["quiz"]
    assert [("right" in quiz[name]) for name in ("which-axis", "flat-shape")] == [False, True]


EXERCISE = "# shapewise: exercise broadcasting/column\n" + (
    SAMPLE / "lessons/column/solution.py"
).read_text("utf-8")


@pytest.mark.parametrize(
    ("editor", "language", "unknown", "solved"),
    [
        ("vscode", "en", "Steps done: 0 of 1. Next: Make `same`", "Solved: every step is done"),
        ("neovim", "pt-BR", "Passos feitos: 0 de 1.", "Resolvido: todos os passos estão feitos"),
    ],
)
async def test_an_exercise_whose_values_only_a_run_can_tell(
    start: Start, editor: str, language: str, unknown: str, solved: str, workspace: Path
) -> None:
    session = await start(editor, command=REAL_SERVER, folder=workspace, locale=language)
    uri = (workspace / "column.py").as_uri()
    session.open(uri, EXERCISE)
    await session.diagnostics(uri, 1, lambda ds: any(d.message.startswith(unknown) for d in ds))
    answer = await command(session, "shapewise.lesson.run", uri=uri)
    assert (answer.done, answer.of, answer.solved) == (1, 1, True)
    await session.diagnostics(uri, 1, lambda ds: any(d.message == solved for d in ds))
    # What a run has shown holds for that text only.
    session.change(uri, 2, EXERCISE + "first = second + 1\n")
    await session.diagnostics(uri, 2, lambda ds: any(d.message.startswith(unknown) for d in ds))


async def test_a_restricted_workspace_runs_nothing(start: Start, workspace: Path) -> None:
    session = await start(
        command=REAL_SERVER, folder=workspace, options={"trusted": False}, locale="en"
    )
    uri = (workspace / "column.py").as_uri()
    marker = workspace / "ran"
    session.open(uri, EXERCISE + f"open({str(marker)!r}, 'w')\n")
    assert await command(session, "shapewise.lesson.run", uri=uri) is None
    assert said(session) == ["In a restricted workspace nothing is run."]
    assert not marker.exists()
