"""Runs the learner's program, as `python FILE` would, and says how it went.

The request, a JSON object on standard input:

| key | value |
|---|---|
| `mode` | `script`, `module`, `notebook`, `function` |
| `target` | path of the file; for `module` the module's name |
| `expression` | for `function`: what to evaluate in the file's namespace |
| `args` | `sys.argv[1:]` |
| `roots` | folders of the learner's files |
| `iterations` | rounds of a training loop; null for all |
| `stats` | whether the values are sampled |
| `workers` | `num_workers` of every DataLoader; null to leave it |
| `scratch` | a folder that is removed after the run |

The events: `started`, `device`, `source`, `facts`, `loop`, `saved`, `exception`,
`leaving` (`os._exit` was called), `ended`. The guard adds `limit` and `exit`.
"""

from __future__ import annotations

import atexit
import builtins
import faulthandler
import functools
import importlib.util
import json
import os
import sys
from importlib.machinery import ModuleSpec
from types import CodeType, ModuleType
from typing import Any, NoReturn

from ..oracle import quick
from . import devices, failures, stand_ins
from .channel import Channel
from .importer import Finder, Workshop
from .loops import Loops
from .notebook import read_cells
from .record import Book
from .weights import Weights


def main() -> NoReturn:
    """Run the request on standard input and leave with the program's exit status."""
    request = json.loads(sys.stdin.buffer.read())
    channel = Channel(_take_streams())
    channel.send(
        {
            "event": "started",
            "pid": os.getpid(),
            "python": ".".join(map(str, sys.version_info[:3])),
            "executable": sys.executable,
        }
    )
    Run(request, channel).run()


