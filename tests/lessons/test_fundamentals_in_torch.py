"""The built-in pack's programs in torch itself, which must agree with what the pages say."""

from __future__ import annotations

import ast
import contextlib
import io
import re
import traceback
import warnings
from pathlib import Path
from typing import Any

import pytest
from shapewise.analyzers.source import Source
from shapewise.lessons.discover import BUILT_IN
from shapewise.lessons.engine import Analyzer
from shapewise.lessons.load import load_pack
from shapewise.lessons.markdown import Block, blocks_of
from shapewise.lessons.model import Pack

FOLDER = BUILT_IN / "fundamentals"
LESSONS = sorted(path.name for path in (FOLDER / "lessons").iterdir())
REVEAL = re.compile(r"# reveal: \(([\d, ]*)\)(?: (\w+))?")

Claim = tuple[int, tuple[tuple[int, ...], str], tuple[tuple[int, ...], str]]
"""A line; the shape and dtype that it claims; those that the tensor has."""


@pytest.fixture(scope="module")
def pack() -> Pack:
    loaded = load_pack(FOLDER)
    assert loaded.pack is not None
    return loaded.pack


@pytest.mark.parametrize("language", ["en", "pt-BR"])
@pytest.mark.parametrize("name", LESSONS)
def test_torch_says_the_same(
    name: str,
    language: str,
    pack: Pack,
    analyzer: Analyzer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What the analysis calls an error raises, at that line, and nothing else does."""
    monkeypatch.chdir(tmp_path)
    lesson = pack.lesson(name)
    assert lesson is not None
    page = lesson.page(language)
    blocks = [block for block in blocks_of(page.markdown) if block.language == "python"]
    analysis = analyzer(Source.of_cells([block.text for block in blocks]))
    errors = {
        blocks[problem.span.part].line + problem.span.line - 1
        for problem in analysis.problems
        if problem.severity == "error"
    }
    raised, claims = run(blocks, page.markdown.split("\n"))
    assert raised == errors
    assert [claim for claim in claims if claim[1] != claim[2]] == []


def test_a_page_that_is_not_true_is_found() -> None:
    """Two statements that raise, one of them inside a function, and a wrong shape."""
    program = (
        "import torch\n"
        "x = torch.rand(2, 3)  # reveal: (3, 2) float32\n"
        "x @ x\n"
        "def f():\n"
        "    return x.view(5)\n"
        "f()\n"
        "y = x.T  # reveal: (3, 2) float32\n"
    )
    raised, claims = run([Block("python", program, 11)], [""] * 10 + program.split("\n"))
    assert raised == {13, 15}
    assert claims == [
        (12, ((3, 2), "float32"), ((2, 3), "float32")),
        (17, ((3, 2), "float32"), ((3, 2), "float32")),
    ]


def run(blocks: list[Block], lines: list[str]) -> tuple[set[int], list[Claim]]:
    """The lines at which statements raise, and what is claimed of names.

    Args:
        lines: of the page; blocks know where they stand in it.
    """
    raised: set[int] = set()
    claims: list[Claim] = []
    names: dict[str, Any] = {}
    for block in blocks:
        tree = ast.parse(block.text)
        ast.increment_lineno(tree, block.line - 1)
        for statement in tree.body:
            code = compile(ast.Module([statement], []), "<page>", "exec")
            try:
                with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    exec(code, names)
            except Exception as error:
                frames = traceback.extract_tb(error.__traceback__)
                raised.add([f.lineno or 0 for f in frames if f.filename == "<page>"][-1])
                continue
            said = REVEAL.search(lines[(statement.end_lineno or 0) - 1])
            if said is None or not isinstance(statement, ast.Assign):
                continue
            (target,) = statement.targets
            if isinstance(target, ast.Name):
                value = names[target.id]
                dtype = str(value.dtype).removeprefix("torch.")
                shape = tuple(int(size) for size in re.findall(r"\d+", said[1]))
                wanted = (shape, said[2] or dtype)
                claims.append((statement.lineno, wanted, (tuple(value.shape), dtype)))
    return raised, claims
