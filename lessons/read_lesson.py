"""Reading `lesson.toml` and the files it names."""

from __future__ import annotations

import ast
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..analyzers import rules
from ..analyzers.facts import text
from . import schema
from .faults import Place
from .model import (
    TOLERANCE,
    Choice,
    Exercise,
    Expectation,
    PredictShape,
    Question,
    Snippet,
    Step,
    Triggers,
)
from .placeholders import PlaceholderError, parse
from .toml_lines import Lines

if TYPE_CHECKING:
    from .load import PackReader

DOCUMENT = "lesson.toml"

Way = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Content:
    """What `lesson.toml` adds to the pages."""

    triggers: Triggers
    snippets: tuple[Snippet, ...] = ()
    exercise: Exercise | None = None
    quiz: tuple[Question, ...] = ()


class LessonReader:
    """Reads one lesson's document; what is wrong goes to the pack's reader."""

    def __init__(self, pack: PackReader, folder: Path) -> None:
        self._pack = pack
        self._folder = folder
        self._path = folder / DOCUMENT
        self._table: Mapping[str, Any] = {}
        self._lines = Lines("")

    def nothing(self) -> Content:
        """What there is without a document; it is looked for again when one appears."""
        self._pack.files.append(self._path)
        return Content(Triggers())

    def read(self) -> Content | None:
        """The content; None if the document cannot be used."""
        found = self._pack.document(self._path, Place(self._path))
        if found is None:
            return None
        self._table, self._lines = found
        findings = list(schema.faults_of_lesson(self._table))
        for way, kind, message in findings:
            self._pack.fault(self._path, self._lines.of(way), kind, message)
        if findings:
            return None
        return Content(self._triggers(), self._snippets(), self._exercise(), self._quiz())

    def _triggers(self) -> Triggers:
        table = self._table.get("triggers", {})
        codes = tuple(table.get("codes", ()))
        for index, code in enumerate(codes):
            self._known_code(code, ("triggers", "codes", index))
        return Triggers(codes, tuple(table.get("operators", ())))

    def _known_code(self, code: str, way: Way) -> None:
        if code not in known_codes():
            message = text("there is no diagnostic {code}", code=code)
            self._pack.fault(self._path, self._lines.of(way), "unknown-code", message)

    def _complete(self, way: Way) -> None:
        self._pack.complete(self._path, self._lines, self._table, way)

    def _file(self, name: str, way: Way) -> tuple[Path, str]:
        """A file that the document names; an empty text if it cannot be read."""
        path = self._folder / name
        place = Place(self._path, self._lines.of(way))
        return path, self._pack.text_of(path, place) or ""

    def _once(self, tables: list[Any], key: str, name: str) -> None:
        names: list[tuple[str, Way]] = [
            (table[key], (name, index, key)) for index, table in enumerate(tables)
        ]
        self._pack.once(self._path, self._lines, names, key)

    def _snippets(self) -> tuple[Snippet, ...]:
        tables = self._table.get("snippets", [])
        self._once(tables, "id", "snippets")
        self._once(tables, "prefix", "snippets")
        return tuple(self._snippet(table, ("snippets", i)) for i, table in enumerate(tables))

    def _snippet(self, table: Mapping[str, Any], way: Way) -> Snippet:
        self._complete((*way, "title"))
        path, body = self._file(table["file"], (*way, "file"))
        try:
            parse(body)
        except PlaceholderError as error:
            self._pack.fault(path, error.line, error.kind, error.message)
        fixes = tuple(table.get("fixes", ()))
        for index, code in enumerate(fixes):
            self._known_code(code, (*way, "fixes", index))
        example, program = None, ""
        if "example" in table:
            example, program = self._file(table["example"], (*way, "example"))
        return Snippet(
            id=table["id"],
            title=table["title"],
            prefix=table["prefix"],
            path=path,
            body=body.rstrip("\n") + "\n",
            place=table.get("place", "before"),
            fixes=fixes,
            example=example,
            example_text=program,
        )

    def _exercise(self) -> Exercise | None:
        table = self._table.get("exercise")
        if table is None:
            return None
        self._complete(("exercise", "goal"))
        start_path, start = self._file(table["start"], ("exercise", "start"))
        solution_path, solution = self._file(table["solution"], ("exercise", "solution"))
        steps = tuple(
            self._step(step, ("exercise", "steps", index))
            for index, step in enumerate(table["steps"])
        )
        return Exercise(table["goal"], start_path, start, solution_path, solution, steps)

    def _step(self, table: Mapping[str, Any], way: Way) -> Step:
        self._complete((*way, "goal"))
        self._complete((*way, "hints"))
        self._as_many(table["hints"], (*way, "hints"))
        expect = tuple(
            self._expectation(item, (*way, "expect", index))
            for index, item in enumerate(table["expect"])
        )
        hints = {language: tuple(texts) for language, texts in table["hints"].items()}
        return Step(table["goal"], expect, hints)

    def _as_many(self, lists: Mapping[str, list[str]], way: Way) -> None:
        counts = {language: len(texts) for language, texts in lists.items()}
        if len(set(counts.values())) > 1:
            said = ", ".join(f"{language}: {count}" for language, count in counts.items())
            message = text("there must be as many in each language; there are {said}", said=said)
            self._pack.fault(self._path, self._lines.of(way), "language-counts", message)

    def _expectation(self, table: Mapping[str, Any], way: Way) -> Expectation:
        self._expression(table["of"], (*way, "of"))
        shape = table.get("shape")
        value = table.get("value")
        if value is not None and _shape_of(value) is None:
            message = text("the lists of a value must be as long as each other, as in a tensor")
            self._pack.fault(self._path, self._lines.of((*way, "value")), "ragged", message)
        return Expectation(
            of=table["of"],
            shape=None if shape is None else tuple(shape),
            dtype=table.get("dtype"),
            device=table.get("device"),
            requires_grad=table.get("requires_grad"),
            value=value,
            tolerance=table.get("tolerance", TOLERANCE),
        )

    def _expression(self, source: str, way: Way) -> None:
        try:
            ast.parse(source, mode="eval")
        except (SyntaxError, ValueError):
            message = text("`{source}` is no Python expression", source=source)
            self._pack.fault(self._path, self._lines.of(way), "expression", message)

    def _quiz(self) -> tuple[Question, ...]:
        tables = self._table.get("quiz", [])
        self._once(tables, "id", "quiz")
        return tuple(self._question(table, ("quiz", i)) for i, table in enumerate(tables))

    def _question(self, table: Mapping[str, Any], way: Way) -> Question:
        self._complete((*way, "explanation"))
        if "question" in table:
            self._complete((*way, "question"))
        if table["kind"] == "shape":
            self._expression(table["of"], (*way, "of"))
            return PredictShape(
                table["id"],
                table.get("question", {}),
                table["code"],
                table["of"],
                tuple(table["shape"]),
                table["explanation"],
            )
        choices = table["choices"]
        if isinstance(choices, list):
            choices = dict.fromkeys(self._pack.languages, choices)
        else:
            self._complete((*way, "choices"))
            self._as_many(choices, (*way, "choices"))
        shortest = min(map(len, choices.values()), default=0)
        if table["answer"] > shortest:
            message = text(
                "the right answer is number {answer}, but there are {count}",
                answer=table["answer"],
                count=shortest,
            )
            line = self._lines.of((*way, "answer"))
            self._pack.fault(self._path, line, "answer", message)
        lists = {language: tuple(texts) for language, texts in choices.items()}
        return Choice(
            table["id"], table["question"], lists, table["answer"] - 1, table["explanation"]
        )


@cache
def known_codes() -> frozenset[str]:
    """The codes of all diagnostics, by the files of the rules: `sw101_matmul_inner_dim`."""
    names = [module.name for module in pkgutil.iter_modules(rules.__path__)]
    return frozenset(name[:5].upper() for name in names if name[:2] == "sw" and name[2:5].isdigit())


def _shape_of(value: object) -> tuple[int, ...] | None:
    """The shape of nested lists of numbers; None if they are ragged."""
    if not isinstance(value, list):
        return ()
    inner = {_shape_of(item) for item in value}
    if len(inner) > 1 or None in inner:
        return None
    rest = next(iter(inner), ())
    return (len(value), *(rest or ()))
