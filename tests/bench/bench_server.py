"""How fast the server answers and how much memory it takes, as an editor sees it.

    python tests/bench/bench_server.py [--lines 100 300 1200] [--edits 30] [--cold] [-- COMMAND …]

For each size of file: start to first diagnostics, one keystroke to its
diagnostics (without the debounce, which is set to 0), a hover, and the server's
resident memory without its oracle. `--cold` begins with an empty cache. Any
server that pushes diagnostics can be measured with its own COMMAND.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

SERVER = [
    sys.executable,
    "-c",
    "import sys, types; from shapewise.server.serve import run; "
    "sys.exit(run(types.SimpleNamespace(tcp=None, python=None)))",
]

HEAD = """\
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
"""

BLOCK = """
class Net{n}(nn.Module):
    def __init__(self, hidden={hidden}):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3, padding=1)
        self.pool = nn.MaxPool2d(2)
        self.fc1 = nn.Linear(8 * 14 * 14, hidden)
        self.fc2 = nn.Linear(hidden, 10)

    def forward(self, x):
        x = self.pool(F.relu(self.conv(x)))
        x = x.flatten(1)
        h = F.relu(self.fc1(x))
        return self.fc2(h)


images{n} = torch.rand({batch}, 1, 28, 28)
labels{n} = torch.randint(0, 10, ({batch},))
model{n} = Net{n}()
criterion{n} = nn.CrossEntropyLoss()
optimizer{n} = torch.optim.SGD(model{n}.parameters(), lr=0.01)
for epoch in range(3):
    logits{n} = model{n}(images{n})
    loss{n} = criterion{n}(logits{n}, labels{n})
    optimizer{n}.zero_grad()
    loss{n}.backward()
    optimizer{n}.step()
accuracy{n} = (logits{n}.argmax(dim=1) == labels{n}).float().mean()
"""


def program(lines: int) -> str:
    """A learner's script of about so many lines, with one mistake at its end."""
    text, number = HEAD, 0
    while text.count("\n") < lines - 34:
        text += BLOCK.format(n=number, hidden=64 + number, batch=16 + number)
        number += 1
    return text + "\nbad = torch.rand(2, 3) @ torch.rand(4, 5)\n"


class Editor:
    """A bare LSP client on pipes; what it does not know it answers with null."""

    def __init__(self, command: list[str], env: dict[str, str]) -> None:
        self.begin = time.perf_counter()
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=env,
        )
        self._number = 0

    def send(self, message: dict[str, Any]) -> None:
        """Send a message."""
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self.process.stdin.flush()

    def receive(self) -> dict[str, Any]:
        """The next message; requests of the server are answered on the way."""
        assert self.process.stdout is not None
        while True:
            length = 0
            while line := self.process.stdout.readline().strip():
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            message: dict[str, Any] = json.loads(self.process.stdout.read(length))
            if "id" not in message or "method" not in message:
                return message
            items = (message.get("params") or {}).get("items")
            answer = [{"debounce": 0}] * len(items) if items else None
            self.send({"id": message["id"], "result": answer})

    def request(self, method: str, params: Any) -> Any:
        """Ask, and wait for the answer."""
        self._number += 1
        self.send({"id": self._number, "method": method, "params": params})
        while (message := self.receive()).get("id") != self._number:
            pass
        return message.get("result")

    def diagnostics(self, version: int, count: int) -> float:
        """Wait until a version has at least so many diagnostics: the time since `begin`."""
        while True:
            message = self.receive()
            params = message.get("params") or {}
            if (
                message.get("method") == "textDocument/publishDiagnostics"
                and params.get("version") in (version, None)
                and len(params["diagnostics"]) >= count
            ):
                return time.perf_counter() - self.begin

    def memory(self) -> int:
        """Resident megabytes of the server's own process."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        match = re.search(r"VmRSS:\s+(\d+)", status)
        return int(match[1]) // 1024 if match else 0


def measure(command: list[str], env: dict[str, str], text: str, edits: int) -> dict[str, float]:
    """One session: seconds and megabytes."""
    uri = "file:///work/lesson.py"
    editor = Editor(command, env)
    capabilities = {
        "general": {"positionEncodings": ["utf-8"]},
        "workspace": {"configuration": True},
        "textDocument": {
            "publishDiagnostics": {"versionSupport": True},
            "hover": {"contentFormat": ["markdown"]},
        },
    }
    editor.request(
        "initialize", {"processId": os.getpid(), "rootUri": None, "capabilities": capabilities}
    )
    editor.send({"method": "initialized", "params": {}})
    document = {"uri": uri, "languageId": "python", "version": 1, "text": text}
    editor.send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
    found = {"start": editor.diagnostics(1, 1)}
    # Keystrokes fall on a new statement between two others, in the middle of the file.
    places = [n for n, line in enumerate(text.splitlines()) if line.startswith("images")]
    line = places[len(places) // 2]
    times = []
    for version in range(2, edits + 2):
        place = {"line": line, "character": 0}
        editor.begin = time.perf_counter()
        editor.send(
            {
                "method": "textDocument/didChange",
                "params": {
                    "textDocument": {"uri": uri, "version": version},
                    "contentChanges": [
                        {"range": {"start": place, "end": place}, "text": f"z = {version}\n"}
                    ],
                },
            }
        )
        times.append(editor.diagnostics(version, 1))
        time.sleep(0.05)
    found["edit"] = statistics.median(times)
    found["slowest edit"] = max(times)
    begin = time.perf_counter()
    for character in range(6):
        editor.request(
            "textDocument/hover",
            {
                "textDocument": {"uri": uri},
                "position": {"line": line + edits + 1, "character": character},
            },
        )
    found["hover"] = (time.perf_counter() - begin) / 6
    found["memory"] = editor.memory()
    editor.request("shutdown", None)
    editor.send({"method": "exit"})
    editor.process.wait()
    return found


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int, nargs="+", default=[100, 300, 1200])
    parser.add_argument("--edits", type=int, default=30)
    parser.add_argument("--cold", action="store_true", help="begin with an empty cache")
    parser.add_argument("command", nargs="*", default=SERVER)
    args = parser.parse_args()
    print("lines  start ms  edit ms  slowest  hover ms  memory MB")
    for lines in args.lines:
        text = program(lines)
        with tempfile.TemporaryDirectory() as folder:
            env = {**os.environ, "XDG_CACHE_HOME": folder}
            if not args.cold:
                measure(args.command, env, text, 1)
            found = measure(args.command, env, text, args.edits)
        print(
            f"{text.count(chr(10)):5}  {found['start'] * 1000:8.0f}  {found['edit'] * 1000:7.1f}"
            f"  {found['slowest edit'] * 1000:7.1f}  {found['hover'] * 1000:8.1f}"
            f"  {found['memory']:9}"
        )


if __name__ == "__main__":
    main()
