"""What a server costs before it has been given a text."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata

from shapewise.server.lsp import VERSION


def test_the_version_is_that_of_the_distribution():
    assert metadata.version("shapewise") == VERSION


def test_starting_imports_only_what_every_session_needs():
    heavy = {"torch", "numpy", "rich", "libcst", "babel", "jsonschema", "markdown_it", "sqlite3"}
    code = "import sys, shapewise.server.serve; print(*{m.split('.')[0] for m in sys.modules})"
    output = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert "pygls" in output.split()
    assert heavy.isdisjoint(output.split())
