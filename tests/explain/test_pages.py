"""The pictures on the rules' pages are what the code draws of the examples above them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from shapewise.runtime.client import OracleClient
from shapewise.server.pages import explanation

from .pages import PAGES, RULES, drawn

WITH_PICTURES = [f"SW1{number:02}" for number in (1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13, 14)]


@pytest.fixture(scope="module")
def oracle() -> Iterator[OracleClient]:
    client = OracleClient()
    client.start()
    yield client
    client.close()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(RULES)))
def test_the_pictures_are_up_to_date(page: Path, oracle: OracleClient) -> None:
    assert page.read_text(encoding="utf-8") == drawn(page, oracle), "python -m tests.explain.pages"


@pytest.mark.parametrize("language", ["en", "pt-BR"])
@pytest.mark.parametrize("code", WITH_PICTURES)
def test_the_pages_about_shapes_have_pictures(code: str, language: str) -> None:
    page = explanation(code, language)
    assert page is not None and "```text picture\n" in page
