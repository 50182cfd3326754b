"""The client: it starts, restarts and ends its child, and never raises."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from shapewise.runtime.cache import Cache, Session, fingerprint
from shapewise.runtime.client import OracleClient, State
from shapewise.runtime.oracle import wire as w

from .expressions import request, tensor

ADD = request("x + 1", {"x": tensor(3, 4)})
SUB = request("x - 1", {"x": tensor(3, 4)})
SUM = w.Ok(tensor(3, 4).wire)
# Takes seconds: the meta device goes through it one time step after the other.
SLOW = request("nn.LSTM(512, 1024, num_layers=4)(x)", {"x": tensor(3000, 64, 512)})

posix = pytest.mark.skipif(os.name != "posix", reason="POSIX signals")
Start = Callable[..., OracleClient]


@pytest.fixture
def start() -> Iterator[Start]:
    """`start(python, **options)`: a started client, closed when the test ends."""
    clients: list[OracleClient] = []

    def make(python: str | None = None, **options: object) -> OracleClient:
        client = OracleClient(python, **options)  # type: ignore[arg-type]
        clients.append(client)
        client.start()
        return client

    yield make
    for client in clients:
        client.close()


def wait_for(condition: Callable[[], bool]) -> None:
    for _ in range(600):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it did not happen")


def test_states_and_versions(start: Start) -> None:
    states: list[State] = []
    client = start(on_state=states.append)
    assert client.state.kind == "starting"
    assert client.ask(ADD) == SUM
    assert client.state.kind == "ready"
    assert client.info["torch"]
    assert client.info["python"] == ".".join(map(str, sys.version_info[:3]))
    client.close()
    assert [state.kind for state in states] == ["ready", "stopped"]
    assert isinstance(client.ask(SUB), w.Unsure)


def test_a_child_that_is_being_started_is_ended_too(monkeypatch: pytest.MonkeyPatch) -> None:
    client = OracleClient()
    closing = threading.Thread(target=client.close)
    children = []
    spawn = client._spawn

    def slowly() -> subprocess.Popen[str]:
        children.append(spawn())
        closing.start()
        wait_for(lambda: client._closing)
        return children[0]

    monkeypatch.setattr(client, "_spawn", slowly)
    client.start()
    wait_for(lambda: client.state.kind == "stopped")
    assert children[0].poll() is not None


@posix
def test_a_killed_child_is_replaced(start: Start) -> None:
    states: list[State] = []
    client = start(on_state=states.append)
    client.ask(ADD)
    first = client.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    assert client.ask(SUB) == SUM
    assert client.pid != first
    assert [state.kind for state in states] == ["ready", "restarting", "ready"]


@posix
def test_a_question_that_kills_the_child_is_not_asked_again(start: Start) -> None:
    client = start(deadline=60.0)
    client.ask(ADD)
    first = client.pid
    assert first is not None
    killer = threading.Timer(0.3, os.kill, (first, signal.SIGKILL))
    killer.start()
    assert client.ask(SLOW).reason == "died"
    wait_for(lambda: client.state.kind == "ready")
    second = client.pid
    assert client.ask(SLOW).reason == "died"
    assert client.pid == second
    assert client.ask(SUB) == SUM


def test_a_question_that_takes_too_long(start: Start) -> None:
    client = start(deadline=0.3)
    client.ask(ADD)
    assert client.ask(SLOW).reason == "timeout"
    wait_for(lambda: client.state.kind == "ready")
    assert client.ask(SLOW).reason == "timeout"
    assert client.ask(SUB) == SUM


def test_many_threads(start: Start) -> None:
    client = start()
    questions = [request("x + y", {"x": tensor(n, 4), "y": tensor(4)}) for n in range(1, 41)]
    answers: dict[int, w.Answer] = {}

    def ask(number: int) -> None:
        for index in range(number, 40, 4):
            answers[index] = client.ask(questions[index])

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {n: w.Ok(tensor(n + 1, 4).wire) for n in range(40)}


def test_no_such_interpreter(start: Start) -> None:
    client = start("/no/such/python")
    assert client.ask(ADD) == w.Unsure("no-torch", client.state.detail)
    assert client.state.kind == "no-torch"
    assert "/no/such/python" in client.state.detail


def test_an_interpreter_without_torch(start: Start, tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "venv")], check=True
    )
    folder = "Scripts" if os.name == "nt" else "bin"
    client = start(str(tmp_path / "venv" / folder / "python"))
    assert client.ask(ADD).reason == "no-torch"
    assert client.state.kind == "no-torch"
    assert client.info["torch"] is None


def test_an_interpreter_that_is_none(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "python"
    path.write_text("#!/bin/sh\necho hello\n")
    path.chmod(0o755)
    assert start(str(path)).ask(ADD).reason == "no-torch"


@pytest.mark.skipif(os.name == "nt", reason="the interpreter is a shell script")
def test_an_interpreter_that_cannot_start_once(start: Start, tmp_path: Path) -> None:
    path, mark = tmp_path / "python", tmp_path / "tried"
    path.write_text(
        f'#!/bin/sh\n[ -e {mark} ] || {{ touch {mark}; exit 1; }}\nexec {sys.executable} "$@"\n'
    )
    path.chmod(0o755)
    client = start(str(path))
    assert isinstance(client.ask(ADD), w.Ok)
    assert mark.exists()


def test_what_lies_in_the_working_folder_does_not_matter(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("random", "torch", "json", "ast", "shapewise"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('shadowed')\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert start().ask(ADD) == SUM


@posix
def test_the_child_ends_with_its_parent() -> None:
    program = (
        "import os, sys\n"
        "from shapewise.runtime.client import OracleClient\n"
        "client = OracleClient()\n"
        "client.start()\n"
        "while client.state.kind != 'ready': pass\n"
        "print(client.pid, flush=True)\n"
        "os._exit(0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    pid = int(done.stdout)

    def gone() -> bool:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        return Path(f"/proc/{pid}/stat").exists() and " Z " in Path(f"/proc/{pid}/stat").read_text()

    wait_for(gone)


def test_answers_from_the_disk_need_no_torch(start: Start, tmp_path: Path) -> None:
    first = start(cache=Cache(tmp_path))
    first.ask(ADD)
    first.close()
    second = start(cache=Cache(tmp_path))
    assert second.ask(ADD) == SUM
    assert second.state.kind == "starting"


def test_two_clients_share_one_cache(start: Start, tmp_path: Path) -> None:
    one, two = start(cache=Cache(tmp_path)), start(cache=Cache(tmp_path))
    for number in range(1, 30):
        asked = request("x * 2", {"x": tensor(number)})
        assert one.ask(asked) == two.ask(asked) == w.Ok(tensor(number).wire)
    one.close()
    two.close()
    third = start(cache=Cache(tmp_path))
    assert third.ask(request("x * 2", {"x": tensor(7)})) == w.Ok(tensor(7).wire)
    assert third.state.kind == "starting"


def test_failures_of_the_child_are_not_kept(start: Start, tmp_path: Path) -> None:
    client = start(cache=Cache(tmp_path), deadline=0.3)
    client.ask(ADD)
    assert client.ask(SLOW).reason == "timeout"
    client.close()
    kept = Session(Cache(tmp_path), fingerprint(client.info))
    assert kept.get(ADD) == SUM
    assert kept.get(SLOW) is None
