"""A new pack, from the one in `template`: small, complete, and nothing wrong with it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from ..analyzers.facts import Text, text

TEMPLATE = Path(__file__).resolve().parent / "template"

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class NewPackError(Exception):
    """The pack cannot be made."""

    def __init__(self, message: Text) -> None:
        super().__init__(message.template)
        self.message = message


def create(name: str, parent: Path) -> Path:
    """Make the folder of a new pack.

    Args:
        name: the pack's id and the folder's name.
        parent: where the folder goes; it is made if it is not there.

    Raises:
        NewPackError: the name is none, the folder is there, or it cannot be written.
    """
    if not _ID.fullmatch(name) or len(name) > 60:
        raise NewPackError(
            text("{name} is no name for a pack: use small letters, digits and hyphens", name=name)
        )
    folder = parent / name
    if folder.exists():
        raise NewPackError(text("{path} is there already", path=str(folder)))
    try:
        shutil.copytree(TEMPLATE, folder, ignore=shutil.ignore_patterns("__pycache__"))
        manifest = folder / "pack.toml"
        content = manifest.read_text(encoding="utf-8")
        manifest.write_text(_renamed(content, name), encoding="utf-8")
    except OSError as error:
        raise NewPackError(
            text("{path} cannot be written: {error}", path=str(folder), error=str(error))
        ) from error
    return folder


def _renamed(manifest: str, name: str) -> str:
    title = name.replace("-", " ").capitalize()
    manifest = manifest.replace('id = "my-pack"', f'id = "{name}"')
    if name != "my-pack":
        manifest = re.sub(
            r'^(title\.[\w-]+ = )".*"$', rf'\1"{title}"', manifest, count=2, flags=re.M
        )
    return manifest
