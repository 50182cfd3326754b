"""What the user has set: in the editor (section `shapewise`) and in `pyproject.toml`.

Both hold the same keys; `[tool.shapewise]` may also write them in kebab-case. The
editor's value wins where it is set and not null, then the project's, then the
default. Whatever cannot be used is reported as a sentence and otherwise ignored.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, cast

from ..analyzers.facts import Text, text
from ..analyzers.messages import LANGUAGES, language_of

SECTION = "shapewise"

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


class _Invalid(Exception):
    """The value cannot be used; the message says what is expected."""

    def __init__(self, expected: Text) -> None:
        self.expected = expected


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
            found.pop("python", None)
        settings = _apply(settings, found, "pyproject.toml", locale, complaints)
    if isinstance(editor, Mapping):
        found = {k: v for k, v in _flatten(editor).items() if v is not None}
        settings = _apply(settings, found, text("settings"), locale, complaints)
    return settings, tuple(complaints)


def read_project(folder: Path) -> tuple[Mapping[str, Any], tuple[Text, ...]]:
    """`[tool.shapewise]` of a folder's `pyproject.toml`; empty where there is none."""
    path = folder / "pyproject.toml"
    try:
        with path.open("rb") as file:
            table = tomllib.load(file).get("tool", {}).get(SECTION, {})
    except FileNotFoundError:
        return {}, ()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, AttributeError) as error:
        return {}, (text("{path} cannot be read: {error}", path=str(path), error=str(error)),)
    if not isinstance(table, Mapping):
        return {}, (text("{path}: [tool.shapewise] is not a table", path=str(path)),)
    return table, ()


def _flatten(section: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested keys joined by dots, in camelCase: `inlay-hints.style` is `inlayHints.style`."""
    flat: dict[str, Any] = {}
    for key, value in section.items():
        name = prefix + _camel(str(key))
        if not prefix and name.split(".")[0] in _EXTENSION_KEYS:
            continue
        if isinstance(value, Mapping):
            flat |= _flatten(value, name + ".")
        else:
            flat[name] = value
    return flat


def _camel(key: str) -> str:
    first, *rest = key.replace("_", "-").split("-")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def _apply(
    settings: Settings,
    found: Mapping[str, Any],
    where: str | Text,
    locale: str | None,
    complaints: list[Text],
) -> Settings:
    for key, value in found.items():
        if key not in _KEYS:
            complaints.append(
                text("{where}: there is no setting shapewise.{key}", where=where, key=key)
            )
            continue
        name, read = _KEYS[key]
        try:
            # `_KEYS` pairs each field with the reader of its type.
            settings = replace(settings, **cast(dict[str, Any], {name: read(value, locale)}))
        except _Invalid as invalid:
            complaints.append(
                text(
                    "{where}: shapewise.{key} is {value}; it should be {expected}",
                    where=where,
                    key=key,
                    value=repr(value),
                    expected=invalid.expected,
                )
            )
    return settings


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


def _one_of(names: tuple[str, ...] | list[str]) -> Text:
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
    "budget.steps": ("steps", _integer(1000, 100_000_000)),
}
