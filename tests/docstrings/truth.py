"""Runs torch's docstring examples and prints what each tensor was, one JSON line an example.

A child process of `check.py`: examples set global state, print, and may hang or crash, so each
has a process of its own again. Statements that raise, or take over four seconds, are left out
of the program, so that what remains runs clean.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import os
import signal
import warnings
from types import FrameType
from typing import Any

import torch
from examples import examples

PRELUDE = (
    "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n"
    "from torch import Tensor, optim\nimport numpy as np\nimport math\n"
)
_STATEMENT_SECONDS = 4
_EXAMPLE_SECONDS = 20


class TooSlow(BaseException):
    """A statement took too long."""


def _alarm(number: int, frame: FrameType | None) -> None:
    raise TooSlow


def run(sources: list[str]) -> tuple[list[str], list[tuple[Any, ...]]]:
    """The statements that ran clean, as cells, and the tensors their names got."""
    namespace: dict[str, Any] = {"__name__": "docs"}
    exec(PRELUDE, namespace)
    torch.manual_seed(0)
    cells, facts = [PRELUDE], []
    for source in sources:
        try:
            body = ast.parse(source).body
        except SyntaxError:
            continue
        signal.alarm(_STATEMENT_SECONDS)
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
                if not isinstance(name, ast.Name):
                    continue
                value: Any = namespace.get(name.id)
                if type(value) in (torch.Tensor, torch.nn.Parameter) and _plain(value):
                    dtype = str(value.dtype).removeprefix("torch.")
                    place = (len(cells) - 1, name.lineno, name.id)
                    facts.append((*place, list(value.shape), dtype, value.requires_grad))
    return cells, facts


def _plain(value: torch.Tensor) -> bool:
    return value.layout == torch.strided and not value.is_nested


def _apart(sources: list[str]) -> Any:
    """Runs an example in a process of its own; None if that dies."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        os.setpgid(0, 0)
        signal.signal(signal.SIGALRM, _alarm)
        # What the example starts or prints must not get into the answer.
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(null, stream)
        with os.fdopen(writer, "w") as out:
            json.dump(run(sources), out)
        os._exit(0)
    os.close(writer)
    signal.signal(signal.SIGALRM, _alarm)
    signal.alarm(_EXAMPLE_SECONDS)
    text = ""
    try:
        with os.fdopen(reader) as answer:
            text = answer.read()
    except TooSlow:
        pass
    finally:
        signal.alarm(0)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
    try:
        return json.loads(text)
    except ValueError:
        return None


def main() -> None:
    """Prints each example that ran, with what is left of it."""
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    for name, sources in examples():
        answer = _apart(sources)
        if answer is not None and len(answer[0]) > 1:
            print(json.dumps([name, *answer]), flush=True)


if __name__ == "__main__":
    main()
