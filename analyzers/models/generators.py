"""Generators of random numbers as objects: Python's and NumPy's.

What they draw has the shape and type of what the module's functions of these names draw;
https://numpy.org/doc/2.4/reference/random/index.html
"""

from __future__ import annotations

from dataclasses import replace

from ..interpreter.call import Call
from ..interpreter.functions import call_value
from ..values.model import InstanceV, Library, Value
from .registry import Model, method, model


@model("random.Random", "numpy.random.RandomState", "numpy.random.default_rng")
def generator(call: Call) -> Value:
    """A generator; nobody knows what it will draw, with or without a seed."""
    name = {"default_rng": "Generator"}.get(call.name.rpartition(".")[2])
    class_name = f"numpy.random.{name}" if name else call.name
    return InstanceV(Library(class_name), call.origin)


def _draws(function: str) -> Model:
    """A method that draws as a function of the module does."""

    def draw(call: Call) -> Value:
        if "dtype" in call.kwargs and function != "numpy.random.randint":
            return call.machine.unknown("`{name}` is not followed", name=call.name)
        inner = replace(call, name=function, args=call.args[1:], nodes=call.nodes[1:])
        inner.kwargs = {key: value for key, value in call.kwargs.items() if key != "endpoint"}
        return call_value(inner, Library(function))

    return draw


_PYTHON = (
    *("random", "uniform", "gauss", "normalvariate", "betavariate", "randint", "randrange"),
    *("getrandbits", "seed", "shuffle", "choice", "sample", "choices"),
)
_BOTH = (
    *("beta", "binomial", "choice", "exponential", "gamma", "geometric", "gumbel", "laplace"),
    *("logistic", "lognormal", "multinomial", "normal", "permutation", "poisson", "shuffle"),
    *("standard_normal", "triangular", "uniform"),
)

for _name in _PYTHON:
    method("random.Random", _name)(_draws(f"random.{_name}"))
for _name in _BOTH:
    method("numpy.random.RandomState", _name)(_draws(f"numpy.random.{_name}"))
    method("numpy.random.Generator", _name)(_draws(f"numpy.random.{_name}"))
for _name in ("rand", "randn", "randint", "random", "random_sample", "seed"):
    method("numpy.random.RandomState", _name)(_draws(f"numpy.random.{_name}"))
method("numpy.random.Generator", "integers")(_draws("numpy.random.randint"))
method("numpy.random.Generator", "random")(_draws("numpy.random.random"))
