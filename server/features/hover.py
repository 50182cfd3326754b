"""Hover: what a name or an expression is, and where it came from."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lsprotocol import types

from ...analyzers.facts import (
    Analysis,
    Binding,
    Origin,
    Span,
    TensorFact,
    Text,
    UnknownFact,
    Value,
    text,
)
from ...analyzers.messages import render
from ..scheduler import Result
from ..wording import fact_code, origin_text, source_code

if TYPE_CHECKING:
    from ..lsp import ShapewiseServer


_SPECIAL = re.compile(r"[\\`*_\[\]<>#|~]")


@dataclass
class _Page:
    """A line of code, sentences, and what torch will print, for Markdown or plain text.

    In a sentence, backticks mark code.
    """

    code: str = ""
    sentences: list[str] = field(default_factory=list)
    printed: list[str] = field(default_factory=list)

    def markup(self, markdown: bool) -> types.MarkupContent:
        if markdown:
            blocks = [f"```python\n{self.code}\n```"] if self.code else []
            blocks += map(_escaped, self.sentences)
            blocks += (f"```text\n{text}\n```" for text in self.printed)
            return types.MarkupContent(types.MarkupKind.Markdown, "\n\n".join(blocks))
        sentences = (sentence.replace("`", "") for sentence in self.sentences)
        lines = [*filter(None, [self.code]), *sentences, *self.printed]
        return types.MarkupContent(types.MarkupKind.PlainText, "\n".join(lines))


def _escaped(sentence: str) -> str:
    """The sentence as Markdown: outside code, nothing but backticks has a meaning."""
    pieces = sentence.split("`")
    if len(pieces) % 2 == 0:
        return _SPECIAL.sub(r"\\\g<0>", sentence)
    pieces[::2] = (_SPECIAL.sub(r"\\\g<0>", piece) for piece in pieces[::2])
    return "`".join(pieces)


def thing_at(
    analysis: Analysis, part: int, line: int, column: int
) -> Value | Binding | UnknownFact | None:
    """The smallest thing that something is known of at a 1-based position.

    A thing that merely ends there gives way to one that goes on; of two with the
    same range the expression says more than the binding, and that more than an
    unknown.
    """
    things: tuple[Value | Binding | UnknownFact, ...] = (
        *analysis.values,
        *analysis.bindings,
        *analysis.unknowns,
    )

    def rank(thing: Value | Binding | UnknownFact) -> tuple[bool, int, int, bool]:
        span = thing.span
        ends_here = (span.end_line, span.end_column) == (line, column)
        lines, columns = span.end_line - span.line, span.end_column - span.column
        return ends_here, lines, columns, isinstance(thing, Value) and not thing.facts

    here = [thing for thing in things if thing.span.contains(part, line, column)]
    return min(here, key=rank, default=None)


def hover_of(
    result: Result, part: int, line: int, column: int, language: str, *, with_problems: bool = True
) -> tuple[Span, _Page] | None:
    """What there is to say at a 1-based position, and the range it speaks of.

    Args:
        with_problems: False where the editor shows diagnostics in its hovers itself.
    """
    thing = thing_at(result.analysis, part, line, column)
    problems = [
        problem
        for problem in result.analysis.problems
        if with_problems and problem.span.contains(part, line, column)
    ]
    if thing is None and not problems:
        return None
    seen_from = None if result.snapshot.joined else part
    page = _page_of(thing, seen_from, language) if thing is not None else _Page()
    for problem in problems:
        page.sentences.append(f"{problem.code}: {render(problem.message, language)}")
        page.printed += filter(None, [problem.torch_message])
    return (problems[0] if thing is None else thing).span, page


def _page_of(thing: Value | Binding | UnknownFact, part: int | None, language: str) -> _Page:
    if isinstance(thing, UnknownFact):
        reason = render(thing.reason, language)
        sentence = text("nothing is known of `{name}`: {reason}", name=thing.name, reason=reason)
        return _Page(sentences=[render(sentence, language)])
    name = source_code(thing.name if isinstance(thing, Binding) else thing.source)
    page = _Page()
    if thing.facts:
        page.code = f"{name}: {fact_code(thing.facts[0])}"
    elif isinstance(thing, Value) and thing.summary:
        page.code = f"{name}: {thing.summary}" if name else thing.summary
    else:
        page.code = name
    lines = thing.lines if isinstance(thing, Value) else ()
    # That an expression comes from itself is no news.
    origin = thing.origin if thing.origin and thing.origin.span != thing.span else None
    sentences = [*_more(thing.facts, origin, part), *lines]
    page.sentences += [render(sentence, language) for sentence in sentences]
    return page


def _more(facts: tuple[TensorFact, ...], origin: Origin | None, part: int | None) -> list[Text]:
    sentences = []
    if origin is not None:
        sentences.append(origin_text(origin, part))
    if facts and facts[0].accelerated_device:
        device = facts[0].accelerated_device
        sentences.append(text("where an accelerator is available: `{device}`", device=device))
    others = ", ".join(f"`{fact_code(fact)}`" for fact in facts[1:])
    if others:
        sentences.append(text("also seen here: {others}", others=others))
    return sentences


def binding_markup(
    ls: ShapewiseServer, result: Result, part: int, binding: Binding
) -> types.MarkupContent:
    """What a hover on a bound name says, for the tooltip of its hint."""
    page = _page_of(binding, part, ls.settings_of(result.snapshot).language)
    return page.markup(ls.client.markdown)


async def hover(ls: ShapewiseServer, params: types.HoverParams) -> types.Hover | None:
    """Answer with what the newest text says at a position."""
    found = await ls.newest(params.text_document.uri)
    if found is None:
        return None
    result, part = found
    document = result.snapshot.parts[part]
    encoding = ls.documents.encoding
    line, column = result.snapshot.place_of(document, params.position, encoding)
    language = ls.settings_of(result.snapshot).language
    with_problems = not ls.client.hovers_show_diagnostics
    answer = hover_of(result, part, line, column, language, with_problems=with_problems)
    if answer is None:
        return None
    span, page = answer
    return types.Hover(page.markup(ls.client.markdown), result.snapshot.range_of(span, encoding))


def register(ls: ShapewiseServer) -> None:
    """Offer hovers."""
    ls.feature(types.TEXT_DOCUMENT_HOVER)(hover)
