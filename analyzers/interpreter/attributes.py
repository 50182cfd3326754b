"""Attributes: reading, setting, and the protocols built on them."""

from __future__ import annotations

import ast

from ...runtime.oracle.wire import Error
from ..facts import text
from ..models import registry
from ..values.model import (
    Alternatives,
    BoundMethod,
    ClassV,
    Const,
    Descriptor,
    DeviceV,
    DictV,
    DtypeV,
    EnumMember,
    FunctionV,
    Hole,
    InstanceV,
    Items,
    IteratorV,
    Library,
    ListV,
    ModuleV,
    Native,
    Scalar,
    SetV,
    SuperV,
    SymInt,
    TensorV,
    TupleV,
    Unknown,
    Value,
)
from . import checks, enums, escapes, failures, gradients, holes, layer_attributes, libraries
from .ask import ask, describe
from .call import Call
from .machine import Machine


def get_attribute(machine: Machine, node: ast.expr, owner: Value, name: str) -> Value:
    """The value of `owner.name`."""
    if isinstance(owner, Unknown):
        return holes.attribute(machine, node, owner, name) if type(owner) is Hole else owner
    if isinstance(owner, TensorV):
        from ..models import tensor_attributes

        return tensor_attributes.get(machine, node, owner, name)
    if isinstance(owner, InstanceV):
        return _instance_attribute(machine, node, owner, name)
    if isinstance(owner, Library):
        return libraries.member(machine, node, owner.name, name)
    if isinstance(owner, Alternatives):
        return _of_alternatives(machine, node, owner, name)
    if isinstance(owner, Const) and gradients.not_there_yet(machine, node):
        error = Error("AttributeError", f"'NoneType' object has no attribute '{name}'")
        inner = node.value if isinstance(node, ast.Attribute) else None
        call = Call(machine, node, "attribute of a gradient", [owner], nodes=[inner])
        return failures.report(call, error, "attribute")
    if isinstance(owner, ModuleV):
        found: Value | None = owner.scope.slots.get(name)
        return found or machine.unknown("`{module}` has no `{name}`", module=owner.name, name=name)
    if isinstance(owner, ClassV):
        return _class_attribute(machine, owner, name)
    if isinstance(owner, SuperV):
        return _super_attribute(machine, node, owner, name)
    if isinstance(owner, EnumMember):
        own = enums.attribute(machine, node, owner, name)
        if own is not None:
            return own
    if isinstance(owner, TupleV) and owner.cls is not None and name not in owner.names:
        for entry in owner.cls.mro:
            if isinstance(entry, ClassV) and name in entry.slots:
                return bind_descriptor(machine, node, owner, entry.slots[name])
    if isinstance(owner, (ListV, DictV, SetV, IteratorV, TupleV, Const, Scalar, SymInt)):
        from ..models import python_methods

        return python_methods.get(machine, owner, name)
    if isinstance(owner, DeviceV):
        return _device_attribute(owner, name)
    if isinstance(owner, DtypeV):
        return ask(Call(machine, node, name, [owner], nodes=[None]), "attribute")
    if isinstance(owner, FunctionV):
        if name == "__name__":
            return Const(owner.name)
        value = owner.slots.get(name)
        if isinstance(value, Value):
            return value
    return machine.unknown("the attribute `{name}` of this object is not known", name=name)


def _of_alternatives(machine: Machine, node: ast.expr, owner: Alternatives, name: str) -> Value:
    options = [option for option in owner.options if not _lacks(option, name)]
    results = [get_attribute(machine, node, option, name) for option in options or owner.options]
    from ..values.model import BoundLibrary

    names = {result.name for result in results if isinstance(result, BoundLibrary)}
    if len(names) == 1 and all(isinstance(result, BoundLibrary) for result in results):
        return BoundLibrary(
            options[0] if len(options) == 1 else Alternatives(tuple(options)), names.pop()
        )
    joined = results[0]
    for result in results[1:]:
        joined = machine.joiner.join(joined, result)
    return joined


