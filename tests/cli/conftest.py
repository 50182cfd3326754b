"""The `shapewise` command, run in this process with one torch for all tests."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from shapewise.runtime.cache import Cache
from shapewise.runtime.client import OracleClient, State
from shapewise.server.cli import main


class SharedOracle:
    """Stands in for an `OracleClient`, but leaves the one it passes questions to running."""

    def __init__(self, client: OracleClient, on_state: Callable[[State], None]) -> None:
        self._client = client
        self._on_state = on_state
        self.ask = client.ask
        self.accelerator = client.accelerator

    def start(self) -> None:
        """It has been started."""
        self._on_state(self._client.state)

    def close(self) -> None:
        """Others need it."""


@pytest.fixture(scope="session")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OracleClient]:
    """A torch that answers."""
    settled = threading.Event()
    client = OracleClient(
        sys.executable,
        cache=Cache(tmp_path_factory.mktemp("cache")),
        on_state=lambda state: settled.set() if state.kind != "starting" else None,
    )
    client.start()
    assert settled.wait(120) and client.state.kind == "ready", client.state
    yield client
    client.close()


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The output, of a format that is JSON."""
        return json.loads(self.out)

    @property
    def message(self) -> str:
        """The sentence of the only problem, of JSON; the rules' own tests say what it should be."""
        (problem,) = [p for file in self.json["files"] for p in file["diagnostics"]]
        return str(problem["message"])


Check = Callable[..., Ran]


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty folder, English, no colours, and 100 columns."""
    monkeypatch.chdir(tmp_path)
    for name in ("LC_ALL", "LC_MESSAGES", "COLUMNS", "FORCE_COLOR", "NO_COLOR", "VIRTUAL_ENV"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")


@pytest.fixture
def shared(oracle: OracleClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The torch of this interpreter is started once for all tests."""

    def make(
        python: str, *, cache: Cache, on_state: Callable[[State], None]
    ) -> SharedOracle | OracleClient:
        if python == sys.executable:
            return SharedOracle(oracle, on_state)
        return OracleClient(python, cache=cache, on_state=on_state)

    monkeypatch.setattr("shapewise.runtime.client.OracleClient", make)


@pytest.fixture
def check(shared: None, capsys: pytest.CaptureFixture[str]) -> Check:
    """Runs `shapewise check` with some arguments, in one process and on the shared torch."""

    def run(*arguments: str) -> Ran:
        given = [] if "--python" in arguments else ["--python", sys.executable]
        status = main(["check", "--jobs", "1", *given, *arguments])
        captured = capsys.readouterr()
        return Ran(status, captured.out, captured.err)

    return run


def write_notebook(path: Path, *cells: str) -> None:
    """A notebook with a heading and some code cells."""
    heading = {"cell_type": "markdown", "metadata": {}, "source": ["# Notes"]}
    code = [
        {
            "cell_type": "code",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": cell.splitlines(keepends=True),
        }
        for cell in cells
    ]
    notebook = {"cells": [heading, *code], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(notebook), encoding="utf-8")
