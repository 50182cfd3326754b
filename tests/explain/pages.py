"""The pictures on the rules' pages: made from the wrong examples above them.

`python -m tests.explain.pages` draws them anew. A picture stands in a block
"```text picture" behind the example that it shows: the first mistake of the page's own
code that has one.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from shapewise.analyzers.analyze import Options, analyze
from shapewise.analyzers.explain.page import pictures_of
from shapewise.analyzers.oracle import Oracle
from shapewise.analyzers.source import Source
from shapewise.runtime.client import OracleClient

RULES = Path(__file__).parents[2] / "docs" / "rules"
PAGES = sorted(RULES.glob("SW*.md")) + sorted(RULES.glob("pt-BR/SW*.md"))

_PICTURE = re.compile(r"\n```text picture\n.*?\n```\n", re.S)
_PROGRAM = re.compile(r"```python(?P<how>[^\n]*)\n(?P<program>.*?)```\n", re.S)
_OPTIONS = Options(seconds=120)


def drawn(page: Path, oracle: Oracle) -> str:
    """The text of a page with its pictures as they are to be."""
    code, language = page.stem, "pt-BR" if page.parent.name == "pt-BR" else "en"
    text = _PICTURE.sub("", page.read_text(encoding="utf-8"))
    start, heading, rest = text.partition("\n## " + ("Errado" if language == "pt-BR" else "Wrong"))
    wrong, end, after = rest.partition("\n## ")

    def with_picture(found: re.Match[str]) -> str:
        if "continued" in found["how"]:
            return found[0]
        picture = _picture(found["program"], code, language, oracle)
        return f"{found[0]}\n```text picture\n{picture}\n```\n" if picture else found[0]

    return start + heading + _PROGRAM.sub(with_picture, wrong) + end + after


def _picture(program: str, code: str, language: str, oracle: Oracle) -> str:
    """The pictures of the first mistake of a code that has some; empty if none has."""
    for problem in analyze(Source.of_text(program), oracle, _OPTIONS).problems:
        if problem.code == code and problem.explanation is not None:
            pictures = pictures_of(problem.explanation, language)
            if pictures:
                return "\n\n".join(picture.text for picture in pictures)
    return ""


def main() -> int:
    """Draws all pages anew; names those that changed."""
    oracle = OracleClient()
    oracle.start()
    for page in PAGES:
        text = drawn(page, oracle)
        if text != page.read_text(encoding="utf-8"):
            page.write_text(text, encoding="utf-8")
            print(page.relative_to(RULES))
    oracle.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
