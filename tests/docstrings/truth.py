"""Runs the examples in torch's own docstrings and prints what each tensor was.

A child process of `test_docstrings.py`: examples set global state, print, and
may hang. Statements that raise, or take over four seconds, are left out of the
program, so that what remains runs clean.
"""

from __future__ import annotations

import ast
import contextlib
import doctest
import io
import json
import signal
import sys
import warnings
from types import FrameType
from typing import Any

import torch

PRELUDE = (
    "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n"
    "from torch import optim\nimport numpy as np\nimport math\n"
)
MODULES = (
    torch,
    torch.nn,
    torch.nn.functional,
    torch.Tensor,
    torch.linalg,
    torch.fft,
    torch.special,
    torch.nn.utils.rnn,
    torch.nn.init,
    torch.optim,
    torch.utils.data,
    torch.distributions,
)
# They write files, start processes or change global state.
LEFT_OUT = ("save", "load", "compile", "distributed", "multiproc", "set_default", "fork", "spawn")


class TooSlow(BaseException):
    """A statement took too long."""


def _alarm(number: int, frame: FrameType | None) -> None:
    raise TooSlow


def examples() -> list[tuple[str, list[str]]]:
    """The examples by name: the sources of their prompts."""
    seen: set[int] = set()
    found = []
    for module in MODULES:
        for name in sorted(dir(module)):
            full = f"{module.__name__}.{name}"
            if name.startswith("_") or any(word in full for word in LEFT_OUT):
                continue
            text = getattr(getattr(module, name, None), "__doc__", None)
            if not isinstance(text, str) or ">>>" not in text or id(text) in seen:
                continue
            seen.add(id(text))
            with contextlib.suppress(ValueError):
                parsed = doctest.DocTestParser().get_examples(text)
                found.append((full, [example.source for example in parsed]))
    return found


def run(sources: list[str]) -> tuple[list[str], list[tuple[Any, ...]]]:
    """The statements that ran clean, as cells, and the tensors their names got."""
    namespace: dict[str, Any] = {"__name__": "docs"}
    exec(PRELUDE, namespace)
    torch.manual_seed(0)
    torch.set_default_dtype(torch.float32)
    torch.set_default_device(None)
    torch.set_grad_enabled(True)
    cells, facts = [PRELUDE], []
    for source in sources:
        try:
            body = ast.parse(source).body
        except SyntaxError:
            continue
        signal.alarm(4)
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                for statement in body:
                    exec(compile(ast.Module([statement], []), "docs", "exec"), namespace)
        except BaseException:
            continue
        finally:
            signal.alarm(0)
        cells.append(source)
        for statement in body:
            targets = statement.targets if isinstance(statement, ast.Assign) else []
            for name in (node for target in targets for node in ast.walk(target)):
                value = namespace.get(name.id) if isinstance(name, ast.Name) else None
                if isinstance(value, torch.Tensor) and value.layout == torch.strided:
                    assert isinstance(name, ast.Name)
                    dtype = str(value.dtype).removeprefix("torch.")
                    place = (len(cells) - 1, name.lineno, name.id)
                    facts.append((*place, list(value.shape), dtype, value.requires_grad))
    return cells, facts


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    signal.signal(signal.SIGALRM, _alarm)
    json.dump([(name, *run(sources)) for name, sources in examples()], sys.stdout)
