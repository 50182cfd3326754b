"""A pack as a static web site: one page a lesson and language, with shapes as pictures."""

from __future__ import annotations

import html
import json
import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..analyzers.facts import text
from ..analyzers.messages import render
from .markdown import links_of
from .model import Choice, Concept, Lesson, Pack, PredictShape, localized
from .rendered import code_html, inline_html, markdown_html
from .show import localized_choices, question_of

_ASSETS = Path(__file__).parent / "assets"


def write_site(pack: Pack, folder: Path) -> list[Path]:
    """Write the site of a pack into a folder, which is made if it is not there.

    Returns:
        The pages, the first one `index.html` in the pack's first language.

    Raises:
        OSError: something cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("lessons.css", "lessons.js"):
        shutil.copyfile(_ASSETS / name, folder / name)
    pages = []
    for language in pack.languages:
        home = folder / language
        home.mkdir(exist_ok=True)
        pages.append(_put(home / "index.html", _index(pack, language)))
        for lesson in pack.lessons:
            pages.append(_put(home / f"{lesson.id}.html", _lesson(pack, lesson, language)))
            _copy_pictures(lesson, language, home)
    first = f'<meta http-equiv="refresh" content="0; url={pack.languages[0]}/index.html">'
    pages.insert(0, _put(folder / "index.html", f"<!doctype html>{first}\n"))
    return pages


def _put(path: Path, content: str) -> Path:
    path.write_text(content, encoding="utf-8")
    return path


def _copy_pictures(lesson: Lesson, language: str, home: Path) -> None:
    """Files that a page links to, into a folder of the lesson's name."""
    for link in links_of(lesson.page(language).markdown):
        name = link.target.partition("#")[0]
        if re.match(r"[a-z][a-z0-9+.-]*:", name) or not name:
            continue
        source = lesson.folder / name
        target = home / lesson.id / source.name
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(source, target)


def _page(pack: Pack, language: str, name: str, title: str, parts: Iterable[str]) -> str:
    others = " ".join(
        f'<a hreflang="{other}" lang="{other}" href="../{other}/{name}">{other}</a>'
        for other in pack.languages
        if other != language
    )
    body = "\n".join(parts)
    return f"""\
<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{html.escape(title)}</title>
<link rel="stylesheet" href="../lessons.css">
<script defer src="../lessons.js"></script>
</head>
<body>
<header><a href="index.html">{html.escape(localized(pack.title, language))}</a> {others}</header>
<main>
{body}
</main>
</body>
</html>
"""


def _index(pack: Pack, language: str) -> str:
    title = localized(pack.title, language)
    parts = [f"<h1>{html.escape(title)}</h1>"]
    parts.append(f"<p>{html.escape(localized(pack.description, language))}</p>")
    for concept in pack.concepts:
        parts += _concept(pack, concept, language)
    by = ", ".join(pack.authors)
    parts.append(f"<footer>{html.escape(' · '.join(filter(None, [by, pack.license])))}</footer>")
    return _page(pack, language, "index.html", title, parts)


def _concept(pack: Pack, concept: Concept, language: str) -> Iterator[str]:
    lessons = [lesson for lesson in pack.lessons if concept.id in lesson.concepts]
    if not lessons:
        return
    yield f"<h2>{html.escape(localized(concept.title, language))}</h2>"
    yield "<ol>"
    for lesson in lessons:
        title = inline_html(lesson.page(language).title)
        yield f'<li><a href="{lesson.id}.html">{title}</a></li>'
    yield "</ol>"


def _lesson(pack: Pack, lesson: Lesson, language: str) -> str:
    page = lesson.page(language)
    parts = list(_before(pack, lesson, language))
    parts.append(markdown_html(_linked(page.markdown, lesson)))
    if lesson.exercise is not None:
        parts += _exercise(lesson, language)
    if lesson.quiz:
        parts.append(f"<h2>{_said('Questions', language)}</h2>")
        parts += (_question(question, language) for question in lesson.quiz)
    parts.append(_neighbours(pack, lesson, language))
    return _page(pack, language, f"{lesson.id}.html", page.title, parts)


