"""A hover says that a shape is known because the program says so, in both editors."""

from __future__ import annotations

import sys

import pytest
import pytest_asyncio

URI = "file:///work/claims.py"
SERVER = [
    sys.executable,
    "-c",
    "import sys, types; from shapewise.server.serve import run; "
    "sys.exit(run(types.SimpleNamespace(tcp=None, python=None)))",
]
PROGRAM = """\
import torch
from jaxtyping import Float
from torch import Tensor, nn

x = torch.load("x.pt")  # (B, 784)
fc = nn.Linear(784, 10)


def head(images: Float[Tensor, "n 784"]):
    return fc(images)


y = fc(torch.rand(8, 784))  # (B, 12)
assert torch.rand(3).shape == (4,)
"""

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def session(start, editor, tmp_path):
    """The real server, with the program open."""
    session = await start(editor, command=SERVER, env={"XDG_CACHE_HOME": str(tmp_path)})
    session.open(URI, PROGRAM)
    await session.diagnostics(URI, 1, bool)
    return session


async def test_a_hover_says_who_said_so(session):
    assert await session.hover_text(URI, 4, 0) == (
        "```python\nx: Tensor (B, 784)\n```\n\nas the comment says: `(B, 784)`"
    )
    said = await session.hover_text(URI, 8, 9)
    assert said.startswith("```python\nimages: Tensor (n, 784) float32 cpu\n```")
    assert 'as the annotation says: `Float[Tensor, "n 784"]`' in said


async def test_a_contradiction_is_marked_at_the_comment(session):
    found = await session.diagnostics(URI, 1, bool)
    places = [(d.code, d.range.start.line, d.range.start.character) for d in found]
    assert places == [("SW115", 12, 28), ("SW115", 13, 7)]
    assert found[0].message == "the comment says `(B, 12)`, but `y` is (8, 10)"
    assert [r.location.range.start.line for r in found[0].related_information] == [12]
