"""The server's life: found, started, crashed, started again, looked after."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from conftest import shapewise


def kill_server(editor) -> None:
    """The server dies as in a crash."""
    os.kill(editor.server_pid(), signal.SIGKILL)


def test_the_command_comes_first_for_the_project(begin, lesson):
    (lesson.parent / "pyproject.toml").write_text("[tool.shapewise]\n")
    editor = begin(lesson)
    editor.ready()
    assert editor.client()["root"] == str(lesson.parent)


def test_two_files_share_a_server(begin, lesson):
    other = lesson.with_name("other.py")
    other.write_text("import torch\na = torch.rand(2, 3)\nb = a @ a\n")
    editor = begin(lesson)
    editor.until_diagnostics(1)
    first = editor.client()["id"]
    editor.edit(other)
    assert editor.until_diagnostics(1)[0]["line"] == 2
    assert editor.client()["id"] == first


def test_a_crashed_server_is_started_again(begin, lesson):
    editor = begin(lesson)
    editor.until_diagnostics(1)
    before = editor.client()["id"]
    kill_server(editor)
    editor.until(
        "local c = vim.lsp.get_clients({name = 'shapewise', bufnr = 0})[1] "
        "return c and c.initialized and c.id ~= ...",
        before,
        what="another server",
    )
    assert "Shapewise: The server crashed and is started again." in editor.notices()
    editor.nvim.current.buffer[7] = "z = x.T @ y"
    editor.until_hints(4)
    assert editor.until_diagnostics(0) == []


def test_a_server_that_keeps_crashing_is_left_alone(begin, lesson, tmp_path: Path):
    starts = tmp_path / "starts"
    program = tmp_path / "broken"
    program.write_text(f"#!/bin/sh\necho start >> {starts}\nexit 3\n")
    program.chmod(0o755)
    editor = begin(
        lesson, config=f'require("shapewise").setup({{ server = {{ "{program}", "serve" }} }})'
    )
    end = "Shapewise: The server crashed 5 times and is not started again. Its log: "
    editor.until_true(
        lambda: any(notice.startswith(end) for notice in editor.notices()), "the last notice"
    )
    assert starts.read_text().split() == ["start"] * 5
    assert editor.client() == {}


def test_restart(begin, lesson):
    editor = begin(lesson)
    editor.until_diagnostics(1)
    before = editor.client()["id"]
    editor.command("Shapewise restart")
    editor.until_true(editor.notices, "the news")
    assert editor.notices() == ["Shapewise: The server was started again."]
    editor.until_true(lambda: editor.client().get("id", before) != before, "another server")
    editor.until_diagnostics(1)
    editor.until_hints(3)


def test_nothing_of_it_stays_when_neovim_leaves(begin, lesson):
    editor = begin(lesson)
    editor.until_diagnostics(1)
    server = editor.server_pid()
    editor.close()

    def gone() -> bool:
        try:
            os.kill(server, 0)
        except ProcessLookupError:
            return True
        return False

    editor.until_true(gone, "the server's end")


def test_a_missing_server_is_said_once_with_what_to_do(begin, lesson):
    other = lesson.with_name("other.py")
    other.write_text("a = 1\n")
    editor = begin(lesson, path="/usr/bin:/bin")
    editor.until_true(editor.notices, "a notice")
    editor.edit(other)
    editor.command("Shapewise explain SW101")
    said = editor.notices()
    assert said[0] == (
        "Shapewise: The program shapewise was not found. Install it with `pipx install "
        "shapewise`, or name it in the option `server`. (:checkhealth shapewise)"
    )
    assert said[1:] == [
        "Shapewise: There is no server for this buffer. See :checkhealth shapewise."
    ]
    assert "The program shapewise was not found" in "\n".join(health(editor))


def test_the_projects_own_environment_serves(begin, lesson, tmp_path: Path):
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/shapewise").symlink_to(shapewise())
    editor = begin(lesson, path="/usr/bin:/bin")
    editor.until_diagnostics(1)
    found = editor.lua("return require('shapewise.server').command(...)", str(tmp_path))
    assert found == [str(tmp_path / ".venv/bin/shapewise"), "serve"]


def test_settings_reach_the_server_and_may_change(begin, lesson):
    config = """
    require("shapewise").setup({ settings = { inlayHints = { style = "shape+dtype" } } })
    """
    editor = begin(lesson, config=config)
    editor.until_true(
        lambda: "(32, 784) float32" in [t for _, _, t in editor.until_hints(3)], "dtypes"
    )
    editor.lua("require('shapewise').setup({ settings = { inlayHints = { style = 'shape' } } })")
    editor.until_true(lambda: "(32, 784)" in [t for _, _, t in editor.until_hints(3)], "shapes")
    assert editor.notices() == []


def test_an_unknown_option_is_a_mistake(begin, lesson):
    editor = begin(lesson, config='require("shapewise").setup({})')
    fault = editor.lua(
        "local ok, fault = pcall(require('shapewise').setup, { inlay_hint = true }) "
        "return not ok and fault"
    )
    assert "there is no option `inlay_hint`" in fault


def health(editor) -> list[str]:
    """What `:checkhealth shapewise` shows."""
    editor.command("checkhealth shapewise")
    return list(editor.lines())


def test_health(begin, lesson):
    editor = begin(lesson)
    editor.until_diagnostics(1)
    editor.ready()
    report = "\n".join(health(editor))
    assert "ERROR" not in report and "WARNING" not in report
    assert "OK Shapewise is enabled." in report
    assert "1 buffers, positions in utf-8" in report
    assert "PyTorch" in report and "is ready" in report


def test_health_in_portuguese(begin, lesson):
    editor = begin(lesson, language="pt_BR.UTF-8")
    editor.until_diagnostics(1)
    editor.ready()
    report = "\n".join(health(editor))
    assert "O Shapewise está ativado." in report
    assert "Acelerador:" in report
