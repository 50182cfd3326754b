"""`nn.Module`: what every module can do, whoever wrote it."""

from __future__ import annotations

from collections.abc import Iterator

from ...runtime.oracle import dims
from ...runtime.oracle.wire import Error
from ..interpreter import devices, failures, layer_attributes
from ..interpreter.ask import describe
from ..interpreter.call import Call
from ..interpreter.machine import Machine
from ..values.model import (
    NONE,
    Alternatives,
    Const,
    DeviceV,
    DictV,
    DtypeV,
    InstanceV,
    Items,
    IteratorV,
    Plain,
    TensorV,
    TupleV,
    Unknown,
    Value,
)
from . import devices as devices_
from .registry import method, model
from .watched import look

MODULE = "torch.nn.Module"
WRAPPED = "$wrapped"
"""The slot of a module with another one around it: whether that has it as `.module`."""


def children(instance: InstanceV) -> dict[str, InstanceV]:
    """The direct submodules by name, in the order they were set."""
    return {
        name: value
        for name, value in instance.slots.items()
        if not name.startswith("$") and isinstance(value, InstanceV) and is_module(value)
    }


def is_module(value: Value) -> bool:
    """Whether a value is an instance of `nn.Module`."""
    return isinstance(value, InstanceV) and "$training" in value.slots


def modules(instance: InstanceV, prefix: str = "") -> Iterator[tuple[str, InstanceV]]:
    """The module and all modules below it, by dotted name."""
    seen: set[int] = set()

    def walk(module: InstanceV, name: str) -> Iterator[tuple[str, InstanceV]]:
        if id(module) in seen:
            return
        seen.add(id(module))
        yield name, module
        for key, child in children(module).items():
            yield from walk(child, f"{name}.{key}" if name else key)

    yield from walk(instance, prefix)


def own_tensors(machine: Machine, module: InstanceV, group: str) -> dict[str, TensorV]:
    """The `parameters` or `buffers` of one module without those of its submodules."""
    wanted = group == "parameters"
    set_ = {
        name: value
        for name, value in module.slots.items()
        if not name.startswith("$")
        and isinstance(value, TensorV)
        and (value.sig.parameter if wanted else name in module.slots.get("$buffers", ()))
    }
    found: dict[str, TensorV] = {}
    if module.slots.get("$layer") is not None:
        description = describe(machine, module)
        if not isinstance(description, Unknown):
            for name, wire in layer_attributes.entries(description.get(group)).items():
                tensor = set_.get(name) or layer_attributes.tensor(machine, module, name, wire)
                if isinstance(tensor, TensorV):
                    found[name] = tensor
    return {**found, **set_}


def named_tensors(
    machine: Machine, instance: InstanceV, group: str
) -> list[tuple[str, TensorV]] | Unknown:
    """All parameters or buffers by dotted name; unknown if anything in the module is."""
    found: list[tuple[str, TensorV]] = []
    seen: set[int] = set()
    for prefix, module in modules(instance):
        open_ = _open(machine, module)
        if open_ is not None:
            return open_
        for name, tensor in own_tensors(machine, module, group).items():
            if id(tensor) not in seen:
                seen.add(id(tensor))
                found.append((f"{prefix}.{name}" if prefix else name, tensor))
    return found


def _open(machine: Machine, module: InstanceV) -> Unknown | None:
    """Why it is not known what one module holds; None if it is."""
    for value in module.slots.values():
        if isinstance(value, Unknown):
            return Unknown(value.reason)
        if isinstance(value, Alternatives):
            return machine.unknown("which layers this module has is not known")
    return None


def state_tensors(
    machine: Machine, module: InstanceV, prefix: str = "", above: tuple[InstanceV, ...] = ()
) -> list[tuple[str, TensorV]] | Unknown:
    """What `state_dict` holds, in its order: each module's parameters, lasting buffers, submodules.

    Unlike `named_parameters`, it has what is shared under every one of its names.
    """
    open_ = _open(machine, module)
    if open_ is not None:
        return open_
    passing = module.slots.get("$passing", ())
    own = {
        **own_tensors(machine, module, "parameters"),
        **own_tensors(machine, module, "buffers"),
    }
    found = [(prefix + name, tensor) for name, tensor in own.items() if name not in passing]
    for name, child in children(module).items():
        if all(child is not one for one in (*above, module)):
            below = state_tensors(machine, child, f"{prefix}{name}.", (*above, module))
            if isinstance(below, Unknown):
                return below
            found += below
    return found


