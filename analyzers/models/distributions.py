"""`torch.distributions`: the shapes of samples, log-probabilities and entropies.

A distribution has a batch shape, of its parameters broadcast, and an event shape, of one draw;
https://docs.pytorch.org/docs/2.13/distributions.html
"""

from __future__ import annotations

from ...runtime.oracle.dims import Dim
from ..interpreter.ask import ask
from ..interpreter.call import Call
from ..interpreter.operators import dim_of, number_type
from ..values.model import (
    NONE,
    Const,
    InstanceV,
    Library,
    ListV,
    Sig,
    TensorV,
    TupleV,
    Unknown,
    Value,
)
from .registry import inherit, method, model

MODULE = "torch.distributions."
_BASE = MODULE + "distribution.Distribution"

_PARAMETERS = {
    "Bernoulli": ("probs", "logits"),
    "Beta": ("concentration1", "concentration0"),
    "Categorical": ("probs", "logits"),
    "Cauchy": ("loc", "scale"),
    "Dirichlet": ("concentration",),
    "Exponential": ("rate",),
    "Gamma": ("concentration", "rate"),
    "Geometric": ("probs", "logits"),
    "Laplace": ("loc", "scale"),
    "LogNormal": ("loc", "scale"),
    "MultivariateNormal": ("loc",),
    "Normal": ("loc", "scale"),
    "OneHotCategorical": ("probs", "logits"),
    "Poisson": ("rate",),
    "StudentT": ("df",),
    "Uniform": ("low", "high"),
}
_LAST_IS_EVENT = ("Dirichlet", "MultivariateNormal", "OneHotCategorical")


def _constructor(call: Call) -> Value:
    """A distribution: its parameters, `$base` (of the batch shape) and `$event`."""
    name = call.name.rpartition(".")[2]
    instance = InstanceV(Library(MODULE + name), call.origin)
    names = _PARAMETERS[name]
    given = [(key, call.argument(index, key)) for index, key in enumerate(names)]
    values = [(key, value) for key, value in given if value is not None and value != NONE]
    if call.incomplete is not None or not values:
        return call.incomplete or _not_followed(call)
    instance.slots.update(values)
    if "logits" in names:
        instance.slots.update(dict.fromkeys(names, values[0][1]))
    base = values[0][1]
    for _, value in values[1:]:
        base = ask(Call(call.machine, call.node, "operator.add", [base, value], nodes=[None, None]))
    if all(number_type(value) is not None for _, value in values):
        base = TensorV(Sig((), call.machine.modes.default_dtype), call.origin)
    event: tuple[Dim, ...] = ()
    if name in ("Categorical", *_LAST_IS_EVENT):
        if name != "Categorical" and isinstance(base, TensorV) and base.sig.shape:
            event = base.sig.shape[-1:]
        base = ask(Call(call.machine, call.node, "torch.Tensor.sum", [base, Const(-1)]))
    if not isinstance(base, TensorV):
        return base if isinstance(base, Unknown) else _not_followed(call)
    if name != "Categorical" and base.sig.shape is not None:
        # Which of the parameters it depends on differs from one to the other.
        grad = None if base.sig.requires_grad else base.sig.requires_grad
        sig = base.sig._replace(shape=(*base.sig.shape, *event), requires_grad=grad, value=None)
        for moment in ("mean", "stddev", "variance"):
            instance.slots.setdefault(moment, TensorV(sig, call.origin))
    instance.slots.update({"$base": base, "$event": event, "$integer": name == "Categorical"})
    return instance


for _name in _PARAMETERS:
    model(MODULE + _name, f"{MODULE}{_name.lower()}.{_name}")(_constructor)


def _base_of(call: Call) -> TensorV | None:
    receiver = call.args[0]
    base = receiver.slots.get("$base") if isinstance(receiver, InstanceV) else None
    return base if isinstance(base, TensorV) else None


def _not_followed(call: Call) -> Unknown:
    return call.machine.unknown("`{name}` is not followed", name=call.name)


def _drawn(call: Call, grad: bool) -> Value:
    base = _base_of(call)
    given = call.argument(1, "sample_shape") or TupleV(())
    items = given.items.items if isinstance(given, ListV) else getattr(given, "items", None)
    if base is None or base.sig.shape is None or not isinstance(items, tuple):
        return _not_followed(call)
    sizes = [dim_of(item) for item in items]
    receiver = call.args[0]
    assert isinstance(receiver, InstanceV)
    if None in sizes:
        return _not_followed(call)
    grad = grad and bool(base.sig.requires_grad)
    sig = base.sig._replace(
        shape=(*sizes, *base.sig.shape, *receiver.slots["$event"]),
        dtype="int64" if receiver.slots["$integer"] else base.sig.dtype,
        requires_grad=grad,
        leaf=not grad,
        parameter=False,
        stride=None,
        value=None,
    )
    return TensorV(sig, call.origin, (base,) if grad else ())


@method(_BASE, "sample")
def sample(call: Call) -> Value:
    """Draws; no gradient flows through them."""
    return _drawn(call, False)


@method(_BASE, "rsample")
def rsample(call: Call) -> Value:
    """Draws that depend on the parameters."""
    return _drawn(call, True)


@method(_BASE, "log_prob")
def log_prob(call: Call) -> Value:
    """One number for each event: the value's batch and the distribution's, broadcast."""
    base, value, receiver = _base_of(call), call.argument(1, "value"), call.args[0]
    if base is None or value is None or not isinstance(receiver, InstanceV):
        return _not_followed(call)
    if receiver.slots["$event"]:
        value = ask(Call(call.machine, call.node, "torch.Tensor.sum", [value, Const(-1)]))
    return ask(Call(call.machine, call.node, "operator.add", [value, base], nodes=[None, None]))


@method(_BASE, "entropy")
def entropy(call: Call) -> Value:
    """One number for each distribution of the batch."""
    base = _base_of(call)
    if base is None:
        return _not_followed(call)
    return ask(Call(call.machine, call.node, "operator.add", [base, base], nodes=[None, None]))


for _name in _PARAMETERS:
    inherit(MODULE + _name, _BASE)


@model(MODULE + "kl_divergence", MODULE + "kl.kl_divergence")
def kl_divergence(call: Call) -> Value:
    """One number for each pair of distributions."""
    bases: list[Value] = [
        value.slots["$base"]
        for value in call.args
        if isinstance(value, InstanceV) and "$base" in value.slots
    ]
    if len(bases) != 2:
        return _not_followed(call)
    return ask(Call(call.machine, call.node, "operator.add", bases, nodes=[None, None]))
