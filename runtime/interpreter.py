"""Which interpreter is the learner's: the one that has their torch."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path


def find_python(explicit: str | None, root: Path | None) -> str:
    """The learner's interpreter.

    Args:
        explicit: what the person chose: an interpreter, a command on PATH, or
            the folder of a virtual environment.
        root: the workspace, in which `.venv` or `venv` is looked for.

    Returns:
        The path of an interpreter. What was chosen explicitly is returned even
        if it does not exist, so that the person is told.
    """
    if explicit:
        chosen = os.path.expanduser(explicit)
        if os.path.isdir(chosen):
            return _of_environment(Path(chosen)) or chosen
        return chosen if os.path.exists(chosen) else shutil.which(chosen) or chosen
    for folder in _environments(root):
        python = _of_environment(folder)
        if python is not None:
            return python
    if importlib.util.find_spec("torch") is not None:
        return sys.executable
    return shutil.which("python3") or shutil.which("python") or sys.executable


def _environments(root: Path | None) -> Iterator[Path]:
    active = os.environ.get("VIRTUAL_ENV")
    if active:
        yield Path(active)
    if root is not None:
        yield root / ".venv"
        yield root / "venv"
    conda = os.environ.get("CONDA_PREFIX")
    if conda:
        yield Path(conda)


def _of_environment(folder: Path) -> str | None:
    """The interpreter in the folder of a virtual or conda environment, None if there is none."""
    for name in ("bin/python", "bin/python3", "Scripts/python.exe", "python.exe"):
        path = folder / name
        if path.is_file():
            return str(path)
    return None
