"""Asking the oracle on behalf of the program."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ...runtime.oracle import dims
from ...runtime.oracle import wire as w
from ..facts import text
from ..values.encode import Decoder, NotEncodable, UnknownLength, encode, layer_wire
from ..values.model import (
    Alternatives,
    BoundMethod,
    FunctionV,
    InstanceV,
    ListV,
    Mutable,
    Native,
    TensorV,
    TupleV,
    Unknown,
    Value,
)
from . import aliases, checks, devices, escapes, failures, holes, lazy, lengths, open_dtypes
from .call import Call

MAX_COMBINATIONS = 8
_TOO_LARGE = (
    "Storage size calculation overflowed",
    "Overflow when unpacking",
    "integer multiplication overflow",
    "[enforce fail at alloc",
)
_NOT_ASKED = ("device", "generator", "pin_memory")
"""Arguments that the oracle never sees: shapes and dtypes do not depend on them."""


@dataclass(frozen=True)
class Failed:
    """The question was answered: this raises."""

    error: w.Error
    call: Call


def ask(
    call: Call, kind: str = "call", device: str | devices.Infer | None = devices.INFER
) -> Value:
    """What a library function returns, for every combination of alternatives.

    Reports the problem where every combination fails; in-place changes are
    written to the arguments.

    Args:
        device: where the result is, if the caller knows better than the rule
            that it is where the arguments are.
    """
    if call.incomplete is not None:
        return call.incomplete
    if call.machine.search is not None:
        call = holes.settle_call(call, kind)
    results: list[Value] = []
    failed: list[Failed] = []
    search = call.machine.search
    if search is not None and any(
        isinstance(value, Alternatives) for value in [*call.args, *call.kwargs.values()]
    ):
        # What goes with one of them need not go with the other.
        search.ambiguous = True
    for combination in combinations(call):
        outcome = _ask_one(combination, kind, device)
        if isinstance(outcome, Failed):
            failed.append(outcome)
        else:
            results.append(outcome)
    undecided = open_dtypes.in_call(call)
    if not results:
        if undecided and not open_dtypes.is_about_shapes(failed[0].call, failed[0].error, kind):
            return call.machine.unknown("the dtype of a tensor it uses is not known")
        return failures.report(failed[0].call, failed[0].error, kind)
    if len(results) == 1 and not failed:
        checks.after_call(call, results[0], kind)
    joined = results[0]
    joiner = call.machine.widener if undecided else call.machine.joiner
    for result in results[1:]:
        joined = joiner.join(joined, result)
    return joined


def combinations(call: Call) -> Iterator[Call]:
    """The call once for each choice among the alternatives in its arguments."""
    values = [*call.args, *call.kwargs.values()]
    several = any(isinstance(value, Alternatives) for value in values)
    if not several and not open_dtypes.in_call(call):
        yield call
        return
    choices = [value.options if isinstance(value, Alternatives) else (value,) for value in values]
    count = len(call.args)
    combined: Iterator[Sequence[Value]] = itertools.product(*choices)
    if not several:
        combined = open_dtypes.choices(values)
    for chosen in itertools.islice(combined, MAX_COMBINATIONS):
        kwargs = dict(zip(call.kwargs, chosen[count:], strict=True))
        yield Call(
            call.machine,
            call.node,
            call.name,
            list(chosen[:count]),
            kwargs,
            call.nodes,
            call.keyword_nodes,
        )


def _ask_one(call: Call, kind: str, device: str | devices.Infer | None) -> Value | Failed:
    kwargs = {name: value for name, value in call.kwargs.items() if name not in _NOT_ASKED}
    try:
        args, named = _encoded(call, kwargs)
    except UnknownLength as obstacle:
        return _with_lengths(call, kwargs, kind, obstacle)
    except NotEncodable as obstacle:
        escapes.give_away(call.machine, [*call.args, *kwargs.values()])
        reason = Unknown(obstacle.reason)
        _hand_over(call, reason)
        return reason
    tensors = [*tensors_in(call.args), *tensors_in(kwargs.values())]
    if isinstance(device, devices.Infer):
        mismatch = devices.mismatch(call, kind)
        if mismatch is not None and call.machine.search is None:
            return Failed(mismatch, call)
        device = devices.result_device(call, tensors)
    modes = call.machine.modes
    request = w.Request(kind, call.name, args, named, modes.grad, modes.default_dtype)
    request = holes.substituted(call.machine, request)
    answer = call.machine.ask(request)
    if isinstance(answer, w.Error) and any(words in answer.text for words in _TOO_LARGE):
        return Unknown(text("the result of `{name}` is too large to be tried", name=call.name))
    mixed = bool(tensors) and (modes.autocast or any(tensor.sig.mixed for tensor in tensors))
    if isinstance(answer, w.Error) and mixed and re.search(r"d?type|Float|BFloat", answer.text):
        return Unknown(text("dtypes under autocast are not followed"))
    if isinstance(answer, w.Error):
        return Failed(answer, call)
    if isinstance(answer, w.Unsure):
        if answer.reason == "symbols" and call.machine.search is not None:
            call.machine.search.doubt(call.span)
        return Unknown(_reason(answer, call.name))
    if answer.requires and call.machine.search is not None:
        call.machine.search.bind(answer.requires, request)
    arguments: dict[Any, Value] = {**dict(enumerate(call.args)), **kwargs}
    parents: tuple[Mutable, ...] = ()
    if modes.grad:
        parents = tuple(_gradient_parents(call, tensors))
    decoder = Decoder(arguments, renamer(call), device, call.origin, parents)
    for path, wire in answer.changed:
        _change(call, decoder, arguments, path, wire)
    result = decoder.value(answer.result)
    if mixed and call.name not in _CONVERSIONS:
        _mark_mixed(result)
    elif mixed and isinstance(result, TensorV):
        # Of what may be float32 already, torch would give the tensor itself.
        result = TensorV(result.sig._replace(mixed=False), result.origin, result.parents)
    aliases.note(call, result)
    checks.made(call, result, kind)
    return result


def _hand_over(call: Call, reason: Unknown) -> None:
    """Calls the learner's functions that a library is given, with what nobody knows."""
    from .functions import call_value

    for value in (*call.args, *call.kwargs.values()):
        if isinstance(value, (FunctionV, BoundMethod)) or (
            isinstance(value, Native) and value.name == "apply"
        ):
            call_value(Call(call.machine, call.node, call.name, incomplete=reason), value)


