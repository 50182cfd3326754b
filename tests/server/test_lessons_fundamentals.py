"""The built-in pack in an editor: offered on a learner's mistake, with nothing set up."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from .conftest import REAL_SERVER, Start
from .test_lessons import actions, ask, edits_of, write

PROGRAM = """\
import torch
from torch import nn

photos = torch.rand(16, 3, 32, 32)
layer = nn.Linear(3072, 10)
scores = layer(photos)
"""

OFFERED = {
    "en": (
        "Learn: Matrix multiplication",
        "Learn: The two rules of `@`",
        "Learn: Flatten before Linear",
        "Insert example: flatten before Linear",
    ),
    "pt-BR": (
        "Aprenda: Multiplicação de matrizes",
        "Aprenda: As duas regras do `@`",
        "Aprenda: Achatar antes da Linear",
        "Inserir exemplo: achatar antes da Linear",
    ),
}

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize("language", ["en", "pt-BR"])
async def test_a_mistake_leads_to_its_lessons(
    start: Start, editor: str, language: str, tmp_path: Path
) -> None:
    session = await start(editor, command=REAL_SERVER, folder=tmp_path, locale=language)
    uri = write(tmp_path, PROGRAM)
    session.open(uri, PROGRAM)
    diagnostics = await session.diagnostics(uri, holds=bool)
    assert [diagnostic.code for diagnostic in diagnostics] == ["SW101"]
    found = {action.title: action for action in await actions(session, uri, 5, 10, diagnostics)}
    assert set(OFFERED[language]) <= set(found)
    titles = list(found)
    lessons = [titles.index(title) for title in OFFERED[language]]
    preferred = [titles.index(title) for title, action in found.items() if action.is_preferred]
    assert lessons == sorted(lessons)
    assert all(fix < lessons[0] for fix in preferred)
    insert = found[OFFERED[language][-1]]
    (edit,) = edits_of(insert, uri)
    new = edit.snippet.value if isinstance(edit, types.SnippetTextEdit) else edit.new_text
    assert new == "photos = photos.flatten(1)\n"
    assert edit.range.start == types.Position(5, 0)
    answer = await ask(session, "shapewise/lesson", pack="fundamentals", lesson="flatten")
    assert OFFERED[language][2].endswith(answer.title)
    assert "rows = images.flatten(1)  # (64, 784) float32" in answer.markdown