def weights_of(machine: Machine, instance: InstanceV) -> int | None:
    """How many learnable numbers a module has, None where that is not known."""
    found = named_tensors(machine, instance, "parameters")
    if isinstance(found, Unknown):
        return None
    total = 0
    for _, tensor in found:
        size = dims.product(tensor.sig.shape) if tensor.sig.shape is not None else "?"
        if not isinstance(size, int):
            return None
        total += size
    return total


def _receiver(call: Call) -> InstanceV:
    receiver = call.args[0]
    assert isinstance(receiver, InstanceV)
    return receiver


@method(MODULE, "__init__")
def init(call: Call) -> Value:
    """`super().__init__()`."""
    module = _receiver(call)
    call.machine.trail.set(module.slots, "$training", True)
    call.machine.trail.set(module.slots, "$initialised", True)
    return NONE


@model(MODULE)
def construct(call: Call) -> Value:
    """`nn.Module()` itself."""
    from ..values.model import Library

    instance = InstanceV(Library(MODULE), call.origin)
    instance.slots["$training"] = True
    return instance


@method(MODULE, "parameters", "buffers")
def parameters(call: Call) -> Value:
    """An iterator over all parameters."""
    group = call.name.rpartition(".")[2]
    found = named_tensors(call.machine, _receiver(call), group)
    if isinstance(found, Unknown):
        return IteratorV(Items((), found))
    return IteratorV(Items(tuple(tensor for _, tensor in found)))


@method(MODULE, "named_parameters", "named_buffers")
def named_parameters(call: Call) -> Value:
    """An iterator over (name, parameter)."""
    group = "parameters" if call.name.endswith("parameters") else "buffers"
    found = named_tensors(call.machine, _receiver(call), group)
    if isinstance(found, Unknown):
        return IteratorV(Items((), TupleV((found, found))))
    return IteratorV(Items(tuple(TupleV((Const(name), tensor)) for name, tensor in found)))


@method(MODULE, "children", "named_children", "modules", "named_modules")
def submodules(call: Call) -> Value:
    """Iterators over submodules, with or without names."""
    module, name = _receiver(call), call.name.rpartition(".")[2]
    pairs: list[tuple[str, InstanceV]]
    if "children" in name:
        pairs = list(children(module).items())
    else:
        pairs = list(modules(module))
    if name.startswith("named_"):
        return IteratorV(Items(tuple(TupleV((Const(key), value)) for key, value in pairs)))
    return IteratorV(Items(tuple(value for _, value in pairs)))


@method(MODULE, "state_dict")
def state_dict(call: Call) -> Value:
    """All parameters and buffers by dotted name, detached."""
    module = _receiver(call)
    found = state_tensors(call.machine, module)
    if WRAPPED in module.slots:
        found = call.machine.unknown("which keys a dict has is not known")
    if isinstance(found, Unknown):
        return DictV({}, found)
    items: dict[str, Value] = {}
    for name, tensor in found:
        sig = tensor.sig._replace(requires_grad=False, parameter=False, value=None)
        items[name] = TensorV(sig, tensor.origin)
    return DictV(items, type_name="OrderedDict")


@method(MODULE, "load_state_dict")
def load_state_dict(call: Call) -> Value:
    """Whether what is loaded fits, where it is known: what a file holds is not."""
    module, loaded = _receiver(call), call.argument(1, "state_dict")
    error = _does_not_fit(call, module, loaded)
    if error is not None:
        return failures.report(call, error, "call")
    return Plain(("opaque", "_IncompatibleKeys"))


