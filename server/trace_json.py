"""A traced run as data, for `shapewise trace --format json`."""

from __future__ import annotations

from typing import Any

from ..runtime.tracing_types import Failure, Place, Seen, Signature, TraceReport, TraceRequest

FORMAT = 1


def report_json(report: TraceReport, request: TraceRequest, summary: str) -> dict[str, Any]:
    """The report: the run, what was bound, other expressions, loops cut, the exception.

    Lists are sorted by place. `shape`, `dtype`, `device` and `requires_grad` are
    those of the first visit; `alternatives` are the other ones seen.

    Args:
        summary: why the run ended, as a sentence.
    """
    device = report.device
    bound = [seen for seen in report.seen if seen.kind != "expression"]
    return {
        "format": FORMAT,
        "run": {
            "target": request.target,
            "mode": request.mode,
            "reason": report.reason,
            "summary": summary,
            "status": report.status,
            "signal": report.signal,
            "seconds": round(report.seconds, 3),
            "iterations": request.iterations,
            "python": report.started.python if report.started else None,
            "executable": report.started.executable if report.started else None,
            "torch": device.torch if device else None,
            "device": device.kind if device else None,
            "device_name": device.name if device else None,
        },
        "files": [
            {"file": source.file, "part": source.part, "sha256": source.digest}
            for source in report.sources
        ],
        "bindings": [_seen(seen) for seen in bound],
        "expressions": [_seen(seen) for seen in report.seen if seen.kind == "expression"],
        "loops": [
            {
                "file": cut.file,
                "part": cut.part,
                "line": cut.line,
                "column": cut.column,
                "rounds": cut.rounds,
                "of": cut.of,
            }
            for cut in report.cut
        ],
        "exception": _failure(report.failure) if report.failure else None,
        "output": report.output,
    }


def _seen(seen: Seen) -> dict[str, Any]:
    first, *others = seen.signatures
    found = {
        **_place(seen.place),
        "name": seen.name,
        "kind": seen.kind,
        **_signature(first),
        "visits": seen.visits,
        "alternatives": [_signature(signature) for signature in others],
        "last": _signature(seen.last),
        "more": seen.more,
    }
    if seen.statistics is not None:
        statistics = seen.statistics
        found["statistics"] = {
            "visit": statistics.visit,
            "min": statistics.min,
            "max": statistics.max,
            "mean": statistics.mean,
            "nan": statistics.nan,
            "inf": statistics.inf,
        }
    return found


def _place(place: Place) -> dict[str, Any]:
    return {
        "file": place.file,
        "part": place.part,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
    }


def _signature(signature: Signature) -> dict[str, Any]:
    return {
        "type": signature.kind,
        "shape": list(signature.shape),
        "dtype": signature.dtype,
        "device": signature.device,
        "requires_grad": signature.requires_grad,
    }


def _failure(failure: Failure) -> dict[str, Any]:
    return {
        "type": failure.type,
        "message": failure.message,
        "memory": failure.memory,
        "frames": [
            {**_place(frame.place), "function": frame.function, "text": frame.text}
            for frame in failure.frames
        ],
        "cause": _failure(failure.cause) if failure.cause else None,
        "traceback": failure.traceback,
    }
