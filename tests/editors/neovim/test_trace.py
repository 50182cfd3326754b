"""Traced runs in Neovim: begun, shown, stopped, forgotten."""

from __future__ import annotations

import pytest

SEEN = "⟲"

PROGRAM = """\
import sys

import torch

size = int(sys.argv[1]) if len(sys.argv) > 1 else 5
x = torch.rand(size, 3)
y = x @ torch.ones(3, 2)
"""


@pytest.fixture
def program(tmp_path):
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)
    return path


def traced(editor) -> list[str]:
    """The hints that say what a run saw."""
    editor.command("redraw!")
    return [text for _, _, text in editor.hints() if SEEN in text]


def test_a_run_shows_what_the_tensors_were(begin, program):
    editor = begin(program)
    editor.ready()
    editor.command("Shapewise trace stats -- 7")
    editor.until_true(lambda: any("(7, 2)" in hint for hint in traced(editor)), "traced shapes")
    editor.until_true(lambda: len(editor.notices()) == 2, "the end")
    begun, ended = editor.notices()
    assert "program.py" in begun and "program.py" in ended
    hover = editor.hover(7, 0)
    assert any("(7, 2)" in line for line in hover["lines"])
    # The inspector has it beside what was worked out.
    editor.at(7, 0)
    editor.command("Shapewise inspect")
    editor.until_true(
        lambda: "(7, 3)" in "\n".join(editor.window("inspector") or []), "the inspector"
    )
    titles = editor.window("inspector")[0]
    assert "traced" in titles and "min … max" in titles and "mean" in titles
    editor.command("Shapewise clear")
    editor.until_true(lambda: not traced(editor), "no traced shapes")


def test_what_only_a_run_knows_is_in_the_inspector(begin, program):
    program.write_text("import torch\n\nsize = eval('(2, 3)')\nx = torch.rand(size)\n")
    editor = begin(program)
    editor.ready()
    editor.command("Shapewise trace")
    editor.until_true(lambda: any("(2, 3)" in hint for hint in traced(editor)), "traced shapes")
    editor.at(4, 0)
    editor.command("Shapewise inspect")
    editor.until_true(
        lambda: any("(2, 3)" in line for line in editor.window("inspector") or []), "the inspector"
    )
    (row,) = editor.window("inspector")[1:]
    assert row.split()[1:3] == ["x", "?"]
    assert editor.output("messages") == ""


def test_a_failure_is_a_diagnostic(begin, program):
    program.write_text(PROGRAM + "raise ValueError('no such image')\n")
    editor = begin(program)
    editor.ready()
    editor.command("Shapewise trace")
    (found,) = editor.until_diagnostics(1)
    assert "no such image" in found["message"] and found["line"] == 7
    editor.until_true(lambda: len(editor.notices()) == 2, "the end")


def test_a_run_is_stopped(begin, program, tmp_path):
    started = tmp_path / "started"
    program.write_text(
        f"import pathlib, time\n{PROGRAM}pathlib.Path({str(started)!r}).touch()\ntime.sleep(600)\n"
    )
    editor = begin(program)
    editor.ready()
    editor.command("Shapewise trace")
    editor.until_true(started.exists, "the program")
    editor.lua(
        "vim.api.nvim_create_autocmd('User', { pattern = 'ShapewiseTrace', "
        "callback = function(event) _G.state = event.data.state end })"
    )
    editor.command("Shapewise stop")
    editor.until("return _G.state == 'stopped'", what="the end")


def test_changes_are_written_first(begin, program):
    editor = begin(program)
    editor.ready()
    editor.nvim.current.buffer[5] = "x = torch.rand(size, 4)"
    editor.command("Shapewise trace")
    assert editor.notices() == [
        "Shapewise: This buffer has changes: write it first. With ! what is on disk is run."
    ]
    editor.command("Shapewise! trace")
    editor.until_true(lambda: len(editor.notices()) == 3, "the run of what is on disk")


def test_a_wrong_option_is_said(begin, program):
    editor = begin(program)
    editor.ready()
    editor.command("Shapewise trace quickly")
    assert editor.notices() == ["Shapewise: quickly is no option of trace."]
    assert editor.lua("return vim.fn.getcompletion('Shapewise trace s', 'cmdline')") == ["stats"]


LENSES = """
local found = {}
for _, lens in ipairs(vim.lsp.codelens.get(vim.api.nvim_get_current_buf())) do
  table.insert(found, lens.command.title)
end
return found
"""


def test_a_lens_runs_the_program(begin, program):
    editor = begin(program)
    editor.ready()
    titles = editor.until_true(lambda: editor.lua(LENSES), "lenses")
    assert "trace this program" in titles
    editor.at(1, 0)
    editor.lua("vim.lsp.codelens.run()")
    editor.until_true(lambda: traced(editor), "traced shapes")
