"""`argparse`: the options of a command line, with their defaults.

A learner's program is read as if it were started without arguments, which is how
it is most often started, unless it is known what it is started with; what has no
default is not known.
https://docs.python.org/3/library/argparse.html
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NamedTuple

from ..interpreter.call import Call
from ..interpreter.operators import number_type
from ..values.model import (
    NONE,
    Const,
    InstanceV,
    Items,
    Library,
    ListV,
    Scalar,
    TupleV,
    Value,
)
from .registry import method, model

_PARSER = "argparse.ArgumentParser"
_SUBPARSERS = "argparse._SubParsersAction"
_NUMBERS = {"int": int, "float": float}


@model(_PARSER)
def argument_parser(call: Call) -> Value:
    """A command line."""
    instance = InstanceV(Library(_PARSER), call.origin)
    instance.slots.update({"$options": {}, "$below": ()})
    return instance


def _receiver(call: Call) -> InstanceV:
    receiver = call.args[0]
    assert isinstance(receiver, InstanceV)
    return receiver


class _Option(NamedTuple):
    """An option as a command line names it.

    read: makes a value of a word; None for a flag that takes none.
    """

    dest: str
    read: Callable[[str], Value] | None
    flag: Value


def _add(call: Call, options: dict[str, Value], slot: str = "$options") -> None:
    slots = _receiver(call).slots
    call.machine.trail.set(slots, slot, {**slots.get(slot, {}), **options})


@method(_PARSER, "add_argument")
def add_argument(call: Call) -> Value:
    """One option."""
    names = [str(value.value) for value in call.args[1:] if isinstance(value, Const)]
    dest = call.kwargs.get("dest")
    long = next((name for name in names if name.startswith("--")), names[0] if names else "")
    name = str(dest.value) if isinstance(dest, Const) else long.lstrip("-").replace("-", "_")
    _add(call, {name: _default(call)})
    slots, option = _receiver(call).slots, _option(call, name)
    if option is not None:
        known = {**slots.get("$named", {}), **dict.fromkeys(names, option)}
        call.machine.trail.set(slots, "$named", known)
    return NONE


def _option(call: Call, dest: str) -> _Option | None:
    """How an option is read from a command line; None where that is not plain."""
    action, kind = call.kwargs.get("action"), call.kwargs.get("type")
    if action in (Const("store_true"), Const("store_false")):
        return _Option(dest, None, Const(action == Const("store_true")))
    if action is not None or "nargs" in call.kwargs:
        return None
    if kind in (None, Library("builtins.str")):
        return _Option(dest, Const, NONE)
    number = (
        _NUMBERS.get(kind.name.removeprefix("builtins.")) if isinstance(kind, Library) else None
    )
    if number is None:
        return None
    return _Option(dest, lambda word: Const(number(word)), NONE)


def _default(call: Call) -> Value:
    default, action = call.kwargs.get("default"), call.kwargs.get("action")
    kind = call.kwargs.get("type")
    type_name = kind.name.removeprefix("builtins.") if isinstance(kind, Library) else ""
    if isinstance(default, Const) and isinstance(default.value, str) and type_name in _NUMBERS:
        # A text is read as if it stood on the command line.
        try:
            return Const(_NUMBERS[type_name](default.value))
        except ValueError:
            return Scalar(type_name)
    if default is not None:
        return default
    if isinstance(action, Const) and action.value in ("store_true", "store_false"):
        return Const(action.value == "store_false")
    names = [value for value in call.args[1:] if isinstance(value, Const)]
    positional = bool(names) and not str(names[0].value).startswith("-")
    if not positional and call.kwargs.get("required") != Const(True):
        return NONE
    value: Value = call.machine.unknown("what the command line says is not known")
    if type_name in ("int", "float", "str"):
        value = Scalar(type_name)
    count = call.kwargs.get("nargs", NONE)
    if isinstance(count, Const) and isinstance(count.value, int):
        return ListV((value,) * min(count.value, 64))
    if count in (Const("+"), Const("*")):
        return ListV(Items((), value))
    return (
        value if count == NONE else call.machine.unknown("what the command line says is not known")
    )


@method(_PARSER, "set_defaults")
def set_defaults(call: Call) -> Value:
    """Defaults given afterwards."""
    _add(call, call.kwargs)
    return NONE


@method(_PARSER, "add_argument_group", "add_mutually_exclusive_group")
def group(call: Call) -> Value:
    """Groups only change the help text."""
    return call.args[0]


@method(_PARSER, "add_subparsers")
def add_subparsers(call: Call) -> Value:
    """Commands, each with options of its own; which one is chosen is not known."""
    below = InstanceV(Library(_SUBPARSERS), call.origin)
    below.slots["$parsers"] = ()
    parser = _receiver(call)
    known = parser.slots.get("$below", ())
    call.machine.trail.set(parser.slots, "$below", (*known, below))
    dest = call.kwargs.get("dest")
    if isinstance(dest, Const):
        _add(call, {str(dest.value): Scalar("str")})
    return below


@method(_SUBPARSERS, "add_parser")
def add_parser(call: Call) -> Value:
    """The options of one command."""
    parser = argument_parser(call)
    slots = _receiver(call).slots
    call.machine.trail.set(slots, "$parsers", (*slots["$parsers"], parser))
    return parser


@method(_PARSER, "parse_args", "parse_known_args", "parse_intermixed_args")
def parse_args(call: Call) -> Value:
    """The options with their defaults, but for those that the program gives itself."""
    options = _options(call, _receiver(call))
    given = call.argument(1, "args")
    if given is None and call.machine.arguments:
        options.update(_given(_named(_receiver(call)), call.machine.arguments))
    if _is_own(given or NONE):
        options = {name: _said(call, name, value) for name, value in options.items()}
    namespace = InstanceV(Library("argparse.Namespace"), call.origin)
    namespace.slots.update(options)
    if call.name.endswith("known_args"):
        return TupleV((namespace, ListV(())))
    return namespace


def _named(parser: InstanceV) -> dict[str, _Option]:
    """The options of a parser and of all its commands, by their names."""
    named: dict[str, _Option] = dict(parser.slots.get("$named", {}))
    for below in parser.slots.get("$below", ()):
        for command in below.slots["$parsers"]:
            named.update(_named(command))
    return named


def _given(named: dict[str, _Option], words: Sequence[str]) -> dict[str, Value]:
    """What a command line says; a word that belongs to no option is passed over."""
    found: dict[str, Value] = {}
    pending = list(reversed(words))
    while pending:
        name, equals, value = pending.pop().partition("=")
        option = named.get(name) if name.startswith("-") else None
        if option is None:
            continue
        if option.read is None:
            found[option.dest] = option.flag
        elif equals or pending:
            with suppress(ValueError):
                found[option.dest] = option.read(value if equals else pending.pop())
    return found


def _options(call: Call, parser: InstanceV) -> dict[str, Value]:
    """The options of a parser and of all its commands."""
    options: dict[str, Value] = dict(parser.slots.get("$options", {}))
    for below in parser.slots.get("$below", ()):
        for command in below.slots["$parsers"]:
            for name, value in _options(call, command).items():
                known = options.get(name)
                options[name] = value if known is None else call.machine.joiner.join(known, value)
    return options


def _is_own(given: Value) -> bool:
    """Whether the program passes a command line of its own, and not `sys.argv[1:]` or nothing."""
    if isinstance(given, ListV):
        return bool(given.items.items)
    return given not in (NONE, Const(""), TupleV(()))


def _said(call: Call, name: str, default: Value) -> Value:
    """An option that may have been given: of the type of its default."""
    kind = number_type(default)
    if isinstance(default, Const) and isinstance(default.value, bool):
        return Scalar("bool")
    if kind == "int":
        return Scalar("int", call.machine.symbol_for((call.span, name), "n"))
    if kind in ("float", "str"):
        return Scalar(kind)
    return call.machine.unknown("what the command line says is not known")


@model("argparse.Namespace", "types.SimpleNamespace")
def namespace(call: Call) -> Value:
    """An object with the given attributes."""
    instance = InstanceV(Library(call.name), call.origin)
    instance.slots.update(call.kwargs)
    return instance
