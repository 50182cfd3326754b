"""The `>>>` examples in the docstrings of the installed torch.

Nothing of torch's text is kept here: the examples are those of the torch that is there.
"""

from __future__ import annotations

import contextlib
import doctest
import importlib
import inspect
import warnings
from collections.abc import Iterator
from typing import Any

import torch

MODULES = (
    "torch",
    "torch.Tensor",
    "torch.nn",
    "torch.nn.functional",
    "torch.nn.init",
    "torch.nn.attention",
    "torch.nn.attention.bias",
    "torch.nn.attention.flex_attention",
    "torch.nn.grad",
    "torch.nn.parameter",
    "torch.nn.parallel",
    "torch.nn.utils",
    "torch.nn.utils.rnn",
    "torch.nn.utils.fusion",
    "torch.nn.utils.parametrizations",
    "torch.nn.utils.parametrize",
    "torch.nn.utils.prune",
    "torch.nn.utils.stateless",
    "torch.linalg",
    "torch.fft",
    "torch.special",
    "torch.optim",
    "torch.optim.lr_scheduler",
    "torch.optim.swa_utils",
    "torch.distributions",
    "torch.distributions.transforms",
    "torch.distributions.constraints",
    "torch.distributions.constraint_registry",
    "torch.distributions.continuous_bernoulli",
    "torch.utils",
    "torch.utils.data",
    "torch.utils.data.datapipes.iter",
    "torch.utils.data.datapipes.map",
    "torch.utils.checkpoint",
    "torch.utils.dlpack",
    "torch.utils.flop_counter",
    "torch.utils.benchmark",
    "torch.autograd",
    "torch.autograd.forward_ad",
    "torch.autograd.functional",
    "torch.autograd.function",
    "torch.autograd.grad_mode",
    "torch.autograd.graph",
    "torch.autograd.profiler",
    "torch.func",
    "torch.functional",
    "torch.accelerator",
    "torch.amp",
    "torch.ao.nn.quantized",
    "torch.ao.nn.quantized.functional",
    "torch.ao.quantization",
    "torch.backends.cuda",
    "torch.compiler",
    "torch.cuda",
    "torch.cuda.amp",
    "torch.export",
    "torch.futures",
    "torch.fx",
    "torch.jit",
    "torch.library",
    "torch.masked",
    "torch.nested",
    "torch.overrides",
    "torch.profiler",
    "torch.quasirandom",
    "torch.random",
    "torch.serialization",
    "torch.signal.windows",
    "torch.sparse",
    "torch.testing",
)
"""Where examples are looked for: what a person who learns torch may come across."""

_LEFT_OUT = ("distributed", "multiproc", "hub", "share_memory")
"""They start processes, talk to others, or download."""


def examples() -> list[tuple[str, list[str]]]:
    """The examples by the name of what they belong to: the sources of their prompts."""
    seen: set[str] = set()
    found: list[tuple[str, list[str]]] = []
    for name, text in _docstrings():
        if ">>>" not in text or text in seen or any(word in name for word in _LEFT_OUT):
            continue
        seen.add(text)
        with contextlib.suppress(ValueError):
            parsed = doctest.DocTestParser().get_examples(text)
            found.append((name, [example.source for example in parsed]))
    return found


def _docstrings() -> Iterator[tuple[str, str]]:
    """The docstrings of the modules, of what they hold, and of the methods of its classes."""
    for name in MODULES:
        holder = _named(name)
        if holder is None:
            continue
        yield name, str(holder.__doc__ or "")
        for member, thing in _members(holder):
            yield f"{name}.{member}", _doc(thing)
            if inspect.isclass(thing) and thing.__module__.startswith("torch"):
                for method, function in _members(thing):
                    yield f"{name}.{member}.{method}", _doc(function)


def _named(name: str) -> Any:
    if name == "torch.Tensor":
        return torch.Tensor
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def _members(holder: Any) -> Iterator[tuple[str, Any]]:
    for name in sorted(dir(holder)):
        if not name.startswith("_"):
            with warnings.catch_warnings(), contextlib.suppress(Exception):
                warnings.simplefilter("ignore")
                yield name, getattr(holder, name)


def _doc(thing: Any) -> str:
    text = getattr(thing, "__doc__", None)
    return text if isinstance(text, str) else ""
