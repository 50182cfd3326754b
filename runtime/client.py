"""The oracle as the server sees it: a child process that is started, asked and restarted."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from .cache import Cache, Session, fingerprint
from .oracle import wire
from .oracle.wire import Answer, Request, Unsure

_log = logging.getLogger(__name__)

RUNTIME = Path(__file__).resolve().parent

# The child runs isolated (`-I`): neither the learner's `random.py` nor the
# server's site-packages can shadow a module there. The two stub packages let
# `shapewise.runtime.oracle` be imported from its folder.
_BOOTSTRAP = """
import sys, types
for name, path in (("shapewise", []), ("shapewise.runtime", [sys.argv[1]])):
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = path
from shapewise.runtime.oracle.child import main
main()
"""

_START_SECONDS = 120.0
"""Importing torch takes this long at most: a cold disk, an antivirus."""

_BACK_OFF = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
_ENDS = ("no-torch", "stopped")
_HOPE = 3
"""After so many ends in a row questions no longer wait for the next child."""

_PATIENCE = 50
"""After this many answers a child counts as healthy and the back-off starts anew."""


@dataclass(frozen=True)
class State:
    """How the oracle is.

    kind: "starting", "ready", "restarting", "no-torch" or "stopped".
    detail: the reason, for people.
    """

    kind: str
    detail: str = ""


class _Pending:
    """One question on its way."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.lost = False
        self.done = threading.Event()
        self.answer: Answer | None = None

    def finish(self, answer: Answer, lost: bool = False) -> None:
        if self.answer is None:
            self.answer, self.lost = answer, lost
        self.done.set()


