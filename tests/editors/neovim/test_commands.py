"""`:Shapewise …`: completion, and the windows that the commands open."""

from __future__ import annotations


def completions(editor, line: str) -> list[str]:
    return list(editor.lua("return vim.fn.getcompletion(..., 'cmdline')", line))


def test_subcommands_are_completed(begin, lesson):
    editor = begin(lesson)
    assert completions(editor, "Shapewise ex") == ["explain"]
    assert "restart" in completions(editor, "Shapewise ")
    editor.until_diagnostics(1)
    assert completions(editor, "Shapewise explain ") == ["SW101"]


def test_a_wrong_subcommand_is_said(begin, lesson):
    editor = begin(lesson)
    editor.command("Shapewise nothing")
    editor.command("Shapewise")
    wrong, missing = editor.notices()
    assert wrong.startswith("Shapewise: There is no command nothing. There are: ")
    assert missing.startswith("Shapewise: Which of these: ")


def test_explain_what_is_under_the_cursor(begin, lesson):
    editor = begin(lesson)
    editor.until_diagnostics(1)
    editor.at(8, 0)
    editor.command("Shapewise explain")
    page = editor.until_true(lambda: editor.window("SW101"), "the page")
    assert page[0].startswith("# SW101 `matmul-inner-dim`")
    assert editor.lua("return vim.bo.filetype") == "markdown"
    # `q` closes it; a second call uses the same window.
    editor.keys("q")
    assert editor.window("SW101") is None
    editor.command("Shapewise explain sw101")
    editor.until_true(lambda: editor.window("SW101"), "the page")
    assert editor.lua("return #vim.api.nvim_list_wins()") == 2


def test_explain_nothing(begin, lesson):
    editor = begin(lesson)
    editor.until_diagnostics(1)
    editor.at(1, 0)
    editor.command("Shapewise explain")
    editor.command("Shapewise explain SW000")
    editor.until_true(lambda: len(editor.notices()) == 2, "notices")
    assert editor.notices() == [
        "Shapewise: There is no diagnostic on this line. Name one: :Shapewise explain SW101",
        "Shapewise: There is no diagnostic SW000.",
    ]


def test_explain_in_portuguese(begin, lesson):
    editor = begin(lesson, language="pt_BR.UTF-8")
    editor.until_diagnostics(1)
    editor.command("Shapewise explain SW101")
    page = editor.until_true(lambda: editor.window("SW101"), "the page")
    assert "tamanhos internos" in page[0]


MODEL = """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(784, 100)
        self.last = nn.Linear(10, 10)

    def forward(self, x):
        x = self.first(x)
        return self.last(x)


Net()(torch.rand(32, 784))
"""


def test_the_flow_of_shapes(begin, tmp_path):
    path = tmp_path / "model.py"
    path.write_text(MODEL)
    editor = begin(path)
    editor.until_diagnostics(1)
    editor.at(12, 8)
    editor.command("Shapewise flow")
    lines = editor.until_true(
        lambda: (shown := editor.window("flow")) and len(shown) > 3 and shown, "the flow"
    )
    assert lines[0] == "Net.forward"
    assert "│ (32, 784)" in lines and "╳ (32, 100)" in lines
    wrong = next(index for index, line in enumerate(lines) if line.startswith("✗ Linear"))
    # It stays beside the program, in which the cursor is still.
    assert editor.lua("return vim.fn.expand('%:t')") == "model.py"
    # It follows the text.
    editor.nvim.current.buffer[8] = "        self.last = nn.Linear(100, 10)"
    editor.until_true(
        lambda: not any("✗" in line for line in editor.window("flow") or ["✗"]), "the mended flow"
    )
    # A line leads to where it is made or called.
    editor.command("wincmd l")
    editor.at(wrong + 1, 0)
    editor.keys("<CR>")
    editor.until("return vim.fn.expand('%:t') == 'model.py'", what="the program")
    assert editor.lua("return vim.fn.line('.')") in (9, 13)
    # Elsewhere it shows something else.
    editor.at(16, 0)
    editor.until_true(
        lambda: (shown := editor.window("flow")) and shown[0] != "Net.forward", "another flow"
    )


def inspector(editor) -> list[str]:
    """The inspector's lines, once it shows a table."""
    return list(
        editor.until_true(
            lambda: (shown := editor.window("inspector")) and len(shown) > 1 and shown,
            "the inspector",
        )
    )


def test_the_inspector_follows_the_cursor(begin, lesson):
    editor = begin(lesson)
    editor.until_diagnostics(1)
    editor.at(5, 0)
    editor.command("Shapewise inspect")
    titles, *rows = inspector(editor)
    assert titles.split() == ["name", "shape", "dtype", "device", "from"]
    assert [row.split()[0] for row in rows] == ["images", "▸"]
    assert "(32, 784)" in rows[1] and "float32" in rows[1] and "line 5" in rows[1]
    editor.at(7, 0)
    editor.until_true(lambda: len(editor.window("inspector") or []) == 4, "another table")
    assert "requires_grad" in inspector(editor)[3]
    # The text changes under it.
    editor.nvim.current.buffer[3] = "images = torch.rand(8, 1, 28, 28)"
    editor.until_true(lambda: "(8, 10)" in inspector(editor)[-1], "new shapes")


def test_the_inspector_leads_to_a_line_and_filters(begin, lesson):
    editor = begin(lesson)
    editor.until_diagnostics(1)
    editor.at(7, 0)
    editor.command("Shapewise inspect")
    inspector(editor)
    editor.command("wincmd j")
    editor.lua("vim.ui.input = function(_, on_done) on_done('784') end")
    editor.keys("f")
    filtered = editor.window("inspector")
    assert filtered[0] == "filter: 784"
    assert [line.split()[0] for line in filtered[2:]] == ["x"]
    editor.at(3, 0)
    editor.keys("<CR>")
    editor.until("return vim.fn.expand('%:t') == 'lesson.py'", what="the program")
    assert editor.lua("return vim.fn.line('.')") == 5


def test_the_inspector_closes_and_opens_again(begin, lesson):
    editor = begin(lesson)
    editor.until_diagnostics(1)
    editor.at(5, 0)
    editor.command("Shapewise inspect")
    inspector(editor)
    editor.command("wincmd j")
    editor.keys("q")
    assert editor.window("inspector") is None
    editor.at(7, 0)
    editor.command("Shapewise inspect")
    assert len(inspector(editor)) == 4
    assert editor.notices() == []
