"""torch.nn layers: built from their wire values, kept, described."""

import contextlib
import inspect
import operator
from collections import OrderedDict
from typing import Any, Dict, List, Mapping, Optional, Tuple

from . import names
from .describe import Describer
from .wire import Wire

MAX_ELEMENTS = 4_000_000
"""A layer with more elements than this has no real parameters."""

_KEPT_ELEMENTS = 12_000_000
_KEPT_LAYERS = 512


class NotALayer(Exception):
    """The name is no class of torch.nn."""


class Large(Exception):
    """The layer has too many parameters to be built for real."""


class _Kept:
    """Built layers, the least recently used dropped first, bounded by their elements."""

    def __init__(self) -> None:
        self.layers: "OrderedDict[Any, Tuple[Any, int]]" = OrderedDict()
        self.elements = 0

    def get(self, key: Any) -> Any:
        found = self.layers.get(key)
        if found is None:
            return None
        self.layers.move_to_end(key)
        return found[0]

    def put(self, key: Any, layer: Any, elements: int) -> None:
        self.layers[key] = (layer, elements)
        self.elements += elements
        while self.elements > _KEPT_ELEMENTS or len(self.layers) > _KEPT_LAYERS:
            _, (_, dropped) = self.layers.popitem(last=False)
            self.elements -= dropped


_kept = _Kept()


def build(wire: Wire, bindings: Mapping[str, int], place: str) -> Any:
    """The layer that a wire value describes, with its parameters made as `Place` says.

    Raises:
        Large: it has more than `MAX_ELEMENTS` elements and they would be real.
        NotALayer: no class of torch.nn has that name.
        Exception: whatever its constructor raises.
    """
    key = (wire, place, tuple(sorted(bindings.items())) if _has_symbol(wire) else ())
    layer = _kept.get(key)
    if layer is not None:
        return layer
    layer = _construct(wire, bindings, place)
    torch = names.root("torch")
    tensors = _tensors(layer)
    if any(torch.nn.parameter.is_lazy(item) for item in tensors):
        # Lazy layers are filled in by their first call, so each call gets a new one.
        return layer
    real = place == "real"
    if real:
        with torch.no_grad():
            for item in layer.parameters():
                item.fill_(0.01)
    _kept.put(key, layer, 0 if not real else sum(item.numel() for item in tensors))
    return layer


def _tensors(layer: Any) -> List[Any]:
    return list(layer.parameters()) + list(layer.buffers())


def _construct(wire: Wire, bindings: Mapping[str, int], place: str) -> Any:
    from . import cost, watch
    from .materialise import Materialiser

    torch = names.root("torch")
    _, class_name, args, kwargs, state = wire
    training, dtype, overrides, frozen = state
    kind = layer_class(class_name)
    maker = Materialiser(bindings, place=place)
    made_args = maker.items(args, 0)
    made_kwargs = {name: maker.make(item, name) for name, item in kwargs}
    device = torch.device("meta") if place == "meta" else contextlib.nullcontext()
    try:
        with device, watch.Skeleton(place, MAX_ELEMENTS):
            layer = kind(*made_args, **made_kwargs)
    except cost.TooLarge as error:
        raise Large(str(error)) from error
    if dtype is not None:
        layer.to(getattr(torch, dtype))
    if not training:
        layer.eval()
    for name, item in overrides:
        _override(torch, layer, name, maker.make(item, name))
    if frozen:
        layer.requires_grad_(False)
    return layer


def _override(torch: Any, layer: Any, name: str, value: Any) -> None:
    owner_name, _, last = name.rpartition(".")
    owner = layer.get_submodule(owner_name) if owner_name else layer
    if last in owner._parameters and isinstance(value, torch.Tensor):
        if not isinstance(value, torch.nn.Parameter):
            value = torch.nn.Parameter(value.detach(), requires_grad=value.requires_grad)
        owner._parameters[last] = value
    elif last in owner._buffers and isinstance(value, torch.Tensor):
        owner._buffers[last] = value
    else:
        setattr(owner, last, value)


def layer_class(name: str) -> type:
    """The class of torch.nn with a dotted name.

    Raises:
        NotALayer: there is none.
    """
    try:
        found = names.find(name)
    except (names.NotFound, names.NotInstalled, names.Foreign) as error:
        raise NotALayer(name) from error
    torch = names.root("torch")
    if not (isinstance(found, type) and issubclass(found, torch.nn.Module)):
        raise NotALayer(name)
    if not found.__module__.startswith("torch.nn.modules"):
        raise NotALayer(name)
    return found


def _has_symbol(wire: Wire) -> bool:
    if not isinstance(wire, tuple) or not wire:
        return False
    if wire[0] in ("sym", "any"):
        return True
    if wire[0] == "tensor":
        return any(isinstance(dim, str) for dim in wire[1])
    return any(_has_symbol(item) for item in wire if isinstance(item, tuple))


