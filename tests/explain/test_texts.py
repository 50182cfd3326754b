"""What is said and drawn of every kind of explanation, word for word, in both languages."""

from __future__ import annotations

import dataclasses
import typing
from xml.etree import ElementTree

import pytest
from shapewise.analyzers.explain.model import Explanation, Operand
from shapewise.analyzers.explain.page import pictures_of

from .cases import CASES, LANGUAGES, texts_file, written


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words(language: str) -> None:
    assert written(language) == texts_file(language).read_text(encoding="utf-8")


def test_every_kind_is_there() -> None:
    assert {type(case) for case in CASES.values()} == set(typing.get_args(Explanation))


def test_nothing_is_said_in_two_languages_alike() -> None:
    english, portuguese = (written(language).split("=== ") for language in LANGUAGES)
    alike = [
        line
        for a, b in zip(english, portuguese, strict=True)
        for line in set(a.splitlines()) & set(b.splitlines())
        # A sentence has some words; numbers and code are the same in all languages.
        if sum(word.isalpha() and len(word) > 1 for word in line.split()) > 3
        and not line.endswith("===")
    ]
    assert alike == []


@pytest.mark.parametrize("name", CASES)
def test_every_picture_is_xml_with_its_size(name: str) -> None:
    for picture in pictures_of(CASES[name], "pt-BR"):
        root = ElementTree.fromstring(picture.svg)
        assert root.attrib["aria-label"] == picture.alt
        assert int(root.attrib["width"]) == picture.width > 20
        assert int(root.attrib["height"]) == picture.height > 20
        # Nothing is drawn beyond the card.
        left, top, width, height = map(float, root.attrib["viewBox"].split())
        for rect in root.iter("{http://www.w3.org/2000/svg}rect"):
            x, y = float(rect.attrib["x"]), float(rect.attrib["y"])
            assert left <= x and x + float(rect.attrib["width"]) <= left + width
            assert top <= y and y + float(rect.attrib["height"]) <= top + height


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, case in CASES.items()
        if any(
            isinstance(getattr(case, field.name), Operand) and getattr(case, field.name).shape
            for field in dataclasses.fields(case)
        )
        and not name.startswith("dtype")
    ],
)
def test_where_no_rank_is_known_little_is_said(name: str) -> None:
    case = CASES[name]
    unknown = {
        field.name: dataclasses.replace(getattr(case, field.name), shape=None)
        for field in dataclasses.fields(case)
        if isinstance(getattr(case, field.name), Operand)
    }
    drawn = pictures_of(dataclasses.replace(case, **unknown), "en")
    # What an index may be is told by the size alone.
    assert drawn == [] or name.startswith(("index", "id"))
