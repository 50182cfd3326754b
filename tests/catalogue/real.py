"""Runs a small program for real, in this process: the truth about what torch raises."""

from __future__ import annotations

import contextlib
import io
import warnings
from dataclasses import dataclass

from .rows import line_of, program

_NAME = "<row of the catalogue>"


@dataclass(frozen=True)
class Raised:
    """What a program raised, and on which of its lines."""

    text: str
    line: int


def run(text: str) -> Raised | None:
    """Runs a program of the catalogue; None where nothing is raised."""
    import torch

    torch.set_num_threads(1)
    source = compile(program(text), _NAME, "exec")
    try:
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(source, {"__name__": "__main__"})
    except Exception as error:
        return Raised(f"{type(error).__name__}: {error}", _line(error))
    return None


def _line(error: BaseException) -> int:
    """The innermost line of the program that is under way."""
    trace, line = error.__traceback__, 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == _NAME:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line_of(line)