def _said(template: str, language: str) -> str:
    """One of this page's own words."""
    return html.escape(render(_WORDS[template], language))


_WORDS = {
    "Questions": text("Questions"),
    "Exercise": text("Exercise"),
    "Hint": text("Hint"),
    "Solution": text("Solution"),
    "Answer": text("Answer"),
    "Before this": text("Before this"),
}


def _before(pack: Pack, lesson: Lesson, language: str) -> Iterator[str]:
    required = [pack.lesson(name) for name in lesson.requires]
    links = [
        f'<a href="{other.id}.html">{inline_html(other.page(language).title)}</a>'
        for other in required
        if other is not None
    ]
    if links:
        yield f'<p class="before">{_said("Before this", language)}: {", ".join(links)}</p>'


def _neighbours(pack: Pack, lesson: Lesson, language: str) -> str:
    index = pack.lessons.index(lesson)
    links = []
    for sign, other in (("←", index - 1), ("→", index + 1)):
        if 0 <= other < len(pack.lessons):
            neighbour = pack.lessons[other]
            title = inline_html(neighbour.page(language).title)
            label = f"{sign} {title}" if sign == "←" else f"{title} {sign}"
            links.append(f'<a href="{neighbour.id}.html">{label}</a>')
    return f"<nav>{' '.join(links)}</nav>"


def _linked(markdown: str, lesson: Lesson) -> str:
    """The text with links that work on the site."""
    for target in {link.target for link in links_of(markdown)}:
        if target.startswith("lesson:"):
            name = target.removeprefix("lesson:")
            # Lessons of other packs are no part of this site.
            place = "#" if "/" in name else f"{name}.html"
        elif re.match(r"[a-z][a-z0-9+.-]*:|#", target):
            continue
        else:
            place = f"{lesson.id}/{Path(target).name}"
        markdown = markdown.replace(f"]({target}", f"]({place}")
    return markdown


def _exercise(lesson: Lesson, language: str) -> Iterator[str]:
    exercise = lesson.exercise
    assert exercise is not None
    yield f"<h2>{_said('Exercise', language)}</h2>"
    yield f"<p>{inline_html(localized(exercise.goal, language))}</p>"
    yield "<ol>"
    for step in exercise.steps:
        yield f"<li>{inline_html(localized(step.goal, language))}"
        hints = step.hints[language]
        for number, hint in enumerate(hints, 1):
            label = f"{_said('Hint', language)} {number}"
            yield f"<details><summary>{label}</summary>{inline_html(hint)}</details>"
        yield "</li>"
    yield "</ol>"
    yield code_html(exercise.start)
    label = _said("Solution", language)
    yield f"<details><summary>{label}</summary>{code_html(exercise.solution)}</details>"


def _question(question: Choice | PredictShape, language: str) -> str:
    explanation = inline_html(localized(question.explanation, language))
    asked = f"<p>{inline_html(question_of(question, language))}</p>"
    if isinstance(question, PredictShape):
        shape = html.escape(str(question.shape))
        answer = f"<p><code>{shape}</code> {explanation}</p>"
        label = _said("Answer", language)
        details = f"<details><summary>{label}</summary>{answer}</details>"
        code = code_html(question.code.strip())
        return f'<section class="question">{asked}{code}{details}</section>'
    choices = "".join(
        f'<li><button type="button" data-right="{json.dumps(number == question.answer)}">'
        f"{inline_html(choice)}</button></li>"
        for number, choice in enumerate(localized_choices(question, language))
    )
    return (
        f'<section class="question">{asked}<ul>{choices}</ul>'
        f'<p class="explanation" hidden>{explanation}</p></section>'
    )
