"""The JSON Schema of packs, and what it says of a document, in people's words."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ...analyzers.facts import Text, text
from ..faults import Kind

SCHEMA = Path(__file__).parent / "pack.schema.json"

Finding = tuple[tuple[str | int, ...], Kind, Text]
"""The way to the value, the kind of the fault, the sentence."""


def faults_of_pack(document: Mapping[str, Any]) -> Iterator[Finding]:
    """What the schema says of a `pack.toml`."""
    return _faults(document, "")


def faults_of_lesson(document: Mapping[str, Any]) -> Iterator[Finding]:
    """What the schema says of a `lesson.toml`."""
    return _faults(document, "#/$defs/lesson")


def _faults(document: Mapping[str, Any], part: str) -> Iterator[Finding]:
    for error in _validator(part).iter_errors(document):
        yield from _finding(error)


@cache
def _validator(part: str) -> Any:
    # Imported here: most sessions have no packs but those that were checked when they were built.
    from jsonschema import Draft202012Validator

    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    if part:
        schema = {"$schema": schema["$schema"], "$defs": schema["$defs"], "$ref": part}
    return Draft202012Validator(schema)


def _finding(error: Any) -> Iterator[Finding]:
    """The findings of a `jsonschema.ValidationError`."""
    path = tuple(error.absolute_path)
    name = _name(path)
    validator, wanted, value = str(error.validator), error.validator_value, error.instance
    shown = _shown(value)
    if validator == "additionalProperties" and isinstance(wanted, bool):
        known = list(error.schema.get("properties", ()))
        for key in value:
            if key not in known:
                yield (*path, key), "unknown-key", _unknown_key(key, known)
    elif validator == "required":
        for key in wanted:
            if key not in value:
                yield path, "missing-key", text("`{key}` is missing", key=_name((*path, key)))
    elif validator == "dependentRequired":
        for key, others in wanted.items():
            if key in value:
                for other in set(others) - set(value):
                    message = text("`{key}` needs `{other}` beside it", key=key, other=other)
                    yield (*path, key), "missing-key", message
    elif "propertyNames" in error.schema_path:
        message = text("`{name}` is no language; one is written like {example}", **_example(error))
        yield (*path, value), "bad-language", message
    elif validator in ("enum", "const"):
        options = wanted if validator == "enum" else [wanted]
        names = ", ".join(map(str, options))
        message = text(
            "`{name}` is {shown}; it should be one of {names}", name=name, shown=shown, names=names
        )
        yield path, "bad-value", message
    elif validator == "type":
        expected = _TYPES.get(str(wanted)) or text("another kind of value")
        message = text(
            "`{name}` is {shown}; it should be {expected}",
            name=name,
            shown=shown,
            expected=expected,
        )
        yield path, "wrong-type", message
    elif validator == "pattern":
        example = _example(error)["example"]
        message = text(
            "`{name}` is {shown}; it should look like {example}",
            name=name,
            shown=shown,
            example=example,
        )
        yield path, "bad-value", message
    elif validator in ("minItems", "minLength", "minProperties"):
        message = text("`{name}` holds too little", name=name)
        yield path, "empty", message
    elif validator == "uniqueItems":
        yield path, "duplicate", text("`{name}` holds something twice", name=name)
    else:
        message = text("`{name}` cannot be {shown}", name=name, shown=shown)
        yield path, "bad-value", message


_TYPES = {
    "object": text("a table"),
    "array": text("a list"),
    "string": text("a text"),
    "integer": text("a whole number"),
    "number": text("a number"),
    "boolean": text("true or false"),
}


def _unknown_key(key: str, known: list[str]) -> Text:
    close = difflib.get_close_matches(key, known, 1)
    if close:
        return text("there is no key `{key}`; is `{close}` meant?", key=key, close=close[0])
    return text(
        "there is no key `{key}`; there are {names}", key=key, names=", ".join(sorted(known))
    )


def _example(error: Any) -> dict[str, str]:
    examples = error.schema.get("examples", ["?"])
    return {"name": str(error.instance), "example": str(examples[0])}


def _name(path: tuple[str | int, ...]) -> str:
    name = ""
    for step in path:
        name += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if name else step
    return name


def _shown(value: object) -> str:
    shown = json.dumps(value, ensure_ascii=False, default=str)
    return shown if len(shown) <= 60 else shown[:59] + "…"
