"""An editor that asks for no lesson does not wait for them."""

from __future__ import annotations

import ast
import subprocess
import sys


def test_the_server_starts_without_lessons() -> None:
    program = """
import sys
from shapewise.server.lsp import ShapewiseServer
ShapewiseServer()
print(sorted(name for name in sys.modules if name.startswith(("shapewise.lessons", "jsonschema"))))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ast.literal_eval(done.stdout) == []
