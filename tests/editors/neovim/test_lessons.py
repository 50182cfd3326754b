"""Lessons in Neovim: from a diagnostic and by name, exercise, hint, questions."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from conftest import ROOT


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A folder with the pack from which new ones are made."""
    folder = tmp_path / "workspace"
    shutil.copytree(ROOT / "lessons/template", folder / ".shapewise/lessons/my-pack")
    (folder / "pyproject.toml").write_text("")
    (folder / "program.py").write_text(
        "import torch\nfrom torch import nn\n\nimages = torch.rand(64, 1, 28, 28)\n"
        "scores = nn.Linear(784, 10)(images)\n"
    )
    return folder


CHOOSE = """
vim.ui.select = function(items, options, on_choice)
  _G.offered = vim.tbl_map(options.format_item or tostring, items)
  for index, line in ipairs(_G.offered) do
    if line:find("Flatten before Linear", 1, true) then
      return on_choice(items[index], index)
    end
  end
  on_choice(items[1], 1)
end
vim.lsp.enable("shapewise")
"""


def lesson(editor) -> list[str]:
    """The lesson's window, once it is there."""
    return list(editor.until_true(lambda: editor.window("my-pack/flatten"), "the lesson"))


def test_a_lesson_is_chosen_and_begun(begin, workspace):
    editor = begin(workspace / "program.py", config=CHOOSE)
    editor.until_diagnostics(1)
    editor.command("Shapewise lesson")
    page = lesson(editor)
    assert page[0].startswith("# ")
    assert "`e` begins the exercise" in page[-1]
    assert editor.lua("return #_G.offered") > 30
    assert editor.lua("return vim.bo.filetype") == "markdown"
    editor.keys("e")
    editor.until("return vim.fn.expand('%:t') == 'flatten.py'", what="the exercise")
    assert "shapewise: exercise my-pack/flatten" in "\n".join(editor.lines())


def test_lessons_by_name_are_completed(begin, workspace):
    editor = begin(workspace / "program.py")
    editor.until_diagnostics(1)
    # Completing waits no longer than a person would; a busy server may be later.
    names = editor.until_true(
        lambda: editor.lua("return vim.fn.getcompletion('Shapewise lesson ', 'cmdline')"),
        "completions",
    )
    assert {"my-pack/flatten", "fundamentals/what-is-a-tensor"} <= set(names)
    editor.command("Shapewise lesson flatten")
    lesson(editor)
    editor.keys("q")
    editor.command("Shapewise lesson nothing")
    editor.until_true(lambda: "Shapewise: There is no lesson nothing." in editor.notices())


def test_learn_from_a_diagnostic(begin, workspace):
    editor = begin(workspace / "program.py")
    editor.until_diagnostics(1)
    editor.at(5, 30)
    editor.lua(
        "vim.lsp.buf.code_action({ apply = true, filter = function(action) "
        "return action.title == 'Learn: Flatten before Linear' end })"
    )
    lesson(editor)


def test_an_example_is_inserted(begin, workspace):
    editor = begin(workspace / "program.py")
    editor.until_diagnostics(1)
    editor.at(5, 30)
    before = editor.lines()
    editor.lua(
        "vim.lsp.buf.code_action({ apply = true, filter = function(action) "
        "return action.title == 'Insert example: flatten before Linear' end })"
    )
    editor.until_true(lambda: editor.lines() != before, "the example")
    assert "flatten" in "\n".join(editor.lines())


def test_hint_and_solution(begin, workspace):
    editor = begin(workspace / "program.py", config=CHOOSE)
    editor.until_diagnostics(1)
    editor.command("Shapewise hint")
    assert editor.notices()[-1] == "Shapewise: This file is no exercise."
    editor.command("Shapewise lesson flatten")
    lesson(editor)
    editor.keys("e")
    editor.until("return vim.fn.expand('%:t') == 'flatten.py'", what="the exercise")
    editor.until("return require('shapewise.client').of() ~= nil", what="the server")
    editor.command("Shapewise hint")
    editor.until("return vim.fn.execute('messages'):find('Hint 1 of')", what="the hint")
    editor.command("Shapewise solution")
    editor.until("return vim.fn.expand('%:t'):find('solution')", what="the solution")


def test_questions(begin, workspace):
    editor = begin(workspace / "program.py", config=CHOOSE)
    editor.until_diagnostics(1)
    editor.lua("vim.ui.input = function(_, on_answer) on_answer('(1, 2)') end")
    editor.command("Shapewise lesson flatten")
    lesson(editor)
    editor.keys("a")
    editor.until_true(
        lambda: any("Right." in n or "Not right." in n for n in editor.notices()), "an answer"
    )


def test_no_lessons(begin, lesson):
    editor = begin(lesson)
    editor.until_diagnostics(1)
    editor.command("Shapewise lesson nothing")
    editor.until_true(editor.notices, "a notice")
    assert editor.notices() == ["Shapewise: There is no lesson nothing."]
