"""Runs small programs under trace."""

from __future__ import annotations

import sys
import textwrap
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from shapewise.runtime.tracing import run_trace
from shapewise.runtime.tracing_types import TraceEvent, TraceReport, TraceRequest

Trace = Callable[..., TraceReport]


@pytest.fixture(autouse=True)
def _plain_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the tests' own Python was told is not for the program."""
    for name in ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def trace(tmp_path: Path) -> Trace:
    """`trace(source, **request)`: the report of a program, kept as `main.py` in `tmp_path`."""

    def run(
        source: str,
        *,
        on_event: Callable[[TraceEvent], None] = lambda event: None,
        cancel: threading.Event | None = None,
        **request: object,
    ) -> TraceReport:
        path = tmp_path / "main.py"
        path.write_text(textwrap.dedent(source), encoding="utf-8")
        request = {"target": str(path), "python": sys.executable, **request}
        return run_trace(TraceRequest(**request), on_event, cancel)  # type: ignore[arg-type]

    return run
