"""What jupyter-lsp is told: how the server is started, and with whose torch."""

from __future__ import annotations

import importlib.util
import sys

from shapewise.server import jupyter
from shapewise.server.settings import resolve


def test_the_server_starts_in_jupyters_environment():
    (spec,) = jupyter.specs(None).values()
    assert spec["argv"][:4] == [sys.executable, "-m", "shapewise.server", "serve"]
    assert spec["languages"] == ["python"]


def test_the_settings_are_known_to_the_server():
    properties = jupyter.specs(None)["shapewise"]["config_schema"]["properties"]
    for name, schema in properties.items():
        value = schema.get("default", schema.get("enum", [".venv"])[0])
        key = name.removeprefix("shapewise.")
        assert resolve({key: value})[1] == ()


def test_torch_of_a_kernel_where_jupyter_has_none(tmp_path, monkeypatch):
    # That Jupyter's kernels are found is tested in tests/editors/jupyter.
    (tmp_path / "course/lib/python3.11/site-packages/torch").mkdir(parents=True)
    kernels = [str(tmp_path / name / "bin/python") for name in ("bare", "course")]
    monkeypatch.setattr(jupyter, "_kernels", lambda: iter(kernels))
    monkeypatch.setattr(jupyter, "find_spec", lambda name: None)
    assert jupyter.specs(None)["shapewise"]["argv"][4:] == ["--python", kernels[1]]


def test_jupyters_own_torch_is_preferred(monkeypatch):
    monkeypatch.setattr(jupyter, "find_spec", lambda name: importlib.util.find_spec("json"))
    assert jupyter.specs(None)["shapewise"]["argv"][4:] == []
