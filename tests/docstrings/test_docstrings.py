"""Torch's own docstring examples: what runs clean must be reported clean.

Which examples run clean, and what their tensors are, is found out once for each torch and kept
in pytest's cache. `python -m tests.docstrings` does the same without pytest.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest
from shapewise.runtime.client import OracleClient

from .check import check, run_clean

pytestmark = pytest.mark.skipif(
    not hasattr(os, "fork"), reason="each example runs in a fork of its own"
)


def test_examples_are_clean_and_their_facts_true(
    tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    torch = pytest.importorskip("torch")
    sources = b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))
    key = f"shapewise/docstrings-{torch.__version__}-{hashlib.sha1(sources).hexdigest()}"
    assert pytestconfig.cache is not None
    kept = pytestconfig.cache.get(key, None)
    programs = json.loads(kept) if kept else list(run_clean(tmp_path))
    pytestconfig.cache.set(key, json.dumps(programs))
    oracle = OracleClient()
    oracle.start()
    try:
        outcome = check(programs, oracle)
    finally:
        oracle.close()
    assert outcome.alarms == []
    assert outcome.wrong == []
    assert outcome.programs > 600
    # 95 % when this was written; the floor leaves room for another torch.
    assert outcome.agreed >= 0.9 * outcome.total
