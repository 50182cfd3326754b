"""The Portuguese catalogue as a file: reading it, and writing it in one order.

An entry is put under the first source file that uses it, so that the sentences
of one rule stand together for whoever translates them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .collect import ROOT, Use

PORTUGUESE = ROOT / "analyzers" / "locale" / "pt_BR" / "LC_MESSAGES" / "shapewise.po"

_HEADER = """\
# Brazilian Portuguese catalogue of Shapewise.
#
# `python -m tests.messages.update` adds what the sources say and drops what they no
# longer say; docs/messages.md tells how, and has the words of the field.
msgid ""
msgstr ""
"Project-Id-Version: shapewise\\n"
"Language: pt_BR\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"
"""
_ENTRY = re.compile(
    r'^msgid (?P<id>"[^\n]*"(?:\n"[^\n]*")*)\nmsgstr (?P<string>"[^\n]*"(?:\n"[^\n]*")*)', re.M
)


@dataclass(frozen=True)
class Catalogue:
    """What a catalogue says.

    entries: translations by template, in the order of the file; empty where
    there is none yet. repeated: templates that stand in it twice.
    """

    entries: Mapping[str, str]
    repeated: tuple[str, ...]


def read(path: Path = PORTUGUESE) -> Catalogue:
    """Reads a catalogue, its header left out."""
    entries: dict[str, str] = {}
    repeated: list[str] = []
    for found in _ENTRY.finditer(path.read_text(encoding="utf-8")):
        template, translation = _unquoted(found["id"]), _unquoted(found["string"])
        if template in entries:
            repeated.append(template)
        if template and not entries.get(template):
            entries[template] = translation
    return Catalogue(entries, tuple(repeated))


def written(uses: Mapping[str, list[Use]], translations: Mapping[str, str]) -> str:
    """The text of a catalogue that has exactly the templates of the sources."""
    by_file: dict[str, list[str]] = {}
    for template, places in uses.items():
        by_file.setdefault(min(place.path for place in places), []).append(template)
    parts = [_HEADER]
    for path in sorted(by_file):
        parts.append(f"\n# {path}\n")
        parts += [
            f"msgid {_quoted(template)}\nmsgstr {_quoted(translations.get(template, ''))}\n"
            for template in sorted(by_file[path])
        ]
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


def _unquoted(lines: str) -> str:
    return "".join(str(ast.literal_eval(line)) for line in lines.splitlines())


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