def describe(wire: Wire, bindings: Mapping[str, int]) -> "Dict[str, Any]":
    """What the answer to "layer" says, as `wire` lists it (plain containers of wire values).

    Raises:
        NotALayer: no class of torch.nn has that name.
        Exception: whatever its constructor raises.
    """
    torch = names.root("torch")
    layer = build(wire, bindings, "meta")
    describer = Describer(values=False, exact=True)
    attributes: Dict[str, Wire] = {}
    for name, item in vars(layer).items():
        described = describer.describe(item)
        if not name.startswith("_") and not _holds(described, ("opaque", "tensor")):
            attributes[name] = described
    lazy = torch.nn.parameter.is_lazy
    return {
        "class": names.name_of(type(layer)) or wire[1],
        "attributes": attributes,
        "parameters": {
            name: describer.tensor(item)
            for name, item in layer.named_parameters()
            if not lazy(item)
        },
        "buffers": {
            name: describer.tensor(item) for name, item in layer.named_buffers() if not lazy(item)
        },
        "children": {
            name: ("none",) if child is None else specification(child, wire, name)
            for name, child in layer._modules.items()
        },
        "forward": forward_parameters(type(layer)),
    }


def _holds(wire: Wire, tags: Tuple[str, ...]) -> bool:
    if not isinstance(wire, tuple) or not wire:
        return False
    return wire[0] in tags or any(_holds(item, tags) for item in wire[1:])


def forward_parameters(kind: type) -> Tuple[str, ...]:
    """The names of the parameters of a layer's `forward`."""
    try:
        parameters = list(inspect.signature(kind.forward).parameters)  # type: ignore[attr-defined]
    except (ValueError, TypeError, AttributeError):
        return ()
    return tuple(parameters[1:])


_OF_TRANSFORMERS = {
    "d_model": "self_attn.embed_dim",
    "nhead": "self_attn.num_heads",
    "dim_feedforward": "linear1.out_features",
    "dropout": "dropout.p",
    "layer_norm_eps": "norm1.eps",
    "batch_first": "self_attn.batch_first",
    "bias": "linear1.bias",
}
_KEPT_AS = {
    "TransformerEncoderLayer": _OF_TRANSFORMERS,
    "TransformerDecoderLayer": _OF_TRANSFORMERS,
    "TransformerEncoder": {"encoder_layer": "layers.0"},
    "TransformerDecoder": {"decoder_layer": "layers.0"},
}
"""Where layers keep what their constructors got, if not under the same name."""


def specification(child: Any, parent: Optional[Wire] = None, name: str = "") -> Wire:
    """A wire value that builds a layer like this one; `("opaque", class)` if none is found.

    The constructor's parameters are read back from the attributes of the same
    name; the answer is given only if a layer built from it has the same
    representation, parameters and buffers.
    """
    class_name = names.name_of(type(child)) or type(child).__qualname__
    opaque = ("opaque", class_name)
    container = _container(child, class_name)
    if container is not None:
        return container
    try:
        kind = layer_class(class_name)
        parameters = list(inspect.signature(kind).parameters.values())
    except (NotALayer, ValueError, TypeError):
        return opaque
    describer = Describer(values=False, exact=True)
    kwargs: List[Tuple[str, Wire]] = []
    for parameter in parameters:
        if parameter.name in ("device", "dtype") or parameter.kind in (
            parameter.VAR_POSITIONAL,
            parameter.VAR_KEYWORD,
        ):
            continue
        try:
            place = _KEPT_AS.get(type(child).__name__, {}).get(parameter.name, parameter.name)
            found = operator.attrgetter(place)(child)
        except AttributeError:
            if parameter.default is parameter.empty:
                return opaque
            continue
        if isinstance(found, names.root("torch").nn.Module):
            kwargs.append((parameter.name, specification(found)))
            continue
        if isinstance(found, names.root("torch").Tensor):
            found = True
        elif parameter.name == "bias" and found is None:
            found = False
        if found != parameter.default or parameter.default is parameter.empty:
            kwargs.append((parameter.name, describer.describe(found)))
    if _holds(tuple(item for _, item in kwargs), ("opaque",)):
        return opaque
    dtype = next((str(item.dtype)[6:] for item in child.parameters()), None)
    made = (
        "layer",
        class_name,
        (),
        tuple(sorted(kwargs)),
        (child.training, None if dtype == "float32" else dtype, (), _is_frozen(child)),
    )
    return made if _same(child, made) else opaque


def _container(child: Any, class_name: str) -> Optional[Wire]:
    torch = names.root("torch")
    state = (child.training, None, (), False)
    if type(child) is torch.nn.Sequential:
        if list(child._modules) != [str(index) for index in range(len(child))]:
            return None
        items = tuple(specification(item) for item in child)
        made = ("layer", class_name, items, (), state)
    elif type(child) is torch.nn.ModuleList:
        items = tuple(specification(item) for item in child)
        made = ("layer", class_name, (("list",) + items,), (), state)
    else:
        return None
    return ("opaque", class_name) if _holds(items, ("opaque",)) else made


def _is_frozen(layer: Any) -> bool:
    parameters = list(layer.parameters())
    return bool(parameters) and not any(item.requires_grad for item in parameters)


def _same(child: Any, wire: Wire) -> bool:
    try:
        rebuilt = build(wire, {}, "meta")
    except Exception:  # whatever the constructor raises: then it is not the same
        return False
    return repr(rebuilt) == repr(child) and _table(rebuilt) == _table(child)


def _table(layer: Any) -> List[Any]:
    rows = list(layer.named_parameters()) + list(layer.named_buffers())
    return [(name, tuple(item.shape), item.dtype, item.requires_grad) for name, item in rows]
