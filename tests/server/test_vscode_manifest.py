"""VS Code's settings are the server's: the same names and the same defaults."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from shapewise.server.settings import _KEYS, Settings, resolve

MANIFEST = Path(__file__).parents[2] / "editors" / "vscode" / "package.json"
OWN = {"server.python"}
"""What only the extension reads."""


def properties() -> dict[str, Any]:
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    found = manifest["contributes"]["configuration"]["properties"]
    return {name.removeprefix("shapewise."): value for name, value in found.items()}


def test_the_extension_offers_every_setting() -> None:
    assert properties().keys() - OWN == _KEYS.keys()


@pytest.mark.parametrize("name", sorted(_KEYS))
def test_defaults_are_the_servers(name: str) -> None:
    settings, complaints = resolve({name: properties()[name]["default"]})
    assert not complaints
    assert settings == Settings()


def test_what_starts_a_program_is_not_the_workspaces_in_restricted_mode() -> None:
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    restricted = manifest["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"]
    assert {"shapewise.python", "shapewise.server.python"} <= set(restricted)
