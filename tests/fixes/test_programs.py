"""Whole programs with a mistake: with the preferred fix of each problem they run to their end."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest
from shapewise.analyzers.analyze import analyze
from shapewise.analyzers.fixes import fixes_for
from shapewise.analyzers.fixes.edits import apply
from shapewise.analyzers.source import Source, read_source
from shapewise.runtime.client import OracleClient

from ..mdtest.blocks import Program
from ..mdtest.runs import RealRun
from .rows import OPTIONS

WRONG = Path(__file__).parents[1] / "programs/wrong"
PROGRAMS = sorted([*WRONG.glob("*.py"), *WRONG.glob("*.ipynb")])

WITHOUT = {
    "autoencoder_output_size.py": "the decoder must be built anew",
    "checkpoint_of_other_model.py": "which of the two models is meant cannot be known",
    "positional_encoding_length.py": "the sentences are longer than the model was made for",
    "ragged_list.py": "the missing numbers are the learner's",
    "split_lengths.py": "which of the lengths is wrong cannot be known",
}
"""Programs without a fix, and why."""


@pytest.fixture(scope="module")
def oracle() -> Iterator[OracleClient]:
    client = OracleClient()
    client.start()
    yield client
    client.close()


def fixed(source: Source, oracle: OracleClient) -> Source:
    """The program with the preferred fix of each of its problems, one after the other."""
    while True:
        analysis = analyze(source, oracle, OPTIONS)
        for problem in analysis.problems:
            fixes = fixes_for(problem, source, analysis, lambda s: analyze(s, oracle, OPTIONS))
            edited = apply(source, fixes[0].edits) if fixes else None
            if edited is not None:
                source = edited.after
                break
        else:
            return source


@pytest.fixture(scope="module")
def real() -> Iterator[RealRun]:
    run = RealRun()
    yield run
    run.close()


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_fixed_it_runs(path: Path, oracle: OracleClient, real: RealRun) -> None:
    for library in ("pandas", "torchvision"):
        if library in path.read_text(encoding="utf-8") and not importlib.util.find_spec(library):
            pytest.skip(f"{library} is not installed")
    source = read_source(path)
    after = fixed(source, oracle)
    assert (after == source) == (path.name in WITHOUT)
    assert after == source or analyze(after, oracle, OPTIONS).problems == ()
    if after != source:
        program = "\n".join(part.text for part in after.parts)
        assert real(Program(path, path.stem, program, (), ())).troubles == ()
