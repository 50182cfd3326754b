"""Hover on `# shapewise: ignore[SW501]`: what the code means, and what is kept silent."""

from __future__ import annotations

import re

from lsprotocol import types

from ...analyzers.codes import slugs
from ...analyzers.facts import Analysis, Span, Suppression, text
from ...analyzers.messages import render
from ..pages import explanation, page_of, reason_of

_MOST = 5
"""Problems that are named one by one."""


def comment_at(analysis: Analysis, part: int, line: int, column: int) -> Suppression | None:
    """The comment, or the code in one, at a 1-based position."""
    for suppression in analysis.suppressions:
        if suppression.span.contains(part, line, column):
            return suppression
    return None


def hover_of(
    analysis: Analysis, part: int, line: int, column: int, language: str, *, markdown: bool
) -> tuple[Span, types.MarkupContent] | None:
    """What there is to say of a comment, and the range it speaks of."""
    suppression = comment_at(analysis, part, line, column)
    if suppression is None:
        return None
    blocks = [*_meaning(suppression.code, language), *_effect(suppression, language)]
    page = page_of(suppression.code) if suppression.code in slugs() else None
    if markdown:
        if page is not None:
            blocks.append(f"[{suppression.code}]({page})")
        kind = types.MarkupKind.Markdown
        return suppression.span, types.MarkupContent(kind, "\n\n".join(blocks))
    plain = "\n".join(re.sub(r"[`*]", "", block) for block in blocks)
    return suppression.span, types.MarkupContent(types.MarkupKind.PlainText, plain)


def title_of(code: str, language: str) -> str:
    """The heading of a rule's page: the code, its slug, and what is wrong."""
    return (explanation(code, language) or code).partition("\n")[0].removeprefix("# ")


def _meaning(code: str, language: str) -> list[str]:
    if code in slugs():
        reason = reason_of(code, language)
        return [f"**{title_of(code, language)}**", *([reason] if reason else [])]
    if not code:
        return [render(text("All diagnostics."), language)]
    found = [known for known in slugs() if known.startswith(code)]
    said = render(text("All diagnostics whose code begins with {code}:", code=code), language)
    return [said, "\n".join(f"- {title_of(known, language)}" for known in found)]


def _effect(suppression: Suppression, language: str) -> list[str]:
    if not suppression.problems:
        return [render(text("Nothing is kept silent by this."), language)]
    count = len(suppression.problems)
    said = text("Kept silent here: {count}", count=count)
    if suppression.whole_file:
        said = text("Kept silent in this program: {count}", count=count)
    lines = [
        f"- {problem.code}, {render(text('line {line}', line=problem.span.line), language)}: "
        + render(problem.message, language)
        for problem in suppression.problems[:_MOST]
    ]
    return [render(said, language), "\n".join(lines + ["- …"] * (count > _MOST))]
