"""Reading a pack: a folder in, the pack or all its faults out. No code of it is run."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..analyzers.facts import Text, text
from . import schema
from .faults import Fault, Kind, Place, in_order
from .markdown import LESSON_SCHEME, blocks_of, links_of, title_of
from .model import FORMAT_VERSION, Concept, Lesson, Pack, Page
from .read_lesson import LessonReader
from .toml_lines import Lines, line_of_error

MANIFEST = "pack.toml"
LESSONS = "lessons"

_MAX_BYTES = 1_000_000
"""Of one file: a lesson is text for people."""

_LANGUAGE_FILE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?\.md")

Step = str | int
Table = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What came of reading a folder.

    pack: None if anything is wrong with it. files: all that were looked for.
    """

    folder: Path
    pack: Pack | None
    faults: tuple[Fault, ...]
    files: tuple[Path, ...]


def load_pack(folder: Path) -> Loaded:
    """Read a pack. Never raises; what is wrong is among the faults."""
    reader = PackReader(folder)
    pack = reader.read()
    faults = in_order(reader.faults)
    return Loaded(folder, None if faults else pack, faults, tuple(dict.fromkeys(reader.files)))


class PackReader:
    """Reads the files of one pack and collects what is wrong with them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.faults: list[Fault] = []
        self.files: list[Path] = []
        self.languages: tuple[str, ...] = ()

    def fault(self, path: Path, line: int, kind: Kind, message: Text) -> None:
        """Note that something is wrong."""
        self.faults.append(Fault(Place(path, line), kind, message))

    def text_of(self, path: Path, place: Place, kind: Kind = "missing-file") -> str | None:
        """The text of a file that `place` speaks of; None, with a fault, if it cannot be read."""
        self.files.append(path)
        name = self.name_of(path)
        if not path.resolve().is_relative_to(self.folder.resolve()):
            message = text("{name} lies outside the pack", name=name)
            self.fault(place.path, place.line, "outside", message)
            return None
        try:
            if not path.is_file():
                message = text("there is no file {name}", name=name)
                self.fault(place.path, place.line, kind, message)
                return None
            content = path.read_bytes()
        except OSError as error:
            message = text("{name} cannot be read: {error}", name=name, error=str(error))
            self.fault(place.path, place.line, "unreadable", message)
            return None
        if len(content) > _MAX_BYTES:
            self.fault(path, 1, "too-large", text("{name} is larger than 1 MB", name=name))
            return None
        try:
            return content.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            self.fault(path, line, "not-utf-8", text("{name} is not UTF-8", name=name))
            return None

    def name_of(self, path: Path) -> str:
        """A file as it is called in messages: seen from the pack's folder."""
        return path.relative_to(self.folder).as_posix()

    def document(self, path: Path, place: Place) -> tuple[Table, Lines] | None:
        """A TOML document and its lines; None, with a fault, if there is none."""
        content = self.text_of(path, place)
        if content is None:
            return None
        try:
            return tomllib.loads(content), Lines(content)
        except tomllib.TOMLDecodeError as error:
            line, why = line_of_error(error, content)
            message = text("this is not TOML: {error}", error=why)
            self.fault(path, line, "toml", message)
            return None

    def read(self) -> Pack | None:
        """The pack; None if its manifest is wrong. Lessons with faults are left out."""
        path = self.folder / MANIFEST
        found = self.document(path, Place(path))
        if found is None:
            return None
        table, lines = found
        version = table.get("format_version")
        if isinstance(version, int) and version > FORMAT_VERSION:
            message = text(
                "this pack has format {version}; this Shapewise reads format {known}",
                version=version,
                known=FORMAT_VERSION,
            )
            self.fault(path, lines.of(("format_version",)), "newer-format", message)
            return None
        findings = list(schema.faults_of_pack(table))
        for step, kind, message in findings:
            self.fault(path, lines.of(step), kind, message)
        if findings:
            return None
        self.languages = tuple(table["languages"])
        self.complete(path, lines, table, ("title",))
        self.complete(path, lines, table, ("description",))
        concepts = self._concepts(path, lines, table)
        lessons = self._lessons(path, lines, table, {concept.id for concept in concepts})
        return Pack(
            id=table["id"],
            folder=self.folder,
            version=table["version"],
            languages=self.languages,
            title=table["title"],
            description=table["description"],
            authors=tuple(table.get("authors", ())),
            license=table.get("license", ""),
            concepts=concepts,
            lessons=lessons,
            files=tuple(self.files),
        )

    def complete(self, path: Path, lines: Lines, table: Any, steps: tuple[Step, ...]) -> None:
        """See that a text is there in every language, and in no other."""
        texts: Any = table
        for step in steps:
            texts = texts[step]
        for language in self.languages:
            if language not in texts:
                message = text(
                    "`{name}` is missing in {language}", name=named(steps), language=language
                )
                self.fault(path, lines.of(steps), "missing-language", message)
        for language in texts:
            if language not in self.languages:
                message = text(
                    "{language} is not among the pack's languages: {languages}",
                    language=language,
                    languages=", ".join(self.languages),
                )
                self.fault(path, lines.of((*steps, language)), "undeclared-language", message)

    def once(
        self, path: Path, lines: Lines, names: list[tuple[str, tuple[Step, ...]]], key: str
    ) -> None:
        """See that no two things have the same name."""
        seen: set[str] = set()
        for name, steps in names:
            if name in seen:
                message = text("there are two with the {key} `{name}`", key=key, name=name)
                self.fault(path, lines.of(steps), "duplicate", message)
            seen.add(name)

    def _concepts(self, path: Path, lines: Lines, table: Table) -> tuple[Concept, ...]:
        found = []
        for index, concept in enumerate(table.get("concepts", ())):
            self.complete(path, lines, table, ("concepts", index, "title"))
            found.append(Concept(concept["id"], concept["title"]))
        names: list[tuple[str, tuple[Step, ...]]] = [
            (concept.id, ("concepts", index, "id")) for index, concept in enumerate(found)
        ]
        self.once(path, lines, names, "id")
        return tuple(found)

    def _lessons(
        self, path: Path, lines: Lines, table: Table, concepts: set[str]
    ) -> tuple[Lesson, ...]:
        entries = table["lessons"]
        names: list[tuple[str, tuple[Step, ...]]] = [
            (entry["id"], ("lessons", index, "id")) for index, entry in enumerate(entries)
        ]
        self.once(path, lines, names, "id")
        known = [entry["id"] for entry in entries]
        lessons = []
        for index, entry in enumerate(entries):
            self._references(path, lines, index, entry, concepts, known)
            place = Place(path, lines.of(("lessons", index, "id")))
            lesson = self._lesson(entry, place)
            if lesson is not None:
                lessons.append(lesson)
        self._unlisted(path, lines.of(("lessons",)), set(known))
        self._links(lessons, set(known))
        self._prefixes(lessons)
        return tuple(lessons)

    def _references(
        self,
        path: Path,
        lines: Lines,
        index: int,
        entry: Table,
        concepts: set[str],
        known: list[str],
    ) -> None:
        for number, concept in enumerate(entry["concepts"]):
            if concept not in concepts:
                line = lines.of(("lessons", index, "concepts", number))
                message = text("there is no concept `{name}` in this pack", name=concept)
                self.fault(path, line, "unknown-concept", message)
        for number, required in enumerate(entry.get("requires", ())):
            line = lines.of(("lessons", index, "requires", number))
            if required not in known:
                message = text("there is no lesson `{name}` in this pack", name=required)
                self.fault(path, line, "unknown-lesson", message)
            elif known.index(required) >= index:
                message = text(
                    "`{name}` requires `{required}`, which does not come before it",
                    name=entry["id"],
                    required=required,
                )
                self.fault(path, line, "order", message)

    def _lesson(self, entry: Table, place: Place) -> Lesson | None:
        folder = self.folder / LESSONS / entry["id"]
        if not folder.is_dir():
            message = text("there is no folder {name}", name=self.name_of(folder))
            self.fault(place.path, place.line, "missing-lesson", message)
            return None
        pages = self._pages(folder, place)
        reader = LessonReader(self, folder)
        content = reader.read() if (folder / "lesson.toml").exists() else reader.nothing()
        if content is None or not pages:
            return None
        return Lesson(
            id=entry["id"],
            folder=folder,
            concepts=tuple(entry["concepts"]),
            requires=tuple(entry.get("requires", ())),
            pages=pages,
            triggers=content.triggers,
            snippets=content.snippets,
            exercise=content.exercise,
            quiz=content.quiz,
        )

    def _pages(self, folder: Path, place: Place) -> dict[str, Page]:
        pages = {}
        for language in self.languages:
            path = folder / f"{language}.md"
            markdown = self.text_of(path, place, "missing-page")
            if markdown is None:
                continue
            title = title_of(markdown)
            if title is None:
                message = text("a lesson begins with its title: a line `# …`")
                self.fault(path, 1, "no-title", message)
                continue
            for block in blocks_of(markdown):
                if not block.closed:
                    message = text("this block of code does not end")
                    self.fault(path, block.line - 1, "open-block", message)
            pages[language] = Page(path, title, markdown)
        for path in sorted(folder.glob("*.md")):
            if _LANGUAGE_FILE.fullmatch(path.name) and path.stem not in self.languages:
                message = text(
                    "{language} is not among the pack's languages: {languages}",
                    language=path.stem,
                    languages=", ".join(self.languages),
                )
                self.fault(path, 1, "undeclared-language", message)
        return pages

    def _unlisted(self, path: Path, line: int, known: set[str]) -> None:
        folder = self.folder / LESSONS
        for child in sorted(folder.iterdir()) if folder.is_dir() else ():
            if child.is_dir() and child.name not in known and not child.name.startswith((".", "_")):
                name = self.name_of(child)
                message = text("the folder {name} is not among the pack's lessons", name=name)
                self.fault(path, line, "unlisted-lesson", message)

    def _links(self, lessons: list[Lesson], known: set[str]) -> None:
        for lesson in lessons:
            for page in lesson.pages.values():
                for link in links_of(page.markdown):
                    self._link(page, link.target, link.line, known)

    def _link(self, page: Page, target: str, line: int, known: set[str]) -> None:
        if target.startswith(LESSON_SCHEME):
            name = target.removeprefix(LESSON_SCHEME)
            # A lesson of another pack may be installed or not.
            if "/" not in name and name not in known:
                message = text("there is no lesson `{name}` in this pack", name=name)
                self.fault(page.path, line, "unknown-lesson", message)
        elif not re.match(r"[a-z][a-z0-9+.-]*:|#", target):
            self.text_or_picture(page.path.parent / target.partition("#")[0], page.path, line)

    def text_or_picture(self, path: Path, where: Path, line: int) -> None:
        """See that a linked file is there, inside the pack."""
        if not path.resolve().is_relative_to(self.folder.resolve()):
            message = text("{name} lies outside the pack", name=str(path.name))
            self.fault(where, line, "outside", message)
        elif not path.is_file():
            message = text("there is no file {name}", name=path.name)
            self.fault(where, line, "broken-link", message)
        else:
            self.files.append(path)

    def _prefixes(self, lessons: list[Lesson]) -> None:
        seen: dict[str, str] = {}
        for lesson in lessons:
            for snippet in lesson.snippets:
                other = seen.setdefault(snippet.prefix, lesson.id)
                if other != lesson.id:
                    message = text(
                        "the prefix `{prefix}` is taken by the lesson `{other}`",
                        prefix=snippet.prefix,
                        other=other,
                    )
                    self.fault(snippet.path, 1, "duplicate", message)


def named(steps: tuple[Step, ...]) -> str:
    """A value as people write the way to it: `exercise.steps[1].goal`."""
    name = ""
    for step in steps:
        name += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if name else step
    return name
