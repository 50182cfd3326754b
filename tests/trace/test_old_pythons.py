"""What runs in the learner's interpreter is written for Python 3.9 and the standard library."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest
from shapewise.runtime import trace

FOLDER = Path(trace.__file__).parent
FILES = sorted(path.name for path in FOLDER.glob("*.py"))


@pytest.mark.parametrize("name", FILES)
def test_syntax_of_python_3_9(name: str) -> None:
    ast.parse((FOLDER / name).read_text(encoding="utf-8"), feature_version=(3, 9))


@pytest.mark.parametrize("name", FILES)
def test_imports_only_the_standard_library(name: str) -> None:
    tree = ast.parse((FOLDER / name).read_text(encoding="utf-8"))
    roots = {
        alias.name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    roots |= {
        (node.module or "").split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and not node.level
    }
    assert roots <= sys.stdlib_module_names
