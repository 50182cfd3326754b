"""The cache of answers: nothing that happens to its file matters."""

from __future__ import annotations

import os
import sqlite3
import threading
from pathlib import Path

import pytest
from shapewise.runtime.cache import Cache, Session, fingerprint
from shapewise.runtime.oracle import wire as w

VERSIONS = {"protocol": 1, "python": "3.11.7", "torch": "2.13.0", "numpy": None}


def question(number: int) -> w.Request:
    return w.Request("call", "torch.zeros", (number,))


def answer(number: int) -> w.Answer:
    return w.Ok(w.TensorSig((number,), "float32").wire())


def session(folder: Path, **versions: str) -> Session:
    return Session(Cache(folder), fingerprint({**VERSIONS, **versions}))


def database(folder: Path) -> Path:
    return next(folder.glob("*.sqlite3"))


def test_answers_survive(tmp_path: Path) -> None:
    first = session(tmp_path)
    kept = [
        answer(3),
        w.Error("RuntimeError", "não cabe: ção 🙂"),
        w.Unsure("values", "who knows"),
        w.Ok(("tuple", 1, ("float", 0.5)), (((0, 1), ("none",)), ("out", 3))),
        w.Ok(("float", float("inf"))),
    ]
    for number, found in enumerate(kept):
        first.put(question(number), found)
    first._cache.close()
    second = session(tmp_path)
    assert [second.get(question(number)) for number in range(5)] == kept
    assert second.get(question(9)) is None


@pytest.mark.parametrize("changed", ["torch", "python", "numpy"])
def test_other_versions_have_other_answers(tmp_path: Path, changed: str) -> None:
    first = session(tmp_path)
    first.put(question(1), answer(1))
    first._cache.close()
    assert session(tmp_path, **{changed: "9.9"}).get(question(1)) is None
    assert session(tmp_path).get(question(1)) == answer(1)


def test_questions_that_python_calls_equal_are_kept_apart(tmp_path: Path) -> None:
    kept = session(tmp_path)
    same = [(1,), (("float", 1.0),), (("bool", True),)]
    for number, args in enumerate(same):
        kept.put(w.Request("call", "torch.tensor", args), answer(number))
    kept.close()
    again = session(tmp_path)
    assert [again.get(w.Request("call", "torch.tensor", args)) for args in same] == [
        answer(0), answer(1), answer(2),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "damage", [b"", b"not a database" * 100, b"SQLite format 3\0" + b"\xff" * 4000]
)
def test_a_damaged_file_starts_anew(tmp_path: Path, damage: bytes) -> None:
    first = session(tmp_path)
    first.put(question(1), answer(1))
    first._cache.close()
    for path in tmp_path.iterdir():
        path.write_bytes(damage) if path.suffix == ".sqlite3" else path.unlink()
    second = session(tmp_path)
    assert second.get(question(1)) is None
    second.put(question(1), answer(1))
    second._cache.close()
    assert session(tmp_path).get(question(1)) == answer(1)


def test_a_file_torn_in_the_middle(tmp_path: Path) -> None:
    first = session(tmp_path)
    for number in range(2000):
        first.put(question(number), answer(number))
    first._cache.close()
    path = database(tmp_path)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    second = session(tmp_path)
    for number in range(2000):
        assert second.get(question(number)) in (None, answer(number))
    second.put(question(1), answer(1))
    second._cache.close()
    assert session(tmp_path).get(question(1)) == answer(1)


def test_rows_that_say_nothing(tmp_path: Path) -> None:
    first = session(tmp_path)
    first.put(question(1), answer(1))
    first._cache.close()
    with sqlite3.connect(database(tmp_path)) as connection:
        connection.execute("UPDATE answers SET answer = '[\"ok\"'")
    assert session(tmp_path).get(question(1)) is None


def test_a_table_of_another_kind(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "oracle-answers.sqlite3") as connection:
        connection.execute("CREATE TABLE answers (other TEXT)")
    kept = session(tmp_path)
    kept.put(question(1), answer(1))
    kept.close()
    assert kept.get(question(1)) == answer(1)


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    if os.name != "posix" or os.geteuid() == 0:
        folder = tmp_path / "file"
        folder.write_text("a file where the folder should be")
    else:
        folder = tmp_path / "closed"
        folder.mkdir(mode=0o500)
    kept = session(folder / "cache")
    kept.put(question(1), answer(1))
    kept.close()
    assert kept.get(question(1)) == answer(1)


def test_another_server_that_holds_the_lock(tmp_path: Path) -> None:
    kept = session(tmp_path)
    kept.put(question(1), answer(1))
    kept.close()
    with sqlite3.connect(database(tmp_path)) as other:
        other.execute("BEGIN IMMEDIATE")
        kept.put(question(2), answer(2))
        kept.close()
        assert session(tmp_path).get(question(1)) == answer(1)
        assert kept.get(question(2)) == answer(2)


def test_the_file_stays_small(tmp_path: Path) -> None:
    cache = Cache(tmp_path, max_bytes=200_000)
    kept = Session(cache, "here")
    for number in range(6000):
        kept.put(question(number), w.Error("RuntimeError", "x" * 100 + str(number)))
    cache.close()
    assert database(tmp_path).stat().st_size < 400_000
    assert Session(Cache(tmp_path), "here").get(question(5999)) is not None


def test_threads_and_processes_write_at_once(tmp_path: Path) -> None:
    def write(start: int) -> None:
        own = session(tmp_path)
        for number in range(start, start + 300):
            own.put(question(number), answer(number))
            own.get(question(number - 1))
        own._cache.close()

    threads = [threading.Thread(target=write, args=(300 * n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    fresh = session(tmp_path)
    found = [fresh.get(question(number)) for number in range(1200)]
    assert all(item in (None, answer(number)) for number, item in enumerate(found))
    assert sum(item is not None for item in found) >= 300


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shapewise.runtime.cache.MEMORY_ENTRIES", 10)
    kept = Session(None, "")
    for number in range(100):
        kept.put(question(number), answer(number))
        assert kept.get(question(0)) == answer(0)
    assert sum(kept.get(question(number)) is not None for number in range(100)) <= 20
    assert kept.get(question(99)) == answer(99)
