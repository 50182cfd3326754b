"""`shapewise explain`: every rule has a page in both languages."""

from __future__ import annotations

import pytest
from shapewise.analyzers.rules import RULES
from shapewise.server.cli import main
from shapewise.server.pages import explanation


@pytest.mark.parametrize("code", [rule.code for rule in RULES])
def test_every_rule_has_its_page(code: str) -> None:
    english, portuguese = explanation(code, "en"), explanation(code, "pt-BR")
    assert english is not None
    assert portuguese is not None
    assert english.startswith(f"# {code} `")
    assert portuguese.startswith(f"# {code} `")
    assert english != portuguese
    assert "# error:" not in english


def test_a_page_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "sw101", "--language", "pt-BR"]) == 0
    assert "produto de matrizes" in capsys.readouterr().out


def test_a_code_that_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "../README", "--language", "en"]) == 2
    assert capsys.readouterr().err == "There is no diagnostic ../README.\n"
