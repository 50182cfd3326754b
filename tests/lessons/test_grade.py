"""Grading a class: every hand-in gets its grade, whatever it does to the grader."""

from __future__ import annotations

import collections
import csv
import json
import os
import signal
import sys
import threading
from pathlib import Path

import pytest
from shapewise.analyzers.messages import render
from shapewise.lessons.grade import Grade, HandIn, read_hand_in
from shapewise.lessons.load import load_pack
from shapewise.lessons.model import Pack
from shapewise.lessons.new import TEMPLATE
from shapewise.lessons.workers import Job, _Worker, grade_all, grade_on_cluster
from shapewise.server.cli import main

from .hand_ins import HANGING, HEAD, RIGHT, write_class


@pytest.fixture(scope="module")
def template() -> Pack:
    loaded = load_pack(TEMPLATE)
    assert loaded.pack is not None
    return loaded.pack


def hand_ins_of(paths: list[Path], pack: Pack) -> list[HandIn]:
    read = [read_hand_in(path, pack, None) for path in paths]
    return [item for item in read if isinstance(item, HandIn)]


def test_two_hundred_hand_ins(tmp_path: Path) -> None:
    folder = tmp_path / "class"
    folder.mkdir()
    expected = write_class(folder, 198)
    table = tmp_path / "grades.json"
    words = ["lessons", "grade", str(folder), "--pack", str(TEMPLATE), "--jobs", "2"]
    assert main([*words, "--format", "json", "--out", str(table)]) == 1
    grades = json.loads(table.read_text("utf-8"))
    assert [row["file"] for row in grades] == sorted(expected)
    for row in grades:
        status, done = expected[row["file"]]
        assert status in ("any", row["status"]), row
        assert done in (None, row["done"]), row
        assert row["said"] or row["status"] == "passed"
    counts = collections.Counter(row["status"] for row in grades)
    assert counts["ungraded"] == 2
    assert counts["failed"] >= 198 // 3


def test_a_table_for_a_spreadsheet(tmp_path: Path) -> None:
    right, wrong = tmp_path / "a.py", tmp_path / "b.py"
    right.write_text(HEAD + RIGHT[0])
    wrong.write_text(HEAD + "rows = images.flatten(2)\nscores = ...\n")
    table = tmp_path / "grades.csv"
    words = ["lessons", "grade", str(right), str(wrong), "--pack", str(TEMPLATE)]
    words += ["--jobs", "1", "--language", "pt-BR", "--format", "csv", "--out", str(table)]
    assert main(words) == 0
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["status"], row["done"], row["of"]) for row in rows] == [
        ("passed", "2", "2"),
        ("failed", "0", "2"),
    ]
    assert rows[1]["said"].startswith(
        "passo 1: `rows` tem formato (64, 1, 784); deveria ser (64, 784)"
    )


def test_the_table_as_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    right = tmp_path / "a.py"
    right.write_text(HEAD + RIGHT[0])
    words = ["lessons", "grade", str(right), "--pack", str(TEMPLATE), "--language", "en"]
    assert main([*words, "--jobs", "1"]) == 0
    assert capsys.readouterr().out == f"{right}  passed         2/2\n1 – passed: 1\n"


@pytest.mark.parametrize(
    ("name", "text", "lesson", "said"),
    [
        ("a.py", HEAD, None, None),
        ("flatten.py", "x = 1\n", None, None),
        ("a.py", "x = 1\n", "flatten", None),
        (
            "a.py",
            "# shapewise: exercise other/flatten\n",
            None,
            "it is an exercise of the pack other",
        ),
        ("a.ipynb", "{", None, "a.ipynb is not a Jupyter notebook"),
        ("missing.py", None, None, "missing.py is not a file"),
    ],
)
def test_which_exercise_it_is(
    name: str,
    text: str | None,
    lesson: str | None,
    said: str | None,
    template: Pack,
    tmp_path: Path,
) -> None:
    path = tmp_path / name
    if text is not None:
        path.write_text(text)
    read = read_hand_in(path, template, lesson)
    if said is None:
        assert isinstance(read, HandIn) and read.lesson == "flatten"
    else:
        assert isinstance(read, Grade) and read.status == "ungraded"
        assert [render(sentence) for sentence in read.said] == [said]


def test_a_worker_that_dies_costs_one_hand_in(template: Pack, tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text(HEAD + RIGHT[0])
    (hand_in,) = hand_ins_of([path], template)
    worker = _Worker(Job(sys.executable))
    stop = threading.Event()
    assert worker.grade(hand_in, stop).status == "passed"
    assert worker._process is not None and worker._process.pid is not None
    os.kill(worker._process.pid, signal.SIGKILL)
    worker._process.join()
    assert worker.grade(hand_in, stop).status == "ungraded"
    assert worker.grade(hand_in, stop).status == "passed"
    worker.end()


def test_a_worker_that_hangs_is_given_up(
    template: Pack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.py"
    path.write_text(HEAD + RIGHT[0])
    (hand_in,) = hand_ins_of([path], template)
    worker = _Worker(Job(sys.executable))
    assert worker.grade(hand_in, threading.Event()).status == "passed"
    assert worker._process is not None and worker._process.pid is not None
    os.kill(worker._process.pid, signal.SIGSTOP)
    monkeypatch.setattr("shapewise.lessons.workers._ANALYSIS_SECONDS", 0.5)
    grade = worker.grade(hand_in, threading.Event())
    assert grade.status == "ungraded"
    assert [render(said) for said in grade.said] == ["the check took too long and was given up"]
    assert worker._process is None


def test_with_a_run_what_never_ends_does_not_pass(template: Pack, tmp_path: Path) -> None:
    programs = {
        "right.py": HEAD + RIGHT[1],
        "endless.py": HEAD + RIGHT[0] + HANGING[0],
        "raises.py": HEAD + RIGHT[0] + "raise ValueError('no')\n",
        "exits.py": HEAD + RIGHT[0] + "import os\nos._exit(0)\n",
    }
    paths = []
    for name, text in programs.items():
        paths.append(tmp_path / name)
        paths[-1].write_text(text)
    job = Job(sys.executable, execute=True, seconds=8.0)
    grades = {Path(g.name).name: g for g in grade_all(hand_ins_of(paths, template), job, 2)}
    assert {name: grade.status for name, grade in grades.items()} == {
        "right.py": "passed",
        "endless.py": "failed",
        "raises.py": "failed",
        "exits.py": "failed",
    }
    said = render(grades["endless.py"].said[0])
    assert "the program was still running when its time was over" in said


def test_a_cluster(template: Pack, tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    write_class(tmp_path, 24)
    hand_ins = hand_ins_of(sorted(tmp_path.iterdir()), template)
    here = {g.name: g for g in grade_all(hand_ins, Job(sys.executable), 2)}
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        there = {g.name: g for g in grade_on_cluster(hand_ins, Job(""), cluster.scheduler_address)}
    assert there == here
    assert len(there) == 24


def test_a_cluster_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("distributed")
    path = tmp_path / "a.py"
    path.write_text(HEAD)
    words = ["lessons", "grade", str(path), "--pack", str(TEMPLATE), "--language", "en"]
    import dask

    with dask.config.set({"distributed.comm.timeouts.connect": "1s"}):
        assert main([*words, "--scheduler", "tcp://127.0.0.1:9"]) == 2
    assert "tcp://127.0.0.1:9 cannot be reached" in capsys.readouterr().err
