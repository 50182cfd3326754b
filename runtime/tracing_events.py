"""The events of a traced run, gathered into what its report says."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from typing import Any, TypeVar

from .tracing_types import (
    CutLoop,
    Device,
    Facts,
    Failure,
    Frame,
    Place,
    Seen,
    Signature,
    Source,
    Started,
    Statistics,
    TraceEvent,
)

_T = TypeVar("_T", Source, CutLoop, Place)

_CRASH = re.compile(r"^(?:Fatal Python error|Windows fatal exception): (?P<what>.*)$", re.MULTILINE)
_CRASH_FRAME = re.compile(r'^  File "(?P<file>.*)", line (?P<line>\d+) in (?P<function>.*)$')


class Gathering:
    """What is known so far of a run. Not thread-safe: one thread feeds it."""

    def __init__(self) -> None:
        self.started: Started | None = None
        self.device: Device | None = None
        self.failure: Failure | None = None
        self.cut: list[CutLoop] = []
        self.sources: list[Source] = []
        self.saved: dict[str, int] = {}
        """New files that the program saved and that are to go, and when each was written."""
        self.limit: tuple[str, float] | None = None
        self.left: int | None = None
        """The status that `os._exit` was called with."""
        self.ended: int | None = None
        """The status with which the program came to its end."""
        self.exit: tuple[int | None, int | None] | None = None
        """Exit status and signal number of the process."""
        self._sites: dict[int, _Site] = {}

    def feed(self, line: bytes) -> TraceEvent | None:
        """Take in one line of the pipe of events; what is to be passed on of it.

        Raises:
            ValueError: it is no event. A program can write to the pipe, too.
        """
        event = json.loads(line)
        try:
            return self._take(event)
        except (KeyError, TypeError, AttributeError, IndexError) as error:
            raise ValueError(f"not an event: {line[:200]!r}") from error

    def seen(self) -> tuple[Seen, ...]:
        """Every place with what it was, sorted by place."""
        found = [seen for site in self._sites.values() for seen in site.seen()]
        return tuple(sorted(found, key=lambda seen: (seen.place, seen.kind)))

    def crash(self, output: str) -> Failure | None:
        """What the interpreter printed of a crash such as a segmentation fault."""
        found = _CRASH.search(output)
        if found is None:
            return None
        ours = {source.file for source in self.sources}
        frames: list[Frame] = []
        for text in output[found.end() :].splitlines():
            match = _CRASH_FRAME.match(text)
            if match and match["file"] in ours:
                frames.append(self._crash_frame(match))
        return Failure("Fatal Python error", found["what"], tuple(reversed(frames)))

    def _crash_frame(self, match: re.Match[str]) -> Frame:
        line = int(match["line"])
        text = next(source.text for source in self.sources if source.file == match["file"])
        place = Place(match["file"], 0, line, 0, line, 0)
        lines = text.splitlines()
        return Frame(place, match["function"], lines[line - 1].strip() if lines[line - 1 :] else "")

    def _take(self, event: dict[str, Any]) -> TraceEvent | None:
        match event["event"]:
            case "started":
                self.started = Started(event["python"], event["executable"])
                return self.started
            case "device":
                self.device = Device(event["device"], event["name"], event["torch"])
                return self.device
            case "source":
                self.sources.append(_fill(Source, event))
            case "facts":
                return self._take_facts(event["facts"])
            case "loop":
                self.cut.append(_fill(CutLoop, event))
                return self.cut[-1]
            case "saved":
                self.saved[event["file"]] = event["written"]
            case "exception":
                self.failure = _failure(event)
                return self.failure
            case "limit":
                self.limit = (event["limit"], event["used"])
            case "leaving":
                self.left = event["status"]
            case "ended":
                self.ended = event["status"]
            case "exit":
                self.exit = (event["status"], event["signal"])
        return None

    def _take_facts(self, facts: list[dict[str, Any]]) -> Facts:
        news: list[Seen] = []
        for fact in facts:
            number = fact["site"]
            if "labels" in fact:
                self._sites[number] = _Site(fact["file"], fact["part"], fact["labels"])
            site = self._sites[number]
            site.update(fact)
            news += site.seen()
        return Facts(tuple(news))


class _Site:
    """One place of the program and all that it is: an expression, and what it is bound to."""

    def __init__(self, file: str, part: int, labels: list[list[Any]]) -> None:
        self._labels = [
            (kind, name, Place(file, part, *position)) for kind, name, *position in labels
        ]
        self._signatures: list[Signature] = []
        self._last: Signature | None = None
        self._visits = 0
        self._more = False
        self._statistics: Statistics | None = None

    def update(self, fact: dict[str, Any]) -> None:
        self._signatures += map(_signature, fact["new"])
        self._last = _signature(fact["last"])
        self._visits = fact["visits"]
        self._more = fact["more"]
        if "statistics" in fact:
            self._statistics = Statistics(**fact["statistics"])

    def seen(self) -> list[Seen]:
        assert self._last is not None
        return [
            Seen(
                place,
                name,
                kind,
                tuple(self._signatures),
                self._last,
                self._visits,
                self._more,
                self._statistics,
            )
            for kind, name, place in self._labels
        ]


def _signature(items: list[Any]) -> Signature:
    kind, shape, dtype, device, requires_grad = items
    return Signature(kind, tuple(shape), dtype, device, requires_grad)


def _failure(event: dict[str, Any]) -> Failure:
    return Failure(
        event["type"],
        event["message"],
        tuple(map(_frame, event["frames"])),
        event["memory"],
        _failure(event["cause"]) if "cause" in event else None,
        event.get("traceback", ""),
    )


def _frame(event: dict[str, Any]) -> Frame:
    return Frame(_fill(Place, event), event["function"], event["text"])


def _fill(cls: type[_T], event: dict[str, Any]) -> _T:
    """An instance of a dataclass whose fields have the names of the event's keys."""
    return cls(**{field.name: event[field.name] for field in fields(cls)})
