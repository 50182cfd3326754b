"""Diagnostics: pushed, or pulled by an editor that can be told to ask again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lsprotocol import types

from ...analyzers.facts import Problem, Related
from ...analyzers.messages import render
from ...analyzers.source import SourceError, read_source
from ..client import Client
from ..documents import OpenText, Snapshot
from ..pages import page_of
from ..positions import Encoding
from ..scheduler import Result

if TYPE_CHECKING:
    from ..lsp import ShapewiseServer

SOURCE = "shapewise"

_SEVERITIES = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "information": types.DiagnosticSeverity.Information,
    "hint": types.DiagnosticSeverity.Hint,
}


def diagnostics_of(
    result: Result, part: int, encoding: Encoding, client: Client, language: str
) -> list[types.Diagnostic]:
    """The diagnostics of one document or cell."""
    return [
        _diagnostic(problem, result, encoding, client, language)
        for problem in result.analysis.problems
        if problem.span.part == part
    ]


def message_of(problem: Problem, language: str) -> str:
    """The sentence, and on a line of its own what torch will print."""
    sentence = render(problem.message, language)
    return f"{sentence}\n{problem.torch_message}" if problem.torch_message else sentence


def _diagnostic(
    problem: Problem, result: Result, encoding: Encoding, client: Client, language: str
) -> types.Diagnostic:
    diagnostic = types.Diagnostic(
        range=result.snapshot.range_of(problem.span, encoding),
        message=message_of(problem, language),
        severity=_SEVERITIES[problem.severity],
        code=problem.code,
        source=SOURCE,
    )
    if client.code_description and (page := page_of(problem.code)) is not None:
        diagnostic.code_description = types.CodeDescription(page)
    if client.related_information and problem.related:
        diagnostic.related_information = [
            types.DiagnosticRelatedInformation(
                _location(result.snapshot, related, encoding), render(related.message, language)
            )
            for related in problem.related
        ]
    if client.data:
        diagnostic.data = {
            "code": problem.code,
            "slug": problem.slug,
            "torchMessage": problem.torch_message,
            "acceleratedOnly": problem.accelerated_only,
        }
    return diagnostic


def _location(snapshot: Snapshot, related: Related, encoding: Encoding) -> types.Location:
    """Where a related place is, in the document or in a file that it imports."""
    if related.path is None:
        uri = snapshot.parts[related.span.part].uri
        return types.Location(uri, snapshot.range_of(related.span, encoding))
    try:
        text = read_source(related.path).parts[0].text
    except SourceError:
        text = ""
    uri = related.path.absolute().as_uri()
    file = Snapshot(uri, 0, (OpenText(uri, None, text),))
    return types.Location(uri, file.range_of(replace(related.span, part=0), encoding))


def publish(ls: ShapewiseServer, part: OpenText, diagnostics: list[types.Diagnostic]) -> None:
    """Push the diagnostics of one version of a document."""
    ls.text_document_publish_diagnostics(
        types.PublishDiagnosticsParams(part.uri, diagnostics, part.version)
    )


def clear(ls: ShapewiseServer, part: OpenText) -> None:
    """Take back what was pushed for a document that was closed."""
    if not ls.client.pull:
        ls.text_document_publish_diagnostics(types.PublishDiagnosticsParams(part.uri, []))


async def pull(
    ls: ShapewiseServer, params: types.DocumentDiagnosticParams
) -> types.DocumentDiagnosticReport:
    """Answer with the diagnostics of the newest text."""
    found = await ls.newest(params.text_document.uri)
    if found is None:
        return types.RelatedFullDocumentDiagnosticReport([])
    result, part = found
    diagnostics = ls.diagnostics_of(result, part)
    number = ls.sent.remember("diagnostics", result.snapshot.parts[part], diagnostics)
    if params.previous_result_id == str(number):
        return types.RelatedUnchangedDocumentDiagnosticReport(str(number))
    return types.RelatedFullDocumentDiagnosticReport(diagnostics, result_id=str(number))


def register(ls: ShapewiseServer) -> None:
    """Offer pulling to an editor that can do it; others are pushed to and never ask."""
    if ls.client.pull:
        # The cells of a notebook are one program: an edit in one changes the others.
        options = types.DiagnosticOptions(
            inter_file_dependencies=True, workspace_diagnostics=False, identifier=SOURCE
        )
        ls.feature(types.TEXT_DOCUMENT_DIAGNOSTIC, options)(pull)