def _take_streams() -> int:
    """Give the program empty input, and one pipe for both kinds of output.

    Returns:
        The pipe of events, which was standard output so far.
    """
    events = os.dup(1)
    os.dup2(2, 1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    # As in a terminal: a line is seen when it is printed.
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(line_buffering=True)
    faulthandler.enable()
    return events


class Run:
    """One run of a program.

    Args:
        request: see the module.
        channel: where its events go.
    """

    def __init__(self, request: dict[str, Any], channel: Channel) -> None:
        self._request = request
        self._channel = channel
        self._book = Book(channel, request["stats"], self._found_torch)
        rounds = request["iterations"]
        loops = None if rounds is None else Loops(rounds, channel)
        self._workshop = Workshop(request["roots"], self._book, loops, channel)
        self._device_name = ""
        self._has_torch = False

    def run(self) -> NoReturn:
        """Run the program and leave as it leaves."""
        os.environ.update(stand_ins.ENVIRONMENT)
        sys.dont_write_bytecode = True
        stand_ins.install(self._leaving)
        after = dict(stand_ins.AFTER_IMPORT)
        after["torch"] = self._torch_is_there
        if self._request["workers"] is not None:
            after["torch.utils.data.dataloader"] = self._set_workers
        sys.meta_path.insert(0, Finder(self._workshop, after))
        # First in, last out: what the program does at its exit is still seen.
        atexit.register(self._finish)
        self._book.start()
        modes = {
            "script": self._script,
            "module": self._module,
            "notebook": self._notebook,
            "function": self._function,
        }
        try:
            modes[self._request["mode"]]()
        except SystemExit as leave:
            self._end(_status(leave.code))
            raise
        except BaseException as error:
            self._failed(error)
            self._end(1)
            raise SystemExit(1) from None
        self._end(0)
        raise SystemExit(0)

    # The modes.

    def _script(self) -> None:
        path = self._request["target"]
        _add_to_path(os.path.dirname(os.path.realpath(path)))
        self._execute(self._read(path), _new_main(path))

    def _module(self) -> None:
        name = self._request["target"]
        _add_to_path(os.getcwd())
        spec = _find_main(name)
        path = str(spec.origin)
        module = _new_main(path)
        module.__spec__ = spec
        module.__package__ = spec.parent
        self._execute(self._read(path), module)

    def _notebook(self) -> None:
        path = self._request["target"]
        _add_to_path(os.path.dirname(os.path.realpath(path)))
        sys.argv = ["ipykernel_launcher.py", *self._request["args"]]
        module = ModuleType("__main__")
        module.__dict__.update(display=print, __builtins__=builtins)
        sys.modules["__main__"] = module
        for cell in read_cells(path):
            filename = f"{path}[cell {cell.part + 1}]"
            try:
                code = self._workshop.compile(cell.source, path, cell.part, filename, cell.text)
                exec(code, module.__dict__)
            except Exception as error:
                if not cell.may_raise:
                    raise
                failures.clean(error)
                failures.tell(error)

    def _function(self) -> None:
        path = self._request["target"]
        _add_to_path(os.path.dirname(os.path.realpath(path)))
        sys.argv = [path, *self._request["args"]]
        name = os.path.splitext(os.path.basename(path))[0]
        module = _new_module(name, path)
        exec(self._read(path), module.__dict__)
        exec(compile(self._request["expression"], "<call>", "eval"), module.__dict__)

    def _execute(self, code: CodeType, module: ModuleType) -> None:
        sys.argv = [str(module.__file__), *self._request["args"]]
        exec(code, module.__dict__)

    def _read(self, path: str) -> CodeType:
        with open(path, "rb") as file:
            data = file.read()
        try:
            source = importlib.util.decode_source(data)
        except (SyntaxError, UnicodeDecodeError):
            compile(data, path, "exec")  # Python's own complaint, with the line.
            raise
        return self._workshop.compile(source, path)

    def _torch_is_there(self, torch: Any) -> None:
        """Nothing is compiled in a traced run, so torch need not import its compiler."""
        quick.install()
        if self._request["iterations"] is not None:
            Weights(self._request["scratch"], self._channel).watch(torch)

    # What is reported.

    def _found_torch(self) -> None:
        self._has_torch = True
        self._send_device()

    def _send_device(self) -> None:
        event = devices.available()
        self._device_name = event["name"]
        self._channel.send({"event": "device", **event})

    def _leaving(self, status: int) -> None:
        self._flush()
        self._channel.send({"event": "leaving", "status": status})

    def _failed(self, error: BaseException) -> None:
        self._flush()
        failures.clean(error)
        event = failures.describe(error, self._workshop.places)
        self._channel.send({"event": "exception", **event})
        failures.tell(error)

    def _end(self, status: int) -> None:
        self._flush()
        self._channel.send({"event": "ended", "status": status})

    def _finish(self) -> None:
        self._flush()

    def _flush(self) -> None:
        self._book.flush()
        self._book.count()
        if not self._has_torch and hasattr(sys.modules.get("torch"), "Tensor"):
            self._found_torch()
        if self._has_torch and not self._device_name and devices.name():
            self._send_device()

    def _set_workers(self, module: ModuleType) -> None:
        """Have every DataLoader load in `workers` processes of its own."""
        workers = self._request["workers"]
        plain = module.DataLoader.__init__

        @functools.wraps(plain)
        def __init__(loader: Any, *args: Any, **options: Any) -> None:
            # `num_workers` is the sixth positional argument.
            if len(args) > 5:
                args = (*args[:5], workers, *args[6:])
            else:
                options["num_workers"] = workers
            if not workers:
                for name in ("persistent_workers", "prefetch_factor", "multiprocessing_context"):
                    options.pop(name, None)
                options["timeout"] = 0
            plain(loader, *args, **options)

        module.DataLoader.__init__ = __init__


def _status(code: object) -> int:
    """The exit status of `raise SystemExit(code)`."""
    if code is None:
        return 0
    return code & 0xFF if isinstance(code, int) else 1


def _add_to_path(folder: str) -> None:
    if not getattr(sys.flags, "safe_path", False):
        sys.path.insert(0, folder)


def _new_module(name: str, path: str) -> ModuleType:
    module = ModuleType(name)
    module.__dict__.update(__file__=path, __builtins__=builtins, __cached__=None)
    sys.modules[name] = module
    return module


def _new_main(path: str) -> ModuleType:
    ours = sys.modules["__main__"]
    module = _new_module("__main__", path)
    if hasattr(ours, "__annotations__"):  # Python gives it to this module alone.
        module.__annotations__ = {}
    return module


def _find_main(name: str) -> ModuleSpec:
    """The module that `python -m NAME` runs.

    Raises:
        ImportError: there is none, or none that is written in Python.
    """
    spec: ModuleSpec | None = importlib.util.find_spec(name)
    if spec is not None and spec.submodule_search_locations is not None:
        spec = importlib.util.find_spec(name + ".__main__")
    if spec is None:
        raise ImportError(f"no module named {name}")
    if spec.origin is None or not os.path.exists(spec.origin):
        raise ImportError(f"no source of module {name}")
    return spec
