"""The plugin's sources: every sentence is in both languages, every command in the help."""

from __future__ import annotations

import re
from pathlib import Path

from conftest import PLUGIN

SENTENCE = re.compile(r"""\bt\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')""")


def sentences() -> set[str]:
    """What is said anywhere."""
    found: set[str] = set()
    for path in (PLUGIN / "lua").rglob("*.lua"):
        for double, single in SENTENCE.findall(path.read_text(encoding="utf-8")):
            found.add(double or single)
    return found


def test_every_sentence_is_in_portuguese(begin, lesson: Path):
    editor = begin(lesson)
    table = editor.lua("return require('shapewise.locale.pt_BR')")
    assert sentences() == set(table)
    for english, portuguese in table.items():
        assert sorted(re.findall(r"{\w+}", english)) == sorted(re.findall(r"{\w+}", portuguese))


def test_every_command_is_in_the_help(begin, lesson: Path):
    editor = begin(lesson)
    commands = editor.lua("return vim.fn.getcompletion('Shapewise ', 'cmdline')")
    assert commands
    for name in ("shapewise.txt", "shapewise.ptx"):
        page = (PLUGIN / "doc" / name).read_text(encoding="utf-8")
        tags = set(re.findall(r"\*(:Shapewise-\w+)\*", page))
        assert tags == {f":Shapewise-{command}" for command in commands}


def test_the_help_is_found(begin, lesson: Path):
    editor = begin(lesson)
    editor.command(f"helptags {PLUGIN / 'doc'}")
    editor.command("help shapewise")
    assert editor.lua("return vim.bo.filetype") == "help"
    assert max(len(line.expandtabs(8)) for line in editor.lines()) <= 80
    # The Portuguese page has the same tags, so the links in it lead on.
    english = (PLUGIN / "doc/tags").read_text(encoding="utf-8").splitlines()
    portuguese = (PLUGIN / "doc/tags-pt").read_text(encoding="utf-8").splitlines()
    plain = [line.split("\t")[0] for line in english if line[0] != "!"]
    assert plain == [line.split("\t")[0] for line in portuguese if line[0] != "!"]