def _lacks(option: Value, name: str) -> bool:
    """`None` lacks all attributes: a program that reads one has ruled it out."""
    return isinstance(option, Const) and option.value is None


def _device_attribute(owner: DeviceV, name: str) -> Value:
    kind, _, index = owner.name.partition(":")
    if name == "type":
        return Const(kind)
    if name == "index":
        return Const(int(index)) if index else Const(None)
    return Unknown(text("the attribute `{name}` of this object is not known", name=name))


def _class_attribute(machine: Machine, owner: ClassV, name: str) -> Value:
    if name == "__name__":
        return Const(owner.name)
    if name == "apply" and "torch.autograd.Function" in owner.library_bases():
        from ..models.autograd import apply_function

        return Native(name, lambda call: apply_function(call, owner))
    for cls in owner.mro:
        if isinstance(cls, ClassV) and name in cls.slots:
            value: Value = cls.slots[name]
            if isinstance(value, Descriptor):
                if value.kind == "classmethod":
                    return BoundMethod(owner, value.function)
                return value.function
            return value
        if isinstance(cls, Library):
            return libraries.member(machine, owner.node.bases[0], cls.name, name)
    return machine.unknown("the class `{owner}` has no `{name}`", owner=owner.name, name=name)


def _super_attribute(machine: Machine, node: ast.expr, owner: SuperV, name: str) -> Value:
    receiver = owner.receiver
    cls = receiver.cls if isinstance(receiver, InstanceV) else receiver
    mro = cls.mro if isinstance(cls, ClassV) else ()
    behind = mro[mro.index(owner.after) + 1 :] if owner.after in mro else ()
    return _look_up(machine, node, receiver, behind, name)


def _look_up(
    machine: Machine,
    node: ast.expr,
    receiver: Value,
    mro: tuple[ClassV | Library, ...],
    name: str,
) -> Value:
    for cls in mro:
        if isinstance(cls, ClassV):
            if name in cls.slots:
                return bind_descriptor(machine, node, receiver, cls.slots[name])
        elif isinstance(receiver, InstanceV):
            found = library_attribute(machine, receiver, cls.name, name)
            if found is not None:
                return found
    if name == "__init__":
        return Native("object.__init__", lambda call: Const(None))
    return machine.unknown("the attribute `{name}` of this object is not known", name=name)


def bind_descriptor(machine: Machine, node: ast.expr, receiver: Value, value: Value) -> Value:
    """What reading a class attribute through an instance gives."""
    if isinstance(value, FunctionV):
        return BoundMethod(receiver, value)
    if isinstance(value, Descriptor):
        if value.kind == "property":
            from .functions import call_value

            return call_value(
                Call(machine, node, "property", [receiver], nodes=[None]), value.function
            )
        if value.kind == "classmethod" and isinstance(receiver, InstanceV):
            return BoundMethod(receiver.cls, value.function)
        return value.function
    return value


def _instance_attribute(machine: Machine, node: ast.expr, owner: InstanceV, name: str) -> Value:
    if name in owner.slots:
        value: Value = owner.slots[name]
        return value
    if name == "module" and owner.slots.get("$wrapped"):
        return owner
    if name == "__class__":
        return owner.cls
    if name == "__dict__":
        return _namespace(machine, owner)
    if name == "training" and "$training" in owner.slots:
        training = owner.slots["$training"]
        return Const(training) if isinstance(training, bool) else Scalar("bool")
    mro = owner.cls.mro if isinstance(owner.cls, ClassV) else (owner.cls,)
    found = _look_up(machine, node, owner, mro, name)
    if isinstance(found, Unknown):
        getter = find_method(owner, "__getattr__")
        if getter is not None:
            return call_method(machine, node, owner, "__getattr__", [Const(name)])
        if "$unknown" in owner.slots:
            reason: Value = owner.slots["$unknown"]
            return reason
    return found


