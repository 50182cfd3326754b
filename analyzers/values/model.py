"""The abstract values.

Immutable ones are frozen dataclasses. Mutable ones (`TensorV`, `ListV`,
`InstanceV`, …) keep everything that can change in `slots`, a plain dict that is
written only through the `Trail`, so that the branches of an undecidable `if`
can be run one after the other from the same state and joined.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from ...runtime.oracle.dims import Dim
from ..facts import Origin, Text

if TYPE_CHECKING:
    from ..source.chunks import Chunk


class Value:
    """Base of all abstract values."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, eq=False)
class Const(Value):
    """A Python constant: int, float, bool, str, bytes, complex, None or Ellipsis."""

    value: Any

    def __eq__(self, other: object) -> bool:
        # Python says 1 == True == 1.0; here they differ, as they do for torch.
        return (
            isinstance(other, Const)
            and type(self.value) is type(other.value)
            and (self.value == other.value or self.value is other.value)
        )

    def __hash__(self) -> int:
        return hash((type(self.value), self.value))


@dataclass(frozen=True, slots=True, eq=False)
class EnumMember(Const):
    """A member of an enum that is a number or a text: `IntEnum`, `class Kind(str, Enum)`."""

    name: str = ""
    owner: Value | None = None


NONE = Const(None)
TRUE = Const(True)
FALSE = Const(False)
ELLIPSIS = Const(...)


@dataclass(frozen=True, slots=True)
class SymInt(Value):
    """A size (an int ≥ 1) that is an expression over symbols, such as `2*B`."""

    expression: str


@dataclass(frozen=True, slots=True)
class Scalar(Value):
    """A Python number or text of which only the type is known.

    type: `int`, `float`, `bool`, `str` or `complex`. name: for an int, the
    symbol that stands for it where it becomes a size.
    """

    type: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Unknown(Value):
    """Nothing is known, and why."""

    reason: Text


class Cell:
    """What a hole turns out to be. One search writes it, each of its passes anew.

    path: what it stands for, `x` or `config.width`. value: None until decided.
    members: the holes of its attributes.
    """

    __slots__ = ("members", "path", "value")

    def __init__(self, path: str) -> None:
        self.path = path
        self.value: Value | None = None
        self.members: dict[str, Hole] = {}


@dataclass(frozen=True, slots=True, eq=False)
class Hole(Unknown):
    """A parameter that nothing has given a value yet, while what it may be is searched for.

    dtype: what it has been cast to, None if it has not: `x.double()` of an open `x`.
    """

    cell: Cell
    dtype: str | None = None


@dataclass(frozen=True, slots=True)
class TupleV(Value):
    """A tuple, a `torch.Size` (`type_name="size"`) or a named tuple (with `names`)."""

    items: tuple[Value, ...]
    type_name: str = "tuple"
    names: tuple[str, ...] = ()
    cls: ClassV | None = field(default=None, compare=False)
    """The learner's class of a named tuple, for its methods."""


@dataclass(frozen=True, slots=True)
class SliceV(Value):
    """`slice(start, stop, step)`."""

    start: Value
    stop: Value
    step: Value


@dataclass(frozen=True, slots=True)
class RangeV(Value):
    """`range(start, stop, step)`, the bounds known or not."""

    start: Value
    stop: Value
    step: Value


@dataclass(frozen=True, slots=True)
class DtypeV(Value):
    """A dtype of torch (`float32`) or NumPy (`numpy=True`)."""

    name: str
    numpy: bool = False


@dataclass(frozen=True, slots=True)
class DeviceV(Value):
    """A torch.device: `cpu`, `cuda:0`."""

    name: str


@dataclass(frozen=True, slots=True)
class Plain(Value):
    """Any other immutable thing that only the oracle looks into, as a wire value."""

    wire: Any


@dataclass(frozen=True, slots=True)
class Library(Value):
    """A module, function, class or constant of a library, by its dotted name."""

    name: str


