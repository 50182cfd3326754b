"""A newcomer's way: `lessons new`, an edit, a red and a green `check`, the lesson in an editor.

The server, the analysis and torch are the real ones. docs/lesson-packs.md shows the same way.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from lsprotocol import types
from shapewise.server.cli import main

from .conftest import REAL_SERVER, Start
from .test_lessons import actions, ask, command, edits_of

PACK = ".shapewise/lessons/first-week"
PAGE = f"{PACK}/lessons/flatten/en.md"
PROGRAM = """\
import torch
from torch import nn

photos = torch.rand(16, 3, 32, 32)
layer = nn.Linear(3072, 10)
scores = layer(photos)
"""

MENU = {
    "en": ["Learn: Photos into rows", "Insert example: flatten before Linear"],
    "pt-BR": ["Aprenda: Fotos viram linhas", "Inserir exemplo: achatar antes da Linear"],
}
TEXT = {
    "en": ("# Photos into rows\n", "images = torch.rand(32, 1, 28, 28)"),
    "pt-BR": ("# Fotos viram linhas\n", "Uma camada linear multiplica **linhas de números**"),
}

Check = Callable[[], tuple[int, str]]


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "course"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def check(workspace: Path, capsys: pytest.CaptureFixture[str]) -> Check:
    """The exit status of `shapewise lessons check`, and what it says."""

    def run() -> tuple[int, str]:
        capsys.readouterr()
        status = main(["lessons", "check", PACK, "--language", "en"])
        return status, capsys.readouterr().out

    return run


def rewrite(path: str, *changes: tuple[str, str]) -> None:
    file = Path(path)
    content = file.read_text("utf-8")
    for old, new in changes:
        assert old in content
        content = content.replace(old, new)
    file.write_text(content, "utf-8")


def new_pack(check: Check) -> None:
    """As the page tells it, with what each command answers."""
    assert main(["lessons", "new", "first-week", "--in", ".shapewise/lessons"]) == 0
    assert check() == (0, "first-week: one lesson, nothing wrong\n")
    rewrite(PAGE, ("# Flatten before Linear", "# Photos into rows"), ("rand(64,", "rand(32,"))
    rewrite(
        PAGE.replace("en.md", "pt-BR.md"), ("# Achatar antes da Linear", "# Fotos viram linhas")
    )
    assert check() == (
        1,
        f"{PAGE}:17: the text says (64, 784) float32, but it is (32, 784) float32 cpu "
        "[wrong-claim]\n"
        f"{PAGE}:18: the text says (64, 10) float32, but it is (32, 10) float32 cpu "
        "[wrong-claim]\n"
        "first-week: wrong in 2 places\n",
    )
    rewrite(PAGE, ("reveal: (64,", "reveal: (32,"))
    assert check() == (0, "first-week: one lesson, nothing wrong\n")


@pytest.mark.asyncio
@pytest.mark.parametrize("language", ["en", "pt-BR"])
async def test_from_a_new_pack_to_its_lesson_in_an_editor(
    start: Start, editor: str, language: str, workspace: Path, check: Check, tmp_path: Path
) -> None:
    new_pack(check)
    session = await start(
        editor,
        command=REAL_SERVER,
        env={"XDG_CACHE_HOME": str(tmp_path / "cache")},
        folder=workspace,
        locale=language,
    )
    path = workspace / "program.py"
    path.write_text(PROGRAM, "utf-8")
    uri = path.as_uri()
    session.open(uri, PROGRAM)
    diagnostics = await session.diagnostics(uri, holds=bool)
    assert [diagnostic.code for diagnostic in diagnostics] == ["SW101"]
    # Fixes come first, and the new pack's lesson before those of other packs.
    offered = await actions(session, uri, 5, 15, diagnostics)
    taught = [action for action in offered if action.title in MENU[language]]
    assert [action.title for action in taught] == MENU[language]
    learn, insert = taught
    lessons = [a for a in offered if a.command and a.command.command == "shapewise.lesson.open"]
    assert lessons[0] is learn
    assert not any(action.is_preferred for action in (learn, insert))

    assert learn.command is not None and learn.command.arguments is not None
    (argument,) = learn.command.arguments
    assert (argument["pack"], argument["lesson"]) == ("first-week", "flatten")
    heading, said = TEXT[language]
    # Editors with a view of their own ask for the text; the others have a file shown.
    answer = await ask(session, "shapewise/lesson", **argument)
    assert answer.markdown.startswith(heading)
    assert said in answer.markdown
    await command(session, learn.command.command, **argument)
    shown = await session.until(types.WINDOW_SHOW_DOCUMENT)
    document = Path(shown.uri.removeprefix("file://")).read_text("utf-8")
    assert document.startswith(heading)
    assert said in document
    progress = json.loads((workspace / ".shapewise/progress.json").read_text("utf-8"))
    assert "opened" in progress["lessons"]["first-week/flatten"]

    # The example comes with the learner's own name, and clears the error.
    (edit,) = edits_of(insert, uri)
    new = edit.snippet.value if editor == "vscode" else edit.new_text
    new = re.sub(r"\$\{1:(\w+)\}", r"\1", new)
    assert new == "photos = photos.flatten(1)\n"
    assert edit.range.start == edit.range.end == types.Position(5, 0)
    session.change(uri, 2, PROGRAM.replace("scores =", f"{new}scores ="))
    assert await session.diagnostics(uri, 2, lambda found: not found) == []


def test_the_page_shows_what_the_commands_answer() -> None:
    page = (Path(__file__).parents[2] / "docs/lesson-packs.md").read_text("utf-8")
    (way,) = re.findall(r"## A first pack, step by step\n(.*?)\n## ", page, re.S)
    for line in (
        ".shapewise/lessons/first-week is a pack with one lesson.",
        f"{PAGE}:17: the text says (64, 784) float32, but it is (32, 784) float32 cpu",
        f"{PAGE}:18: the text says (64, 10) float32, but it is (32, 10) float32 cpu",
        "first-week: wrong in 2 places",
        *MENU["en"],
    ):
        assert line in way
