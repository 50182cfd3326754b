"""Brings the Portuguese catalogue up to date: `python -m tests.messages.update`.

Templates that are new in the sources get an empty translation and are listed;
those that are gone are dropped. Exits with 1 while a translation is missing.
"""

from __future__ import annotations

import sys

from .catalogue import PORTUGUESE, read, written
from .collect import collect


def main() -> int:
    """Updates the file; the exit status."""
    collected = collect()
    for place in collected.unreadable:
        print(f"this template cannot be read: {place}", file=sys.stderr)
    templates = collected.templates()
    known = read().entries
    text = written(templates, known)
    if text != PORTUGUESE.read_text(encoding="utf-8"):
        PORTUGUESE.write_text(text, encoding="utf-8")
    for template in known.keys() - templates.keys():
        print(f"dropped: {template}")
    missing = [template for template in templates if not known.get(template)]
    for template in missing:
        place = templates[template][0]
        print(f"to be translated: {place.path}:{place.line}: {template}")
    print(f"{len(templates)} sentences, {len(missing)} of them to be translated")
    return 1 if missing or collected.unreadable else 0


if __name__ == "__main__":
    raise SystemExit(main())