@dataclass(frozen=True, slots=True)
class BoundLibrary(Value):
    """A library function with its receiver: `x.view`."""

    receiver: Value
    name: str


@dataclass(frozen=True, slots=True)
class Native(Value):
    """A function that the analysis itself knows; `run(call) -> Value`."""

    name: str
    run: Callable[..., Value] = field(compare=False)


@dataclass(frozen=True, slots=True)
class Alternatives(Value):
    """One of a few values, depending on a branch that cannot be decided."""

    options: tuple[Value, ...]


class Sig(NamedTuple):
    """What is known of a tensor or an array; None stands for not known.

    shape: dims; None when not even the rank is known.
    stride: None when contiguous, or not known.
    value: nested tuples of numbers when every element is known.
    mixed: it was computed under autocast, so its dtype may be a shorter one.
    """

    shape: tuple[Dim, ...] | None
    dtype: str | None
    device: str | None = "cpu"
    requires_grad: bool | None = False
    leaf: bool = True
    parameter: bool = False
    stride: tuple[Dim, ...] | None = None
    value: Any = None
    numpy: bool = False
    mixed: bool = False


class Mutable(Value):
    """Base of the values with identity."""

    __slots__ = ("slots",)

    def __init__(self, slots: dict[str, Any]) -> None:
        self.slots = slots


class TensorV(Mutable):
    """A tensor, or a NumPy array.

    slots: `sig`, `grad` (a Value, once there is one), and attributes the
    learner sets. origin: the expression that made it. parents: the tensors and
    modules its gradient flows to.
    """

    __slots__ = ("origin", "parents")

    def __init__(
        self, sig: Sig, origin: Origin | None = None, parents: tuple[Mutable, ...] = ()
    ) -> None:
        super().__init__({"sig": sig})
        self.origin = origin
        self.parents = parents

    @property
    def sig(self) -> Sig:
        """The signature as it is now."""
        sig: Sig = self.slots["sig"]
        return sig


class Items(NamedTuple):
    """The content of a list or an iterator.

    items: the elements known one by one, from the front. rest: what any further
    element is, None when there are none. length: of all, None if not known.
    """

    items: tuple[Value, ...]
    rest: Value | None = None
    length: Dim | None = None


class ListV(Mutable):
    """A list; `slots["items"]` is an `Items`.

    `slots["$shared"]` is what its elements are once a function has it that may be
    called at any time.
    """

    __slots__ = ()

    def __init__(self, items: Items | tuple[Value, ...]) -> None:
        super().__init__({"items": items if isinstance(items, Items) else Items(items)})

    @property
    def items(self) -> Items:
        """The content as it is now."""
        if "$shared" in self.slots:
            return Items((), self.slots["$shared"])
        items: Items = self.slots["items"]
        return items


class IteratorV(Mutable):
    """An iterator or generator; `slots["items"]` is what is still to come."""

    __slots__ = ("kind",)

    def __init__(self, items: Items, kind: str = "iterator") -> None:
        super().__init__({"items": items})
        self.kind = kind

    @property
    def items(self) -> Items:
        """What is still to come."""
        items: Items = self.slots["items"]
        return items


class SetV(Mutable):
    """A set; `slots["items"]` is a tuple of values, or None when not known."""

    __slots__ = ()

    def __init__(self, items: tuple[Value, ...] | None) -> None:
        super().__init__({"items": items})


class DictV(Mutable):
    """A dict with constant keys.

    `slots["items"]` maps hashable keys to values; `slots["rest"]` is what a key
    that is not there may give, None when all keys are known.
    """

    __slots__ = ("type_name",)

    def __init__(
        self, items: dict[Any, Value], rest: Value | None = None, type_name: str = "dict"
    ) -> None:
        super().__init__({"items": items, "rest": rest})
        self.type_name = type_name


