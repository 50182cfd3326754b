"""Dotted names of the allowed libraries: to objects, and back to canonical names."""

import builtins
import cmath
import importlib
import importlib.util
import inspect
import math
import operator
import types
from functools import lru_cache
from typing import Any, Dict, List, Optional, Tuple


class NotFound(Exception):
    """No such name; `parent` and `rest` say how far the walk came."""

    def __init__(self, parent: str, rest: str) -> None:
        super().__init__("{} has no {}".format(parent, rest))
        self.parent = parent
        self.rest = rest


class NotInstalled(Exception):
    """The library is not installed in this interpreter."""


class Foreign(Exception):
    """The name belongs to a library that is not asked."""


_STANDARD: Dict[str, Any] = {
    "builtins": builtins,
    "cmath": cmath,
    "math": math,
    "operator": operator,
}
_LIBRARIES = ("torch", "numpy")

# Where public objects live, best name first: `torch.nn.Linear`, not
# `torch.nn.modules.linear.Linear`.
_NAMESPACES = (
    "torch",
    "torch.nn",
    "torch.nn.functional",
    "torch.nn.init",
    "torch.nn.utils",
    "torch.nn.utils.rnn",
    "torch.linalg",
    "torch.fft",
    "torch.special",
    "torch.optim",
    "torch.optim.lr_scheduler",
    "torch.utils.data",
    "torch.distributions",
    "torch.autograd",
    "torch.cuda",
    "numpy",
    "numpy.linalg",
    "numpy.fft",
    "numpy.random",
    "math",
    "cmath",
    "operator",
)


@lru_cache(maxsize=None)
def root(name: str) -> Any:
    """The module that a dotted name starts with.

    Raises:
        NotInstalled: it is not there.
        Foreign: it is not one of the allowed libraries.
    """
    if name in _STANDARD:
        return _STANDARD[name]
    if name not in _LIBRARIES:
        raise Foreign(name)
    try:
        return importlib.import_module(name)
    except Exception as error:  # a broken installation may raise anything
        raise NotInstalled(name) from error


@lru_cache(maxsize=4096)
def find(name: str) -> Any:
    """The object with a dotted name. Nothing is imported but the library itself.

    Raises:
        NotFound, NotInstalled, Foreign: see there.
    """
    parts = name.split(".")
    found = root(parts[0])
    for index, part in enumerate(parts[1:], 1):
        try:
            found = _step(found, part)
        except AttributeError as error:
            raise NotFound(".".join(parts[:index]), ".".join(parts[index:])) from error
    return found


def _step(parent: Any, part: str) -> Any:
    try:
        found = getattr(parent, part)
    except AttributeError:
        raise
    except Exception as error:  # torch has lazy attributes that raise others
        raise AttributeError(part) from error
    modules = isinstance(parent, types.ModuleType) and isinstance(found, types.ModuleType)
    # `torch.os` is not part of torch.
    if modules and found.__name__.split(".")[0] != parent.__name__.split(".")[0]:
        raise AttributeError(part)
    return found


@lru_cache(maxsize=None)
def _public_names() -> Dict[int, str]:
    names: Dict[int, str] = {}
    for space in reversed(_NAMESPACES):
        try:
            module = find(space)
        except (NotFound, NotInstalled):
            continue
        # Not `dir` and `getattr`: reading a lazy attribute imports half of torch.
        for member, found in vars(module).items():
            if member.startswith("_") or isinstance(found, types.ModuleType):
                continue
            if callable(found):
                names[id(found)] = "{}.{}".format(space, member)
    return names


def canonical(found: Any, given: str) -> str:
    """The best public name of an object that was found under the name `given`."""
    if isinstance(found, types.ModuleType):
        return found.__name__
    if not callable(found):
        return given
    return _public_names().get(id(found), given)


def name_of(found: Any) -> Optional[str]:
    """The public name of a function or class of an allowed library, None for none."""
    known = _public_names().get(id(found))
    if known is not None:
        return known
    owner = getattr(found, "__self__", None)
    name = getattr(found, "__name__", "")
    torch = root("torch")
    if isinstance(owner, torch.Tensor) and hasattr(torch.Tensor, name):
        return "torch.Tensor." + name
    if type(owner).__module__ == "numpy" and type(owner).__name__ == "ndarray":
        return "numpy.ndarray." + name
    if isinstance(found, type) and found.__module__ == "builtins":
        return "builtins." + found.__name__
    return None


def resolve(name: str) -> "Dict[str, Any]":
    """What a dotted name is, as `wire` describes the answer to "resolve" (plain values).

    Raises:
        NotInstalled, Foreign: see there.
    """
    try:
        found = find(name)
    except NotFound as missing:
        return _missing(name, missing)
    answer: Dict[str, Any] = {"kind": _kind(found), "name": canonical(found, name)}
    kind = answer["kind"]
    if kind in ("function", "class", "layer"):
        answer.update(_signature(found))
    if kind in ("class", "layer"):
        answer["bases"] = tuple(_base_name(base) for base in found.__mro__)
    if kind == "module":
        answer["members"] = members(found)
    if kind == "value":
        answer["object"] = found
    return answer


def _missing(name: str, missing: NotFound) -> "Dict[str, Any]":
    parent = find(missing.parent)
    if isinstance(parent, types.ModuleType) and "." not in missing.rest:
        try:
            if importlib.util.find_spec(name) is not None:
                return {"kind": "module", "name": name, "members": ()}
        except (ImportError, ValueError, AttributeError):
            pass
    return {"kind": "missing", "name": name, "members": members(parent)}


def members(found: Any) -> Tuple[str, ...]:
    """The public names of a module or class."""
    return tuple(sorted(member for member in dir(found) if not member.startswith("_")))


def _kind(found: Any) -> str:
    if isinstance(found, types.ModuleType):
        return "module"
    if isinstance(found, type):
        module_class = root("torch").nn.Module
        return "layer" if issubclass(found, module_class) else "class"
    return "function" if callable(found) and not _is_value(found) else "value"


def _is_value(found: Any) -> bool:
    return type(found).__module__ == "torch" and type(found).__name__ == "dtype"


def _base_name(base: type) -> str:
    return _public_names().get(id(base)) or "{}.{}".format(base.__module__, base.__qualname__)


def _signature(found: Any) -> "Dict[str, Any]":
    try:
        signature = inspect.signature(found)
    except (ValueError, TypeError):
        return _documented(found)
    parameters = [p for p in signature.parameters.values() if p.name != "self"]
    return {
        "signature": str(signature.replace(parameters=parameters)),
        "parameters": tuple(p.name for p in parameters),
    }


def _documented(found: Any) -> "Dict[str, Any]":
    """The signature as the first line of the docstring writes it: `add(input, other) -> Tensor`."""
    name = getattr(found, "__name__", "")
    for line in (getattr(found, "__doc__", None) or "").strip().splitlines()[:3]:
        line = line.strip()
        if name and line.startswith(name + "(") and ")" in line:
            text = line[len(name) :]
            inside = text[1 : text.rindex(")")] if "->" not in text else text[1:].split(")")[0]
            return {"signature": text, "parameters": _parameter_names(inside)}
    return {}


def _parameter_names(text: str) -> Tuple[str, ...]:
    names: List[str] = []
    depth = 0
    part = ""
    for letter in text + ",":
        if letter == "," and depth == 0:
            name = part.split("=")[0].split(":")[0].strip().lstrip("*")
            if name.isidentifier():
                names.append(name)
            part = ""
            continue
        depth += letter in "([{"
        depth -= letter in ")]}"
        part += letter
    return tuple(names)
