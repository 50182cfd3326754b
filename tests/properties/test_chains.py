"""Random chains of operators and layers, held against torch: with numbers, and with symbols.

`SHAPEWISE_EXAMPLES=2000 python -m pytest tests/properties` is the long run, with chains that
differ from run to run.
"""

from __future__ import annotations

import itertools
import math
import os
import re
from collections.abc import Iterator

import pytest
import torch
from hypothesis import HealthCheck, given, note, settings
from shapewise.analyzers.analyze import Options, analyze
from shapewise.analyzers.facts import Analysis, Signature, TensorFact
from shapewise.analyzers.source import Source
from shapewise.runtime.client import OracleClient
from shapewise.runtime.oracle.dims import canonical, evaluate, symbols

from .chains import concrete, symbolic, uncalled
from .compare import (
    BY_VALUE,
    Numbers,
    errors,
    missed_error,
    missing_facts,
    wrong_errors,
    wrong_facts,
)
from .programs import parameters_of, run_function, run_script

EXAMPLES = int(os.environ.get("SHAPEWISE_EXAMPLES", "0"))
SETTINGS = settings(
    max_examples=EXAMPLES or 40,
    derandomize=not EXAMPLES,
    database=None,
    deadline=None,
    print_blob=False,
    suppress_health_check=list(HealthCheck),
)
SIZES = ((4, 3), (7, 2), (9, 6))
"""Numbers for sizes, beside those with which a chain was drawn; no 1, of which an axis may be
stretched: a symbol stands for what is not 1."""

NUMBERS = ((6, 4, 8, 5), (12, 24, 6, 18), (9, 7, 11, 13))
"""Numbers for the symbols of what a function expects."""

_OF_MULTIPLES = re.compile(
    "is invalid for input of size|Halving dimension must be even|don't multiply up to|divisible by"
)

pytestmark = pytest.mark.timeout(0 if EXAMPLES else 300)


@pytest.fixture(scope="module")
def oracle() -> Iterator[OracleClient]:
    """One oracle for all chains."""
    torch.set_num_threads(1)
    client = OracleClient()
    client.start()
    yield client
    client.close()


def _analysis(source: str, oracle: OracleClient) -> Analysis:
    analysis = analyze(Source.of_text(source), oracle, Options(seconds=60))
    assert analysis.complete
    return analysis


@given(source=concrete())
@SETTINGS
def test_with_numbers(source: str, oracle: OracleClient) -> None:
    analysis, run = _analysis(source, oracle), run_script(source)
    note(source)
    assert not [
        *wrong_facts(analysis, run, Numbers()),
        *wrong_errors(analysis, run),
        *missing_facts(analysis, run),
        *missed_error(analysis, run),
    ]


@given(chain=symbolic())
@SETTINGS
def test_with_sizes_that_only_a_run_knows(
    chain: tuple[str, tuple[int, ...]], oracle: OracleClient
) -> None:
    source, drawn = chain
    note(source)
    analysis = _analysis(source, oracle)
    runs = {sizes: run_script(source, sizes) for sizes in (drawn, *SIZES)}
    for sizes, run in runs.items():
        note(f"n, m = {sizes}")
        assert not list(wrong_facts(analysis, run, Numbers()))
        # Where the sizes make a line before fail, it does so first.
        if run.raised is None or all(p.span.line < run.raised[0] for p in errors(analysis)):
            assert not list(wrong_errors(analysis, run))


@given(chain=uncalled())
@SETTINGS
def test_with_inputs_that_nothing_gives(chain: tuple[str, bool], oracle: OracleClient) -> None:
    source, works = chain
    note(source)
    analysis = _analysis(source, oracle)
    assert not (works and errors(analysis)), [p.torch_message for p in errors(analysis)]
    for signature in analysis.signatures:
        if signature.expected and signature.name in ("chain", "Net.forward"):
            for sizes in NUMBERS:
                assert not list(_disagreements(source, analysis, signature, sizes))


def _disagreements(
    source: str, analysis: Analysis, signature: Signature, sizes: tuple[int, ...]
) -> Iterator[str]:
    """Calls the function with what it is said to expect, and looks at what comes out."""
    facts = dict(signature.parameters)
    if any(name not in facts for name in parameters_of(source)):
        return  # of one nothing is known, so it cannot be called
    names = {name for fact in facts.values() for dim in fact.shape or () for name in symbols(dim)}
    numbers = Numbers(dict(zip(sorted(names), itertools.cycle(sizes))))
    arguments = {name: _argument(fact, numbers) for name, fact in facts.items()}
    run, result = run_function(source, arguments)
    shapes = {name: tuple(value.shape) for name, value in arguments.items()}
    if run.raised is not None and not _may_fail(analysis, run.raised, names):
        yield f"{signature.parameters} are expected, but {shapes} raise {run.raised}"
    yield from wrong_facts(analysis, run, numbers)
    if isinstance(result, torch.Tensor) and re.fullmatch(r"\([^|()]*\)", signature.returns):
        returns = [canonical(d.strip()) for d in signature.returns[1:-1].split(",") if d.strip()]
        if not numbers.shape_fits(tuple(returns), tuple(result.shape)):
            yield f"{shapes} give {tuple(result.shape)}, and not {signature.returns}"


def _may_fail(analysis: Analysis, raised: tuple[int, str], inputs: set[str]) -> bool:
    """Whether an exception is nothing against what is expected.

    Where it is not known whether a line works, nothing is said of what it binds. A view with
    numbers works with the sizes that they divide. And sizes that are not those of the inputs,
    of `x[x > 0]` for one, may be such that a line fails.
    """
    line, message = raised
    if _OF_MULTIPLES.search(message) or BY_VALUE.search(message):
        return True
    facts = [(b.span.line, fact.shape or ()) for b in analysis.bindings for fact in b.facts]
    vague = any(not inputs.issuperset(symbols(dim)) for _, shape in facts for dim in shape)
    return vague or all(bound != line for bound, _ in facts)


def _argument(fact: TensorFact, numbers: Numbers) -> torch.Tensor:
    assert fact.shape is not None
    shape = [evaluate(dim, numbers.of) for dim in fact.shape]
    values = torch.arange(math.prod(shape)).view(shape)
    if fact.dtype == "int64":
        values = values % 3  # these may be ids
    return values.to(getattr(torch, fact.dtype or "float32"))
