"""`shapewise/explain`: the page of a diagnostic, for an editor that shows it itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...analyzers.messages import language_of
from ..pages import explanation

if TYPE_CHECKING:
    from ..lsp import ShapewiseServer

METHOD = "shapewise/explain"


def explain(ls: ShapewiseServer, params: Any) -> dict[str, str] | None:
    """A page as Markdown; None where there is no such diagnostic.

    Args:
        params: `code`, such as "SW101", and optionally `language`; else it is the
            editor's.

    Returns:
        `code`, `language` and `markdown`.
    """
    code = str(getattr(params, "code", "")).upper()
    wanted = getattr(params, "language", None)
    language = language_of(wanted) if isinstance(wanted, str) else ls.language
    page = explanation(code, language)
    return {"code": code, "language": language, "markdown": page} if page is not None else None


def register(ls: ShapewiseServer) -> None:
    """Offer the pages."""
    ls.feature(METHOD)(explain)
