"""Which interpreter is the learner's."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from shapewise.runtime.interpreter import find_python


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    monkeypatch.delenv("CONDA_PREFIX", raising=False)


def environment(folder: Path, python: str = "bin/python") -> str:
    path = folder / python
    path.parent.mkdir(parents=True)
    path.touch()
    return str(path)


def test_what_was_chosen_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "active"))
    environment(tmp_path / "active")
    chosen = environment(tmp_path / "chosen")
    assert find_python(chosen, tmp_path) == chosen
    assert find_python(str(tmp_path / "chosen"), tmp_path) == chosen


def test_a_folder_of_windows(tmp_path: Path) -> None:
    python = environment(tmp_path / "env", "Scripts/python.exe")
    assert find_python(str(tmp_path / "env"), None) == python


def test_a_command_on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python = environment(tmp_path, "bin/python3.99")
    Path(python).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert find_python("python3.99", None) == python


def test_a_wrong_choice_is_kept_so_that_the_person_is_told() -> None:
    assert find_python("/no/such/python", None) == "/no/such/python"


def test_the_order_of_environments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    conda = environment(tmp_path / "conda")
    monkeypatch.setenv("CONDA_PREFIX", str(tmp_path / "conda"))
    assert find_python(None, tmp_path) == conda
    plain = environment(tmp_path / "venv")
    assert find_python(None, tmp_path) == plain
    dotted = environment(tmp_path / ".venv")
    assert find_python(None, tmp_path) == dotted
    active = environment(tmp_path / "active")
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "active"))
    assert find_python(None, tmp_path) == active
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "gone"))
    assert find_python(None, tmp_path) == dotted


def test_this_interpreter_if_it_has_torch(tmp_path: Path) -> None:
    assert find_python(None, tmp_path) == sys.executable
