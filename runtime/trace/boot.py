"""Runs a module of this package: `python boot.py program` or `python boot.py guard`.

Only this package is put within reach of the interpreter, under stand-ins for its
parents: nothing of the server's own environment is, and `sys.path` becomes what
the program would have without us.
"""

import importlib
import os
import sys
import types


def _reach() -> None:
    runtime = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    for name, path in (("shapewise", []), ("shapewise.runtime", [runtime])):
        package = types.ModuleType(name)
        package.__path__ = path
        sys.modules[name] = package


if __name__ == "__main__":
    if not (sys.flags.isolated or getattr(sys.flags, "safe_path", False)):
        del sys.path[0]  # This folder.
    _reach()
    module = importlib.import_module("shapewise.runtime.trace." + sys.argv[1])
    sys.exit(module.main())
