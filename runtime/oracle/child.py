"""The loop of the oracle child: JSON lines in on stdin, JSON lines out on stdout.

The first line out is `{"hello": {…}}`, at once; then, when torch has been
imported, `{"ready": {"accelerator": …}}` or `{"no-torch": reason}`. After that
each line `{"id": …, "request": […]}` is answered by `{"id": …, "answer": […]}`.
Stderr is a file of which the first bytes are the number of the question in hand.
"""

import gc
import importlib.util
import json
import os
import re
import select
import signal
import sys
import threading
import time
from typing import Any, Callable, Dict, Optional, TextIO

from . import quick, wire

_VERSION = re.compile(r"^(?:__version__|version)\s*(?::[^=]*)?=\s*['\"]([^'\"]+)", re.M)
_IDLE_SECONDS = 0.3
_IMAGES = wire.TensorSig((64, 3, 224, 224), "float32").wire()
_FIRST = (
    wire.Request("forward", "", (wire.layer("torch.nn.Conv2d", (3, 8, 3)), _IMAGES)),
    wire.Request("call", "torch.matmul", (_IMAGES, _IMAGES)),
    wire.Request("call", "torch.eye", (100_000,)),
)


def main() -> None:
    """Serves until stdin ends."""
    # Ctrl-C in a terminal reaches this process too; its parent decides when it ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers, questions = _take_pipes()
    _send(answers, {"hello": _hello()})
    _watch_parent()
    try:
        accelerator = _import_torch()
    except Exception as error:  # a broken installation may raise anything
        _send(answers, {"no-torch": "{}: {}".format(type(error).__name__, error)})
        return
    from . import answer

    # Torch brings half a million objects; walking them takes 100 ms each time.
    gc.freeze()
    _send(answers, {"ready": {"accelerator": accelerator}})
    _warm_up_when_idle(questions, answer.answer)
    for line in questions:
        message = json.loads(line)
        _note(message["id"])
        request = wire.Request(*wire.freeze(message["request"]))
        try:
            found = answer.answer(request)
        except Exception as error:  # a bug of the oracle is no reason to end it
            found = wire.Unsure("died", "{}: {}".format(type(error).__name__, error))
        _send(answers, {"id": message["id"], "answer": wire.dump_answer(found)})


def _warm_up_when_idle(questions: TextIO, ask: Callable[[wire.Request], Any]) -> None:
    """Lets torch import what it needs for its first question about sizes (0.5 s).

    Only if the parent asks nothing meanwhile; on Windows a pipe cannot tell.
    """
    if os.name == "posix" and not select.select([questions], [], [], _IDLE_SECONDS)[0]:
        for request in _FIRST:
            ask(request)


def _take_pipes() -> "tuple[TextIO, TextIO]":
    """The pipes to the parent. What libraries print afterwards goes nowhere."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    questions = os.fdopen(os.dup(0), "r", encoding="utf-8", newline="\n")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    sys.stderr = os.fdopen(os.dup(nowhere), "w")
    return answers, questions


def _note(number: int) -> None:
    """Leaves the number of the question in hand where the parent finds it if this process dies."""
    os.lseek(2, 0, os.SEEK_SET)
    os.write(2, b"%20d" % number)


def _send(pipe: TextIO, message: Any) -> None:
    pipe.write(wire.dumps(message) + "\n")
    pipe.flush()


def _hello() -> "Dict[str, Any]":
    _find_more_packages()
    return {
        "protocol": wire.PROTOCOL_VERSION,
        "python": "{}.{}.{}".format(*sys.version_info[:3]),
        "executable": sys.executable,
        "torch": _version("torch"),
        "numpy": _version("numpy"),
    }


def _find_more_packages() -> None:
    """Where `-I` hides torch: in the user's site-packages or behind PYTHONPATH.

    They are appended, so nothing there can shadow the standard library.
    """
    if importlib.util.find_spec("torch") is not None:
        return
    import site

    if sys.prefix == sys.base_prefix:
        folder = site.getusersitepackages()
        if os.path.isdir(folder):
            site.addsitedir(folder)
    for folder in os.environ.get("PYTHONPATH", "").split(os.pathsep):
        if folder and folder not in sys.path:
            sys.path.append(folder)
    importlib.invalidate_caches()


def _version(package: str) -> Optional[str]:
    """The version of a package without importing it, None if it is not there."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return None
    path = os.path.join(os.path.dirname(spec.origin), "version.py")
    try:
        with open(path, encoding="utf-8") as file:
            found = _VERSION.search(file.read())
    except OSError:
        found = None
    if found is not None:
        return found.group(1)
    from importlib import metadata

    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "unknown"


def _import_torch() -> Optional[str]:
    """Imports torch, quietly and with one thread; the accelerator's device type."""
    import warnings

    warnings.simplefilter("ignore")
    os.environ.setdefault("TORCH_LOGS", "-all")
    import torch

    quick.install()
    torch.set_num_threads(1)
    if torch.cuda.is_available():
        return "cuda"
    mps = getattr(torch.backends, "mps", None)
    return "mps" if mps is not None and mps.is_available() else None


def _watch_parent() -> None:
    """Ends this process soon after its parent, even in the middle of a question."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(2.0)
        os._exit(0)

    if hasattr(os, "getppid") and os.name == "posix":
        threading.Thread(target=watch, daemon=True).start()
