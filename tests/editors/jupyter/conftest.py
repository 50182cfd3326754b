"""A real JupyterLab with `shapewise[jupyter]`, in a browser that Playwright drives.

`install.sh` installs what this needs; elsewhere these tests are not collected. The
learner's interpreter, which has torch, is another one: `$LEARNER`, or the repository's
own environment; it is found as one of Jupyter's kernels. No cell is run.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
SECONDS = 90

if importlib.util.find_spec("playwright") is None:
    collect_ignore_glob = ["test_*.py"]

CELLS = [
    "import torch\nimport torch.nn as nn",
    "images = torch.rand(32, 1, 28, 28)\nx = images.flatten(1)",
    "layer = nn.Linear(784, 10)\nscores = layer(x)",
    "z = x @ scores  # 🙂",
]


def notebook(cells: list[str]) -> str:
    """A notebook file."""
    return json.dumps(
        {
            "cells": [
                {
                    "cell_type": "code",
                    "execution_count": None,
                    "id": f"cell{number}",
                    "metadata": {},
                    "outputs": [],
                    "source": source,
                }
                for number, source in enumerate(cells)
            ],
            "metadata": {
                "kernelspec": {
                    "display_name": "Python 3",
                    "language": "python",
                    "name": "python3",
                },
                "language_info": {"name": "python", "file_extension": ".py"},
            },
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    )


def learner() -> str:
    """An interpreter with torch."""
    return os.environ.get("LEARNER") or str(ROOT / ".venv/bin/python")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def write_settings(home: Path, extension: str, plugin: str, values: object) -> None:
    """What the user has set for one of JupyterLab's own extensions."""
    path = home / "@jupyterlab" / extension / f"{plugin}.jupyterlab-settings"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(values), encoding="utf-8")


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What JupyterLab shows."""
    return tmp_path_factory.mktemp("notebooks")


@pytest.fixture(scope="session")
def lab(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a JupyterLab; its settings are new, its extensions those installed."""
    home = tmp_path_factory.mktemp("home")
    # Jupyter's own environment has no torch; this kernel's has.
    kernel = home / "data/kernels/course"
    kernel.mkdir(parents=True)
    (kernel / "kernel.json").write_text(
        json.dumps(
            {
                "argv": [learner(), "-m", "ipykernel_launcher", "-f", "{connection_file}"],
                "display_name": "Course",
                "language": "python",
            }
        )
    )
    settings = home / "lab/user-settings"
    write_settings(settings, "apputils-extension", "notification", {"fetchNews": "false"})
    port = _free_port()
    log = home / "jupyter.log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "jupyterlab",
                "--allow-root",
                "--no-browser",
                "--ip=127.0.0.1",
                f"--port={port}",
                "--IdentityProvider.token=",
                "--ServerApp.password=",
                "--ServerApp.disable_check_xsrf=True",
                "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
                "--LabApp.news_url=None",
            ],
            cwd=folder,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={
                **os.environ,
                "HOME": str(home),
                "JUPYTER_CONFIG_DIR": str(home / "config"),
                "JUPYTER_DATA_DIR": str(home / "data"),
                "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
                "JUPYTERLAB_SETTINGS_DIR": str(settings),
                "JUPYTERLAB_WORKSPACES_DIR": str(home / "lab/workspaces"),
                "XDG_CACHE_HOME": str(home / "cache"),
            },
        )
    address = f"http://127.0.0.1:{port}/"
    try:
        _wait_for(address + "api", process, log)
        yield address
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(log.read_text())


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium."""
    from playwright.sync_api import sync_playwright

    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert program, "there is no chromium: run install.sh"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield chromium
        chromium.close()


Show = Callable[..., Any]

FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Remembers that a test failed, for what is done at its end."""
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


@pytest.fixture
def show(
    lab: str, folder: Path, browser: Any, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Show]:
    """Opens a notebook in a page of its own; a failed test leaves a picture of it."""
    context = browser.new_context(viewport={"width": 1180, "height": 620})
    context.set_default_timeout(SECONDS * 1000)
    pages: list[Any] = []

    def open_notebook(name: str, cells: list[str]) -> Any:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(notebook(cells), encoding="utf-8")
        page = context.new_page()
        pages.append(page)
        page.goto(f"{lab}lab/tree/{name}?reset")
        page.wait_for_selector(".jp-NotebookPanel .jp-CodeCell .cm-content")
        return page

    yield open_notebook
    if request.node.stash.get(FAILED, False):
        for number, page in enumerate(pages):
            picture = tmp_path / f"{number}.png"
            page.screenshot(path=str(picture))
            print(f"what was on the screen: {picture}")
    context.close()
