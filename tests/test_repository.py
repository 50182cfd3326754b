"""The invariants of docs/architecture.md, checked on the sources themselves."""

from __future__ import annotations

import ast
import json
import re
import string
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("server", "analyzers", "runtime", "lessons")
CHILDREN = ("runtime/oracle", "runtime/trace")
"""Folders whose code runs in the learner's interpreter."""

PROCESSES = {"asyncio", "concurrent", "multiprocessing", "signal", "socket", "subprocess"}
"""Modules that start something or talk to it: nothing for a library that only computes."""

PACKS = ("lessons/packs/", "lessons/template/")
"""Folders of lessons: the programs in them are data."""

SOURCES = sorted(
    path
    for room in ROOMS
    for path in (ROOT / room).rglob("*.py")
    if not path.relative_to(ROOT).as_posix().startswith(PACKS)
)
ABOUT_500_LINES = 550
CATALOGUE = ROOT / "analyzers/locale/pt_BR/LC_MESSAGES/shapewise.po"


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[str]:
    """The absolute names of what a file imports, wherever in it; `shapewise.…` for our own."""
    package = ["shapewise", *path.relative_to(ROOT).parent.parts]
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield from (f"{module}.{alias.name}" for alias in node.names)


def imported_packages(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports(path)}


def rooms_used(path: Path) -> set[str]:
    return {name.split(".")[1] for name in imports(path) if name.startswith("shapewise.")}


def in_room(*rooms: str) -> list[Path]:
    return [path for path in SOURCES if name_of(path).startswith(tuple(f"{r}/" for r in rooms))]


def run_python(program: str) -> str:
    """What a program prints in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_there_are_sources() -> None:
    assert {name_of(path).split("/")[0] for path in SOURCES} == set(ROOMS)
    assert all(in_room(child) for child in CHILDREN)


def test_code_lies_in_the_rooms() -> None:
    # `setup.py` looks nowhere else: another folder with code would be missing in the wheel.
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages == set(ROOMS)


def test_only_the_server_speaks_lsp() -> None:
    speakers = {name_of(p) for p in SOURCES if imported_packages(p) & {"pygls", "lsprotocol"}}
    assert speakers
    assert {name.split("/")[0] for name in speakers} == {"server"}


def test_only_child_processes_import_torch() -> None:
    users = {name_of(path) for path in SOURCES if "torch" in imported_packages(path)}
    assert users
    assert all(name.startswith(CHILDREN) for name in users), users


def test_rooms_know_only_what_is_below_them() -> None:
    below = {
        "runtime": {"runtime"},
        "analyzers": {"analyzers", "runtime"},
        "lessons": {"lessons", "analyzers", "runtime"},
        "server": set(ROOMS),
    }
    for room, allowed in below.items():
        for path in in_room(room):
            assert rooms_used(path) <= allowed, name_of(path)


def test_the_analysis_starts_no_process() -> None:
    for path in in_room("analyzers"):
        assert not imported_packages(path) & PROCESSES, name_of(path)
        # Of the runtime it knows the messages and the dims, not the processes.
        for name in imports(path):
            if name.startswith("shapewise.runtime"):
                assert re.match(r"shapewise\.runtime\.oracle(\.(dims|wire)\b|$)", name), name


@pytest.mark.parametrize("path", in_room(*CHILDREN), ids=name_of)
def test_child_code_runs_in_the_learners_interpreter(path: Path) -> None:
    ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 9))
    foreign = imported_packages(path) - sys.stdlib_module_names - {"torch", "numpy", "shapewise"}
    assert not foreign
    for name in imports(path):
        assert not name.startswith("shapewise.") or name.startswith("shapewise.runtime."), name


def test_importing_everything_leaves_torch_alone() -> None:
    program = """
import importlib, json, pkgutil, sys
import shapewise.server, shapewise.analyzers, shapewise.lessons, shapewise.runtime
rooms = [shapewise.server, shapewise.analyzers, shapewise.lessons, shapewise.runtime]
names = [
    found.name
    for room in rooms
    for found in pkgutil.walk_packages(room.__path__, room.__name__ + ".")
    if not found.name.startswith(("shapewise.runtime.oracle.", "shapewise.runtime.trace."))
    and not found.name.endswith(".__main__")
]
for name in names:
    importlib.import_module(name)
print(json.dumps([len(names), "torch" in sys.modules]))
"""
    count, torch = json.loads(run_python(program))
    assert count > 50
    assert not torch


def test_serve_starts_without_the_other_commands() -> None:
    program = """
import sys
from shapewise.server.cli import make_parser
make_parser(["serve"]).parse_args(["serve"])
print(sorted({name.split(".")[0] for name in sys.modules}))
"""
    loaded = ast.literal_eval(run_python(program))
    assert "shapewise" in loaded
    assert not {"rich", "libcst", "babel", "pygls"} & set(loaded)


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_file_can_be_read_alone(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= ABOUT_500_LINES
    if lines:
        assert ast.get_docstring(tree(path)), "what the file is for"


def test_every_folder_with_code_is_in_the_wheel() -> None:
    for path in SOURCES:
        for folder in path.relative_to(ROOT).parents[:-1]:
            assert (ROOT / folder / "__init__.py").exists(), folder


def test_rooms_say_that_they_are_typed() -> None:
    assert all((ROOT / room / "py.typed").exists() for room in ROOMS)


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """The templates of the sentences in a file: `text("…")`."""
    for node in ast.walk(tree(path)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("text", "Text")
            and node.args
            and isinstance(node.args[0], ast.Constant)
        ):
            yield node.lineno, str(node.args[0].value)


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@cache
def catalogue() -> dict[str, str]:
    with CATALOGUE.open("rb") as file:
        messages = read_po(file)
    return {str(m.id): str(m.string) for m in messages if m.id and m.string and not m.fuzzy}


@pytest.mark.parametrize("path", [p for p in SOURCES if any(texts(p))], ids=name_of)
def test_sentences_are_in_both_languages(path: Path) -> None:
    for line, template in texts(path):
        assert template in catalogue(), f"{name_of(path)}:{line}: {template!r} is not translated"


def test_translations_name_the_same_fields() -> None:
    for template, translation in catalogue().items():
        assert fields(template) == fields(translation), template


@cache
def architecture() -> str:
    return (ROOT / "docs/architecture.md").read_text(encoding="utf-8")


def test_invariants_name_tests_that_exist() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", architecture())
    assert len(named) >= 7
    for file, test in named:
        functions = {
            node.name
            for node in ast.walk(tree(ROOT / file))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        }
        assert test in functions, f"{file}::{test}"


def test_the_code_map_names_what_exists() -> None:
    section = architecture().split("## Code map")[1].split("\n## ")[0]
    paths = re.findall(r"^\s*- `([\w./]+)`", section, re.MULTILINE)
    assert len(paths) > 20
    for path in paths:
        assert (ROOT / path).exists(), path