class Scope(Mutable):
    """Names and their values. `slots` is the namespace itself."""

    __slots__ = ("declared", "kind", "parent", "shared")

    def __init__(self, parent: Scope | None, kind: str = "function") -> None:
        super().__init__({})
        self.parent = parent
        self.kind = kind
        self.declared: dict[str, Scope] = {}
        """Where `global` and `nonlocal` names live."""
        self.shared: dict[str, bool] = {}
        """Names whose content a function changes that may be called at any time; whether it
        assigns them, too."""


class FunctionV(Value):
    """A function or lambda of the learner's."""

    __slots__ = (
        "chunk",
        "closure",
        "defaults",
        "generator",
        "kw_defaults",
        "name",
        "node",
        "owner",
        "slots",
    )

    def __init__(
        self,
        name: str,
        node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda,
        chunk: Chunk,
        closure: Scope,
        defaults: tuple[Value, ...],
        kw_defaults: tuple[Value | None, ...],
        generator: bool,
    ) -> None:
        self.name = name
        self.node = node
        self.chunk = chunk
        self.closure = closure
        self.defaults = defaults
        self.kw_defaults = kw_defaults
        self.generator = generator
        self.owner: ClassV | None = None
        self.slots: dict[str, Any] = {}


class ClassV(Mutable):
    """A class of the learner's. `slots` is its namespace."""

    __slots__ = ("bases", "chunk", "mro", "name", "node")

    def __init__(
        self, name: str, bases: tuple[Value, ...], node: ast.ClassDef, chunk: Chunk
    ) -> None:
        super().__init__({})
        self.name = name
        self.bases = bases
        self.node = node
        self.chunk = chunk
        self.mro: tuple[ClassV | Library, ...] = _linearise(self, bases)

    def library_bases(self) -> tuple[str, ...]:
        """The dotted names of the library classes it inherits from, nearest first."""
        return tuple(entry.name for entry in self.mro if isinstance(entry, Library))


def _linearise(cls: ClassV, bases: tuple[Value, ...]) -> tuple[ClassV | Library, ...]:
    """The method resolution order: depth first, each class behind all its subclasses."""
    order: list[ClassV | Library] = [cls]
    for base in bases:
        if isinstance(base, ClassV):
            order.extend(base.mro)
        elif isinstance(base, Library):
            order.append(base)
    result: list[ClassV | Library] = []
    for index, entry in enumerate(order):
        if entry not in order[index + 1 :]:
            result.append(entry)
    # Torch's own layers inherit from nn.Module, so it comes behind all of them.
    result.sort(key=lambda entry: isinstance(entry, Library) and entry.name == "torch.nn.Module")
    return tuple(result)


class InstanceV(Mutable):
    """An instance of a learner's class or of a library class that is modelled.

    `slots` holds its attributes; names that start with `$` are the model's own
    (`$layer`, `$training`, `$device`, …). origin: the expression that made it.
    """

    __slots__ = ("cls", "origin")

    def __init__(self, cls: ClassV | Library, origin: Origin | None = None) -> None:
        super().__init__({})
        self.cls = cls
        self.origin = origin

    @property
    def class_name(self) -> str:
        """The name a learner knows the class by."""
        return self.cls.name if isinstance(self.cls, ClassV) else self.cls.name.rpartition(".")[2]


@dataclass(frozen=True, slots=True, eq=False)
class BoundMethod(Value):
    """A learner's function bound to its first argument."""

    receiver: Value
    function: Value


@dataclass(frozen=True, slots=True, eq=False)
class SuperV(Value):
    """`super()`: attribute look-up starts behind `after` in the receiver's MRO."""

    receiver: Value
    after: ClassV


@dataclass(frozen=True, slots=True, eq=False)
class ModuleV(Value):
    """A module of the workspace that was imported."""

    name: str
    scope: Scope


@dataclass(frozen=True, slots=True, eq=False)
class Descriptor(Value):
    """A function in a class body under `property`, `staticmethod` or `classmethod`.

    setter: what an assignment to a property calls, if it has one.
    """

    kind: str
    function: Value
    setter: Value | None = None
