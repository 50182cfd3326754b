"""Hover: what a name or an expression is, and where it came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from lsprotocol import types

from ...analyzers.explain.blocks import Block, escaped, markdown, plain
from ...analyzers.facts import (
    Analysis,
    Binding,
    Origin,
    Problem,
    Signature,
    Span,
    TensorFact,
    Text,
    UnknownFact,
    Value,
    text,
)
from ...analyzers.messages import render
from ..client import Client
from ..pages import reason_of
from ..scheduler import Result
from ..trace_words import signature_code
from ..tracing.overlay import Shown, at_binding, at_span
from ..tracing.words import sentences as traced_sentences
from ..wording import fact_code, origin_text, source_code
from ..wording import signature_code as function_code
from . import comment_hover

if TYPE_CHECKING:
    from ..lsp import ShapewiseServer


@dataclass
class _Page:
    """What a hover says, for Markdown or plain text.

    A line of code, sentences, what torch will print, and explanations; reasons come
    from the rules' pages and are Markdown. In a sentence, backticks mark code.
    """

    code: str = ""
    sentences: list[str] = field(default_factory=list)
    printed: list[str] = field(default_factory=list)
    explained: list[Block] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        return not (self.code or self.sentences or self.printed or self.explained or self.reasons)

    def markup(self, client: Client) -> types.MarkupContent:
        if client.markdown:
            blocks = [f"```python\n{self.code}\n```"] if self.code else []
            blocks += map(escaped, self.sentences)
            blocks += (f"```text\n{text}\n```" for text in self.printed)
            blocks += markdown(self.explained, images=client.hover_images)
            blocks += self.reasons
            return types.MarkupContent(types.MarkupKind.Markdown, "\n\n".join(blocks))
        sentences = (sentence.replace("`", "") for sentence in self.sentences)
        lines = [*filter(None, [self.code]), *sentences, *self.printed, *plain(self.explained)]
        lines += (reason.replace("`", "") for reason in self.reasons)
        return types.MarkupContent(types.MarkupKind.PlainText, "\n".join(lines))


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
    result: Result,
    part: int,
    line: int,
    column: int,
    language: str,
    *,
    with_problems: bool = True,
    traced: Sequence[Shown] = (),
) -> tuple[Span, _Page] | None:
    """What there is to say at a 1-based position, and the range it speaks of.

    Args:
        with_problems: False where the editor shows diagnostics in its hovers itself; they
            are still explained.
        traced: what a run saw in the document.
    """
    thing: Value | Binding | UnknownFact | Signature | None
    thing = _signature_at(result.analysis, part, line, column)
    thing = thing or thing_at(result.analysis, part, line, column)
    shown = _shown_at(traced, thing, part, line, column)
    found = [
        problem for problem in result.analysis.problems if problem.span.contains(part, line, column)
    ]
    problems = found if with_problems else []
    if thing is None and not found and shown is None:
        return None
    seen_from = None if result.snapshot.joined else part
    page = _page_of(thing, seen_from, language) if thing is not None else _Page()
    if shown is not None:
        facts = thing.facts if isinstance(thing, (Value, Binding)) else ()
        page.code = page.code or f"{shown[0].seen.name}: {signature_code(shown[0].seen.last)}"
        page.sentences += [render(said, language) for said in traced_sentences(facts, shown[0])]
    for problem in problems:
        page.sentences.append(f"{problem.code}: {render(problem.message, language)}")
        page.printed += filter(None, [problem.torch_message])
    _explain(page, found, language)
    if page.empty:
        return None
    if thing is None and not found and shown is not None:
        return shown[1], page
    return (found[0] if thing is None else thing).span, page


def _explain(page: _Page, problems: list[Problem], language: str) -> None:
    """The numbers of each problem; of one without numbers, why such a thing fails."""
    # Imported here: an editor that starts is waiting, and points at nothing yet.
    from ...analyzers.explain.page import blocks_of

    for problem in problems:
        blocks = blocks_of(problem.explanation, language) if problem.explanation else []
        page.explained += blocks
        reason = None if blocks else reason_of(problem.code, language)
        if reason is not None and reason not in page.reasons:
            page.reasons.append(reason)


def _signature_at(analysis: Analysis, part: int, line: int, column: int) -> Signature | None:
    """The function or module whose name stands at a position of its definition."""
    for signature in analysis.signatures:
        spans = [signature.span, *([signature.class_span] if signature.class_span else [])]
        if any(span.contains(part, line, column) for span in spans):
            return replace(signature, span=next(s for s in spans if s.contains(part, line, column)))
    return None


def _shown_at(
    traced: Sequence[Shown],
    thing: Value | Binding | UnknownFact | Signature | None,
    part: int,
    line: int,
    column: int,
) -> tuple[Shown, Span] | None:
    """What a run saw of a thing; of nothing, the smallest place it saw at the position."""
    if isinstance(thing, Binding | Value):
        found = at_span(traced, thing.span)
        if found is None and isinstance(thing, Binding):
            found = at_binding(traced, thing)
        return (found, thing.span) if found is not None else None
    if isinstance(thing, Signature):
        return None
    here = []
    for item in traced:
        place = item.seen.place
        span = Span(
            part,
            item.line,
            place.column,
            item.line + place.end_line - place.line,
            place.end_column,
        )
        if span.contains(part, line, column) and span.line == span.end_line:
            here.append((span.end_column - span.column, item.line, item, span))
    if not here:
        return None
    _, _, item, span = min(here, key=lambda entry: entry[:2])
    return item, span


def _signature_page(signature: Signature, language: str) -> _Page:
    page = _Page(f"{signature.name}: {function_code(signature)}")
    if signature.expected:
        page.sentences.append(render(_EXPECTED_CALL, language))
    if signature.weights is not None:
        count = f"{signature.weights:,}"
        page.sentences.append(render(text("learnable parameters: {count}", count=count), language))
    return page


_EXPECTED_CALL = text("nothing calls it with tensors that are known; these shapes go through it")
_EXPECTED = text("nothing gives this a value yet; it is what the code works with")


def _page_of(
    thing: Value | Binding | UnknownFact | Signature, part: int | None, language: str
) -> _Page:
    if isinstance(thing, Signature):
        return _signature_page(thing, language)
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
    sentences = [_EXPECTED] if facts and facts[0].expected else []
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
    language = ls.settings_of(result.snapshot).language
    page = _page_of(binding, part, language)
    shown = at_binding(ls.tracing.shown(result, part), binding)
    if shown is not None:
        page.code = page.code if binding.facts else ""
        page.sentences += [
            render(said, language) for said in traced_sentences(binding.facts, shown)
        ]
    return page.markup(ls.client)


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
    comment = comment_hover.hover_of(
        result.analysis, part, line, column, language, markdown=ls.client.markdown
    )
    if comment is not None:
        return types.Hover(comment[1], result.snapshot.range_of(comment[0], encoding))
    with_problems = not ls.client.hovers_show_diagnostics
    answer = hover_of(
        result,
        part,
        line,
        column,
        language,
        with_problems=with_problems,
        traced=ls.tracing.shown(result, part),
    )
    if answer is None:
        return None
    span, page = answer
    return types.Hover(page.markup(ls.client), result.snapshot.range_of(span, encoding))


def register(ls: ShapewiseServer) -> None:
    """Offer hovers."""
    ls.feature(types.TEXT_DOCUMENT_HOVER)(hover)