def _does_not_fit(call: Call, module: InstanceV, loaded: Value | None) -> Error | None:
    """The error of `load_state_dict`, in the words of torch."""
    own = state_dict(call)
    if not isinstance(loaded, DictV) or not isinstance(own, DictV):
        return None
    if loaded.slots["rest"] is not None or own.slots["rest"] is not None:
        return None
    mine, saved = _shapes(own), _shapes(loaded)
    if mine is None or saved is None:
        return None
    said: list[str] = []
    strict = call.argument(2, "strict")
    if strict in (None, Const(True)):
        for what, names in (
            ("Missing", [name for name in mine if name not in saved]),
            ("Unexpected", [name for name in saved if name not in mine]),
        ):
            if names:
                quoted = ", ".join(f'"{name}"' for name in names)
                said.append(f"{what} key(s) in state_dict: {quoted}. ")
    for name, shape in mine.items():
        other = saved.get(name)
        if other is not None and other != shape:
            said.append(
                f"size mismatch for {name}: copying a param with shape torch.Size({list(other)}) "
                f"from checkpoint, the shape in current model is torch.Size({list(shape)})."
            )
    if not said:
        return None
    lines = "".join(f"\n\t{line}" for line in said)
    return Error("RuntimeError", f"Error(s) in loading state_dict for {module.class_name}:{lines}")


def _shapes(state: DictV) -> dict[str, tuple[int, ...]] | None:
    """The sizes of what a state holds; None where they are not all known."""
    found: dict[str, tuple[int, ...]] = {}
    for name, value in state.slots["items"].items():
        shape = value.sig.shape if isinstance(value, TensorV) else None
        if shape is None or any(not isinstance(size, int) for size in shape):
            return None
        found[str(name)] = tuple(int(size) for size in shape)
    return found


@method(MODULE, "train", "eval")
def train(call: Call) -> Value:
    """Switches Dropout and BatchNorm, in the module and all below it."""
    module = _receiver(call)
    mode = call.argument(1, "mode")
    training: object = call.name.endswith("train")
    if training and isinstance(mode, Const):
        training = bool(mode.value)
    for _, child in modules(module):
        call.machine.trail.set(child.slots, "$training", training)
    return module


@method(MODULE, "requires_grad_")
def requires_grad_(call: Call) -> Value:
    """Freezes or thaws all parameters."""
    module = _receiver(call)
    wanted = call.argument(1, "requires_grad") != Const(False)
    trail = call.machine.trail
    for _, child in modules(module):
        trail.set(child.slots, "$frozen", not wanted)
        for tensor in own_tensors(call.machine, child, "parameters").values():
            trail.set(tensor.slots, "sig", tensor.sig._replace(requires_grad=wanted))
    return module


@method(MODULE, "to")
def to(call: Call) -> Value:
    """Moves and converts in place, unlike a tensor's `to`."""
    module = _receiver(call)
    values = [*call.args[1:], *call.kwargs.values()]
    look("to device", call, module)
    for value in values:
        refused = devices_.refused(call, value)
        if refused is not None:
            return refused
        if isinstance(value, DtypeV):
            _convert(call.machine, module, value.name)
        elif isinstance(value, TensorV):
            _move(call.machine, module, value.sig.device)
            if value.sig.dtype is not None:
                _convert(call.machine, module, value.sig.dtype)
        elif isinstance(value, (DeviceV, Unknown, Const)):
            if not isinstance(value, Const) or isinstance(value.value, (str, int)):
                _move(call.machine, module, devices.named(value, "cpu"))
        else:
            _move(call.machine, module, None)
    return module


@method(MODULE, "cuda", "cpu")
def cuda(call: Call) -> Value:
    """`model.cuda()`, `model.cpu()`."""
    module = _receiver(call)
    look(call.name.rpartition(".")[2], call, module)
    place = "cpu" if call.name.endswith("cpu") else "cuda:0"
    device = call.argument(1, "device")
    if device is not None:
        _move(call.machine, module, devices.named(device, place))
    else:
        _move(call.machine, module, place)
    return module


_DTYPES = {"double": "float64", "float": "float32", "half": "float16", "bfloat16": "bfloat16"}


@method(MODULE, *_DTYPES)
def convert(call: Call) -> Value:
    """`model.double()` and its kin."""
    module = _receiver(call)
    _convert(call.machine, module, _DTYPES[call.name.rpartition(".")[2]])
    return module


def _move(machine: Machine, module: InstanceV, place: str | None) -> None:
    for _, child in modules(module):
        machine.trail.set(child.slots, "$device", place)
        for tensor in _all_tensors(child):
            machine.trail.set(tensor.slots, "sig", tensor.sig._replace(device=place))


