"""JupyterLab: diagnostics and hovers in the cells of a notebook."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from conftest import CELLS

MARK = ".cm-lintRange-error"


def cell(page: Any, index: int) -> Any:
    """A code cell."""
    return page.locator(".jp-CodeCell").nth(index)


def hover(page: Any, index: int, text: str) -> str:
    """What is shown for the first word of a line, which is `text`, while Control is held."""
    line = cell(page, index).locator(".cm-line", has_text=text).first
    line.click()
    box = line.bounding_box()
    page.keyboard.down("Control")
    try:
        # Pointing at the same character twice is no new hover, so the mouse keeps moving.
        for step in range(60):
            page.mouse.move(box["x"] + 4 + step * 8 % 40, box["y"] + box["height"] / 2)
            page.wait_for_timeout(250)
            # At once: a tooltip may go while it is looked at.
            shown = page.locator(".lsp-hover, .lsp-tooltip, .jp-Tooltip").all_inner_texts()
            if shown and f"{text}:" in shown[0]:
                return str(shown[0])
    finally:
        page.keyboard.up("Control")
    raise AssertionError("no hover")


def picture(page: Any, name: str) -> None:
    """For the README, where `$PICTURES` names a folder; a person looks at it."""
    if pictures := os.environ.get("PICTURES"):
        page.wait_for_timeout(400)
        panel = page.locator(".jp-NotebookPanel").bounding_box()
        clip = {"x": panel["x"], "y": panel["y"], "width": panel["width"], "height": 320}
        page.screenshot(path=str(Path(pictures) / f"{name}.png"), clip=clip)


def test_a_diagnostic_in_its_cell(show):
    page = show("lesson.ipynb", CELLS)
    page.wait_for_selector(MARK)
    assert cell(page, 3).locator(MARK).all_inner_texts() == ["scores"]
    assert page.locator(MARK).count() == 1
    cell(page, 3).locator(MARK).hover()
    page.wait_for_selector(".cm-tooltip-lint")
    assert "784 is not 32" in page.locator(".cm-tooltip-lint").inner_text()
    picture(page, "diagnostic")


def test_a_hover_knows_the_cells_before(show):
    page = show("hover.ipynb", CELLS)
    page.wait_for_selector(MARK)
    assert "scores: Tensor (32, 10) float32" in hover(page, 2, "scores")
    picture(page, "hover")


def test_it_goes_when_it_is_mended(show):
    page = show("mended.ipynb", CELLS)
    page.wait_for_selector(MARK)
    cell(page, 3).locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.type("z = x.T @ y")
    page.wait_for_selector(MARK, state="detached")


def test_magics_do_not_disturb(show):
    magics = ["%matplotlib inline\n!pip list", *CELLS]
    page = show("magics.ipynb", magics)
    page.wait_for_selector(MARK)
    assert cell(page, 4).locator(MARK).all_inner_texts() == ["scores"]
    assert page.locator(MARK).count() == 1


def test_a_file_beside_the_notebook_is_imported(show, folder: Path):
    (folder / "course").mkdir(exist_ok=True)
    (folder / "course/model.py").write_text("from torch import nn\nnet = nn.Linear(784, 10)\n")
    page = show(
        "course/uses.ipynb",
        ["import torch\nfrom model import net", "y = net(torch.rand(2, 785))"],
    )
    page.wait_for_selector(MARK)
    assert cell(page, 1).locator(MARK).count() == 1
