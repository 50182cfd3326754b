"""An editor to test the server with: pytest-lsp's client, with real editors' capabilities.

The capabilities of VS Code 1.139 (vscode-languageclient 10) and Neovim 0.11.4 were
recorded from those programs; Helix's are what its source says it can; of an old VS Code,
pytest-lsp has them.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import pytest_lsp
from lsprotocol import types
from lsprotocol.converters import get_converter
from pygls.protocol import default_converter
from pytest_lsp.client import DEFAULT_CLIENT_FEATURES, register_lsp_features

HERE = Path(__file__).parent
FAKE_SERVER = [sys.executable, str(HERE / "fake_server.py")]
REAL_SERVER = [
    sys.executable,
    "-c",
    "import sys, types; from shapewise.server.serve import run; "
    "sys.exit(run(types.SimpleNamespace(tcp=None, python=None)))",
]

RECORDED = {
    "vscode": "visual_studio_code_v1.139.0.json",
    "neovim": "neovim_v0.11.4.json",
    "helix": "helix_v25.07.json",
}

SECONDS = 30
"""The limit of any wait; a test waits for an event, never for a time."""


def capabilities_of(editor: str) -> types.ClientCapabilities:
    """The capabilities that an editor declares."""
    if editor not in RECORDED:
        return pytest_lsp.client_capabilities(editor)
    recorded = json.loads((HERE / "clients" / RECORDED[editor]).read_text(encoding="utf-8"))
    return get_converter().structure(recorded["capabilities"], types.ClientCapabilities)


class Editor:
    """One session of an editor with a server."""

    def __init__(self, client: pytest_lsp.LanguageClient) -> None:
        self.client = client
        self.events: list[tuple[str, Any]] = []
        self.result: types.InitializeResult
        self.expects_errors = False
        self._news = asyncio.Condition()

    @property
    def pulls(self) -> bool:
        """Whether this editor asks for diagnostics."""
        return self.result.capabilities.diagnostic_provider is not None

    @property
    def pid(self) -> int:
        """The server's process."""
        assert self.client._server is not None
        return self.client._server.pid

    async def record(self, method: str, params: Any) -> None:
        """Note what the server sent."""
        async with self._news:
            self.events.append((method, params))
            self._news.notify_all()

    def of(self, method: str) -> list[Any]:
        """All that the server sent of a kind so far."""
        return [params for name, params in self.events if name == method]

    async def until(self, method: str, holds: Callable[[Any], bool] = lambda _: True) -> Any:
        """The first thing of a kind that the server has sent or will send and that fits."""

        def found() -> list[Any]:
            return [params for params in self.of(method) if holds(params)]

        async with asyncio.timeout(SECONDS), self._news:
            await self._news.wait_for(found)
            return found()[0]

    def open(self, uri: str, text: str, version: int | None = 1) -> None:
        """Open a Python document."""
        document = types.TextDocumentItem(uri, "python", version, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(document))

    def change(self, uri: str, version: int, *changes: Any) -> None:
        """Edit: each change is a whole text, or `(line, character, end line, end, new)`."""
        events: list[types.TextDocumentContentChangeEvent] = []
        for change in changes:
            if isinstance(change, str):
                events.append(types.TextDocumentContentChangeWholeDocument(change))
                continue
            line, character, end_line, end, new = change
            where = types.Range(types.Position(line, character), types.Position(end_line, end))
            events.append(types.TextDocumentContentChangePartial(where, new))
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(version, uri), events
            )
        )

    def close(self, uri: str) -> None:
        """Close a document."""
        self.client.text_document_did_close(
            types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri))
        )

    async def diagnostics(
        self,
        uri: str,
        version: int | None = 1,
        holds: Callable[[list[types.Diagnostic]], bool] = lambda _: True,
    ) -> list[types.Diagnostic]:
        """The diagnostics of a version: asked for, or those pushed for it."""
        if not self.pulls:
            pushed = await self.until(
                types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS,
                lambda p: p.uri == uri and p.version == version and holds(p.diagnostics),
            )
            return list(pushed.diagnostics)
        async with asyncio.timeout(SECONDS):
            while True:
                seen = len(self.of(types.WORKSPACE_DIAGNOSTIC_REFRESH))
                report = await self.pull(uri)
                assert isinstance(report, types.RelatedFullDocumentDiagnosticReport)
                if holds(list(report.items)):
                    return list(report.items)
                async with self._news:
                    await self._news.wait_for(
                        lambda seen=seen: len(self.of(types.WORKSPACE_DIAGNOSTIC_REFRESH)) > seen
                    )

    async def pull(self, uri: str, previous: str | None = None) -> Any:
        """Ask for diagnostics."""
        return await self.client.text_document_diagnostic_async(
            types.DocumentDiagnosticParams(
                types.TextDocumentIdentifier(uri), previous_result_id=previous
            )
        )

    async def hover(self, uri: str, line: int, character: int) -> types.Hover | None:
        """Point at a place."""
        return await self.client.text_document_hover_async(
            types.HoverParams(types.TextDocumentIdentifier(uri), types.Position(line, character))
        )

    async def hover_text(self, uri: str, line: int, character: int) -> str:
        """What the hover at a place says."""
        hover = await self.hover(uri, line, character)
        assert hover is not None and isinstance(hover.contents, types.MarkupContent)
        return hover.contents.value

    async def hints(self, uri: str, first: int = 0, last: int = 10_000) -> list[types.InlayHint]:
        """The inlay hints from a line to another."""
        hints = await self.client.text_document_inlay_hint_async(
            types.InlayHintParams(
                types.TextDocumentIdentifier(uri),
                types.Range(types.Position(first, 0), types.Position(last, 0)),
            )
        )
        return list(hints or ())

    async def hint_labels(self, uri: str) -> list[tuple[int, int, str]]:
        """Line, character and text of each hint."""
        hints = await self.hints(uri)
        return [(h.position.line, h.position.character, str(h.label)) for h in hints]

    async def leave(self) -> int | None:
        """Shut the server down: its exit status."""
        await self.client.shutdown_async(None)
        self.client.exit(None)
        server = self.client._server
        assert server is not None
        async with asyncio.timeout(SECONDS):
            return await server.wait()


