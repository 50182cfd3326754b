"""Markdown files as tests: their Python blocks, and what the comments in them expect.

`docs/testing.md` says how a block is written. A block runs in two ways, and
each gives an `Outcome`; `disagreements` compares one with the comments.
"""

from __future__ import annotations

import ast
import io
import itertools
import re
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from shapewise.runtime.oracle import dims

Mode = Literal["real", "static"]

NUMBERS = ((3, 5, 12, 10, 7, 4), (6, 4, 16, 20, 9, 2))
"""What symbols stand for, in the order in which they appear, when functions are called."""

_COMMENT = re.compile(
    r"#\s*(reveal|error|warning|hint):\s*(.*?)\s*(?=#\s*(?:reveal|error|warning|hint):|$)"
)
_PROBLEM = re.compile(r'(SW\d{3})(?:\s+"(.*)")?$')
_WORD = re.compile(r"((u?int|float|bfloat|complex)\d+|bool|(cpu|cuda|mps)\S*|(no)?grad|unknown)$")


@dataclass(frozen=True)
class Spec:
    """A tensor as a comment describes it; None stands for "not said"."""

    shape: tuple[str, ...] | None = None
    dtype: str | None = None
    devices: tuple[str, ...] | None = None
    """Here, and then where an accelerator is available, if that differs."""
    grad: bool | None = None
    unknown: bool = False


@dataclass(frozen=True)
class Expectation:
    """One comment. Lines count within the program, from 1."""

    kind: Literal["reveal", "error", "warning", "hint"]
    first: int
    last: int
    """The lines of the statement, or of its header, that the comment stands in."""
    text: str
    accelerator: bool
    """Happens only where an accelerator is available."""
    code: str = ""
    message: str = ""
    specs: tuple[tuple[str | None, tuple[Spec, ...]], ...] = ()
    """What is bound, by name, None for all names: one of several alternatives."""


@dataclass(frozen=True)
class Program:
    """A block, with those that continue it."""

    path: Path
    name: str
    source: str
    lines: tuple[int, ...]
    """The line in the file of each line of `source`."""
    expectations: tuple[Expectation, ...]
    static_only: bool = False
    """Not run for real: it would download or read files."""
    needs: tuple[str, ...] = ()
    """The libraries beside torch and NumPy that a real run needs."""
    cells: bool = False
    """Lines with `# %%` divide it into the cells of a notebook; not run for real either."""
    uncalled: bool = False
    """Its functions are called by nothing; a real run calls them with what they expect."""

    def parts(self) -> list[str]:
        """The cells, each behind as many empty lines as stand above it; or the one program."""
        if not self.cells:
            return [self.source]
        parts: list[str] = []
        for index, line in enumerate(self.source.splitlines(keepends=True)):
            if not parts or line.startswith("# %%"):
                parts.append("\n" * index)
            parts[-1] += line
        return parts

    def skipped(self) -> list[int]:
        """The first lines of the statements that only run where there is an accelerator."""
        return [item.first for item in self.expectations if item.accelerator]

    def for_real(self) -> list[Program]:
        """What a real run has to run: of functions that nothing calls, also calls of them."""
        if not self.uncalled:
            return [self]
        found = []
        for numbers in NUMBERS:
            calls = list(_calls(self, itertools.cycle(numbers)))
            source = self.source + "".join(f"{call}\n" for call in calls)
            found.append(
                replace(self, source=source, lines=self.lines + self.lines[-1:] * len(calls))
            )
        return found


@dataclass(frozen=True)
class Seen:
    """A binding as it was observed; `shape` is None for something that is no known tensor."""

    line: int
    name: str
    shape: tuple[dims.Dim, ...] | None
    dtype: str | None = None
    devices: tuple[str | None, ...] = (None,)
    grad: bool | None = None


@dataclass(frozen=True)
class Trouble:
    """An exception (`code` is empty) or a diagnostic."""

    line: int
    text: str
    code: str = ""
    severity: str = "error"


@dataclass(frozen=True)
class Outcome:
    """What a run observed."""

    seen: tuple[Seen, ...]
    troubles: tuple[Trouble, ...]
    accelerator: bool = False
    """Whether the statements marked `(accelerator)` ran too."""


