"""What tests of lessons share: an analysis with torch, and packs to change."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from shapewise.lessons.engine import Analyzer
from shapewise.lessons.new import TEMPLATE


@pytest.fixture(scope="session")
def analyzer() -> Iterator[Analyzer]:
    analyzer = Analyzer(sys.executable)
    assert analyzer.has_torch()
    yield analyzer
    analyzer.close()


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A pack with nothing wrong, to be changed."""
    return Path(shutil.copytree(TEMPLATE, tmp_path / "my-pack"))
