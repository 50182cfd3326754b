"""How the user learns what torch is doing: progress, one message, and `shapewise/status`."""

from __future__ import annotations

import asyncio
import shutil
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from ..analyzers.facts import Text, text
from ..analyzers.messages import render
from .oracle_pool import State

if TYPE_CHECKING:
    from .lsp import ShapewiseServer

METHOD = "shapewise/status"
"""A notification with `python`, `kind`, `detail`, `message` (in the user's language),
`accelerator` and `info`, for an editor that shows it in its status bar."""


class Status:
    """Tells the editor of the oracles' states; belongs to the event loop's thread."""

    def __init__(self, ls: ShapewiseServer) -> None:
        self._ls = ls
        self._told: set[tuple[str, str]] = set()
        self._starting: dict[str, asyncio.Event] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def show(
        self, python: str, state: State, accelerator: str | None, info: Mapping[str, Any]
    ) -> None:
        """Tell of a state."""
        language = self._ls.language
        message = render(message_of(python, state, info), language)
        self._ls.protocol.notify(
            METHOD,
            {
                "python": python,
                "kind": state.kind,
                "detail": state.detail,
                "message": message,
                "accelerator": accelerator,
                "info": dict(info),
            },
        )
        self._ls.window_log_message(types.LogMessageParams(types.MessageType.Info, message))
        if state.kind == "no-torch" and (python, state.kind) not in self._told:
            self._told.add((python, state.kind))
            self._ls.window_show_message(
                types.ShowMessageParams(types.MessageType.Warning, message)
            )
        self._progress(python, state.kind in ("starting", "restarting"), language)

    def _progress(self, python: str, starting: bool, language: str) -> None:
        over = self._starting.get(python)
        if starting and over is None and self._ls.client.progress:
            self._starting[python] = over = asyncio.Event()
            title = render(text("Starting PyTorch…"), language)
            task = asyncio.get_running_loop().create_task(self._show_progress(title, over))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        elif not starting:
            self.end(python)

    def end(self, python: str) -> None:
        """An oracle is no longer starting: it got ready, or is not wanted any more."""
        over = self._starting.pop(python, None)
        if over is not None:
            over.set()

    async def _show_progress(self, title: str, over: asyncio.Event) -> None:
        token = str(uuid.uuid4())
        progress = self._ls.work_done_progress
        await progress.create_async(token)
        progress.begin(token, types.WorkDoneProgressBegin(title, cancellable=False))
        await over.wait()
        progress.end(token, types.WorkDoneProgressEnd())


def message_of(python: str, state: State, info: Mapping[str, Any]) -> Text:
    """A state as a sentence."""
    if state.kind == "ready":
        return text("PyTorch {torch} is ready ({python})", torch=info.get("torch"), python=python)
    if state.kind == "no-torch":
        if shutil.which(python) is None:
            return text(
                "There is no Python interpreter at {python}. Choose one with the setting "
                "shapewise.python.",
                python=python,
            )
        return text(
            "There is no PyTorch in {python}, so no shapes can be worked out. Install it with "
            "`{python} -m pip install torch`, or choose another interpreter with the setting "
            "shapewise.python.",
            python=python,
        )
    if state.kind == "starting":
        return text("Starting PyTorch ({python})", python=python)
    if state.kind == "restarting":
        return text("Restarting PyTorch ({python}): {detail}", python=python, detail=state.detail)
    return text("PyTorch is stopped ({python}): {detail}", python=python, detail=state.detail)
