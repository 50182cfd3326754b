"""Where models register themselves: functions by dotted name, methods by class and name."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..values.model import Value

if TYPE_CHECKING:
    from ..interpreter.call import Call

Model = Callable[["Call"], Value]

_FUNCTIONS: dict[str, Model] = {}
_METHODS: dict[tuple[str, str], Model] = {}
_PREFIXES: dict[str, Model] = {}

MODEL_MODULES = (
    "argparse_",
    "autograd",
    "builtin_functions",
    "builtin_iteration",
    "collections_",
    "data",
    "dataclasses_",
    "devices",
    "distributions",
    "generators",
    "gymnasium_",
    "hooks",
    "itertools_",
    "modules",
    "module_containers",
    "numpy_",
    "optim",
    "pandas_",
    "pil_",
    "processes",
    "samplers",
    "saving",
    "sklearn_",
    "sklearn_transformers",
    "stdlib",
    "tensor_methods",
    "torch_globals",
    "torchmetrics_",
    "torchvision_datasets",
    "torchvision_folders",
    "torchvision_models",
    "torchvision_transforms",
    "torchvision_utils",
)


def load() -> None:
    """Imports all models; they register themselves."""
    for name in MODEL_MODULES:
        importlib.import_module(f".{name}", __package__)


def model(*names: str) -> Callable[[Model], Model]:
    """Registers a model of library functions or classes, by dotted name."""

    def register(function: Model) -> Model:
        for name in names:
            _FUNCTIONS[name] = function
        return function

    return register


def prefix_model(*prefixes: str) -> Callable[[Model], Model]:
    """Registers a model of everything below some dotted names."""

    def register(function: Model) -> Model:
        for prefix in prefixes:
            _PREFIXES[prefix] = function
        return function

    return register


def method(class_name: str, *names: str) -> Callable[[Model], Model]:
    """Registers methods of a library class; the receiver is the first argument."""

    def register(function: Model) -> Model:
        for name in names:
            _METHODS[class_name, name] = function
        return function

    return register


def inherit(class_name: str, base: str) -> None:
    """Gives a library class the methods that are registered for another one so far."""
    for (owner, name), function in list(_METHODS.items()):
        if owner == base:
            _METHODS.setdefault((class_name, name), function)


def function_model(name: str) -> Model | None:
    """The model of a library function, if there is one."""
    found = _FUNCTIONS.get(name)
    if found is not None or "." not in name:
        return found
    parts = name.split(".")
    for length in range(len(parts) - 1, 0, -1):
        found = _PREFIXES.get(".".join(parts[:length]))
        if found is not None:
            return found
    return None


def method_model(class_name: str, name: str) -> Model | None:
    """The model of a method of a library class, if there is one."""
    return _METHODS.get((class_name, name))