_CONVERSIONS = {f"torch.Tensor.{name}" for name in ("float", "double", "half", "bfloat16")}


def _mark_mixed(result: Value) -> None:
    """Notes of new floating tensors that autocast decides on their dtypes."""
    for tensor in tensors_in([result]):
        if tensor.sig.dtype is not None and "float" in tensor.sig.dtype:
            tensor.slots["sig"] = tensor.sig._replace(mixed=True)


def _encoded(
    call: Call, kwargs: dict[str, Value]
) -> tuple[tuple[w.Wire, ...], tuple[tuple[str, w.Wire], ...]]:
    args = tuple(encode(value) for value in call.args)
    return args, tuple((name, encode(value)) for name, value in sorted(kwargs.items()))


def _with_lengths(
    call: Call, kwargs: dict[str, Value], kind: str, obstacle: UnknownLength
) -> Value:
    """Asks with several lengths of a list whose length is not known."""
    machine, modes = call.machine, call.machine.modes
    results: list[w.Wire] = []
    for counts in lengths.LENGTHS:
        with lengths.assumed(counts):
            try:
                args, named = _encoded(call, kwargs)
            except NotEncodable as other:
                return Unknown(other.reason)
        request = w.Request(kind, call.name, args, named, modes.grad, modes.default_dtype)
        answer = machine.ask(request)
        if not isinstance(answer, w.Ok) or answer.changed:
            return Unknown(obstacle.reason)
        results.append(answer.result)
    outer = obstacle.length or machine.symbol_for((call.span, "length"), "N")
    symbols = (outer, machine.symbol_for((call.span, "inner length"), "L"))
    try:
        wire = lengths.fitted(tuple(results), symbols)
    except lengths.Irregular:
        return Unknown(obstacle.reason)
    tensors = [*tensors_in(call.args), *tensors_in(kwargs.values())]
    parents = tuple(_gradient_parents(call, tensors)) if modes.grad else ()
    place = devices.result_device(call, tensors)
    return Decoder({}, renamer(call), place, call.origin, parents).value(wire)


def _gradient_parents(call: Call, tensors: list[TensorV]) -> Iterator[Mutable]:
    for tensor in tensors:
        if tensor.sig.requires_grad is not False:
            yield tensor
    for value in call.args:
        if isinstance(value, InstanceV):
            yield value