def _namespace(machine: Machine, owner: InstanceV) -> Value:
    """`vars(x)`: a program that reads it may change any attribute through it."""
    plain = {
        key: value
        for key, value in owner.slots.items()
        if not key.startswith("$") and isinstance(value, (Const, Scalar, SymInt))
    }
    for key in plain:
        reason = machine.unknown("`__dict__` may have changed the attribute `{name}`", name=key)
        machine.trail.set(owner.slots, key, reason)
    return DictV(dict(plain), machine.unknown("`__dict__` may have changed any attribute"))


def library_attribute(
    machine: Machine, instance: InstanceV, class_name: str, name: str
) -> Value | None:
    """A method or attribute that an instance has from a library class."""
    layer = class_name not in _MODEL_BASES and libraries.is_layer(machine, class_name)
    for base in libraries.bases_of(machine, class_name):
        if layer and name == "__init__" and base == "torch.nn.Module":
            # A subclass of one of torch's own layers: its constructor makes the layer.
            return Native(name, lambda call: libraries.init_layer(call, instance, class_name))
        for key in (base, _public(base)):
            found = registry.method_model(key, name)
            if found is not None:
                return libraries.bound(instance, found, f"{key}.{name}")
    if instance.slots.get("$layer") is not None:
        return layer_attributes.get(machine, instance, name)
    return None


def model_of(machine: Machine, instance: InstanceV, name: str) -> Native | None:
    """The model of a method that an instance has from a library class."""
    for cls in instance.cls.mro if isinstance(instance.cls, ClassV) else (instance.cls,):
        if isinstance(cls, Library):
            for base in libraries.bases_of(machine, cls.name):
                for key in (base, _public(base)):
                    found = registry.method_model(key, name)
                    if found is not None:
                        return libraries.bound(instance, found, f"{key}.{name}")
    return None


_MODEL_BASES = ("torch.nn.Module",)


def _public(name: str) -> str:
    """`torch.optim.optimizer.Optimizer` is known as `torch.optim.Optimizer`."""
    parts = name.split(".")
    kept = [part for part in parts[:-1] if not part.startswith("_")]
    for short in ("torch.nn", "torch.optim.lr_scheduler", "torch.optim", "torch.utils.data"):
        if ".".join(kept).startswith(short):
            return f"{short}.{parts[-1]}"
    return name


def set_attribute(machine: Machine, node: ast.Attribute, owner: Value, value: Value) -> None:
    """`owner.name = value`."""
    name = node.attr
    if isinstance(owner, TensorV):
        from ..models import tensor_attributes

        tensor_attributes.set(machine, owner, name, value)
    elif isinstance(owner, InstanceV):
        setter = find_method(owner, "__setattr__")
        if setter is not None:
            return
        if _refused(machine, node, owner, value):
            return
        if owner.slots.get("$layer") is not None and _is_override(machine, owner, name, value):
            overrides = {**owner.slots.get("$overrides", {}), name: value}
            machine.trail.set(owner.slots, "$overrides", overrides)
        descriptor = find_method(owner, name)
        if isinstance(descriptor, Descriptor) and descriptor.setter is not None:
            call_setter(machine, node, owner, descriptor.setter, value)
            return
        if name in owner.slots.get("$shared", ()):
            escapes.share(machine, value)
        machine.trail.set(owner.slots, name, value)
    elif isinstance(owner, (ClassV, FunctionV)):
        machine.trail.set(owner.slots, name, value)
    elif isinstance(owner, ModuleV):
        machine.trail.set(owner.scope.slots, name, value)
    elif isinstance(owner, Alternatives):
        for option in owner.options:
            set_attribute(machine, node, option, value)


def call_setter(
    machine: Machine, node: ast.expr, owner: InstanceV, setter: Value, value: Value
) -> None:
    """Assigns to a property."""
    from .functions import call_value

    call_value(Call(machine, node, "property", [owner, value], nodes=[None, None]), setter)


