"""An editor as a language server sees one, and what the server's processes take."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

CAPABILITIES = {
    "general": {"positionEncodings": ["utf-16"]},
    "workspace": {"configuration": True},
    "textDocument": {
        "publishDiagnostics": {"versionSupport": True},
        "hover": {"contentFormat": ["markdown"]},
        "codeAction": {"dataSupport": True, "resolveSupport": {"properties": ["edit"]}},
    },
}


class Editor:
    """A bare LSP client on pipes with one file open.

    Attributes:
        lines: the lines (from 0) of the newest diagnostics.

    Args:
        command: the server.
        folder: the workspace; the file is `lesson.py` in it.
        env: the server's environment.
        settings: the answer to each question for a section of the configuration.
    """

    def __init__(
        self, command: list[str], folder: Path, env: dict[str, str], settings: dict[str, Any]
    ) -> None:
        self._begin = time.perf_counter()
        self._settings = settings
        self._number = 0
        self._version = 0
        self.lines: set[int] = set()
        self.uri = (folder / "lesson.py").as_uri()
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=env,
        )
        self.request(
            "initialize",
            {
                "processId": os.getpid(),
                "rootUri": folder.as_uri(),
                "workspaceFolders": [{"uri": folder.as_uri(), "name": "lessons"}],
                "capabilities": CAPABILITIES,
            },
        )
        self.send({"method": "initialized", "params": {}})

    def open(self, text: str) -> float:
        """Open the file: seconds from the server's start to its first diagnostic."""
        self._version = 1
        document = {"uri": self.uri, "languageId": "python", "version": 1, "text": text}
        self.send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        self.diagnostics(bool)
        return time.perf_counter() - self._begin

    def change(self, line: int, end: int, text: str, done: Callable[[set[int]], bool]) -> float:
        """Replace the lines `line` to `end` (from 0, exclusive) by a text: the seconds until
        the file's diagnostics stand at lines that are as `done` wants."""
        self._version += 1
        place = {
            "start": {"line": line, "character": 0},
            "end": {"line": end, "character": 0},
        }
        document = {"uri": self.uri, "version": self._version}
        changes = {"textDocument": document, "contentChanges": [{"range": place, "text": text}]}
        begin = time.perf_counter()
        self.send({"method": "textDocument/didChange", "params": changes})
        self.diagnostics(done)
        return time.perf_counter() - begin

    def hover(self, line: int, character: int) -> tuple[str, float]:
        """What a hover says ("" for nothing), and the seconds it took."""
        place = {"line": line, "character": character}
        begin = time.perf_counter()
        answer = self.request(
            "textDocument/hover", {"textDocument": {"uri": self.uri}, "position": place}
        )
        took = time.perf_counter() - begin
        contents = (answer or {}).get("contents") or {}
        return str(contents.get("value", contents)), took

    def diagnostics(self, done: Callable[[set[int]], bool]) -> None:
        """Wait until the diagnostics of the text as it is now are as wanted."""
        while True:
            params = self.receive().get("params") or {}
            current = params.get("version") in (self._version, None)
            if "diagnostics" in params and current and done(self.lines):
                return

    def settle(self) -> None:
        """Wait until the server's processes are idle."""
        before = -1.0
        while (now := self.seconds()) - before > 0.02:
            before = now
            time.sleep(0.3)

    def seconds(self) -> float:
        """The processor time of the server and its children."""
        ticks = 0
        for process in self._processes():
            fields = (Path("/proc") / process / "stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def memory(self) -> tuple[float, float]:
        """Resident megabytes of the server itself, and of its children together."""
        sizes = []
        for process in self._processes():
            pages = (Path("/proc") / process / "statm").read_text().split()[1]
            sizes.append(int(pages) * os.sysconf("SC_PAGE_SIZE") / 1e6)
        return sizes[0], sum(sizes[1:])

    def _processes(self) -> Iterator[str]:
        waiting = [str(self.process.pid)]
        while waiting:
            process = waiting.pop()
            yield process
            for task in (Path("/proc") / process / "task").iterdir():
                with contextlib.suppress(OSError):  # The thread is gone.
                    waiting += (task / "children").read_text().split()

    def close(self) -> None:
        """End the session."""
        self.request("shutdown", None)
        self.send({"method": "exit"})
        self.process.wait(timeout=10)

    def request(self, method: str, params: Any) -> Any:
        """Ask, and wait for the answer."""
        self._number += 1
        self.send({"id": self._number, "method": method, "params": params})
        while True:
            message = self.receive()
            if message.get("id") == self._number and "method" not in message:
                return message.get("result")

    def send(self, message: dict[str, Any]) -> None:
        """Send a message."""
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self.process.stdin.flush()

    def receive(self) -> dict[str, Any]:
        """The next message; what the server asks is answered on the way."""
        assert self.process.stdout is not None
        while True:
            length = 0
            while line := self.process.stdout.readline().strip():
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            if not length:
                raise EOFError("the server has ended")
            message: dict[str, Any] = json.loads(self.process.stdout.read(length))
            if "id" not in message or "method" not in message:
                self._note(message.get("params"))
                return message
            items = (message.get("params") or {}).get("items")
            answer = [self._settings] * len(items) if items else None
            self.send({"id": message["id"], "result": answer})

    def _note(self, params: Any) -> None:
        if isinstance(params, dict) and params.get("uri") == self.uri:
            self.lines = {each["range"]["start"]["line"] for each in params["diagnostics"]}