def programs(path: Path) -> list[Program]:
    """The programs in a Markdown file.

    Raises:
        ValueError: a comment or a block that cannot be read, with its place.
    """
    found: list[tuple[str, list[str], list[int], list[str]]] = []
    heading, count, fence = "", 0, None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if fence is None and line.startswith("#"):
            heading, count = line.strip("# "), 0
        elif fence is None and line.startswith("```"):
            fence = line[3:].split()
            if fence[:1] == ["python"] and fence[1:] != ["continued"]:
                count += 1
                found.append((f"{heading} {count}", [], [], fence[1:]))
        elif fence is not None and line.strip() == "```":
            fence = None
        elif fence is not None and fence[:1] == ["python"]:
            found[-1][1].append(line)
            found[-1][2].append(number)
    return [_program(path, *item) for item in found]


def _calls(program: Program, numbers: Iterator[int]) -> Iterator[str]:
    """Calls of its functions, with tensors as the comments at their heads say.

    Raises:
        ValueError: of a parameter nothing is said.
    """
    symbols: dict[str, dims.Dim] = {}
    for owner in ast.parse(program.source).body:
        methods = owner.body if isinstance(owner, ast.ClassDef) else [owner]
        for node in methods:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("__"):
                continue
            said = {
                name: alternatives[0]
                for item in program.expectations
                if item.kind == "reveal" and item.first == node.lineno
                for name, alternatives in item.specs
            }
            names = [argument.arg for argument in node.args.args if argument.arg != "self"]
            arguments = []
            for name in names:
                spec = said.get(name) or said.get(None)
                if spec is None or spec.shape is None:
                    raise ValueError(f"nothing is said of {name!r} in {node.name!r}")
                for symbol in (s for dim in spec.shape for s in dims.symbols(dims.canonical(dim))):
                    if symbol not in symbols:
                        symbols[symbol] = next(numbers)
                sizes = [dims.substitute(dims.canonical(dim), symbols) for dim in spec.shape]
                dtype = spec.dtype or "float32"
                arguments.append(f"torch.ones({sizes}, dtype=torch.{dtype})")
            function = node.name if node is owner else f"{owner.name}().{node.name}"  # type: ignore[attr-defined]
            yield f"{function}({', '.join(arguments)})"


def _program(path: Path, name: str, text: list[str], lines: list[int], how: list[str]) -> Program:
    source = "\n".join(text) + "\n"
    needs = tuple(how[1:]) if how[:1] == ["needs"] else ()
    if how and how not in (["static"], ["cells"], ["uncalled"]) and not needs:
        raise ValueError(f"{path}:{lines[0]}: {name}: no such block: python {' '.join(how)}")
    try:
        expectations = tuple(_expectations(source))
    except (SyntaxError, ValueError) as error:
        raise ValueError(f"{path}:{lines[0]}: {name}: {error}") from error
    return Program(
        path,
        name,
        source,
        tuple(lines),
        expectations,
        how in (["static"], ["cells"]),
        needs,
        how == ["cells"],
        how == ["uncalled"],
    )


def _expectations(source: str) -> Iterator[Expectation]:
    tree = ast.parse(source)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT:
            continue
        first, last = _extent(tree, token.start[0])
        for kind, said in _COMMENT.findall(token.string):
            text = said.removesuffix("(accelerator)").strip()
            place = (kind, first, last, said, text != said)
            if kind == "reveal":
                yield Expectation(*place, specs=tuple(_named(p) for p in text.split(";")))
            elif match := _PROBLEM.match(text):
                yield Expectation(*place, code=match[1], message=match[2] or "")
            else:
                raise ValueError(f"no such expectation: {said!r}")


def _extent(tree: ast.AST, line: int) -> tuple[int, int]:
    """The lines of the innermost statement around a line; of a compound one, its header."""
    found = (line, line)
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt | ast.excepthandler) and node.end_lineno is not None:
            body = getattr(node, "body", None)
            last = max(node.lineno, body[0].lineno - 1) if body else node.end_lineno
            if node.lineno <= line <= last:
                found = (node.lineno, last)
    return found


def _named(text: str) -> tuple[str | None, tuple[Spec, ...]]:
    name: str | None = text.split()[0]
    if name is None or name.startswith("(") or _WORD.match(name):
        name = None
    else:
        text = text.strip().removeprefix(name)
    return name, tuple(_spec(part.strip()) for part in text.split(" | "))