def renamer(call: Call) -> Any:
    """Names for the oracle's own symbols: the same at the same place each time."""
    machine, span = call.machine, call.span

    def rename(dim: str) -> Any:
        own = [name for name in dims.symbols(dim) if name.startswith("_")] if "(" not in dim else []
        if "(" in dim and dim.startswith("_("):
            return machine.symbol_for((span, dim), "n")
        if not own:
            return dim
        names = {name: machine.symbol_for((span, name), "n") for name in own}
        return dims.substitute(dim, names)

    return rename


def _change(
    call: Call, decoder: Decoder, arguments: dict[Any, Value], path: Any, wire: w.Wire
) -> None:
    target: Value | None = None
    steps = path if isinstance(path, tuple) else (path,)
    target = arguments.get(steps[0])
    for step in steps[1:]:
        if isinstance(target, TupleV):
            target = target.items[step]
        elif isinstance(target, ListV):
            target = target.items.items[step]
        else:
            return
    trail = call.machine.trail
    if isinstance(target, TensorV):
        target.slots.pop("$number", None)
        aliases.forget(call.machine, target)
    if isinstance(target, TensorV) and wire[0] == "tensor":
        old = target.sig
        trail.set(target.slots, "sig", decoder.sig(wire)._replace(device=old.device))
    elif isinstance(target, TensorV):
        changed = decoder.value(wire)
        if isinstance(changed, TensorV):
            trail.set(target.slots, "sig", changed.sig)


def tensors_in(values: Any) -> list[TensorV]:
    """All tensors (not arrays) in some values, also inside lists and tuples."""
    found: list[TensorV] = []
    for value in values:
        if isinstance(value, TensorV):
            if not value.sig.numpy:
                found.append(value)
        elif isinstance(value, TupleV):
            found += tensors_in(value.items)
        elif isinstance(value, ListV):
            found += tensors_in(value.items.items)
            if value.items.rest is not None:
                found += tensors_in([value.items.rest])
    return found


def _reason(answer: w.Unsure, name: str) -> Any:
    reasons = {
        "values": text("whether `{name}` works depends on the values", name=name),
        "symbols": text("whether `{name}` works depends on sizes that are not known", name=name),
        "not-allowed": text("`{name}` is not followed", name=name),
        "not-found": text("there is no `{name}` in the installed library", name=name),
        "not-installed": text("the library of `{name}` is not installed", name=name),
        "too-large": text("the result of `{name}` is too large to be tried", name=name),
        "timeout": text("`{name}` took too long", name=name),
        "died": text("the interpreter that runs torch died on `{name}`", name=name),
        "no-torch": text("there is no torch in the interpreter that is used"),
        "encoding": text("`{name}` gets an object that is not described to torch", name=name),
    }
    return reasons.get(answer.reason, reasons["not-allowed"])


def forward(call: Call, instance: InstanceV) -> Value:
    """What one of torch's own layers returns; `call.args` are those of `forward`."""
    layer = instance.slots["$layer"]
    if isinstance(layer, Unknown):
        return layer
    asked = call.with_receiver(instance, layer[1])
    result = ask(asked, "forward")
    if layer[1].rpartition(".")[2].startswith("Lazy") and not isinstance(result, Unknown):
        lazy.materialise(call.machine, instance, call.args)
    return result


def describe(call_or_machine: Any, instance: InstanceV) -> dict[str, Any] | Unknown:
    """The oracle's description of a layer: attributes, parameters, buffers, children."""
    machine = call_or_machine
    layer = instance.slots.get("$layer")
    if layer is None or isinstance(layer, Unknown):
        return Unknown(text("an object that is not described to torch"))
    try:
        wire = layer_wire(instance)
    except NotEncodable as obstacle:
        return Unknown(obstacle.reason)
    answer = machine.ask(w.Request("layer", wire[1], wire[2], wire[3]))
    if not isinstance(answer, w.Ok):
        return Unknown(text("an object that is not described to torch"))
    return {key if isinstance(key, str) else key[1]: item for key, item in answer.result[1:]}


def resolve(machine: Any, name: str) -> dict[str, Any]:
    """What a dotted library name is: `kind` and more, see `wire`."""
    known: dict[str, Any] | None = machine.resolved.get(name)
    if known is None:
        answer = machine.ask(w.Request("resolve", name))
        known = {"kind": "unknown"}
        if isinstance(answer, w.Ok):
            known = {_text(key): _text(item) for key, item in answer.result[1:]}
        machine.resolved[name] = known
    return known


def _text(wire: Any) -> Any:
    if isinstance(wire, tuple) and len(wire) == 2 and wire[0] == "str":
        return wire[1]
    return wire
