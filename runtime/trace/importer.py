"""The learner's modules, rewritten as they are imported."""

from __future__ import annotations

import ast
import builtins
import hashlib
import importlib.util
import linecache
import os
import sys
from collections.abc import Mapping, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from types import CodeType, ModuleType
from typing import Any, Callable

from .channel import Channel
from .loops import Loops
from .record import Book, Label
from .rewrite import FUNCTIONS, rewrite

_INSTALLED = frozenset(("site-packages", "dist-packages"))


class Workshop:
    """Turns source texts of the learner's into code that reports.

    Args:
        roots: folders that hold the learner's files.
        book: notes what the sites see.
        loops: ends loops early; None for a full run.
        channel: where each source is announced.
    """

    def __init__(
        self, roots: Sequence[str], book: Book, loops: Loops | None, channel: Channel
    ) -> None:
        self._roots = tuple(os.path.join(os.path.realpath(root), "") for root in roots)
        self._book = book
        self._loops = loops
        self._channel = channel
        self._functions: list[Any] = []
        self._environments: dict[str, bool] = {}
        self.places: dict[str, tuple[str, int]] = {}
        """File and part of each file name that code objects carry."""
        setattr(builtins, FUNCTIONS, self._functions)

    def owns(self, path: str) -> bool:
        """Whether a file is the learner's: below a root, and not installed there."""
        path = os.path.realpath(path)
        for root in self._roots:
            if path.startswith(root):
                folders = path[len(root) :].split(os.sep)[:-1]
                if _INSTALLED.isdisjoint(folders) and not self._in_environment(root, folders):
                    return True
        return False

    def compile(
        self,
        source: str,
        path: str,
        part: int = 0,
        filename: str | None = None,
        text: str | None = None,
    ) -> CodeType:
        """Code that reports what its expressions were.

        Args:
            source: the text of a file, or of a cell of a notebook.
            part: the number of the cell.
            filename: what tracebacks call it, when that is not the path.
            text: what people see of it, when that is not the source.

        Raises:
            SyntaxError, ValueError: as `compile` does.
        """
        filename = filename or path
        self._keep(source if text is None else text, path, part, filename)
        try:
            tree: Any = compile(source, filename, "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
            rewrite(source, tree, _Hooks(self, path, part))
            code: CodeType = compile(tree, filename, "exec", dont_inherit=True)
        except RecursionError:
            # A sum of a thousand terms: Python can compile it, but not show us its tree.
            code = compile(source, filename, "exec", dont_inherit=True)
        return code

    def recorder(self, path: str, part: int, labels: tuple[Label, ...]) -> int:
        """The index of a new recorder."""
        return self._install(self._book.recorder(path, part, labels))

    def limit(self, build: Callable[[Loops], Any]) -> int | None:
        """The index of what `build` makes of the loops; None in a full run."""
        return None if self._loops is None else self._install(build(self._loops))

    def _install(self, function: Any) -> int:
        self._functions.append(function)
        return len(self._functions) - 1

    def _keep(self, source: str, path: str, part: int, filename: str) -> None:
        """Remember the text: the program may change or delete the file while it runs."""
        self.places[filename] = (path, part)
        lines = [line + "\n" for line in source.splitlines()]
        linecache.cache[filename] = (len(source), None, lines, filename)
        digest = hashlib.sha256(source.encode("utf-8", "replace")).hexdigest()
        self._channel.send(
            {"event": "source", "file": path, "part": part, "text": source, "digest": digest}
        )

    def _in_environment(self, root: str, folders: Sequence[str]) -> bool:
        """Whether a folder on the way is a virtual environment's."""
        folder = root
        for name in folders:
            folder = os.path.join(folder, name)
            if folder not in self._environments:
                marker = os.path.join(folder, "pyvenv.cfg")
                self._environments[folder] = os.path.exists(marker)
            if self._environments[folder]:
                return True
        return False


class _Hooks:
    """`rewrite.Hooks` for one file."""

    def __init__(self, workshop: Workshop, path: str, part: int) -> None:
        self._workshop = workshop
        self._path = path
        self._part = part
        self.trained = workshop.limit(lambda loops: loops.trained)
        self.stepping = workshop.limit(lambda loops: loops.stepping)

    def recorder(self, labels: tuple[Label, ...]) -> int:
        return self._workshop.recorder(self._path, self._part, labels)

    def iterable(self, line: int, column: int, calls: bool) -> int | None:
        place = (self._path, self._part, line, column)
        return self._workshop.limit(lambda loops: loops.iterable(place, calls))

    def condition(self, line: int, column: int) -> int | None:
        place = (self._path, self._part, line, column)
        return self._workshop.limit(lambda loops: loops.condition(place))


class _Loader(SourceFileLoader):
    """Loads a module of the learner's; neither reads nor writes bytecode."""

    def __init__(self, fullname: str, path: str, workshop: Workshop) -> None:
        super().__init__(fullname, path)
        self._workshop = workshop

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        source = importlib.util.decode_source(self.get_data(path))
        return self._workshop.compile(source, path)


class Finder(MetaPathFinder):
    """Finds what the other finders find, and has the learner's modules rewritten.

    Args:
        workshop: rewrites.
        after: by the name of a module, what to do with it once it is imported.
    """

    def __init__(
        self, workshop: Workshop, after: Mapping[str, Callable[[ModuleType], None]]
    ) -> None:
        self._workshop = workshop
        self._after = after

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        spec = self._ask_others(fullname, path, target)
        if spec is None or spec.loader is None:
            return spec
        if type(spec.loader) is SourceFileLoader and self._workshop.owns(spec.loader.path):
            spec.loader = _Loader(fullname, spec.loader.path, self._workshop)
            spec.cached = None
        if fullname in self._after:
            _follow(spec.loader, self._after[fullname])
        return spec

    def _ask_others(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None
    ) -> ModuleSpec | None:
        others: list[Any] = [finder for finder in sys.meta_path if finder is not self]
        for finder in others:
            find = getattr(finder, "find_spec", None)
            spec = None if find is None else find(fullname, path, target)
            if spec is not None:
                found: ModuleSpec = spec
                return found
        return None


def _follow(loader: Any, then: Callable[[ModuleType], None]) -> None:
    execute = loader.exec_module

    def exec_module(module: ModuleType) -> None:
        execute(module)
        then(module)

    loader.exec_module = exec_module
