"""Makes the pictures of editors/neovim/README.md: a real Neovim in tmux, drawn by Chromium.

    tests/editors/neovim/screenshots.sh

What is on them is looked at by a person; no test compares them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from io import StringIO
from pathlib import Path

from conftest import PLUGIN, ROOT, neovim, shapewise
from PIL import Image
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

PICTURES = PLUGIN / "screenshots"
COLUMNS, LINES = 112, 30
SECONDS = 30

INIT = """
vim.opt.runtimepath:prepend(vim.env.PLUGIN)
vim.opt.swapfile = false
vim.opt.termguicolors = true
vim.opt.number = true
vim.opt.signcolumn = "yes"
vim.opt.winborder = "rounded"
vim.opt.laststatus = 0
vim.opt.ruler = false
vim.opt.showcmd = false
vim.opt.background = vim.env.BACKGROUND
vim.diagnostic.config({ underline = true })
vim.lsp.enable("shapewise")
"""

# Neovim's own colours for text that has none.
THEMES = {
    "dark": ("#14161b", "#e0e2ea"),
    "light": ("#e0e2ea", "#14161b"),
}

SCENES: dict[str, tuple[str, list[str], str]] = {
    # A line to go to, keys, and what must be on the screen at the end.
    "hover": ("18", ["$", "h", "K"], "RuntimeError"),
    "flow": ("17", [":Shapewise flow", "Enter"], "✗ Linear"),
    "inspect": ("25", [":Shapewise inspect", "Enter"], "dtype"),
    "explain": ("18", [":Shapewise explain", "Enter"], "inner sizes"),
}


class Terminal:
    """A Neovim in a terminal."""

    def __init__(self, file: Path, home: Path, background: str) -> None:
        self._socket = f"shapewise-{os.getpid()}-{background}"
        init = home / "init.lua"
        init.write_text(INIT, encoding="utf-8")
        program = Path(shapewise()).parent
        self._tmux(
            *("-f", "/dev/null", "new-session", "-d", "-s", "s"),
            *("-x", str(COLUMNS), "-y", str(LINES)),
            f"env TERM=tmux-256color COLORTERM=truecolor LANG=C.UTF-8 HOME={home} "
            f"XDG_CONFIG_HOME={home} PLUGIN={PLUGIN} BACKGROUND={background} "
            f"PATH={program}:$PATH {neovim()} -i NONE -u {init} {file}",
        )

    def _tmux(self, *arguments: str) -> str:
        return subprocess.run(
            ["tmux", "-L", self._socket, *arguments],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "LANG": "C.UTF-8"},
        ).stdout

    def until(self, text: str) -> None:
        """Wait until something is on the screen."""
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            if text in self.screen(colours=False):
                return
            time.sleep(0.1)
        raise SystemExit(f"waited for {text!r}:\n{self.screen(colours=False)}")

    def press(self, *keys: str) -> None:
        """Type."""
        for key in keys:
            self._tmux("send-keys", "-t", "s", key)

    def screen(self, *, colours: bool) -> str:
        """What is on the screen."""
        return self._tmux("capture-pane", *(["-e"] if colours else []), "-p", "-t", "s")

    def close(self) -> None:
        """Leave."""
        self._tmux("kill-server")


def draw(screen: str, picture: Path, background: str) -> None:
    """A screen with colours as a picture."""
    back, front = THEMES[background]
    console = Console(
        record=True, width=COLUMNS, file=StringIO(), force_terminal=True, color_system="truecolor"
    )
    # One text: a colour goes on from line to line.
    console.print(Text.from_ansi(screen.rstrip("\n")), soft_wrap=True)
    page = console.export_html(
        inline_styles=True,
        theme=TerminalTheme((0, 0, 0), (0, 0, 0), [(0, 0, 0)] * 8),
        code_format=(
            f"<meta charset=utf-8><body style='margin:0;background:{back};color:{front}'>"
            "<pre style='font:15px/19px \"DejaVu Sans Mono\";margin:12px'>{code}</pre>"
        ),
    )
    # What has no colour of its own was given the theme's black.
    page = page.replace("color: #000000; ", "").replace("; background-color: #000000", "")
    source = picture.with_suffix(".html")
    source.write_text(page, encoding="utf-8")
    subprocess.run(
        [
            *("chromium", "--headless=new", "--no-sandbox", "--hide-scrollbars"),
            f"--window-size={COLUMNS * 9 + 36},{LINES * 19 + 24}",
            f"--screenshot={picture}",
            source.as_uri(),
        ],
        check=True,
        capture_output=True,
    )
    source.unlink()
    with Image.open(picture) as drawn:
        small = drawn.convert("RGB").quantize(32)
    small.save(picture, optimize=True)


def main() -> None:
    """Makes all pictures, or those named, in dark; with `--light` in light, to be looked at."""
    background = "light" if "--light" in sys.argv else "dark"
    wanted = [name for name in sys.argv[1:] if name in SCENES] or list(SCENES)
    PICTURES.mkdir(exist_ok=True)
    for name in wanted:
        line, keys, expected = SCENES[name]
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            file = home / "digits.py"
            file.write_text((ROOT / "docs/demo/digits.py").read_text(encoding="utf-8"))
            terminal = Terminal(file, home, background)
            try:
                terminal.until("(64, 5408)")
                terminal.press(f"{line}G", *keys)
                terminal.until(expected)
                time.sleep(0.5)
                suffix = "" if background == "dark" else "-light"
                picture = PICTURES / f"{name}{suffix}.png"
                draw(terminal.screen(colours=True), picture, background)
            finally:
                terminal.close()
        print(picture)


if __name__ == "__main__":
    main()