def _spec(text: str) -> Spec:
    shape, _, words = text.rpartition(")") if text.startswith("(") else ("", "", text)
    found: dict[str, object] = {}
    if shape:
        found["shape"] = tuple(part.strip() for part in shape[1:].split(",") if part.strip())
    for word in words.split():
        if not _WORD.match(word):
            raise ValueError(f"no dtype, device or word: {word!r} in {text!r}")
        if word in ("grad", "nograd"):
            found["grad"] = word == "grad"
        elif word == "unknown":
            found["unknown"] = True
        elif word.startswith(("cpu", "cuda", "mps")):
            found["devices"] = tuple(word.split("|"))
        else:
            found["dtype"] = word
    return Spec(**found)  # type: ignore[arg-type]


@dataclass
class _Comparison:
    """Compares an outcome with the comments; symbols are bound once for a whole program."""

    mode: Mode
    symbols: dict[str, dims.Dim] = field(default_factory=dict)

    def dim(self, said: str, seen: dims.Dim) -> bool:
        """Whether one size is as said: a number, a symbol, an expression, or `?` for any."""
        if said == "?":
            return True
        if said.isidentifier() and said not in self.symbols:
            fresh = isinstance(seen, str) and seen not in self.symbols.values()
            if fresh or self.mode == "real":
                self.symbols[said] = seen
            return fresh or self.mode == "real"
        expected = dims.substitute(dims.canonical(said), self.symbols)
        return expected == seen

    def fits(self, spec: Spec, seen: Seen) -> bool:
        """Whether what was seen is what was said."""
        if spec.unknown:
            return self.mode == "real" or seen.shape is None
        if spec.shape is not None and (
            seen.shape is None
            or len(seen.shape) != len(spec.shape)
            or not all(map(self.dim, spec.shape, seen.shape))
        ):
            return False
        # A real run sees one of the devices, the analysis all of them.
        same = map(_same_place, spec.devices or (), seen.devices * (1 + (self.mode == "real")))
        return (
            (spec.dtype is None or spec.dtype == seen.dtype)
            and (spec.grad is None or spec.grad == seen.grad)
            and (spec.devices is None or (any if self.mode == "real" else all)(same))
        )


def _same_place(said: str, seen: str | None) -> bool:
    return seen is not None and said in (seen, seen.partition(":")[0])


def disagreements(program: Program, outcome: Outcome, mode: Mode) -> Iterable[str]:
    """Where an outcome is not what the comments say, one text each, with file and line."""
    comparison = _Comparison(mode)
    place = f"{program.path}:{{}}: "
    expected: set[Trouble] = set()
    for item in program.expectations:
        if item.accelerator and mode == "real" and not outcome.accelerator:
            continue
        where = place.format(program.lines[item.first - 1])
        if item.kind == "reveal":
            seen = [one for one in outcome.seen if item.first <= one.line <= item.last]
            for name, specs in item.specs:
                bound = [one for one in seen if name in (None, one.name)]
                if name is None and mode == "real":  # of all that is bound, the tensors are meant
                    bound = [one for one in bound if one.shape is not None] or bound
                fitting = {
                    spec: [one for one in bound if comparison.fits(spec, one)] for spec in specs
                }
                strays = [one for one in bound if not any(one in f for f in fitting.values())]
                if strays or not all(fitting.values()):
                    got = ", ".join(map(_describe, bound)) or "nothing bound"
                    yield f"{where}expected {item.text}, got {got}"
        elif mode == "static" or item.kind == "error":
            there = [one for one in outcome.troubles if item.first <= one.line <= item.last]
            found = there
            if mode == "static":
                found = [one for one in found if one.code == item.code]
                if not item.accelerator:
                    found = [one for one in found if one.severity == item.kind]
            found = [one for one in found if item.message in one.text]
            expected.update(found)
            if not found:
                yield f"{where}expected {item.kind} {item.text}, got {there or 'no problem'}"
    for trouble in outcome.troubles:
        if trouble not in expected:
            where = place.format(program.lines[trouble.line - 1])
            yield f"{where}expected no problem, got {trouble.code} {trouble.text}"


def _describe(seen: Seen) -> str:
    if seen.shape is None:
        return f"{seen.name} unknown"
    shape = "(" + ", ".join(map(str, seen.shape)) + ")"
    grad = {True: "grad", False: "nograd", None: ""}[seen.grad]
    places = "|".join(str(place) for place in seen.devices)
    return f"{seen.name} {shape} {seen.dtype} {places} {grad}".strip()
