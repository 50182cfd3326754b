"""The built-in pack `fundamentals`: found, complete in both languages, and proved."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest
from shapewise.lessons import discover
from shapewise.lessons.claims import prove_lesson
from shapewise.lessons.discover import BUILT_IN, Library
from shapewise.lessons.engine import Analyzer
from shapewise.lessons.load import load_pack
from shapewise.lessons.markdown import blocks_of, claims_of
from shapewise.lessons.model import Choice, Lesson, Pack, PredictShape
from shapewise.lessons.offers import Operator, offers
from shapewise.lessons.run import Runner

ROOT = Path(__file__).resolve().parents[2]
FOLDER = BUILT_IN / "fundamentals"
LANGUAGES = ("en", "pt-BR")
LESSONS = sorted(path.name for path in (FOLDER / "lessons").iterdir())
RULES = sorted(path.stem for path in (ROOT / "docs/rules").glob("SW*.md"))

TOPICS = [
    "what-is-a-tensor",
    "creating-tensors",
    "shape-and-rank",
    "dtype",
    "attributes",
    "arithmetic",
    "broadcasting",
    "matrix-multiplication",
    "inner-sizes",
    "transpose",
    "aggregation",
    "argmin-argmax",
    "reshape-and-view",
    "flatten",
    "stack-and-cat",
    "squeeze-and-unsqueeze",
    "permute",
    "indexing-and-slicing",
    "seeds",
    "devices",
    "numpy-and-tensors",
    "autograd",
    "gradients-off",
    "nn-module",
    "layers-and-parameters",
    "convolution",
    "embedding-and-sequences",
    "losses",
    "optimizers",
    "dataset-and-dataloader",
    "training-cycle",
    "evaluating",
    "on-the-gpu",
    "saving-and-loading",
    "three-common-errors",
    "challenge",
]
"""What the course that the project started from teaches, in the order to take it."""


@pytest.fixture(scope="module")
def pack() -> Pack:
    loaded = load_pack(FOLDER)
    assert loaded.faults == ()
    assert loaded.pack is not None
    return loaded.pack


@pytest.fixture(scope="module")
def runner(analyzer: Analyzer) -> Iterator[Runner]:
    with Runner(analyzer) as runner:
        yield runner


def lesson_of(pack: Pack, name: str) -> Lesson:
    lesson = pack.lesson(name)
    assert lesson is not None
    return lesson


def test_it_is_found_without_any_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pack: Pack
) -> None:
    monkeypatch.setattr(discover.metadata, "entry_points", lambda group: ())
    shelf = Library().shelf([tmp_path], [])
    assert [(found.id, origin) for found, origin in shelf.packs] == [(pack.id, "built-in")]
    assert shelf.faults == ()


def test_it_is_shipped() -> None:
    """Each file is of a kind that `pyproject.toml` names; `make wheel` compares the wheel."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    patterns = settings["tool"]["setuptools"]["package-data"]["shapewise.lessons"]
    files = [path for path in FOLDER.rglob("*") if path.is_file()]
    assert len(files) > 6 * len(TOPICS)
    for path in files:
        name = path.relative_to(ROOT / "lessons").as_posix()
        assert any(fnmatch(name, pattern) for pattern in patterns), name


def test_every_topic_has_its_lesson(pack: Pack) -> None:
    assert [lesson.id for lesson in pack.lessons] == TOPICS
    assert pack.languages == LANGUAGES
    assert {concept.id for concept in pack.concepts} == {
        concept for lesson in pack.lessons for concept in lesson.concepts
    }


@pytest.mark.parametrize("name", LESSONS)
def test_all_it_says_is_so(name: str, pack: Pack, analyzer: Analyzer) -> None:
    faults = list(prove_lesson(lesson_of(pack, name), analyzer))
    assert [fault for fault in faults if not fault.note] == []


@pytest.mark.parametrize("code", RULES)
def test_every_diagnostic_leads_to_a_lesson(code: str, pack: Pack) -> None:
    shelf = [(pack, lesson) for lesson in pack.lessons]
    assert offers(shelf, [code], [])


@pytest.mark.parametrize(
    "operator", ["@", "+", "-", "*", "/", "[]", "matmul", "Linear", "view", "argmax", "backward"]
)
def test_operators_lead_to_lessons(operator: str, pack: Pack) -> None:
    shelf = [(pack, lesson) for lesson in pack.lessons]
    assert offers(shelf, [], [Operator(operator, method=operator.islower())])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", LESSONS)
def test_the_text_has_pictures_programs_and_claims(name: str, language: str, pack: Pack) -> None:
    markdown = lesson_of(pack, name).page(language).markdown
    blocks = blocks_of(markdown)
    drawn = any(block.language in ("text", "shapes") for block in blocks)
    assert drawn or re.search(r"^\|[-| :]+\|$", markdown, re.MULTILINE)
    programs = [block for block in blocks if block.language == "python"]
    assert any(claim.kind == "reveal" for block in programs for claim in claims_of(block))
    prose = re.sub(r"^(```|~~~).*?^\1$", "", markdown, flags=re.MULTILINE | re.DOTALL)
    assert 200 <= len(prose.split()) <= 900


@pytest.mark.parametrize("name", LESSONS)
def test_both_languages_show_the_same_programs(name: str, pack: Pack) -> None:
    """Code is not translated: only what Python does not read may differ."""

    def programs(language: str) -> list[tuple[str, list[tuple[str, str]]]]:
        markdown = lesson_of(pack, name).page(language).markdown
        return [
            (block.text, [(claim.kind, claim.said) for claim in claims_of(block)])
            for block in blocks_of(markdown)
            if block.language == "python"
        ]

    english, portuguese = map(programs, LANGUAGES)
    assert english == portuguese
    pages = [lesson_of(pack, name).page(language) for language in LANGUAGES]
    assert pages[0].title != pages[1].title or name in ("broadcasting",)


@pytest.mark.parametrize("name", LESSONS)
def test_there_is_something_to_do(name: str, pack: Pack, analyzer: Analyzer) -> None:
    lesson = lesson_of(pack, name)
    assert lesson.triggers.operators or lesson.triggers.codes
    assert lesson.snippets
    assert lesson.exercise is not None
    assert len(lesson.exercise.steps) >= 2
    for step in lesson.exercise.steps:
        assert set(step.goal) == set(step.hints) == set(LANGUAGES)
    assert len(lesson.quiz) >= 2
    for question in lesson.quiz:
        assert isinstance(question, Choice | PredictShape)


def test_the_challenge_is_guided_in_three_steps(pack: Pack) -> None:
    exercise = lesson_of(pack, "challenge").exercise
    assert exercise is not None
    shapes = [[item.shape for item in step.expect] for step in exercise.steps]
    assert len(shapes) == 3
    assert (1, 10) in shapes[0]
    assert (1, 5) in shapes[1]
    assert (50,) in shapes[2]
