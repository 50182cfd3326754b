"""One concrete run of one question: every symbol bound, every tensor made."""

import contextlib
from typing import Any, Callable, Dict, Mapping, NamedTuple, Tuple, Union

import torch

from . import allowed, layers, names, watch
from .cost import MAX_WORK, TooLarge
from .describe import Describer, freeze_list, signature
from .materialise import LayerFailed, Materialiser, NegativeSize, NotAllowed, NotEncodable, Place
from .wire import MAX_VALUE_ELEMENTS, Request, Unsure, Wire


class Returned(NamedTuple):
    """The run came back.

    result, changed: as in `wire.Ok`, with concrete sizes.
    flags: what `watch.Watch` saw.
    unknown: whether some input value is not known.
    """

    result: Wire
    changed: Tuple[Tuple[Any, Wire], ...]
    flags: int
    unknown: bool


class Raised(NamedTuple):
    """The run raised; `unknown` says whether some input value is not known."""

    error: Exception
    flags: int
    unknown: bool


Run = Union[Returned, Raised, Unsure]

# Functions of arrays whose numbers are about the shape, not about the values.
_ABOUT_SHAPE = frozenset(("len", "ndim", "size", "shape", "nbytes", "itemsize", "dtype"))
_NUMPY_TAGS = ("ndarray", "npscalar")


def run(
    request: Request,
    bindings: Mapping[str, int],
    fill: int = 0,
    place: str = Place.REAL,
    max_work: int = MAX_WORK,
) -> Run:
    """Asks torch once.

    Args:
        request: of kind "call", "forward" or "attribute".
        bindings: sizes for its symbols.
        fill: which filling unknown values get, see `Materialiser`.
        place: how the tensors are made.
        max_work: multiplications that one operator may take, if they are real.
    """
    maker = Materialiser(bindings, fill, place)
    try:
        with torch.enable_grad():
            function = _function(request)
            args = [maker.make(wire, index) for index, wire in enumerate(request.args)]
            kwargs = {name: maker.make(wire, name) for name, wire in request.kwargs}
    except NotEncodable as obstacle:
        return Unsure("encoding", str(obstacle))
    except NegativeSize as obstacle:
        return Unsure("symbols", str(obstacle))
    except NotAllowed as obstacle:
        return Unsure("not-allowed", str(obstacle))
    except (layers.NotALayer, names.NotFound) as obstacle:
        return Unsure("not-found", str(obstacle))
    except (layers.Large, TooLarge) as obstacle:
        return Unsure("too-large", str(obstacle))
    except names.NotInstalled as obstacle:
        return Unsure("not-installed", str(obstacle))
    except names.Foreign as obstacle:
        return Unsure("not-allowed", str(obstacle))
    except LayerFailed as failed:
        return Raised(failed.error, 0, maker.unknown)
    except ZeroDivisionError as obstacle:
        return Unsure("symbols", str(obstacle))
    except Exception as defect:  # torch has not been asked anything yet
        return Unsure("died", repr(defect))
    before = [_state(stand_in.made) for stand_in in maker.made]
    watcher = watch.Watch(place, max_work)
    try:
        with _grad(request.grad), _device(place), watcher:
            result = function(*args, **kwargs)
    except TooLarge as obstacle:
        return Unsure("too-large", str(obstacle))
    except watch.Defect as defect:
        return Unsure("died", str(defect))
    except Exception as error:  # torch raises every kind
        return Raised(error, watcher.flags, maker.unknown)
    flags = watcher.flags
    if request.name.startswith("numpy."):
        flags |= _numpy_flags(request.name)
    if maker.unknown_number or (maker.unknown and _reads_memory(request)):
        flags |= watch.DATA
    random = bool(flags & watch.RANDOM)
    known = not (maker.unknown or random or flags & watch.EMPTY or place != Place.REAL)
    exact = not ((maker.unknown or random) and flags & watch.DATA)
    identities: Dict[int, Any] = {
        id(made): index for index, made in enumerate(args) if _has_identity(made)
    }
    identities.update({id(made): name for name, made in kwargs.items() if _has_identity(made)})
    indices = not maker.unknown_index and place == Place.REAL
    described = Describer(known, exact, identities, indices).describe(result)
    plain = Describer(known, exact)
    changed = tuple(
        (stand_in.path, plain.describe(stand_in.made))
        for stand_in, old in zip(maker.made, before)
        if _state(stand_in.made) != old
    )
    return Returned(described, changed, flags, maker.unknown)


def _function(request: Request) -> Callable[..., Any]:
    if request.kind == "forward":
        return _forward
    if request.kind == "attribute":
        name = request.name
        if name.startswith("_"):
            raise NotAllowed(name)
        return lambda owner: getattr(owner, name)
    if not allowed.allowed(request.name):
        names.find(request.name)
        raise NotAllowed(request.name)
    function = names.find(request.name)
    space = request.name.partition(".")[0]
    if space in ("operator", "builtins") and not _has_data(request.args):
        # Python's own operators on plain values may run for ever: `pow(10, 10**9)`.
        raise NotAllowed(request.name)
    if space in ("math", "cmath") and any(
        isinstance(wire, int) and abs(wire) > _MAX_MATH for wire in request.args
    ):
        raise NotAllowed(request.name)
    return function  # type: ignore[no-any-return]


_MAX_MATH = 100_000


def _forward(layer: Any, *args: Any, **kwargs: Any) -> Any:
    return layer(*args, **kwargs)


_DATA_TAGS = frozenset(("tensor", "ndarray", "npscalar", "dtype", "npdtype"))


def _has_data(wires: Tuple[Wire, ...]) -> bool:
    """Whether there is a tensor or array among some wire values."""
    for wire in wires:
        if isinstance(wire, tuple) and wire:
            if wire[0] in _DATA_TAGS:
                return True
            if wire[0] in ("tuple", "list", "size", "namedtuple", "slice") and _has_data(wire[1:]):
                return True
    return False


def _reads_memory(request: Request) -> bool:
    """Whether numbers are read past the dispatcher: NumPy, and `tolist`."""
    name = request.name.rpartition(".")[2]
    if name == "tolist":
        return True
    if name in _ABOUT_SHAPE:
        return False
    return _mentions(request.args, _NUMPY_TAGS) or _mentions(
        tuple(item for _, item in request.kwargs), _NUMPY_TAGS
    )


def _numpy_flags(name: str) -> int:
    """What a dispatch mode would have seen if NumPy had one."""
    if name.startswith("numpy.random."):
        return watch.RANDOM | watch.DATA
    return watch.EMPTY if name.startswith("numpy.empty") else 0


def _mentions(wires: Tuple[Wire, ...], tags: Tuple[str, ...]) -> bool:
    return any(
        wire[0] in tags or (wire[0] in ("tuple", "list") and _mentions(wire[1:], tags))
        for wire in wires
        if isinstance(wire, tuple) and wire
    )


def _state(made: Any) -> Any:
    """What an in-place change of a tensor or array changes."""
    if isinstance(made, torch.Tensor):
        return (made._version, signature(torch, made, False))
    small = made.size <= MAX_VALUE_ELEMENTS
    return (made.shape, made.dtype, freeze_list(made.tolist()) if small else None)


def _has_identity(made: Any) -> bool:
    return isinstance(made, torch.Tensor) or type(made).__module__ == "numpy"


def _grad(enabled: bool) -> Any:
    return torch.enable_grad() if enabled else torch.no_grad()


def _device(place: str) -> Any:
    return torch.device("meta") if place == Place.META else contextlib.nullcontext()
