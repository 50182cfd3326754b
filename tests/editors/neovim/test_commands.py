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
