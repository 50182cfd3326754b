"""What the user has set: in the editor (section `shapewise`) and in `pyproject.toml`.

Both hold the same keys; `[tool.shapewise]` may also write them in kebab-case. The
editor's value wins where it is set and not null, then the project's, then the
default. Whatever cannot be used is reported as a sentence and otherwise ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

from ..analyzers.codes import prefix_of
from ..analyzers.facts import Text, text
from ..analyzers.messages import LANGUAGES, language_of
from ..analyzers.ruleset import ALL, LEVELS, Level, RuleSet
from .project import SECTION, Project, read_project

__all__ = ["SECTION", "HintStyle", "Settings", "read_project", "resolve"]

HintStyle = Literal["shape", "shape+dtype", "full"]
_HINT_STYLES = ("shape", "shape+dtype", "full")

# Read by the editor's extension itself; VS Code sends them along with the section.
_EXTENSION_KEYS = frozenset({"trace", "server"})


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of one workspace folder.

    python: the learner's interpreter, None to look for one.
    language: one of `messages.LANGUAGES`.
    debounce: seconds without a keystroke before an analysis begins.
    seconds, steps: an analysis's budget.
    lesson_paths: folders of lesson packs, seen from the workspace folder.
    trace_args: what a traced program finds in `sys.argv[1:]`.
    trace_iterations: rounds after which a traced run leaves a loop that trains.
    trace_stats: whether a traced run looks at the numbers, too.
    trace_seconds: how long a traced run may take.
    rules: which diagnostics are wanted, and how severe they are.
    """

    python: str | None = None
    language: str = "en"
    hints: bool = True
    hint_style: HintStyle = "shape"
    diagnostics: bool = True
    debounce: float = 0.05
    seconds: float = 2.0
    steps: int = 200_000
    lesson_paths: tuple[str, ...] = ()
    trace_args: tuple[str, ...] = ()
    trace_iterations: int = 2
    trace_stats: bool = False
    trace_seconds: float = 120.0
    rules: RuleSet = ALL


class _Invalid(Exception):
    """The value cannot be used; the message says what is expected.

    item: what of a list or a table is wrong. found: what stands there. kept: what can
    be used all the same, None for nothing. others: more that is wrong.
    """

    def __init__(
        self, expected: Text, item: str | None = None, found: object = None, kept: object = None
    ) -> None:
        self.expected = expected
        self.item = item
        self.found = found
        self.kept = kept
        self.others: tuple[_Invalid, ...] = ()


def resolve(
    editor: object,
    project: Mapping[str, Any] | None = None,
    locale: str | None = None,
    *,
    trusted: bool = True,
) -> tuple[Settings, tuple[Text, ...]]:
    """The settings in force, and what is wrong with what was written.

    Args:
        editor: the editor's section; anything but an object counts as unset.
        project: `[tool.shapewise]`.
        locale: the editor's display language.
        trusted: whether the project may choose the program that is run as the
            interpreter.
    """
    complaints: list[Text] = []
    settings = Settings(language=language_of(locale))
    if project:
        found = _flatten(project)
        if not trusted:
            found = {key: value for key, value in found.items() if _camel(key) != "python"}
        where = _in_project(project) if isinstance(project, Project) else _in_nothing
        settings = _apply(settings, found, where, locale, complaints)
    if isinstance(editor, Mapping):
        found = {k: v for k, v in _flatten(editor).items() if v is not None}
        settings = _apply(settings, found, lambda *_: text("settings"), locale, complaints)
    return settings, tuple(complaints)


_Where = Callable[[str, str | None], str | Text]
"""Says where a key stands, or an item of its value."""


def _in_nothing(_key: str, _item: str | None) -> str:
    return "pyproject.toml"


def _in_project(project: Project) -> _Where:
    def where(key: str, item: str | None) -> str:
        path = tuple(key.split("."))
        line = item and project.line_of((*path, item))
        line = line or project.line_of(path, item)
        return "pyproject.toml" if line is None else f"pyproject.toml:{line}"

    return where


