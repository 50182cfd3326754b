"""How a traced run is put into words, for the terminal and the editor alike."""

from __future__ import annotations

from ..analyzers.facts import Text, text
from ..runtime.tracing_types import CutLoop, Device, Limits, Signature, Statistics, TraceReport
from .wording import shape_code

_ENDS = {
    "exception": "ended by an exception after {seconds} s",
    "exit": "exited with status {status} after {seconds} s",
    "os-exit": "exited by os._exit({status}) after {seconds} s",
    "gone": "left with status {status} after {seconds} s, and not by Python's own exit",
    "stopped": "stopped after {seconds} s",
    "time-limit": "stopped at the time limit of {limit} s",
    "memory-limit": "stopped at the memory limit of {limit} MB, at {used} MB",
    "process-limit": "stopped at the limit of {limit} processes, at {used}",
    "output-limit": "stopped at the output limit of {limit} MB",
    "not-started": "could not be started: {detail}",
}
_MEMORY = {
    "device": "the device has too little memory for it",
    "host": "the machine has too little memory for it",
}


def end_text(report: TraceReport, limits: Limits) -> Text:
    """Why the run ended, as the rest of a sentence that begins with the program's name."""
    seconds = f"{report.seconds:.1f}"
    if report.reason == "finished":
        return text("finished in {seconds} s", seconds=seconds)
    if report.reason == "signal":
        if report.signal is None:
            return text("killed from outside after {seconds} s", seconds=seconds)
        return text(
            "killed by signal {signal} after {seconds} s", signal=report.signal, seconds=seconds
        )
    template = _ENDS[report.reason]
    fields = {
        "seconds": seconds,
        "status": report.status,
        "detail": report.detail,
        "limit": _limit(report, limits),
        "used": round((report.used or 0) / 1e6) if report.reason == "memory-limit" else report.used,
    }
    return text(
        template, **{name: value for name, value in fields.items() if f"{{{name}}}" in template}
    )


def _limit(report: TraceReport, limits: Limits) -> str:
    amount = {
        "time-limit": limits.seconds,
        "memory-limit": limits.memory and limits.memory / 1e6,
        "process-limit": limits.processes,
        "output-limit": limits.output and limits.output / 1e6,
    }.get(report.reason)
    return f"{amount:g}" if amount is not None and amount < 10 else f"{amount or 0:.0f}"


def memory_text(memory: str) -> Text:
    """What an exception for lack of memory means."""
    return text(_MEMORY[memory])


def device_text(device: Device) -> Text:
    """What the run computes on."""
    if device.name:
        return text(
            "on {device} ({name}), torch {torch}",
            device=device.kind,
            name=device.name,
            torch=device.torch,
        )
    return text("on {device}, torch {torch}", device=device.kind, torch=device.torch)


def cut_text(cut: CutLoop) -> Text:
    """That a loop was ended early."""
    if cut.of is None:
        return text("ended after round {rounds}", rounds=cut.rounds)
    return text("ended after round {rounds} of {of}", rounds=cut.rounds, of=cut.of)


def signature_code(signature: Signature, device: bool = True) -> str:
    """`(32, 784) float32 cuda:0 grad`; `device` False leaves the device out."""
    words = [shape_code(signature.shape), signature.dtype]
    if signature.kind == "ndarray":
        words.append("ndarray")
    elif device:
        words.append(signature.device)
    if signature.requires_grad:
        words.append("grad")
    return " ".join(words)


def statistics_code(statistics: Statistics) -> str:
    """`min -1.2 max 3.4 mean 0.1`, and `NaN 3` and `inf 1` where there are any."""
    words = []
    for name in ("min", "max", "mean"):
        value = getattr(statistics, name)
        if value is not None:
            words.append(f"{name} {value:.4g}")
    if statistics.nan:
        words.append(f"NaN {statistics.nan}")
    if statistics.inf:
        words.append(f"inf {statistics.inf}")
    return " ".join(words)
