"""Every sentence has its Portuguese, and says the same things with the same fields."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from .catalogue import PORTUGUESE, read, written
from .collect import Collected, collect, placeholders


@pytest.fixture(scope="module")
def collected() -> Collected:
    """What the sources say."""
    return collect()


def test_every_template_can_be_read(collected: Collected) -> None:
    assert [str(place) for place in collected.unreadable] == []


def test_the_catalogue_has_exactly_the_templates_of_the_sources(collected: Collected) -> None:
    catalogue = read()
    templates = collected.templates()
    translated = {template for template, string in catalogue.entries.items() if string}
    assert sorted(templates.keys() - translated) == [], "python -m tests.messages.update lists them"
    assert sorted(catalogue.entries.keys() - templates.keys()) == []
    assert catalogue.repeated == ()


def test_placeholders_and_code_agree() -> None:
    for template, translation in read().entries.items():
        assert placeholders(template) == placeholders(translation), template
        code = [sorted(re.findall(r"`[^`]*`", text)) for text in (template, translation)]
        assert code[0] == code[1], template


def test_every_field_is_given_and_wanted(collected: Collected) -> None:
    wrong = [
        f"{use.path}:{use.line}: {use.template!r} is given {sorted(use.fields)}"
        for use in collected.uses
        if use.fields is not None and use.fields != placeholders(use.template)
    ]
    assert wrong == []


def test_babel_reads_what_is_written(collected: Collected, tmp_path: Path) -> None:
    from babel.messages.pofile import read_po

    entries = read().entries
    path = tmp_path / "shapewise.po"
    path.write_text(written(collected.templates(), entries), encoding="utf-8")
    with path.open("rb") as file:
        theirs = {str(one.id): str(one.string) for one in read_po(file) if one.id}
    assert theirs == {template: entries[template] for template in collected.templates()}
    assert read(path).entries == theirs


def test_the_catalogue_is_in_order(collected: Collected) -> None:
    """One order, so that two people's changes meet in few places."""
    text = PORTUGUESE.read_text(encoding="utf-8")
    assert text == written(collected.templates(), read().entries), (
        "python -m tests.messages.update puts it in order"
    )


FORWARDED = """
from ..facts import text

_TABLE = {"a": "from a table", "b": "another one"}

def direct(n):
    return text("{n} rows", n=n)

def choose(n):
    return text("one" if n == 1 else "many")

def look_up(key):
    template = _TABLE[key]
    return text(template)

def _say(failure, template, at=0, **fields):
    return text(template, operand=failure, **fields)

def use(failure):
    return _say(failure, "{operand} is {size}", at=1, size=3)

class Machine:
    def unknown(self, template, **fields):
        return text(template, **fields)

    def use(self):
        return self.unknown("no {name}", name="x")

def hidden(n):
    return text(f"{n} rows")
"""


def test_templates_are_found_where_they_are_written(tmp_path: Path) -> None:
    for room in ("analyzers", "server", "runtime", "lessons"):
        (tmp_path / room).mkdir()
    (tmp_path / "analyzers" / "module.py").write_text(FORWARDED, encoding="utf-8")
    found = collect(tmp_path)
    assert {use.template: use.fields for use in found.uses} == {
        "{n} rows": {"n"},
        "one": set(),
        "many": set(),
        "from a table": set(),
        "another one": set(),
        "{operand} is {size}": {"operand", "size"},
        "no {name}": {"name"},
    }
    (hidden,) = found.unreadable
    assert hidden.source == ast.unparse(ast.parse("text(f'{n} rows')"))
