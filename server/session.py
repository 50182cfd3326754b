"""A session's beginning and end, and its settings while it lasts.

Initialization options an editor may send: `settings`, with the keys of the
section `shapewise`, for what is known before the editor can be asked; and
`trusted`, false in a restricted workspace; `hoversShowDiagnostics`, true where a
hover of ours need not repeat them; and `hoversShowImages`, true where an image whose
data is in the link is shown.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.uris import to_fs_path

from .client import Client
from .configuration import Configuration, section_of
from .engine import warm_up
from .features import diagnostics
from .settings import SECTION
from .teacher import WATCHED, concerns_lessons

if TYPE_CHECKING:
    from .lsp import ShapewiseServer

_ANSWER_SECONDS = 2.0
"""How long the first analysis waits for the editor's settings."""


def initialize(ls: ShapewiseServer, params: types.InitializeParams) -> None:
    ls.attach()
    encoding = types.PositionEncodingKind(ls.workspace.position_encoding)
    ls.documents.encoding = encoding.value
    options = params.initialization_options
    options = options if isinstance(options, Mapping) else {}
    ls.client = replace(
        Client.of(params.capabilities),
        hovers_show_diagnostics=options.get("hoversShowDiagnostics") is True,
        hover_images=options.get("hoversShowImages") is True,
    )
    trusted = options.get("trusted") is not False
    ls.configuration = Configuration(params.locale, trusted, options.get("settings"))
    # An editor takes no messages yet; `initialized` looks again.
    ls.configuration.load(list(_folders(ls).values()), tell=False)
    diagnostics.register(ls)
    # Torch takes a second to start, and most often the interpreter is known by now.
    ls.oracle_of(None)
    ls.scheduler.warm_up(warm_up)


async def initialized(ls: ShapewiseServer, _params: types.InitializedParams) -> None:
    _register_watchers(ls)
    await _configure(ls)
    await ls.teacher.look()


async def did_change_configuration(
    ls: ShapewiseServer, params: types.DidChangeConfigurationParams
) -> None:
    pushed = section_of(params.settings)
    if pushed is not None:
        ls.configuration.pushed = pushed
    await _configure(ls)
    await ls.teacher.look()


async def did_change_watched_files(
    ls: ShapewiseServer, params: types.DidChangeWatchedFilesParams
) -> None:
    await _configure(ls)
    paths = [to_fs_path(change.uri) for change in params.changes]
    ls.touch_importers(Path(path) for path in paths if path is not None)
    if any(change.type == types.FileChangeType.Created for change in params.changes):
        # What could not be imported may be there now.
        ls.touch(ls.documents.units())
    if concerns_lessons(params.changes):
        await ls.teacher.look()


async def did_change_folders(
    ls: ShapewiseServer, _params: types.DidChangeWorkspaceFoldersParams
) -> None:
    await _configure(ls)
    await ls.teacher.look()


def shutdown(ls: ShapewiseServer, _params: None) -> None:
    ls.close()


def register(ls: ShapewiseServer) -> None:
    """Follow the session's course."""
    ls.feature(types.INITIALIZE)(initialize)
    ls.feature(types.INITIALIZED)(initialized)
    ls.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)(did_change_configuration)
    ls.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)(did_change_watched_files)
    ls.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)(did_change_folders)
    ls.feature(types.SHUTDOWN)(shutdown)


async def _configure(ls: ShapewiseServer) -> None:
    folders = _folders(ls)
    if not ls.client.configuration:
        _apply(ls, folders, [])
        return
    asked = asyncio.ensure_future(_sections(ls, list(folders)))
    done, _ = await asyncio.wait({asked}, timeout=_ANSWER_SECONDS)
    if done:
        _apply(ls, folders, asked.result())
    else:
        _apply(ls, folders, [])
        ls.spawn(_apply_late(ls, folders, asked))


def _apply(ls: ShapewiseServer, folders: Mapping[str, Path], sections: list[object]) -> None:
    before = dict(ls.configuration.folders())
    ls.complain(ls.configuration.load(list(folders.values()), sections))
    if before != ls.configuration.folders() or not ls.configured.is_set():
        ls.reconfigured()


async def _apply_late(
    ls: ShapewiseServer, folders: Mapping[str, Path], asked: asyncio.Future[list[object]]
) -> None:
    """What a busy editor says when others were analysed without it already."""
    sections = await asked
    if folders == _folders(ls):
        _apply(ls, folders, sections)


async def _sections(ls: ShapewiseServer, folders: list[str]) -> list[object]:
    """What the editor has set for each folder, or for all where none is open."""
    scopes: list[str | None] = [*folders] or [None]
    items = [types.ConfigurationItem(scope, SECTION) for scope in scopes]
    try:
        return list(await ls.workspace_configuration_async(types.ConfigurationParams(items)))
    except Exception as error:
        ls.log_error(f"the editor did not tell its settings: {error!r}")
        return []


def _register_watchers(ls: ShapewiseServer) -> None:
    """Ask to be told when settings change, where that must be asked for."""
    wanted: list[types.Registration] = []
    if ls.client.watch_configuration:
        method = types.WORKSPACE_DID_CHANGE_CONFIGURATION
        options = types.DidChangeConfigurationRegistrationOptions(SECTION)
        wanted.append(types.Registration(method, method, options))
    if ls.client.watch_files:
        method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
        patterns = ("**/pyproject.toml", "**/*.py", WATCHED)
        watchers = [types.FileSystemWatcher(pattern) for pattern in patterns]
        files = types.DidChangeWatchedFilesRegistrationOptions(watchers)
        wanted.append(types.Registration(method, method, files))
    if wanted:
        ls.client_register_capability(types.RegistrationParams(wanted))


def _folders(ls: ShapewiseServer) -> dict[str, Path]:
    """The workspace folders on disk, by URI."""
    uris = [folder.uri for folder in ls.workspace.folders.values()]
    if not uris and ls.workspace.root_uri is not None:
        uris = [ls.workspace.root_uri]
    return {uri: Path(path) for uri in uris if (path := to_fs_path(uri))}