def _is_override(machine: Machine, owner: InstanceV, name: str, value: Value) -> bool:
    if isinstance(value, TensorV):
        return True
    is_none = isinstance(value, Const) and value.value is None
    return is_none and name in layer_attributes.entries(
        _description(machine, owner).get("parameters")
    )


def _refused(machine: Machine, node: ast.Attribute, owner: InstanceV, value: Value) -> bool:
    """What `nn.Module.__setattr__` refuses, which is reported.

    https://docs.pytorch.org/docs/2.13/generated/torch.nn.Module.html
    """
    if "$module" in owner.slots and _forgets_init(owner):
        is_parameter = isinstance(value, TensorV) and value.sig.parameter
        if is_parameter or (isinstance(value, InstanceV) and "$training" in value.slots):
            what = "parameters" if is_parameter else "module"
            error = Error("AttributeError", f"cannot assign {what} before Module.__init__() call")
            call = Call(machine, node, "setattr", [owner, value], nodes=[node.value, None])
            failures.report(call, error, "python")
            return True
    layer = owner.slots.get("$layer")
    if isinstance(layer, tuple) and isinstance(value, TensorV) and not value.sig.parameter:
        known = layer_attributes.entries(_description(machine, owner).get("parameters"))
        if node.attr in known and not value.sig.numpy:
            kind = _TENSOR_TYPES.get(value.sig.dtype or "", "torch.Tensor")
            error = Error(
                "TypeError",
                f"cannot assign '{kind}' as parameter '{node.attr}' "
                "(torch.nn.Parameter or None expected)",
            )
            call = Call(machine, node, "setattr", [owner, value], nodes=[node.value, None])
            failures.report(call, error, "python")
            return True
    return False


def _forgets_init(owner: InstanceV) -> bool:
    """Whether nothing in the constructor of a learner's module can have called the base's."""
    if "$initialised" in owner.slots or not isinstance(owner.cls, ClassV):
        return False
    init = find_method(owner, "__init__")
    return isinstance(init, FunctionV) and not any(
        isinstance(node, ast.Attribute) and node.attr == "__init__" for node in ast.walk(init.node)
    )


_TENSOR_TYPES = {
    "float32": "torch.FloatTensor",
    "float64": "torch.DoubleTensor",
    "int64": "torch.LongTensor",
    "int32": "torch.IntTensor",
    "bool": "torch.BoolTensor",
    "uint8": "torch.ByteTensor",
    "float16": "torch.HalfTensor",
}


def _description(machine: Machine, owner: InstanceV) -> dict[str, object]:
    description = describe(machine, owner)
    return {} if isinstance(description, Unknown) else description


def find_method(instance: InstanceV, name: str) -> Value | None:
    """A method that the learner's classes define for an instance."""
    if not isinstance(instance.cls, ClassV):
        return None
    for cls in instance.cls.mro:
        if isinstance(cls, ClassV) and name in cls.slots:
            found: Value = cls.slots[name]
            return found
    return None


def call_method(
    machine: Machine, node: ast.expr, instance: InstanceV, name: str, args: list[Value]
) -> Value:
    """Calls a learner's method on an instance."""
    from .functions import call_value

    found = find_method(instance, name)
    if found is None:
        return machine.unknown("the attribute `{name}` of this object is not known", name=name)
    method = bind_descriptor(machine, node, instance, found)
    return call_value(Call(machine, node, name, list(args), nodes=[None] * len(args)), method)


def call_instance(call: Call, instance: InstanceV) -> Value:
    """`instance(...)`: `__call__`, or `forward` for a module."""
    from .functions import call_value

    machine = call.machine
    if "$training" in instance.slots and not machine.modes.grad:
        checks.evaluated(call, instance)
    for name in ("__call__", "forward"):
        found = find_method(instance, name)
        if found is not None:
            return call_value(call, bind_descriptor(machine, call.node, instance, found))
    for cls in instance.cls.mro if isinstance(instance.cls, ClassV) else (instance.cls,):
        if isinstance(cls, Library):
            method = library_attribute(machine, instance, cls.name, "__call__")
            if method is None or isinstance(method, Unknown):
                method = library_attribute(machine, instance, cls.name, "forward")
            if method is not None:
                return call_value(call, method)
    return machine.unknown("what calling `{name}` gives is not known", name=instance.class_name)


