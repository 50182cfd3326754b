"""An exception as an event: what went wrong, and where in the learner's files."""

from __future__ import annotations

import contextlib
import io
import itertools
import linecache
import os
import sys
import traceback
from collections.abc import Iterator, Mapping
from types import CodeType, TracebackType
from typing import Any

_OURS = os.path.dirname(os.path.abspath(__file__))
_MAX_FRAMES = 40
_MAX_TEXT = 20_000

Files = Mapping[str, tuple[str, int]]
"""File and part of each file name that the learner's code objects carry."""


def clean(error: BaseException) -> None:
    """Take the frames of this package out of the traceback, and of those it is chained to."""
    waiting: list[BaseException | None] = [error]
    done: set[int] = set()
    while waiting:
        part = waiting.pop()
        if part is not None and id(part) not in done:
            done.add(id(part))
            part.__traceback__ = _rebuilt(_steps_to_show(part.__traceback__))
            waiting += [part.__cause__, part.__context__]
            waiting += getattr(part, "exceptions", ())


def describe(error: BaseException, files: Files) -> dict[str, Any]:
    """The exception, what it was raised from, and the full traceback as text."""
    event = _one(error, files, set())
    event["traceback"] = as_text(error)[-_MAX_TEXT:]
    return event


def as_text(error: BaseException) -> str:
    """What Python would print of an exception that nobody caught."""
    names = {step.tb_frame.f_code.co_filename for step in _walk(error.__traceback__)}
    if sys.version_info >= (3, 12) or not all(map(os.path.exists, names)):
        return "".join(traceback.format_exception(type(error), error, error.__traceback__))
    # Until 3.11 this function alone can say "Did you mean", but shows no line of a file
    # that is not there, such as a notebook's cell.
    text = io.StringIO()
    with contextlib.redirect_stderr(text):
        sys.__excepthook__(type(error), error, error.__traceback__)
    return text.getvalue()


def tell(error: BaseException) -> None:
    """Print an exception that nobody caught, or do with it what the program wants done."""
    if sys.excepthook is not sys.__excepthook__:
        sys.excepthook(type(error), error, error.__traceback__)
        return
    try:
        sys.stdout.flush()
        sys.stderr.write(as_text(error))
    except (OSError, ValueError, AttributeError):
        pass  # The program closed its streams, or put something else in their place.


def _steps_to_show(first: TracebackType | None) -> list[TracebackType]:
    steps: list[TracebackType] = []
    for step in _walk(first):
        if not step.tb_frame.f_code.co_filename.startswith(_OURS):
            steps.append(step)
            continue
        # Python hides the import system between two modules, but not before ours.
        while steps and steps[-1].tb_frame.f_code.co_filename.startswith("<frozen importlib"):
            steps.pop()
    return steps


def _rebuilt(steps: list[TracebackType]) -> TracebackType | None:
    built: TracebackType | None = None
    for step in reversed(steps):
        built = TracebackType(built, step.tb_frame, step.tb_lasti, step.tb_lineno)
    return built


def _walk(step: TracebackType | None) -> Iterator[TracebackType]:
    while step is not None:
        yield step
        step = step.tb_next


def _one(error: BaseException, files: Files, seen: set[int]) -> dict[str, Any]:
    seen.add(id(error))
    event: dict[str, Any] = {
        "type": _name(type(error)),
        "message": _message(error),
        "memory": _memory(error),
        "frames": _frames(error, files),
    }
    cause = error.__cause__
    if cause is None and not error.__suppress_context__:
        cause = error.__context__
    if cause is not None and id(cause) not in seen:
        event["cause"] = _one(cause, files, seen)
    return event


def _name(cls: type) -> str:
    if cls.__module__ in ("builtins", "__main__"):
        return cls.__qualname__
    return f"{cls.__module__}.{cls.__qualname__}"


def _message(error: BaseException) -> str:
    try:
        return str(error)[:_MAX_TEXT]
    except Exception as problem:
        return f"<no text: {type(problem)!r}>"


def _memory(error: BaseException) -> str | None:
    """`"device"` or `"host"` when there was too little memory there."""
    if isinstance(error, MemoryError):
        return "host"
    text = _message(error)
    if type(error).__name__ == "OutOfMemoryError" or "out of memory" in text:
        return "device"
    if "DefaultCPUAllocator" in text and "memory" in text:
        return "host"
    return None


def _frames(error: BaseException, files: Files) -> list[dict[str, Any]]:
    """The learner's frames, the outermost first; a long chain without its middle."""
    found = []
    if isinstance(error, SyntaxError) and error.filename in files:
        found.append(_syntax_frame(error, files))
    for step in _walk(error.__traceback__):
        code = step.tb_frame.f_code
        if code.co_filename in files:
            found.append(_frame(code, step.tb_lineno, step.tb_lasti, files))
    if isinstance(error, SyntaxError):
        found.sort(key=lambda frame: bool(frame["function"] == ""))
    half = _MAX_FRAMES // 2
    return found if len(found) <= _MAX_FRAMES else found[:half] + found[-half:]


def _frame(code: CodeType, line: int, instruction: int, files: Files) -> dict[str, Any]:
    file, part = files[code.co_filename]
    text = linecache.getline(code.co_filename, line).rstrip("\r\n")
    start, end_line, end = 0, line, 0
    positions = getattr(code, "co_positions", None)
    if positions is not None and instruction >= 0:
        place: Any = next(itertools.islice(positions(), instruction // 2, None), (None,) * 4)
        if None not in place and place[0] == line:
            _, end_line, first, last = place
            start = _column(text, first)
            end = _column(linecache.getline(code.co_filename, end_line).rstrip("\r\n"), last)
    return {
        "file": file,
        "part": part,
        "line": line,
        "column": start,
        "end_line": end_line,
        "end_column": end,
        "function": code.co_name,
        "text": text.strip(),
    }


def _column(line: str, offset: int) -> int:
    """A 1-based column in code points from an offset in bytes."""
    return len(line.encode("utf-8")[:offset].decode("utf-8", "replace")) + 1


def _syntax_frame(error: SyntaxError, files: Files) -> dict[str, Any]:
    file, part = files[str(error.filename)]
    line = error.lineno or 1
    column = error.offset or 0
    end_column = getattr(error, "end_offset", None) or 0
    return {
        "file": file,
        "part": part,
        "line": line,
        "column": column,
        "end_line": getattr(error, "end_lineno", None) or line,
        "end_column": max(0, end_column),
        "function": "",
        "text": (error.text or "").strip(),
    }