class OracleClient:
    """Asks a child process in the learner's interpreter.

    Args:
        python: the learner's interpreter; None for this one.
        cache: where answers are kept across starts; None to keep them in memory only.
        deadline: seconds that one question may take.
        on_state: called with each new state, from a thread of this client.
    """

    def __init__(
        self,
        python: str | None = None,
        *,
        cache: Cache | None = None,
        deadline: float = 20.0,
        on_state: Callable[[State], None] | None = None,
    ) -> None:
        self._python = python or sys.executable
        self._cache = cache
        self._deadline = deadline
        self._on_state = on_state
        self._session = Session(None, "")
        self._poisonous: dict[Request, Unsure] = {}
        self._turn = threading.Lock()
        self._changed = threading.Condition()
        self._state = State("starting")
        self._process: subprocess.Popen[str] | None = None
        self._pending: _Pending | None = None
        self._thread: threading.Thread | None = None
        self._closing = False
        self._number = 0
        self._taken = 0
        self._answered = 0
        self._failures = 0
        self._refused = False
        self.info: dict[str, str | None] = {}
        self.accelerator: str | None = None

    @property
    def state(self) -> State:
        """How the oracle is now."""
        return self._state

    @property
    def pid(self) -> int | None:
        """The process id of the child, None while there is none."""
        process = self._process
        return None if process is None else process.pid

    def start(self) -> None:
        """Starts the child; returns at once. A second call does nothing."""
        with self._changed:
            if self._thread is not None or self._closing:
                return
            self._thread = threading.Thread(target=self._tend, name="oracle", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ends the child and writes what is not yet in the cache."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
            process = self._process
        if process is not None:
            # It has nothing to lose, and while it imports torch it does not listen.
            process.kill()
        if self._thread is not None:
            self._thread.join(timeout=5.0)
        self._enter(State("stopped"))
        self._session.close()

    def ask(self, request: Request) -> Answer:
        """The answer to one question. Thread-safe; blocks until it is there; never raises."""
        answer = self._session.get(request)
        if answer is not None:
            return answer
        try:
            return self._ask(request)
        except Exception as error:  # a bug here must not end an analysis
            _log.exception("asking the oracle failed")
            return Unsure("died", f"{type(error).__name__}: {error}")

    def _ask(self, request: Request) -> Answer:
        if self._thread is None:
            self.start()
        self._wait(lambda: bool(self.info), _START_SECONDS)
        answer = self._session.get(request)
        if answer is not None:
            return answer
        if request in self._poisonous:
            return self._poisonous[request]
        with self._turn:
            answer = self._session.get(request)
            if answer is not None:
                return answer
            if not self._wait(lambda: self._state.kind == "ready", _START_SECONDS):
                return Unsure(
                    "no-torch" if self._state.kind == "no-torch" else "died", self._state.detail
                )
            answer = self._put(request)
            if answer is None:
                # The child died before it took the question.
                self._wait(lambda: self._state.kind == "ready", _START_SECONDS)
                answer = self._put(request) or Unsure("died", self._state.detail)
        if not (isinstance(answer, Unsure) and answer.reason in ("died", "timeout")):
            self._session.put(request, answer)
        return answer

    def _wait(self, ready: Callable[[], bool], seconds: float) -> bool:
        """Waits for a condition on the state; False when it will not come."""

        def settled() -> bool:
            hopeless = self._state.kind == "restarting" and self._failures > _HOPE
            return ready() or self._closing or hopeless or self._state.kind in _ENDS

        with self._changed:
            self._changed.wait_for(settled, seconds)
            return ready()

    def _put(self, request: Request) -> Answer | None:
        """Sends one question to a child that is ready, and waits for its answer.

        Returns:
            The answer; None if the child died without having seen the question.
        """
        self._number += 1
        pending = _Pending(self._number)
        with self._changed:
            process = self._process
            if process is None or process.stdin is None:
                return None
            self._pending = pending
        try:
            process.stdin.write(wire.dumps({"id": pending.number, "request": request}) + "\n")
            process.stdin.flush()
        except (OSError, ValueError):
            process.kill()
        if not pending.done.wait(self._deadline):
            pending.finish(Unsure("timeout", f"no answer in {self._deadline:g} s"), lost=True)
            process.kill()
        answer = pending.answer
        self._pending = None
        if pending.lost and isinstance(answer, Unsure):
            # The thread that tends the child has yet to see its end.
            self._wait(lambda: self._process is not process, 5.0)
            if answer.reason == "died" and self._taken != pending.number:
                return None
            if not self._closing:
                self._poisonous[request] = answer
        return answer

    def _tend(self) -> None:
        """Runs in its own thread: starts the child, reads its lines, restarts it."""
        while not self._closing:
            try:
                process = self._spawn()
            except OSError as error:
                self._refuse(f"{self._python}: {error}")
                if self._state.kind == "no-torch":
                    return
                self._restart(-1)
                continue
            with self._changed:
                self._process = process
                if self._closing:
                    # It was started while `close` looked for it.
                    process.kill()
            if process.stdout is not None:
                self._read(process.stdout)
            process.kill()
            code = process.wait()
            notes = self._notes.read_all()
            self._taken = notes.number
            if not self.info and not self._closing:
                detail = f"{self._python} cannot run the oracle: {notes.text or code}"
                self._refuse(detail)
            if self._closing or self._state.kind == "no-torch":
                break
            self._restart(code)
        with self._changed:
            # From now on nobody would answer what is put to it.
            self._process = None
        if self._pending is not None:
            self._pending.finish(Unsure("died", "the oracle was stopped"), lost=True)

    def _spawn(self) -> subprocess.Popen[str]:
        self._notes = _Notes()
        flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # of Windows only
        return subprocess.Popen(
            [self._python, "-I", "-c", _BOOTSTRAP, str(RUNTIME)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._notes.file,
            encoding="utf-8",
            creationflags=flags,
        )

    def _read(self, lines: IO[str]) -> None:
        for line in lines:
            try:
                message = json.loads(line)
            except ValueError:
                _log.warning("the oracle said %r", line[:200])
                continue
            if "answer" in message:
                self._receive(message)
            elif "hello" in message:
                self._greet(message["hello"])
            elif "ready" in message:
                self.accelerator = message["ready"]["accelerator"]
                self._enter(State("ready"))
            elif "no-torch" in message:
                self._refuse(str(message["no-torch"]))

    def _refuse(self, detail: str) -> None:
        """There is no torch; asked twice, since a machine short of memory or files says so too."""
        missing = not os.path.exists(self._python) or (self.info and not self.info["torch"])
        if missing or self._refused:
            self._enter(State("no-torch", detail))
        self._refused = True

    def _receive(self, message: dict[str, Any]) -> None:
        pending = self._pending
        if pending is None or pending.number != message["id"]:
            return
        pending.finish(wire.load_answer(wire.freeze(message["answer"])))
        self._answered += 1
        if self._answered >= _PATIENCE:
            self._failures = 0

    def _greet(self, info: dict[str, str | None]) -> None:
        if not self.info:
            environment = fingerprint(info)
            self._session = Session(self._cache, environment)
        with self._changed:
            self.info = info
            self._changed.notify_all()

    def _restart(self, code: int) -> None:
        detail = f"the interpreter that runs torch ended with status {code}"
        with self._changed:
            self._process = None
        self._enter(State("restarting", detail))
        if self._pending is not None:
            self._pending.finish(Unsure("died", detail), lost=True)
        delay = _BACK_OFF[min(self._failures, len(_BACK_OFF) - 1)]
        self._failures += 1
        self._answered = 0
        with self._changed:
            self._changed.wait_for(lambda: self._closing, delay)

    def _enter(self, state: State) -> None:
        with self._changed:
            if self._state == state or self._state.kind == "stopped":
                return
            self._state = state
            self._changed.notify_all()
        if self._on_state is not None:
            try:
                self._on_state(state)
            except Exception:  # the child must be tended whatever the listener does
                _log.exception("a listener to the oracle's state failed")


class _Notes:
    """The file behind the child's stderr.

    Its first bytes are the number of the question in hand; before the first
    question it holds what Python wrote when it could not even start.
    """

    def __init__(self) -> None:
        # Not a pipe: what nobody reads must not block the child.
        self.file = tempfile.TemporaryFile()  # noqa: SIM115
        self.number = 0
        self.text = ""

    def read_all(self) -> _Notes:
        """Reads what there is, and closes the file."""
        with self.file:
            self.file.seek(0)
            data = self.file.read(10_000).strip()
        if data.isdigit():
            self.number = int(data)
        else:
            self.text = data.decode("utf-8", "replace").rpartition("\n")[2]
        return self
