"""Settings: where they come from, which one wins, and what is said about bad ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lsprotocol import types
from shapewise.analyzers.messages import render
from shapewise.server.configuration import Configuration
from shapewise.server.settings import Settings, read_project, resolve

URI = "file:///work/lesson.py"


def test_defaults():
    assert resolve(None) == (Settings(), ())
    assert resolve({}, {}) == (Settings(), ())
    assert resolve(None, None, "pt_BR.UTF-8")[0].language == "pt-BR"
    assert resolve(None, None, "de")[0].language == "en"


def test_every_key():
    found, complaints = resolve(
        {
            "python": "/usr/bin/python3",
            "language": "pt-BR",
            "inlayHints": {"enabled": False, "style": "full"},
            "diagnostics": {"enabled": False},
            "debounce": 200,
            "budget": {"seconds": 5, "steps": 5000},
        }
    )
    assert complaints == ()
    assert found == Settings("/usr/bin/python3", "pt-BR", False, "full", False, 0.2, 5.0, 5000)


def test_the_editor_wins_where_it_says_something():
    project = {"language": "pt-BR", "inlay-hints": {"style": "full"}, "debounce": 10}
    editor = {"language": "en", "inlayHints": {"style": None}, "debounce": None, "python": ""}
    found, complaints = resolve(editor, project)
    assert complaints == ()
    assert (found.language, found.hint_style, found.debounce) == ("en", "full", 0.01)
    assert found.python is None


def test_a_restricted_project_does_not_choose_what_is_run():
    project = {"python": "./evil", "language": "pt-BR"}
    assert resolve(None, project)[0].python == "./evil"
    found, complaints = resolve(None, project, trusted=False)
    assert (found.python, found.language, complaints) == (None, "pt-BR", ())


@pytest.mark.parametrize(
    ("editor", "complaint"),
    [
        ({"colour": 1}, "settings: there is no setting shapewise.colour"),
        ({"inlayHints": True}, "settings: there is no setting shapewise.inlayHints"),
        (
            {"inlayHints": {"style": "short"}},
            "settings: shapewise.inlayHints.style is 'short'; "
            "it should be one of shape, shape+dtype, full",
        ),
        (
            {"diagnostics": {"enabled": 1}},
            "settings: shapewise.diagnostics.enabled is 1; it should be true or false",
        ),
        (
            {"language": "klingon"},
            "settings: shapewise.language is 'klingon'; it should be one of auto, en, pt-BR",
        ),
        (
            {"debounce": True},
            "settings: shapewise.debounce is True; it should be a number from 0 to 5000",
        ),
        (
            {"budget": {"seconds": -1}},
            "settings: shapewise.budget.seconds is -1; it should be a number from 0.05 to 60",
        ),
        (
            {"python": ["python3"]},
            "settings: shapewise.python is ['python3']; "
            "it should be the path of a Python interpreter",
        ),
    ],
)
def test_what_cannot_be_used_is_named_and_ignored(editor, complaint):
    found, complaints = resolve(editor)
    assert [render(text) for text in complaints] == [complaint]
    assert found == Settings()
    assert render(complaints[0], "pt-BR") != complaint


def test_what_the_extension_keeps_in_the_section_is_not_ours():
    assert resolve({"trace": {"server": "verbose"}, "server": {"path": "x"}}) == (Settings(), ())


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
KEYS = st.sampled_from(
    ["python", "language", "inlayHints", "diagnostics", "debounce", "budget", "x"]
)


@settings(deadline=None)
@given(st.dictionaries(KEYS, JSON | st.dictionaries(st.sampled_from(["style", "steps"]), JSON)))
def test_no_settings_crash(section):
    found, complaints = resolve(section, section, "pt-BR")
    assert isinstance(found, Settings)
    for complaint in complaints:
        assert render(complaint)


def test_reading_a_project(tmp_path: Path):
    assert read_project(tmp_path) == ({}, ())
    path = tmp_path / "pyproject.toml"
    path.write_text("[tool.other]\n")
    assert read_project(tmp_path) == ({}, ())
    path.write_text('[tool.shapewise]\nlanguage = "pt-BR"\n')
    assert read_project(tmp_path) == ({"language": "pt-BR"}, ())
    for broken in ("[tool", "tool = 3\n", "[tool]\nshapewise = 3\n"):
        path.write_text(broken)
        found, (complaint,) = read_project(tmp_path)
        assert found == {}
        assert "pyproject.toml" in render(complaint)
    path.write_bytes(b"\xff\xfe")
    assert len(read_project(tmp_path)[1]) == 1


def test_folders_have_settings_of_their_own(tmp_path: Path):
    outer, inner = tmp_path / "course", tmp_path / "course" / "week1"
    inner.mkdir(parents=True)
    (inner / "pyproject.toml").write_text("[tool.shapewise]\ndebounce = 300\nnonsense = 1\n")
    configuration = Configuration()
    complaints = configuration.load([outer, inner], [{"debounce": 100}, None])
    assert len(complaints) == 1
    assert configuration.settings_of(outer / "a.py").debounce == 0.1
    assert configuration.settings_of(inner / "a.py").debounce == 0.3
    # What lies in no folder goes with the first one.
    assert configuration.settings_of(Path("/elsewhere.py")).debounce == 0.1
    assert configuration.settings_of(None).debounce == 0.1
    assert configuration.load([outer, inner], [{"debounce": 100}, None]) == []


@pytest.mark.asyncio
async def test_a_bad_setting_is_reported_once(start, editor):
    session = await start(editor, settings={"colour": 1}, locale="pt-BR")
    shown = await session.until(types.WINDOW_SHOW_MESSAGE)
    assert shown.message == ("Shapewise: configurações: não existe a configuração shapewise.colour")
    for _ in range(2):
        session.client.workspace_did_change_configuration(
            types.DidChangeConfigurationParams(settings=None)
        )
    session.open(URI, "x = tensor(2)\n")
    await session.diagnostics(URI, 1)
    assert len(session.of(types.WINDOW_SHOW_MESSAGE)) == 1


@pytest.mark.asyncio
async def test_a_project_and_a_change_to_it(start, tmp_path: Path):
    project = tmp_path / "pyproject.toml"
    project.write_text("[tool.shapewise.inlay-hints]\nstyle = 'shape+dtype'\n")
    session = await start("vscode", folder=tmp_path)
    uri = (tmp_path / "lesson.py").as_uri()
    session.open(uri, "x = tensor(2)\n")
    assert await session.hint_labels(uri) == [(0, 1, "(2,) float32")]
    registered = await session.until(types.CLIENT_REGISTER_CAPABILITY)
    methods = {registration.method for registration in registered.registrations}
    assert types.WORKSPACE_DID_CHANGE_WATCHED_FILES in methods
    assert types.WORKSPACE_DID_CHANGE_CONFIGURATION in methods
    project.write_text("")
    session.client.workspace_did_change_watched_files(
        types.DidChangeWatchedFilesParams(
            [types.FileEvent(project.as_uri(), types.FileChangeType.Changed)]
        )
    )
    await session.until(types.WORKSPACE_INLAY_HINT_REFRESH)
    assert await session.hint_labels(uri) == [(0, 1, "(2,)")]


@pytest.mark.asyncio
async def test_an_editor_that_pushes_its_settings(start):
    def no_asking(capabilities: types.ClientCapabilities) -> None:
        capabilities.workspace.configuration = False

    session = await start(
        "neovim",
        adjust=no_asking,
        options={"settings": {"inlayHints": {"style": "full"}}},
    )
    session.open(URI, "x = tensor(2)\n")
    assert await session.hint_labels(URI) == [(0, 1, "(2,) float32 cpu")]
    session.client.workspace_did_change_configuration(
        types.DidChangeConfigurationParams({"shapewise": {"inlayHints": {"style": "shape"}}})
    )
    await session.until(types.WORKSPACE_INLAY_HINT_REFRESH)
    assert await session.hint_labels(URI) == [(0, 1, "(2,)")]


@pytest.mark.asyncio
async def test_an_editor_that_is_slow_to_tell_its_settings(start):
    """Others hold until it does, and no answer is lost."""
    session = await start("neovim", settings={"inlayHints": {"style": "full"}}, settings_after=2.5)
    session.open(URI, "x = tensor(2)\n")
    assert await session.hint_labels(URI) == [(0, 1, "(2,)")]
    await session.until(types.WORKSPACE_INLAY_HINT_REFRESH)
    assert await session.hint_labels(URI) == [(0, 1, "(2,) float32 cpu")]


@pytest.mark.asyncio
async def test_settings_reach_the_analysis(start, tmp_path: Path):
    log = tmp_path / "log"
    session = await start(
        "vscode", env={"FAKE_LOG": str(log)}, settings={"budget": {"steps": 1234}}
    )
    session.open(URI, "x = tensor(2)\n")
    await session.diagnostics(URI, 1)
    assert "[1] 1234" in log.read_text()
