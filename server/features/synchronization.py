"""Opening, editing and closing documents and notebooks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.uris import to_fs_path

if TYPE_CHECKING:
    from ..lsp import ShapewiseServer


def did_open(ls: ShapewiseServer, params: types.DidOpenTextDocumentParams) -> None:
    keys = ls.documents.open(params.text_document)
    ls.look_again(params.text_document.uri)
    ls.touch(keys, at_once=True)


def did_change(ls: ShapewiseServer, params: types.DidChangeTextDocumentParams) -> None:
    ls.touch(ls.documents.change(params.text_document, params.content_changes))
    _changed(ls, params.text_document.uri)


def did_save(ls: ShapewiseServer, params: types.DidSaveTextDocumentParams) -> None:
    ls.look_again(params.text_document.uri)
    _changed(ls, params.text_document.uri)


def _changed(ls: ShapewiseServer, uri: str) -> None:
    """What other open documents import has another text now."""
    path = to_fs_path(uri)
    if path is not None:
        ls.touch_importers([Path(path)])


def did_close(ls: ShapewiseServer, params: types.DidCloseTextDocumentParams) -> None:
    key = ls.documents.unit_of(params.text_document.uri)
    closed = ls.documents.close(params.text_document.uri)
    if closed is not None and key is not None:
        ls.scheduler.drop(key)
        ls.fixing.forget(key)
        ls.forget([closed])
        _changed(ls, params.text_document.uri)


def notebook_did_open(ls: ShapewiseServer, params: types.DidOpenNotebookDocumentParams) -> None:
    cells = params.cell_text_documents
    ls.touch(ls.documents.open_notebook(params.notebook_document, cells), at_once=True)


def notebook_did_change(ls: ShapewiseServer, params: types.DidChangeNotebookDocumentParams) -> None:
    keys, removed = ls.documents.change_notebook(params.notebook_document.uri, params.change)
    ls.forget(removed)
    ls.touch(keys)


def notebook_did_close(ls: ShapewiseServer, params: types.DidCloseNotebookDocumentParams) -> None:
    key = ls.documents.unit_of(params.notebook_document.uri)
    if key is not None:
        ls.scheduler.drop(key)
        ls.fixing.forget(key)
    ls.forget(ls.documents.close_notebook(params.notebook_document.uri))


def register(ls: ShapewiseServer) -> None:
    """Follow what the editor has open."""
    ls.feature(types.TEXT_DOCUMENT_DID_OPEN)(did_open)
    ls.feature(types.TEXT_DOCUMENT_DID_CHANGE)(did_change)
    ls.feature(types.TEXT_DOCUMENT_DID_SAVE)(did_save)
    ls.feature(types.TEXT_DOCUMENT_DID_CLOSE)(did_close)
    ls.feature(types.NOTEBOOK_DOCUMENT_DID_OPEN)(notebook_did_open)
    ls.feature(types.NOTEBOOK_DOCUMENT_DID_CHANGE)(notebook_did_change)
    ls.feature(types.NOTEBOOK_DOCUMENT_DID_CLOSE)(notebook_did_close)
