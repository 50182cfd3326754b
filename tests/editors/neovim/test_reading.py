"""What a learner sees while reading and typing: diagnostics, hints, hovers."""

from __future__ import annotations

from pathlib import Path

import pytest

SENTENCE = (
    "`x` is (32, 784) and `y` is (32, 10): for `@` the inner sizes must be equal, and 784 is not 32"
)
EM_PORTUGUES = (
    "`x` tem forma (32, 784) e `y` tem forma (32, 10): para `@` os tamanhos internos devem ser "
    "iguais, e 784 não é 32"
)
PRINTED = "RuntimeError: mat1 and mat2 shapes cannot be multiplied (32x784 and 32x10)"


def test_a_diagnostic_once(begin, lesson):
    editor = begin(lesson)
    (found,) = editor.until_diagnostics(1)
    assert found["message"] == f"{SENTENCE}\n{PRINTED}"
    assert (found["code"], found["source"]) == ("SW101", "shapewise")
    assert (found["line"], found["column"], found["end_column"]) == (7, 8, 9)
    # Neovim can both pull and be pushed to; with both, everything would be there twice.
    namespaces = editor.lua(
        "local n = {} for _, d in ipairs(vim.diagnostic.get(0)) do n[d.namespace] = true end "
        "return vim.tbl_count(n)"
    )
    assert namespaces == 1


def test_it_goes_when_it_is_mended_and_comes_back(begin, lesson):
    editor = begin(lesson)
    editor.until_diagnostics(1)
    editor.nvim.current.buffer[7] = "z = x.T @ y"
    editor.until_diagnostics(0)
    editor.command("undo")
    editor.until_diagnostics(1)


def test_shapes_beside_the_names(begin, lesson):
    editor = begin(lesson)
    assert editor.until_hints(3) == [
        (3, 6, "(32, 1, 28, 28)"),
        (4, 1, "(32, 784)"),
        (6, 1, "(32, 10)"),
    ]


def test_hints_follow_an_edit(begin, lesson):
    editor = begin(lesson)
    editor.until_hints(3)
    editor.at(4, 0)
    editor.keys(":s/32/64/<CR>")
    editor.until_true(
        lambda: (
            [text for _, _, text in editor.until_hints(3)]
            == ["(64, 1, 28, 28)", "(64, 784)", "(64, 10)"]
        ),
        "new hints",
    )


def test_hints_can_be_left_out(begin, lesson):
    editor = begin(lesson, config='require("shapewise").setup({ inlay_hints = false })')
    editor.until_diagnostics(1)
    editor.command("redraw!")
    assert editor.hints() == []
    editor.command("Shapewise hints")
    editor.until_hints(3)


def test_a_hover_is_a_small_page(begin, lesson):
    editor = begin(lesson)
    editor.until_diagnostics(1)
    hover = editor.hover(5, 0)
    assert hover["filetype"] == "markdown"
    assert hover["lines"] == [
        "```python",
        "x: Tensor (32, 784) float32 cpu",
        "```",
        "",
        "from `images.flatten(1)`, line 5",
    ]


def test_a_long_hover_is_no_wider_than_is_read_well(begin, lesson):
    editor = begin(lesson)
    editor.command("set columns=200 lines=60")
    editor.until_diagnostics(1)
    hover = editor.hover(8, 8)
    assert any("784 is not 32" in line for line in hover["lines"])
    assert 40 <= hover["width"] <= 88
    assert hover["height"] <= 24
    assert "data:" not in "".join(hover["lines"])


def test_a_hover_fits_into_a_small_screen(begin, lesson):
    editor = begin(lesson)
    editor.command("set columns=50 lines=20")
    editor.until_diagnostics(1)
    hover = editor.hover(8, 8)
    assert hover["width"] <= 46


def test_a_users_own_key_stays(begin, lesson):
    config = """
    vim.keymap.set("n", "K", "<Cmd>let g:mine = 1<CR>")
    vim.lsp.enable("shapewise")
    """
    editor = begin(lesson, config=config)
    editor.until_diagnostics(1)
    editor.keys("K")
    assert editor.nvim.vars["mine"] == 1


def test_in_portuguese(begin, lesson):
    editor = begin(lesson, language="pt_BR.UTF-8")
    (found,) = editor.until_diagnostics(1)
    assert found["message"] == f"{EM_PORTUGUES}\n{PRINTED}"
    editor.command("Shapewise nothing")
    assert editor.notices()[-1].startswith("Shapewise: Não há o comando nothing.")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_places_behind_characters_of_every_width(begin, tmp_path: Path, end: str):
    text = end.join(
        [
            "import torch",
            "ação = torch.rand(2, 3)  # 🙂",
            '"🙂🙂"; 形 = torch.rand(4, 5); z = ação @ 形',
            "",
        ]
    )
    path = tmp_path / "lição 🙂.py"
    path.write_bytes(text.encode())
    editor = begin(path)
    (found,) = editor.until_diagnostics(1)
    line = text.split(end)[2]
    start = len(line[: line.rindex("形")].encode())
    assert (found["line"], found["column"]) == (2, start)
    assert found["end_column"] == len(line.encode())
    assert editor.client()["encoding"] == "utf-8"
    assert (1, len("ação".encode()), "(2, 3)") in editor.until_hints(2)
    hover = editor.hover(3, start)
    assert "形: Tensor (4, 5) float32 cpu" in hover["lines"]
    # An edit before them moves them.
    editor.at(3, 0)
    editor.keys('i"é🙂"; <Esc>')
    editor.until_true(
        lambda: [d["column"] for d in editor.diagnostics()] == [start + len('"é🙂"; '.encode())],
        "a diagnostic at its new place",
    )
