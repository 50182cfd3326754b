"""Lessons as HTML: Markdown without raw HTML, Python coloured, shapes drawn."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from .markdown import for_readers
from .pictures import picture_of

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

    from .model import Lesson, Pack


def page_html(pack: Pack, lesson: Lesson, language: str) -> str:
    """A lesson's page, without its exercise and questions.

    Links to lessons lead to `lesson:pack/id`, pictures and other files to their URIs.
    """
    renderer = _renderer()
    tokens = renderer.parse(for_readers(lesson.page(language).markdown))
    for token in _all(tokens):
        name = {"link_open": "href", "image": "src"}.get(token.type)
        target = str(token.attrs.get(name, "")) if name else ""
        # The target is one that the parser has let pass; those of files are made here.
        if target.startswith("lesson:") and "/" not in target:
            token.attrs["href"] = f"lesson:{pack.id}/{target.removeprefix('lesson:')}"
        elif name and target and not re.match(r"[a-z][a-z0-9+.-]*:|#", target):
            token.attrs[name] = (lesson.folder / target).resolve().as_uri()
    rendered: str = renderer.renderer.render(tokens, renderer.options, {})
    return rendered


def markdown_html(markdown: str) -> str:
    """Markdown of a lesson, without what only the checks need."""
    rendered: str = _renderer().render(for_readers(markdown))
    return rendered


def inline_html(markdown: str) -> str:
    """A sentence, without a paragraph around it."""
    rendered: str = _renderer().renderInline(markdown)
    return rendered


def code_html(code: str) -> str:
    """A Python program, coloured by classes of Pygments."""
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    coloured: str = highlight(code, PythonLexer(), HtmlFormatter(nowrap=True))
    return f'<pre class="code"><code>{coloured}</code></pre>'


@cache
def _renderer() -> MarkdownIt:
    from markdown_it import MarkdownIt

    renderer = MarkdownIt("commonmark", {"html": False}).enable("table")
    renderer.add_render_rule("fence", _fence)
    return renderer


def _fence(_renderer: object, tokens: Sequence[Token], index: int, *_rest: object) -> str:
    """A fenced block: shapes are drawn, Python is coloured."""
    kind, content = tokens[index].info.strip(), tokens[index].content
    if kind == "shapes":
        return "".join(picture_of(line) for line in content.split("\n") if line.strip())
    if kind == "python":
        return code_html(content) + "\n"
    return f"<pre><code>{html.escape(content)}</code></pre>\n"


def _all(tokens: Sequence[Token]) -> list[Token]:
    """Tokens with those inside of them."""
    found = []
    for token in tokens:
        found += [token, *_all(token.children or [])]
    return found
