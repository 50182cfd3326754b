"""How jupyter-lsp starts the server: what the entry point `jupyter_lsp_spec_v1` gives it.

JupyterLab joins the code cells of a notebook into one document and has it checked as
a file; nothing else of the server knows of it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

_NAME = "shapewise"

_SETTINGS: dict[str, dict[str, Any]] = {
    "shapewise.python": {
        "type": "string",
        "description": "The interpreter that has PyTorch; a path may start at the folder.",
    },
    "shapewise.language": {
        "enum": ["auto", "en", "pt-BR"],
        "description": "The language of messages.",
    },
    "shapewise.diagnostics.enabled": {
        "type": "boolean",
        "default": True,
        "description": "Whether problems are marked.",
    },
    "shapewise.rules.select": {
        "type": "array",
        "items": {"type": "string"},
        "default": ["SW"],
        "description": "Diagnostics that are wanted: SW501, or SW5 for all that begin so.",
    },
    "shapewise.rules.ignore": {
        "type": "array",
        "items": {"type": "string"},
        "default": [],
        "description": "Diagnostics that are not wanted.",
    },
    "shapewise.rules.severity": {
        "type": "object",
        "additionalProperties": {"enum": ["error", "warning", "information", "hint", "off"]},
        "default": {},
        "description": "How severe diagnostics are, by code or what it begins with.",
    },
    "shapewise.debounce": {
        "type": "number",
        "minimum": 0,
        "maximum": 5000,
        "default": 50,
        "description": "Milliseconds without a keystroke before an analysis begins.",
    },
    "shapewise.budget.seconds": {
        "type": "number",
        "minimum": 0.05,
        "maximum": 60,
        "default": 2,
        "description": "The most time that an analysis takes.",
    },
}
"""What JupyterLab can make use of: it shows no inlay hints."""


def specs(_manager: object) -> dict[str, dict[str, Any]]:
    """Language servers by name, as jupyter-lsp wants them.

    The server runs in Jupyter's own environment, in which it was installed. The torch
    that it asks is the one there, else that of the first kernel that has one.
    """
    argv = [sys.executable, "-m", "shapewise.server", "serve"]
    if find_spec("torch") is None:
        argv += next((["--python", kernel] for kernel in _kernels() if _has_torch(kernel)), [])
    return {
        _NAME: {
            "version": 2,
            "argv": argv,
            "languages": ["python"],
            "mime_types": ["text/python", "text/x-ipython"],
            "display_name": _NAME,
            "requires_documents_on_disk": False,
            "config_schema": {
                "$schema": "http://json-schema.org/draft-07/schema#",
                "title": "Shapewise",
                "type": "object",
                "properties": _SETTINGS,
            },
        }
    }


def _kernels() -> Iterator[str]:
    """The interpreters of the Python kernels, those of the environment first."""
    try:
        from jupyter_client.kernelspec import KernelSpecManager

        found = KernelSpecManager().get_all_specs()
    except Exception:
        return  # A broken kernel must not cost Jupyter the server.
    for name in sorted(found, key=lambda name: (name != "python3", name)):
        spec = found[name].get("spec", {})
        if spec.get("language") == "python" and spec.get("argv"):
            yield str(spec["argv"][0])


def _has_torch(python: str) -> bool:
    """Whether torch lies in an interpreter's environment; nothing is run."""
    environment = Path(python).parent.parent
    return any(
        next(environment.glob(pattern), None) is not None
        for pattern in ("lib/python3*/site-packages/torch", "Lib/site-packages/torch")
    )
