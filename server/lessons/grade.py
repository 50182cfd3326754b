"""`shapewise lessons grade`."""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ...analyzers.facts import Text, text
from ...analyzers.messages import render
from ...lessons.discover import Library
from ...lessons.grade import Grade, HandIn, read_hand_in
from ...lessons.load import load_pack
from ...lessons.model import Pack
from ...lessons.workers import Grader, Job, grade_all, grade_on_cluster
from ...runtime.interpreter import find_python
from ..check.files import find_files
from ..settings import read_project, resolve
from . import complain, language_for

_ALL, _SOME, _NONE = 0, 1, 2


def grade(args: argparse.Namespace) -> int:
    """Grade hand-ins and write the table; the exit status."""
    language = language_for(args.language)
    pack = _pack(args.pack, language)
    if pack is None:
        return _NONE
    files = find_files(args.paths)
    if not files:
        complain(text("there are no Python files or notebooks there"), language)
        return _NONE
    read = [read_hand_in(path, pack, args.lesson) for path in files]
    hand_ins = [item for item in read if isinstance(item, HandIn)]
    grades = [item for item in read if isinstance(item, Grade)]
    cluster = args.scheduler is not None
    # On a cluster, `--python` is a path there; by default each worker's own.
    python = args.python or "" if cluster else find_python(args.python, Path.cwd())
    job = Job(python, args.execute, args.time_limit)
    if hand_ins and not cluster and not _has_torch(job):
        message = text("{python} has no PyTorch; choose another with --python", python=python)
        complain(message, language)
        return _NONE
    try:
        if cluster:
            coming = grade_on_cluster(hand_ins, job, args.scheduler) if hand_ins else iter(())
        else:
            jobs = args.jobs or os.cpu_count() or 1
            coming = grade_all(hand_ins, job, jobs) if hand_ins else iter(())
        grades += _with_progress(coming, len(hand_ins), language)
    except ImportError:
        complain(text("for a cluster, install `shapewise[cluster]`"), language)
        return _NONE
    except OSError as error:
        message = text("{name} cannot be reached: {error}", name=args.scheduler, error=str(error))
        complain(message, language)
        return _NONE
    grades.sort(key=lambda grade: grade.name)
    _write(_FORMATS[args.format](grades, language), args.out)
    if all(grade.status == "ungraded" for grade in grades):
        return _NONE
    return _SOME if any(grade.status == "ungraded" for grade in grades) else _ALL


def _pack(name: str, language: str) -> Pack | None:
    """A pack by its folder, or by its id among those that are found."""
    folder = Path(name)
    if folder.is_dir():
        loaded = load_pack(folder)
        for fault in loaded.faults:
            place = f"{fault.path}:{fault.line}"
            complain(text("{place}: {message}", place=place, message=fault.message), language)
        return loaded.pack
    here = Path.cwd()
    settings, _ = resolve(None, read_project(here)[0])
    pack = Library().shelf([here], [here / path for path in settings.lesson_paths]).pack(name)
    if pack is None:
        complain(text("there is no lesson pack {name}", name=name), language)
    return pack


def _has_torch(job: Job) -> bool:
    grader = Grader(job)
    try:
        return grader.has_torch()
    finally:
        grader.close()


def _with_progress(grades: Iterable[Grade], total: int, language: str) -> Iterator[Grade]:
    """The grades; a bar on the terminal shows how many are there."""
    if not sys.stderr.isatty():
        yield from grades
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    title = render(text("checking"), language)
    columns = TextColumn(title), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(title, total=total)
        for grade in grades:
            progress.advance(task)
            yield grade


def _write(content: str, out: Path | None) -> None:
    if out is not None:
        out.write_text(content, encoding="utf-8", newline="")
        return
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    sys.stdout.write(content)


def _as_text(grades: Sequence[Grade], language: str) -> str:
    width = max(len(grade.name) for grade in grades)
    words = {status: render(word, language) for status, word in _WORDS.items()}
    column = max(map(len, words.values()))
    lines = []
    for grade in grades:
        steps = f"{grade.done}/{grade.of}"
        said = render(grade.said[0], language) if grade.said else ""
        line = f"{grade.name:{width}}  {words[grade.status]:{column}}  {steps:>5}  {said}"
        lines.append(line.rstrip())
    counts = ", ".join(
        f"{words[status]}: {count}"
        for status in _WORDS
        if (count := sum(grade.status == status for grade in grades))
    )
    return "\n".join([*lines, f"{len(grades)} – {counts}"]) + "\n"


_WORDS: dict[str, Text] = {
    "passed": text("passed"),
    "failed": text("failed"),
    "unknown": text("needs a run"),
    "ungraded": text("not graded"),
}


def _rows(grades: Iterable[Grade], language: str) -> Iterator[dict[str, Any]]:
    for grade in grades:
        yield {
            "file": grade.name,
            "lesson": grade.lesson,
            "status": grade.status,
            "done": grade.done,
            "of": grade.of,
            "said": [render(sentence, language) for sentence in grade.said],
        }


def _as_csv(grades: Sequence[Grade], language: str) -> str:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(["file", "lesson", "status", "done", "of", "said"])
    for row in _rows(grades, language):
        writer.writerow([*list(row.values())[:-1], " | ".join(row["said"])])
    return file.getvalue()


def _as_json(grades: Sequence[Grade], language: str) -> str:
    return json.dumps(list(_rows(grades, language)), indent=1, ensure_ascii=False) + "\n"


_FORMATS = {"text": _as_text, "csv": _as_csv, "json": _as_json}
