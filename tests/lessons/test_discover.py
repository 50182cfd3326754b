"""Packs are found in four places; a broken one costs only itself; nothing is imported."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from shapewise.lessons import discover
from shapewise.lessons.discover import Library
from shapewise.lessons.new import TEMPLATE

SAMPLE = Path(__file__).parent / "sample-pack"


@pytest.fixture(autouse=True)
def only_these(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither what is built in nor what happens to be installed."""
    monkeypatch.setattr(discover, "BUILT_IN", tmp_path / "none")
    monkeypatch.setattr(discover.metadata, "entry_points", lambda group: ())


def put(folder: Path, title: str = "My pack") -> Path:
    shutil.copytree(TEMPLATE, folder)
    manifest = folder / "pack.toml"
    manifest.write_text(manifest.read_text("utf-8").replace("My pack", title), "utf-8")
    return folder


def titles(library: Library, workspace: Path, *paths: Path) -> list[tuple[str, str]]:
    shelf = library.shelf([workspace], list(paths))
    return [(pack.title["en"], origin) for pack, origin in shelf.packs]


def test_the_workspace_goes_before_configured_paths(tmp_path: Path) -> None:
    put(tmp_path / "work/.shapewise/lessons/mine", "Mine")
    put(tmp_path / "course/one", "One")
    library = Library()
    assert titles(library, tmp_path / "work", tmp_path / "course") == [("Mine", "workspace")]
    shutil.rmtree(tmp_path / "work")
    assert titles(library, tmp_path / "work", tmp_path / "course") == [("One", "configured")]
    assert titles(library, tmp_path / "work", tmp_path / "course/one") == [("One", "configured")]


def test_a_path_without_a_pack_is_reported(tmp_path: Path) -> None:
    (fault,) = Library().shelf([], [tmp_path / "nowhere"]).faults
    assert (fault.path, fault.kind) == (tmp_path / "nowhere", "no-pack")


def test_a_broken_pack_costs_only_itself(tmp_path: Path) -> None:
    packs = tmp_path / ".shapewise/lessons"
    put(packs / "good", "Good")
    (put(packs / "bad", "Bad") / "lessons/flatten/start.py").unlink()
    shelf = Library().shelf([tmp_path], [])
    assert [pack.title["en"] for pack, _ in shelf.packs] == ["Good"]
    assert [fault.path for fault in shelf.faults] == [packs / "bad/lessons/flatten/lesson.toml"]


def test_an_edit_is_seen_and_nothing_is_read_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = put(tmp_path / ".shapewise/lessons/mine")
    read: list[Path] = []
    load = discover.load_pack
    monkeypatch.setattr(
        discover, "load_pack", lambda folder: (read.append(folder), load(folder))[1]
    )
    library = Library()
    for _ in range(3):
        assert titles(library, tmp_path) == [("My pack", "workspace")]
    assert len(read) == 1
    page = pack / "lessons/flatten/en.md"
    page.write_text(page.read_text("utf-8").replace("# Flatten", "# Then flatten"), "utf-8")
    lesson = library.shelf([tmp_path], []).lesson("my-pack", "flatten")
    assert lesson is not None and lesson[1].page("en").title == "Then flatten before Linear"
    page.unlink()
    assert titles(library, tmp_path) == []
    page.write_text("# Again\n", "utf-8")
    assert titles(library, tmp_path) == [("My pack", "workspace")]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample distribution, built and installed by pip into a folder of its own."""
    folder = tmp_path_factory.mktemp("installed")
    source = shutil.copytree(SAMPLE, tmp_path_factory.mktemp("source") / "sample")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"]
    command += ["--no-build-isolation", "--target", str(folder), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def run(installed: Path, *words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    command = [sys.executable, "-m", "shapewise.server", *words]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=cwd, env=environment
    )


def test_an_installed_pack_is_found_and_never_imported(installed: Path, tmp_path: Path) -> None:
    # Importing the sample raises.
    assert "raise" in (installed / "sample_course/__init__.py").read_text()
    done = run(installed, "lessons", "list", "--format", "json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    rows = [row for row in json.loads(done.stdout) if row["pack"] == "broadcasting"]
    assert [(row["lesson"], row["origin"]) for row in rows] == [
        ("add-a-row", "installed"),
        ("column", "installed"),
    ]
    assert Path(rows[0]["folder"]).is_relative_to(installed)


def test_an_entry_point_that_leads_nowhere(installed: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(installed, tmp_path / "site"))
    shutil.rmtree(copy / "sample_course/packs")
    done = run(copy, "lessons", "list", "--language", "pt-BR", cwd=tmp_path)
    assert done.returncode == 1
    assert "sample-course = sample_course.packs não leva a nenhum pacote" in done.stderr
