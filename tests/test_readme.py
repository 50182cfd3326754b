"""The README shows what Shapewise really answers, and links to what exists."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
TRANSCRIPTS = re.findall(r"```console\n\$ shapewise (.*)\n((?:.*\n)*?)```", README)


@pytest.mark.parametrize(("command", "shown"), TRANSCRIPTS, ids=[c for c, _ in TRANSCRIPTS])
def test_transcripts_are_real(command: str, shown: str) -> None:
    environment = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "FORCE_COLOR")}
    done = subprocess.run(
        [sys.executable, "-m", "shapewise.server", *shlex.split(command)],
        cwd=ROOT,
        env=environment | {"LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 1, done.stderr
    # A transcript may end early.
    assert done.stdout.startswith(shown)


def test_there_are_transcripts() -> None:
    assert len(TRANSCRIPTS) == 2
    assert "SW101" in TRANSCRIPTS[0][1]


@pytest.mark.parametrize("page", ["README.md", "docs/architecture.md"])
def test_links_lead_somewhere(page: str) -> None:
    source = ROOT / page
    targets = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", source.read_text(encoding="utf-8"))
    assert targets
    for target in targets:
        assert re.match(r"\w+:", target) or (source.parent / target).exists(), target
