"""Sentences in the reader's language, from gettext catalogues.

The catalogues are `locale/<language>/LC_MESSAGES/shapewise.po` beside this
file. They are read as they are, so that no build step can leave a stale one.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from .facts import Text

LANGUAGES = ("en", "pt-BR")
_LOCALE = Path(__file__).parent / "locale"


def language_of(locale: str | None) -> str:
    """The language of `LANGUAGES` that serves a locale such as `pt_BR.UTF-8` or `pt`."""
    name = (locale or "").replace("_", "-").split(".")[0].lower()
    return "pt-BR" if name == "pt" or name.startswith("pt-") else "en"


def render(message: Text, language: str = "en") -> str:
    """The sentence in a language, with its fields put in.

    A template the catalogue lacks is rendered in English.
    """
    template = _catalogue(language).get(message.template) or message.template
    fields = {
        name: render(value, language) if isinstance(value, Text) else value
        for name, value in message.fields
    }
    return template.format_map(fields)


@lru_cache(maxsize=8)
def _catalogue(language: str) -> Mapping[str, str]:
    path = _LOCALE / language.replace("-", "_") / "LC_MESSAGES" / "shapewise.po"
    if language == "en" or not path.exists():
        return {}
    # Imported here: an English session never needs it.
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        catalogue = read_po(file)
    return {
        str(message.id): str(message.string)
        for message in catalogue
        if message.id and message.string and not message.fuzzy
    }
