"""The settings of each workspace folder, gathered from the editor and the projects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

from ..analyzers.facts import Text
from .project import SECTION, read_project
from .settings import Settings, resolve


class Configuration:
    """Settings by workspace folder; None is the only key where no folder is open.

    Args:
        locale: the editor's display language.
        trusted: False where the editor has the workspace restricted: then the
            project does not choose which interpreter is run.
        pushed: the editor's section, as it was last told without being asked for.
    """

    def __init__(
        self, locale: str | None = None, trusted: bool = True, pushed: object = None
    ) -> None:
        self.trusted = trusted
        self.pushed = pushed
        self._locale = locale
        self._settings: dict[Path | None, Settings] = {None: resolve(None, None, locale)[0]}
        self._reported: set[Text] = set()

    def load(
        self, folders: Sequence[Path], sections: Sequence[object] = (), *, tell: bool = True
    ) -> list[Text]:
        """Read the folders' projects and take what the editor answered.

        Args:
            folders: the workspace folders.
            sections: the editor's answer for each folder, or a single one where no
                folder is open; without an answer, what it pushed holds.
            tell: False where nobody will be told what is wrong: a later call says it.

        Returns what is wrong and has not been reported before.
        """
        complaints: list[Text] = []
        settings: dict[Path | None, Settings] = {}
        scopes: list[Path | None] = [*folders] or [None]
        for folder, section in zip_longest(scopes, sections[: len(scopes)]):
            project: Mapping[str, Any] = {}
            if folder is not None:
                project, found = read_project(folder)
                complaints += found
            editor = section if isinstance(section, Mapping) else self.pushed
            settings[folder], wrong = resolve(editor, project, self._locale, trusted=self.trusted)
            complaints += wrong
        self._settings = settings
        new = [text for text in dict.fromkeys(complaints) if text not in self._reported]
        self._reported.update(new if tell else ())
        return new

    def folder_of(self, path: Path | None) -> Path | None:
        """The innermost workspace folder a file lies in.

        For what lies in none (a loose file, an untitled document) the first one,
        whose interpreter is the one the user sees chosen.
        """
        folders = [folder for folder in self._settings if folder is not None]
        around = [f for f in folders if path is not None and path.is_relative_to(f)]
        if around:
            return max(around, key=lambda folder: len(folder.parts))
        return folders[0] if folders else None

    def settings_of(self, path: Path | None) -> Settings:
        """The settings for a file, or for an untitled document (None)."""
        return self._settings[self.folder_of(path)]

    def folders(self) -> Mapping[Path | None, Settings]:
        """All settings in force."""
        return self._settings


def section_of(settings: object) -> object:
    """Our section of all the settings an editor pushes."""
    return settings.get(SECTION) if isinstance(settings, Mapping) else None
