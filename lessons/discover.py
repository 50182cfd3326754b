"""Where packs are: the workspace, configured folders, installed distributions, built in.

Nothing of a pack or its distribution is imported.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

from ..analyzers.facts import text
from .faults import Fault, Place
from .load import MANIFEST, Loaded, load_pack
from .model import Lesson, Pack

GROUP = "shapewise.lessons"
IN_WORKSPACE = Path(".shapewise") / "lessons"
BUILT_IN = Path(__file__).resolve().parent / "packs"

Origin = Literal["workspace", "configured", "installed", "built-in"]

Signature = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A folder with a manifest."""

    folder: Path
    origin: Origin


@dataclass(frozen=True, slots=True)
class Shelf:
    """The packs that are in use, the strongest origin first, and all that is wrong."""

    packs: tuple[tuple[Pack, Origin], ...] = ()
    faults: tuple[Fault, ...] = ()

    def pack(self, name: str) -> Pack | None:
        """The pack of an id."""
        return next((pack for pack, _ in self.packs if pack.id == name), None)

    def lesson(self, pack: str, name: str) -> tuple[Pack, Lesson] | None:
        """The lesson of an id in a pack."""
        found = self.pack(pack)
        lesson = found.lesson(name) if found is not None else None
        return (found, lesson) if found is not None and lesson is not None else None

    def lessons(self) -> Iterator[tuple[Pack, Lesson]]:
        """All lessons, pack by pack."""
        for pack, _ in self.packs:
            for lesson in pack.lessons:
                yield pack, lesson


class Library:
    """Reads packs when they are first asked for, and again when their files change."""

    def __init__(self) -> None:
        self._read: dict[Path, tuple[Signature, Loaded]] = {}
        self._installed: list[Found] | None = None
        self._installed_faults: list[Fault] = []

    def shelf(self, workspaces: Sequence[Path] = (), paths: Sequence[Path] = ()) -> Shelf:
        """The packs for some workspace folders and configured paths."""
        faults: list[Fault] = []
        found = list(_in_workspaces(workspaces))
        found += _configured(paths, faults)
        found += self._in_distributions()
        found += _packs_in(BUILT_IN, "built-in")
        faults += self._installed_faults
        packs: dict[str, tuple[Pack, Origin]] = {}
        for item in _once(found):
            loaded = self._load(item)
            faults += loaded.faults
            if loaded.pack is not None:
                packs.setdefault(loaded.pack.id, (loaded.pack, item.origin))
        return Shelf(tuple(packs.values()), tuple(faults))

    def _load(self, found: Found) -> Loaded:
        known = self._read.get(found.folder)
        if known is not None:
            signature, loaded = known
            if found.origin in ("installed", "built-in") or _signature(loaded.files) == signature:
                return loaded
        loaded = load_pack(found.folder)
        self._read[found.folder] = (_signature(loaded.files), loaded)
        return loaded

    def _in_distributions(self) -> list[Found]:
        if self._installed is None:
            self._installed = list(_installed(self._installed_faults))
        return self._installed


def _once(found: Iterable[Found]) -> Iterator[Found]:
    seen: set[Path] = set()
    for item in found:
        folder = item.folder.resolve()
        if folder not in seen:
            seen.add(folder)
            yield item


def _signature(files: Iterable[Path]) -> Signature:
    """What changes when a file does."""
    signature = []
    for path in files:
        try:
            status = path.stat()
            signature.append((str(path), status.st_mtime_ns, status.st_size))
        except OSError:
            signature.append((str(path), 0, -1))
    return tuple(signature)


def _packs_in(folder: Path, origin: Origin) -> Iterator[Found]:
    """The pack that a folder is, or the packs in it."""
    if (folder / MANIFEST).is_file():
        yield Found(folder, origin)
        return
    try:
        children = sorted(folder.iterdir())
    except OSError:
        return
    for child in children:
        if (child / MANIFEST).is_file():
            yield Found(child, origin)


def _in_workspaces(workspaces: Iterable[Path]) -> Iterator[Found]:
    for folder in workspaces:
        yield from _packs_in(folder / IN_WORKSPACE, "workspace")


def _configured(paths: Iterable[Path], faults: list[Fault]) -> Iterator[Found]:
    for path in paths:
        found = list(_packs_in(path, "configured"))
        if not found:
            message = text("there is no lesson pack in {path}", path=str(path))
            faults.append(Fault(Place(path), "no-pack", message))
        yield from found


def _installed(faults: list[Fault]) -> Iterator[Found]:
    for entry in sorted(metadata.entry_points(group=GROUP), key=lambda entry: entry.name):
        found = [
            item for folder in _folders_of(entry.value) for item in _packs_in(folder, "installed")
        ]
        if not found:
            message = text(
                "the entry point {name} = {value} leads to no lesson pack",
                name=entry.name,
                value=entry.value,
            )
            faults.append(Fault(Place(Path(entry.name)), "no-pack", message))
        yield from found


def _folders_of(module: str) -> list[Path]:
    """The folders of a package. Only its outermost name is looked up: a dotted one would import."""
    outermost, *rest = module.partition(":")[0].strip().split(".")
    try:
        spec = importlib.util.find_spec(outermost)
    except (ImportError, ValueError, AttributeError):
        spec = None
    if not isinstance(spec, importlib.machinery.ModuleSpec):
        return []
    return [Path(place, *rest) for place in spec.submodule_search_locations or ()]
