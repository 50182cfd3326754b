"""Reading packs: what is valid is read as it was written; the lines of faults are right."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from shapewise.lessons.load import load_pack
from shapewise.lessons.model import Choice, PredictShape
from shapewise.lessons.schema import SCHEMA
from shapewise.lessons.toml_lines import Lines


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(json.loads(SCHEMA.read_text("utf-8")))


def test_a_pack_is_read(pack: Path) -> None:
    loaded = load_pack(pack)
    assert loaded.faults == ()
    assert loaded.pack is not None
    assert (loaded.pack.id, loaded.pack.languages) == ("my-pack", ("en", "pt-BR"))
    (lesson,) = loaded.pack.lessons
    assert lesson.page("pt-BR").title == "Achatar antes da Linear"
    assert lesson.page("pt").title == "Achatar antes da Linear"
    assert lesson.page("fr").title == "Flatten before Linear"
    assert lesson.triggers.codes == ("SW101",)
    (snippet,) = lesson.snippets
    assert (snippet.place, snippet.fixes, snippet.example) == (
        "before",
        ("SW101",),
        pack / "lessons/flatten/example.py",
    )
    assert lesson.exercise is not None
    first, second = lesson.exercise.steps
    assert first.expect[0].shape == (64, 784)
    assert [item.of for item in second.expect] == ["scores", "scores.argmax(1)"]
    choice, shape = lesson.quiz
    assert isinstance(choice, Choice) and choice.answer == 1
    assert isinstance(shape, PredictShape) and shape.shape == (8, 3072)


def test_a_lesson_may_be_only_text(pack: Path) -> None:
    (pack / "lessons/flatten/lesson.toml").unlink()
    loaded = load_pack(pack)
    assert loaded.pack is not None
    assert loaded.pack.lessons[0].exercise is None


def test_a_file_that_is_too_large(pack: Path) -> None:
    page = pack / "lessons/flatten/en.md"
    page.write_text("# Title\n" + "x" * 1_000_001)
    (fault,) = load_pack(pack).faults
    assert (fault.path, fault.kind) == (page, "too-large")


def test_a_file_that_cannot_be_read(pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.name == "flatten.snippet":
            raise PermissionError(13, "Permission denied")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    (fault,) = load_pack(pack).faults
    assert (fault.path.name, fault.line, fault.kind) == ("lesson.toml", 11, "unreadable")


def test_a_link_out_of_the_pack(pack: Path) -> None:
    outside = pack.parent / "secret.py"
    outside.write_text("x = 1\n")
    start = pack / "lessons/flatten/start.py"
    start.unlink()
    start.symlink_to(outside)
    (fault,) = load_pack(pack).faults
    assert (fault.path.name, fault.line, fault.kind) == ("lesson.toml", 20, "outside")


def test_windows_line_ends_and_a_byte_order_mark(pack: Path) -> None:
    for path in pack.rglob("*.*"):
        if path.is_file():
            text = path.read_text("utf-8").replace("\n", "\r\n")
            path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert load_pack(pack).faults == ()


def test_anything_may_stand_in_the_files(pack: Path) -> None:
    for content in (
        b"",
        b"\0",
        b"[[lessons]]",
        b"lessons = 3",
        b"id = []",
        b"\xff\xfe",
        b"a.b = 1\na = 2",
    ):
        for name in ("pack.toml", "lessons/flatten/lesson.toml", "lessons/flatten/en.md"):
            path = pack / name
            before = path.read_bytes()
            path.write_bytes(content)
            loaded = load_pack(pack)
            assert loaded.pack is None or not loaded.faults
            path.write_bytes(before)


def test_the_lines_of_values() -> None:
    text = '''\
# a comment = 1
a = 1
[table]
b.c = """
d = 2
"""
e = [
    # no = 1
    { f = 1 },
    { f = 2 }, { f = 3 },
    [
        4,
    ],
]
[[items]]
name = "x = [" # and [this]
[[items]]
[items.inner]
"quoted.key" = 1
[[items.list]]
[[items.list]]
z = [1, 2]
'''
    lines = Lines(text)
    expected: dict[tuple[str | int, ...], int] = {
        ("a",): 2,
        ("table",): 3,
        ("table", "b"): 4,
        ("table", "b", "c"): 4,
        ("table", "e"): 7,
        ("table", "e", 0): 9,
        ("table", "e", 0, "f"): 9,
        ("table", "e", 1): 10,
        ("table", "e", 2): 10,
        ("table", "e", 3, 0): 11,
        ("items", 0): 15,
        ("items", 0, "name"): 16,
        ("items", 1): 17,
        ("items", 1, "inner", "quoted.key"): 19,
        ("items", 1, "list", 0): 20,
        ("items", 1, "list", 1, "z", 1): 22,
        ("missing",): 1,
    }
    assert {path: lines.of(path) for path in expected} == expected
