"""What a traced run has in place of a person: no questions, no windows, no progress bars."""

from __future__ import annotations

import builtins
import os
from types import ModuleType
from typing import Any, Callable, NoReturn

NO_INPUT = "input() has nobody to ask in a traced run"

ENVIRONMENT = {
    "MPLBACKEND": "Agg",
    "PLOTLY_RENDERER": "json",
    "PYTHONDONTWRITEBYTECODE": "1",
    "TORCHDYNAMO_DISABLE": "1",
    "TQDM_DISABLE": "1",
    "WANDB_MODE": "disabled",
}
"""Set for the program and whatever it starts. `torch.compile` is off, since
compiled code has no expressions left to look at."""


def install(leaving: Callable[[int], None]) -> None:
    """Replace `input`, and have `os._exit` say that it was called.

    Args:
        leaving: told the status before `os._exit` ends this process.
    """
    exit_now = os._exit
    process = os.getpid()

    def _exit(status: int) -> NoReturn:
        if os.getpid() == process:
            leaving(status)
        exit_now(status)

    def input(prompt: object = "", /) -> NoReturn:
        print(prompt, end="", flush=True)
        raise EOFError(NO_INPUT)

    os._exit = _exit
    builtins.input = input


def _quiet_matplotlib(module: Any) -> None:
    use = module.use

    def stay(backend: str, *args: Any, **options: Any) -> None:
        use("Agg")

    module.use = stay


def _quiet_pyplot(module: Any) -> None:
    switch = module.switch_backend
    module.show = lambda *args, **options: None
    module.switch_backend = lambda backend: switch("Agg")


def _quiet_pillow(module: Any) -> None:
    module.show = lambda image, title=None, **options: True


AFTER_IMPORT: dict[str, Callable[[ModuleType], None]] = {
    "matplotlib": _quiet_matplotlib,
    "matplotlib.pyplot": _quiet_pyplot,
    "PIL.ImageShow": _quiet_pillow,
}
"""By the name of a module, what to change in it once it is imported."""