def _convert(machine: Machine, module: InstanceV, dtype: str) -> None:
    for _, child in modules(module):
        machine.trail.set(child.slots, "$dtype", dtype)
        for tensor in _all_tensors(child):
            if tensor.sig.dtype and tensor.sig.dtype.startswith(("float", "bfloat")):
                machine.trail.set(tensor.slots, "sig", tensor.sig._replace(dtype=dtype))


def _all_tensors(module: InstanceV) -> list[TensorV]:
    kept = module.slots.get("$buffers", ())
    own = [
        value
        for name, value in module.slots.items()
        if isinstance(value, TensorV) and (value.sig.parameter or name in kept)
    ]
    return own + [tensor for tensor, _ in module.slots.get("$tensors", {}).values()]


@method(MODULE, "apply")
def apply(call: Call) -> Value:
    """Calls a function on every submodule and on the module."""
    from ..interpreter.functions import call_value

    module, function = _receiver(call), call.argument(1, "fn")
    if function is not None:
        for _, child in reversed(list(modules(module))):
            inner = Call(call.machine, call.node, "apply", [child], nodes=[None])
            call_value(inner, function)
    return module


@method(MODULE, "register_buffer")
def register_buffer(call: Call) -> Value:
    """A tensor that belongs to the module and is no parameter."""
    module, name, value = _receiver(call), call.argument(1, "name"), call.argument(2, "tensor")
    if isinstance(name, Const) and isinstance(name.value, str) and value is not None:
        trail = call.machine.trail
        trail.set(module.slots, name.value, value)
        trail.set(module.slots, "$buffers", (*module.slots.get("$buffers", ()), name.value))
        if call.argument(3, "persistent") == Const(False):
            trail.set(module.slots, "$passing", (*module.slots.get("$passing", ()), name.value))
    return NONE


@method(MODULE, "register_parameter", "add_module", "register_module")
def register(call: Call) -> Value:
    """The same as setting the attribute."""
    module, name, value = _receiver(call), call.args[1], call.args[-1]
    if isinstance(name, Const) and isinstance(name.value, str):
        call.machine.trail.set(module.slots, name.value, value)
    return NONE


@method(MODULE, "zero_grad")
def zero_grad(call: Call) -> Value:
    """Gradients become None."""
    for _, module in modules(_receiver(call)):
        call.machine.trail.set(module.slots, "$has_grad", False)
        for tensor in _all_tensors(module):
            call.machine.trail.set(tensor.slots, "grad", NONE)
    return NONE


@method(MODULE, "share_memory", "extra_repr")
def nothing(call: Call) -> Value:
    """Nothing that is tracked depends on it."""
    return NONE


@method(MODULE, "get_parameter", "get_buffer")
def get_tensor(call: Call) -> Value:
    """A parameter or buffer by dotted name."""
    name, group = call.argument(1, "target"), call.name.rpartition(".")[2].removeprefix("get_")
    found = named_tensors(call.machine, _receiver(call), f"{group}s")
    if isinstance(found, Unknown):
        return found
    tensor = dict(found).get(str(name.value)) if isinstance(name, Const) else None
    return tensor or call.machine.unknown("which submodule this is is not known")


@method(MODULE, "get_submodule")
def get_submodule(call: Call) -> Value:
    """A submodule by dotted name."""
    name = call.argument(1, "target")
    found = dict(modules(_receiver(call)))
    if isinstance(name, Const) and name.value in found:
        return found[name.value]
    return call.machine.unknown("which submodule this is is not known")


@method(MODULE, "forward", "__call__")
def forward(call: Call) -> Value:
    """A module without a `forward` cannot be called; torch's own layers can."""
    from ..interpreter.ask import forward as ask_forward

    module = _receiver(call)
    if module.slots.get("$layer") is not None:
        inner = Call(
            call.machine,
            call.node,
            call.name,
            call.args[1:],
            call.kwargs,
            call.nodes[1:],
            call.keyword_nodes,
            call.incomplete,
        )
        return ask_forward(inner, module)
    if "$unknown" in module.slots:
        reason: Value = module.slots["$unknown"]
        return reason
    if module.origin is None:
        return call.machine.unknown(
            "what calling `{name}` gives is not known", name=module.class_name
        )
    error = Error(
        "NotImplementedError",
        f'Module [{module.class_name}] is missing the required "forward" function',
    )
    return failures.report(call, error, "python")