def iterate_instance(machine: Machine, call: Call, instance: InstanceV) -> Items:
    """The elements of an instance: `__iter__`, `__getitem__`, or a library's model."""
    from .iteration import iterate

    if find_method(instance, "__iter__") is not None:
        value = call_method(machine, call.node, instance, "__iter__", [])
        if value is instance and find_method(instance, "__next__") is not None:
            return Items((), _any_next(machine, call, instance))
        return iterate(machine, call, value)
    for cls in instance.cls.mro if isinstance(instance.cls, ClassV) else (instance.cls,):
        if isinstance(cls, Library):
            method = library_attribute(machine, instance, cls.name, "__iter__")
            if method is not None and not isinstance(method, Unknown):
                from .functions import call_value

                return iterate(machine, call, call_value(_bare(call), method))
    if find_method(instance, "__getitem__") is not None:
        from ..models.data_items import either, samples

        some = samples(call, instance)
        return Items(some[:1], either(call, some))
    return Items((), machine.unknown("the elements of this object are not known"))


def _any_next(machine: Machine, call: Call, instance: InstanceV) -> Value:
    """What `__next__` gives each time: it is run twice, and how often is not known."""
    from ..models.data_items import either
    from .changes import forget_changing_attributes

    items = [call_method(machine, call.node, instance, "__next__", [])]
    machine.quiet += 1
    try:
        items.append(call_method(machine, call.node, instance, "__next__", []))
    finally:
        machine.quiet -= 1
    forget_changing_attributes(machine, instance)
    return either(call, tuple(items))


def _bare(call: Call) -> Call:
    return Call(call.machine, call.node, call.name)


def instance_item(machine: Machine, node: ast.Subscript, instance: InstanceV, key: Value) -> Value:
    """`instance[key]`."""
    from .functions import call_value

    if find_method(instance, "__getitem__") is not None:
        return call_method(machine, node, instance, "__getitem__", [key])
    for cls in instance.cls.mro if isinstance(instance.cls, ClassV) else (instance.cls,):
        if isinstance(cls, Library):
            method = library_attribute(machine, instance, cls.name, "__getitem__")
            if method is not None and not isinstance(method, Unknown):
                return call_value(Call(machine, node, "getitem", [key], nodes=[node.slice]), method)
    return machine.unknown("an element of this object is not known")


def set_instance_item(
    machine: Machine, node: ast.Subscript, instance: InstanceV, key: Value, value: Value
) -> None:
    """`instance[key] = value`."""
    from .functions import call_value

    if find_method(instance, "__setitem__") is not None:
        call_method(machine, node, instance, "__setitem__", [key, value])
        return
    for cls in instance.cls.mro if isinstance(instance.cls, ClassV) else (instance.cls,):
        if isinstance(cls, Library):
            method = library_attribute(machine, instance, cls.name, "__setitem__")
            if isinstance(method, Native):
                call_value(Call(machine, node, "setitem", [key, value], nodes=[None, None]), method)


def delete_instance_item(
    machine: Machine, node: ast.Subscript, instance: InstanceV, key: Value
) -> None:
    """`del instance[key]`."""
    if find_method(instance, "__delitem__") is not None:
        call_method(machine, node, instance, "__delitem__", [key])
        return
    model = model_of(machine, instance, "__delitem__")
    if model is not None:
        model.run(Call(machine, node, "delitem", [key], nodes=[None]))


def truth_of_instance(machine: Machine, instance: InstanceV) -> bool | None:
    """Whether an instance counts as true: always, unless it has a length."""
    return None if find_method(instance, "__len__") or find_method(instance, "__bool__") else True
