"""Questions to answers."""

from typing import Any, Dict, Mapping

import torch

from . import cost, errors, evaluate, large, layers, names, probe, sequential, shrink, watch
from .describe import Describer
from .materialise import NotAllowed, NotEncodable, Place
from .question import Question, read
from .wire import Answer, Error, Ok, Request, Unsure, Wire


def answer(request: Request) -> Answer:
    """The answer to one question; an exception is a defect of the oracle."""
    previous = torch.get_default_dtype()
    wanted = getattr(torch, request.default_dtype, previous)
    try:
        if wanted is not previous:
            torch.set_default_dtype(wanted)
        return _KINDS[request.kind](request)
    except RecursionError as error:
        return Unsure("encoding", str(error))
    finally:
        if wanted is not previous:
            torch.set_default_dtype(previous)


def _run(request: Request) -> Answer:
    question = read(request)
    if not probe.has_symbols(question):
        return _concrete(question)
    layers_in_turn = sequential.steps(question.request)
    if layers_in_turn is not None:
        return sequential.ask(question.request, layers_in_turn, _run)
    return probe.ask(question, run, judge)


def run(request: Request, bindings: Mapping[str, int], fill: int = 0) -> evaluate.Run:
    """Asks torch once: for real, or without the memory where that would take too much."""
    max_work = cost.PROBE_WORK if bindings else cost.MAX_WORK
    found = evaluate.run(request, bindings, fill, max_work=max_work)
    if isinstance(found, Unsure) and found.reason == "too-large":
        return large.run(request, bindings)
    return found


def _concrete(question: Question) -> Answer:
    request = question.request
    found = run(request, {})
    if isinstance(found, evaluate.Raised):
        judged = judge(request, {}, found)
        # Other values work: then see what depends on them.
        return probe.ask(question, run, judge) if isinstance(judged, Ok) else judged
    if isinstance(found, Unsure):
        if found.reason == "not-found":
            return _missing(request, found)
        return shrink.ask(request, run) if found.reason == "too-large" else found
    if found.flags & watch.DATA and (found.unknown or found.flags & watch.RANDOM):
        return probe.ask(question, run, judge)
    return Ok(found.result, found.changed)


def judge(request: Request, bindings: Mapping[str, int], raised: evaluate.Raised) -> Answer:
    """Whether an exception that one run raised would be raised whatever the values are."""
    error = raised.error
    if isinstance(error, (MemoryError, RecursionError)):
        return Unsure("too-large", type(error).__name__)
    certain = Error(type(error).__name__, str(error))
    if not raised.unknown and not raised.flags & (watch.RANDOM | watch.EMPTY):
        return certain
    if errors.is_contract(error) or _is_plain_index(request):
        return certain
    for fill in (3, 1, 2):
        other = run(request, bindings, fill)
        if isinstance(other, evaluate.Returned):
            return Ok(other.result, other.changed)
    if errors.is_value_dependent(error):
        return Unsure("values", str(error))
    on_meta = evaluate.run(request, bindings, place=Place.META)
    if isinstance(on_meta, evaluate.Raised) and not errors.is_about_meta(on_meta.error):
        return certain
    return Unsure("values", str(error))


def _missing(request: Request, unsure: Unsure) -> Answer:
    """What Python says of a name that a module or class does not have."""
    space, _, member = request.name.rpartition(".")
    if request.kind != "call" or names.resolve(request.name)["kind"] != "missing":
        return unsure
    if space in _OBJECTS:
        text = "'{}' object has no attribute '{}'".format(_OBJECTS[space], member)
        return Error("AttributeError", text)
    if space in _MODULES:
        return Error("AttributeError", "module '{}' has no attribute '{}'".format(space, member))
    return unsure


_OBJECTS = {"torch.Tensor": "Tensor", "numpy.ndarray": "numpy.ndarray"}
_MODULES = ("torch", "torch.nn", "torch.nn.functional", "numpy")


def _is_plain_index(request: Request) -> bool:
    """Whether this is an index of plain ints and slices: in bounds or not, whatever the values."""
    return request.name.endswith(("getitem", "setitem")) and large.is_basic(request.args[1])


def _layer(request: Request) -> Answer:
    question = read(request)
    if probe.has_symbols(question):
        return probe.ask(question, _describe, judge)
    found = _describe(request, {})
    if isinstance(found, evaluate.Raised):
        return judge(request, {}, found)
    return found if isinstance(found, Unsure) else Ok(found.result)


def _describe(request: Request, bindings: Mapping[str, int], fill: int = 0) -> evaluate.Run:
    wire = ("layer", request.name, request.args, request.kwargs, (True, None, (), False))
    try:
        described = layers.describe(wire, bindings)
    except layers.NotALayer as obstacle:
        return Unsure("not-found", str(obstacle))
    except NotEncodable as obstacle:
        return Unsure("encoding", str(obstacle))
    except NotAllowed as obstacle:
        return Unsure("not-allowed", str(obstacle))
    except Exception as error:  # whatever the constructor raises
        return evaluate.Raised(error, 0, False)
    result = _dict(
        {
            "class": ("str", described["class"]),
            "attributes": _dict(described["attributes"]),
            "parameters": _dict(described["parameters"]),
            "buffers": _dict(described["buffers"]),
            "children": _dict(described["children"]),
            "forward": _names(described["forward"]),
        }
    )
    return evaluate.Returned(result, (), 0, False)


def _resolve(request: Request) -> Answer:
    try:
        found = names.resolve(request.name)
    except names.NotInstalled as obstacle:
        return Unsure("not-installed", str(obstacle))
    except names.Foreign as obstacle:
        return Unsure("not-allowed", str(obstacle))
    answer: Dict[str, Wire] = {}
    for key, item in found.items():
        if key == "object":
            answer["value"] = Describer(values=True, exact=True).describe(item)
        elif isinstance(item, tuple):
            answer[key] = _names(item)
        else:
            answer[key] = ("str", item)
    return Ok(_dict(answer))


def _dict(items: "Dict[str, Wire]") -> Wire:
    return ("dict",) + tuple((("str", name), item) for name, item in items.items())


def _names(items: Any) -> Wire:
    return ("tuple",) + tuple(("str", item) for item in items)


_KINDS = {
    "call": _run,
    "forward": _run,
    "attribute": _run,
    "layer": _layer,
    "resolve": _resolve,
}
