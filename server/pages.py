"""Where the page that explains a diagnostic is found."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_RULES = Path(__file__).resolve().parent.parent / "docs" / "rules"


@cache
def page_of(code: str) -> str | None:
    """The URI of a diagnostic's page: beside the sources, else in the published documentation.

    None where there is neither.
    """
    page = _RULES / f"{code}.md"
    if page.is_file():
        return page.as_uri()
    site = _documentation()
    return f"{site}/rules/{code}.md" if site else None


def explanation(code: str, language: str) -> str | None:
    """The text of a rule's page, in a language if there is one, without the tests' comments.

    None where there is no such rule.
    """
    for folder in (_RULES / language, _RULES):
        page = folder / f"{code}.md"
        if code.isalnum() and page.is_file():
            lines = page.read_text(encoding="utf-8").split("\n")
            return "\n".join(_without_expectation(line) for line in lines)
    return None


def reason_of(code: str, language: str) -> str | None:
    """Why a rule's mistake fails: the first paragraph under the page's first heading.

    None where there is no such rule.
    """
    page = explanation(code, language)
    _, _, section = (page or "").partition("\n## ")
    _, _, body = section.partition("\n")
    paragraph = body.strip().split("\n\n")[0].strip()
    said = " ".join(paragraph.split())
    # What a colon announces stands below it on the page.
    return f"{said[:-1]}." if said.endswith(":") else said or None


def _without_expectation(line: str) -> str:
    """`y = a @ b  # error: SW101 "…"` tells a reader only that the line is at fault."""
    found = _EXPECTATION.search(line)
    if found is None:
        return line
    code = line[: found.start()]
    return f"{code}  # {found['said'].strip()}" if found["kind"] == "reveal" else f"{code}  # ✗"


_EXPECTATION = re.compile(r"  # (?P<kind>error|warning|hint|reveal):(?P<said>.*)")


@cache
def _documentation() -> str | None:
    """The `Documentation` URL in the distribution's metadata."""
    # Imported here: it costs a twentieth of a second, and few sessions need it.
    from importlib import metadata

    try:
        urls = metadata.metadata("shapewise").get_all("Project-URL") or []
    except metadata.PackageNotFoundError:
        return None
    for entry in urls:
        label, _, url = entry.partition(",")
        if label.strip().lower() == "documentation":
            return str(url.strip().rstrip("/"))
    return None