def _flatten(section: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested keys joined by dots, as written: `inlay-hints.style`."""
    flat: dict[str, Any] = {}
    for key, value in section.items():
        name = prefix + str(key)
        if not prefix and _camel(name).split(".")[0] in _EXTENSION_KEYS:
            continue
        if isinstance(value, Mapping) and name not in _TABLES:
            flat |= _flatten(value, name + ".")
        else:
            flat[name] = value
    return flat


_TABLES = ("rules.severity",)
"""Settings that are tables themselves."""


def _camel(key: str) -> str:
    """A key in camelCase: `inlay-hints.style` is `inlayHints.style`."""
    first, *rest = key.replace("_", "-").split("-")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def _apply(
    settings: Settings,
    found: Mapping[str, Any],
    where: _Where,
    locale: str | None,
    complaints: list[Text],
) -> Settings:
    for written, value in found.items():
        key = _camel(written)
        if key not in _KEYS:
            place = where(written, None)
            complaints.append(
                text("{where}: there is no setting shapewise.{key}", where=place, key=key)
            )
            continue
        name, read = _KEYS[key]
        try:
            usable = read(value, locale)
        except _Invalid as invalid:
            for fault in (invalid, *invalid.others):
                complaints.append(_complaint(fault, key, written, value, where))
            if invalid.kept is None:
                continue
            usable = invalid.kept
        # `_KEYS` pairs each field with the reader of its type.
        if name.startswith(_RULES):
            field = cast(dict[str, Any], {name.removeprefix(_RULES): usable})
            settings = replace(settings, rules=replace(settings.rules, **field))
        else:
            settings = replace(settings, **cast(dict[str, Any], {name: usable}))
    return settings


def _complaint(fault: _Invalid, key: str, written: str, value: object, where: _Where) -> Text:
    inner = isinstance(value, Mapping) and fault.item is not None
    return text(
        "{where}: shapewise.{key} is {value}; it should be {expected}",
        where=where(written, fault.item),
        key=f"{key}.{fault.item}" if inner else key,
        value=repr(value if fault.item is None else fault.found),
        expected=fault.expected,
    )


_RULES = "rules."
"""What the names of fields of `Settings.rules` begin with in `_KEYS`."""


def _read_bool(value: object, _locale: str | None) -> bool:
    if not isinstance(value, bool):
        raise _Invalid(text("true or false"))
    return value


def _read_python(value: object, _locale: str | None) -> str | None:
    if not isinstance(value, str):
        raise _Invalid(text("the path of a Python interpreter"))
    return value.strip() or None


def _read_language(value: object, locale: str | None) -> str:
    names = {"auto", *LANGUAGES}
    if value == "auto":
        return language_of(locale)
    if isinstance(value, str):
        language = language_of(value)
        # `language_of` serves any locale with English; a setting must name a language.
        if value.replace("_", "-").lower().split("-")[0] == language.split("-")[0]:
            return language
    raise _Invalid(_one_of(sorted(names)))


def _read_style(value: object, _locale: str | None) -> str:
    if value not in _HINT_STYLES:
        raise _Invalid(_one_of(_HINT_STYLES))
    return str(value)


def _read_paths(value: object, _locale: str | None) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(path, str) for path in value):
        raise _Invalid(text("a list of folders"))
    return tuple(value)


def _read_words(value: object, _locale: str | None) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise _Invalid(text("a list of words"))
    return tuple(value)


def _read_prefixes(value: object, _locale: str | None) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise _Invalid(text("a list of codes, such as {codes}", codes="SW501, SW5"))
    prefixes = [prefix_of(item) if isinstance(item, str) else None for item in value]
    usable = tuple(prefix for prefix in prefixes if prefix is not None)
    _raise(
        [
            _Invalid(_CODE, str(item), item)
            for item, prefix in zip(value, prefixes, strict=True)
            if prefix is None
        ],
        usable or None,
    )
    return usable


_CODE = text("a code or what several begin with, such as {codes}", codes="SW501, SW5")


def _read_levels(value: object, _locale: str | None) -> tuple[tuple[str, Level], ...]:
    if not isinstance(value, Mapping):
        raise _Invalid(text("a table of codes, each with one of {names}", names=", ".join(LEVELS)))
    levels: dict[str, Level] = {}
    faults: list[_Invalid] = []
    for code, level in value.items():
        prefix = prefix_of(str(code))
        if prefix is None:
            faults.append(_Invalid(_CODE, str(code), str(code)))
        elif level in LEVELS:
            levels[prefix] = cast(Level, level)
        elif level is not None:  # that is an editor's way of not setting it
            faults.append(_Invalid(_one_of(LEVELS), str(code), level))
    usable = tuple(levels.items())
    _raise(faults, usable)
    return usable


def _raise(faults: list[_Invalid], usable: object) -> None:
    if faults:
        faults[0].kept, faults[0].others = usable, tuple(faults[1:])
        raise faults[0]


def _one_of(names: Sequence[str]) -> Text:
    return text("one of {names}", names=", ".join(names))


def _number(low: float, high: float, scale: float = 1.0) -> Callable[[object, str | None], float]:
    def read(value: object, _locale: str | None) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            value = None
        if value is None or not low <= value <= high:
            raise _Invalid(text("a number from {low} to {high}", low=f"{low:g}", high=f"{high:g}"))
        return value * scale

    return read


def _integer(low: int, high: int) -> Callable[[object, str | None], int]:
    read = _number(low, high)
    return lambda value, locale: int(read(value, locale))


_KEYS: dict[str, tuple[str, Callable[[object, str | None], object]]] = {
    "python": ("python", _read_python),
    "language": ("language", _read_language),
    "inlayHints.enabled": ("hints", _read_bool),
    "inlayHints.style": ("hint_style", _read_style),
    "diagnostics.enabled": ("diagnostics", _read_bool),
    "debounce": ("debounce", _number(0, 5000, 0.001)),
    "budget.seconds": ("seconds", _number(0.05, 60)),
    "lessons.paths": ("lesson_paths", _read_paths),
    "tracing.args": ("trace_args", _read_words),
    "tracing.iterations": ("trace_iterations", _integer(1, 1_000_000)),
    "tracing.stats": ("trace_stats", _read_bool),
    "tracing.seconds": ("trace_seconds", _number(1, 86_400)),
    "rules.select": (_RULES + "select", _read_prefixes),
    "rules.ignore": (_RULES + "ignore", _read_prefixes),
    "rules.severity": (_RULES + "severity", _read_levels),
    "budget.steps": ("steps", _integer(1000, 100_000_000)),
}