def _new_client() -> pytest_lsp.LanguageClient:
    client = pytest_lsp.LanguageClient(converter_factory=default_converter)
    editor = Editor(client)
    client.editor = editor  # type: ignore[attr-defined]
    register_lsp_features(client, DEFAULT_CLIENT_FEATURES)
    features = client.protocol.fm.features

    def listen(method: str) -> None:
        usual = features.pop(method, None)

        async def handle(params: Any) -> Any:
            answer = usual(params) if usual is not None else None
            await editor.record(method, params)
            return answer

        client.feature(method)(handle)

    for method in (
        *DEFAULT_CLIENT_FEATURES,
        types.WORKSPACE_INLAY_HINT_REFRESH,
        types.WORKSPACE_CODE_LENS_REFRESH,
        types.CLIENT_REGISTER_CAPABILITY,
        "shapewise/status",
        "shapewise/traced",
    ):
        listen(method)
    return client


def _delay(client: pytest_lsp.LanguageClient, method: str, seconds: float) -> None:
    """Let a request of the server's wait for its answer."""
    usual = client.protocol.fm.features.pop(method)

    async def answer(params: Any) -> Any:
        await asyncio.sleep(seconds)
        found = usual(params)
        return await found if inspect.isawaitable(found) else found

    client.feature(method)(answer)


Start = Callable[..., Awaitable[Editor]]


@pytest_asyncio.fixture
async def start() -> AsyncIterator[Start]:
    """Starts servers; they are ended with the test, and must leave on request."""
    editors: list[Editor] = []

    async def begin(
        editor: str = "vscode",
        *,
        command: list[str] = FAKE_SERVER,
        env: dict[str, str] | None = None,
        settings: dict[str, Any] | None = None,
        locale: str | None = None,
        options: Any = None,
        folder: Path | None = None,
        adjust: Callable[[types.ClientCapabilities], None] = lambda _: None,
        settings_after: float = 0.0,
    ) -> Editor:
        config = pytest_lsp.ClientServerConfig(
            server_command=command,
            client_factory=_new_client,
            server_env={**os.environ, **(env or {})},
        )
        client = await config.start()
        session: Editor = client.editor  # type: ignore[attr-defined]
        editors.append(session)
        client.set_configuration({"shapewise": settings or {}})
        if settings_after:
            _delay(client, types.WORKSPACE_CONFIGURATION, settings_after)
        capabilities = capabilities_of(editor)
        adjust(capabilities)
        session.result = await client.initialize_session(
            types.InitializeParams(
                capabilities,
                locale=locale,
                initialization_options=options,
                root_uri=folder.as_uri() if folder else None,
                workspace_folders=(
                    [types.WorkspaceFolder(folder.as_uri(), folder.name)] if folder else None
                ),
            )
        )
        return session

    yield begin
    for session in editors:
        server = session.client._server
        assert server is not None
        if server.returncode is None:
            assert await session.leave() == 0
        await session.client.stop()
        errors = [
            log.message
            for log in session.of(types.WINDOW_LOG_MESSAGE)
            if log.type == types.MessageType.Error
        ]
        assert session.expects_errors or not errors


@pytest.fixture(params=["vscode", "neovim"])
def editor(request: pytest.FixtureRequest) -> str:
    """The editors every feature must work in."""
    return str(request.param)
