"""What the editor can do, read once from its capabilities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lsprotocol import types
from pygls.capabilities import get_capability


@dataclass(frozen=True, slots=True)
class Client:
    """The abilities of the editor that make a difference to us.

    pull: it asks for diagnostics, and can be told to ask again. An editor that
        asks but cannot be told (Neovim 0.11) would keep stale ones when torch gets
        ready or a setting changes, so it is served by pushing.
    hovers_show_diagnostics: it puts them into its hovers itself, as VS Code does. No
        capability says so: the initialization option `hoversShowDiagnostics` does.
    hover_images: its hovers show images whose data is in the link. No capability says so
        either: the option `hoversShowImages` does.
    """

    pull: bool = False
    refresh_hints: bool = False
    refresh_lenses: bool = False
    lazy_tooltips: bool = False
    related_information: bool = False
    code_description: bool = False
    data: bool = False
    markdown: bool = False
    progress: bool = False
    configuration: bool = False
    watch_files: bool = False
    watch_configuration: bool = False
    document_changes: bool = False
    snippet_edits: bool = False
    lazy_edits: bool = False
    snippets: bool = False
    show_document: bool = False
    create_files: bool = False
    hovers_show_diagnostics: bool = False
    hover_images: bool = False

    @staticmethod
    def of(capabilities: types.ClientCapabilities) -> Client:
        """The abilities that an editor declares."""

        def has(path: str, default: Any = False) -> Any:
            return get_capability(capabilities, path, default)

        pull = has("text_document.diagnostic", None) is not None and has(
            "workspace.diagnostics.refresh_support"
        )
        kind = "text_document.diagnostic" if pull else "text_document.publish_diagnostics"
        resolved = has("text_document.inlay_hint.resolve_support.properties", ())
        formats = has("text_document.hover.content_format", ())
        return Client(
            pull=bool(pull),
            refresh_hints=bool(has("workspace.inlay_hint.refresh_support")),
            refresh_lenses=bool(has("workspace.code_lens.refresh_support")),
            lazy_tooltips="tooltip" in resolved,
            related_information=bool(has(f"{kind}.related_information")),
            code_description=bool(has(f"{kind}.code_description_support")),
            data=bool(has(f"{kind}.data_support")),
            markdown=types.MarkupKind.Markdown in formats,
            progress=bool(has("window.work_done_progress")),
            configuration=bool(has("workspace.configuration")),
            watch_files=bool(has("workspace.did_change_watched_files.dynamic_registration")),
            watch_configuration=bool(
                has("workspace.did_change_configuration.dynamic_registration")
            ),
            lazy_edits=bool(has("text_document.code_action.data_support"))
            and "edit" in has("text_document.code_action.resolve_support.properties", ()),
            document_changes=bool(has("workspace.workspace_edit.document_changes")),
            snippet_edits=bool(has("workspace.workspace_edit.snippet_edit_support")),
            snippets=bool(has("text_document.completion.completion_item.snippet_support")),
            show_document=bool(has("window.show_document.support")),
            create_files="create" in has("workspace.workspace_edit.resource_operations", ()),
        )
