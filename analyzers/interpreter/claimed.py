"""What the program says of its own shapes: taken over where nothing is known, else checked.

An annotation is a contract. A comment or a docstring is trusted only where
nothing better is known, and what fails because of one is no error of the
program's (`analyze` runs the program again without them).
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from ...runtime.oracle import dims
from ...runtime.oracle.dims import Dim
from ..claims.axes import is_batch
from ..claims.dims import names_in
from ..claims.match import Conflict, Names, match, shape_of
from ..claims.model import FAMILIES, Claim, Placed
from ..facts import Origin
from ..values.model import (
    Alternatives,
    ClassV,
    Const,
    FunctionV,
    Hole,
    InstanceV,
    Library,
    Sig,
    SymInt,
    TensorV,
    Unknown,
    Value,
)
from . import failures, scopes
from .changes import forget_changing_attributes
from .claim_state import Verdict
from .guard import guarded
from .machine import Frame, Machine
from .search import Claimed

if TYPE_CHECKING:
    from .search import Search

_LIBRARIES = frozenset(
    [
        "torch",
        "numpy",
        "torchvision",
        "torchaudio",
        "torchtext",
        "einops",
        "sklearn",
        "scipy",
        "pandas",
        "h5py",
        "PIL",
        "cv2",
        "imageio",
        "skimage",
        "transformers",
        "timm",
        "datasets",
        "builtins",
        "pickle",
        "joblib",
        "safetensors",
        "zarr",
        "tensordict",
    ]
)
"""Libraries whose results may be tensors; a comment makes none of what another one gives."""


_OF_OTHERS = re.compile(
    r"(loader|dataset|sampler|model|net|layer|fn|func|function|optimizer|shape|size|dims?|iter)s?$",
    re.IGNORECASE,
)
"""Names of what has or gives tensors and is none: a comment beside it speaks of those."""


def bound(machine: Machine, target: ast.expr, value: Value, source: ast.expr | None) -> Value:
    """The value that a name or attribute is bound to, held against what is said of it."""
    placed = machine.claims.of(machine.frame.chunk).targets.get(id(target))
    if placed is None:
        return value
    maker = ""
    if isinstance(value, Unknown):
        if not _may_be_tensor(machine, source) or _OF_OTHERS.search(placed.name):
            return value
        maker = _maker(machine, source)
        if maker and not placed.claim.certain:
            placed = replace(placed, claim=replace(placed.claim, certain=True))
    inside_loop = any(loop.frame == len(machine.frames) for loop in machine.loops)
    local = machine.frame.function is not None and not inside_loop
    names = machine.frame.names if local else dict(machine.frame.names)
    result = _applied(machine, placed, value, names)
    if maker == "numpy" and isinstance(result, TensorV):
        result.slots["sig"] = result.sig._replace(numpy=True)
    return result


def returned(machine: Machine, node: ast.Return, value: Value) -> Value:
    """What a function returns, held against the comment on the line and its signature."""
    chunk, function = machine.frame.chunk, machine.frame.function
    placed = machine.claims.of(chunk).returns.get(id(node))
    if placed is not None and (node.value is None or _may_be_tensor(machine, node.value)):
        value = _applied(machine, placed, value, machine.frame.names, node.value)
    if function is None or function.generator:
        return value
    signature = machine.claims.of(function.chunk).functions.get(id(function.node))
    for placed in signature.returned if signature is not None else ():
        value = _applied(machine, placed, value, machine.frame.names, node.value)
    return value


def parameters(machine: Machine, frame: Frame, values: dict[str, Value]) -> None:
    """Holds the arguments of a call against what is said of the parameters, known ones first.

    Args:
        frame: of the function that is entered; it lies on top already.
        values: by name; changed where an argument is not known.
    """
    function = frame.function
    if function is None or isinstance(function.node, ast.Lambda):
        return
    signature = machine.claims.of(function.chunk).functions.get(id(function.node))
    if signature is None:
        return
    for known in (True, False):
        for name, placed in signature.parameters.items():
            value = values.get(name)
            if value is None or isinstance(value, Unknown) == known:
                continue
            for item in placed:
                value = _applied(machine, item, value, frame.names)
            values[name] = value


def given_field(machine: Machine, cls: ClassV, name: str, value: Value, names: Names) -> Value:
    """The value of a field of a dataclass, held against its annotation."""
    placed = machine.claims.of(cls.chunk).fields.get(id(cls.node), {}).get(name)
    return _applied(machine, placed, value, names) if placed is not None else value


def _applied(
    machine: Machine, placed: Placed, value: Value, names: Names, node: ast.expr | None = None
) -> Value:
    if type(value) is Hole:
        return value
    if isinstance(value, Unknown):
        known = None if failures.is_failure(value) else _believed(machine, placed, names)
        return value if known is None else TensorV(known, origin(placed))
    if isinstance(value, TensorV) and value.sig.shape is None:
        known = _believed(machine, placed, names)
        if known is not None and known.shape is not None:
            dtype = value.sig.dtype or known.dtype
            sig = value.sig._replace(shape=known.shape, dtype=dtype)
            return TensorV(sig, origin(placed), value.parents)
        return value
    options = value.options if isinstance(value, Alternatives) else (value,)
    tensors = [option for option in options if isinstance(option, TensorV)]
    if tensors and (len(tensors) == len(options) or placed.claim.optional):
        _check(machine, placed, tensors, names, node)
    return value


def origin(placed: Placed) -> Origin:
    """A claim as the origin of what it is believed of."""
    return Origin(placed.span, placed.claim.source, placed.claim.kind)


def _believed(machine: Machine, placed: Placed, names: Names) -> Sig | None:
    """What is known of a tensor if a claim is believed; None if it is not, or says nothing."""
    claim, state = placed.claim, machine.claims
    soft = claim.kind != "annotation"
    if claim.optional or not claim.certain or (soft and not state.trusting):
        return None
    if machine.uncalled and machine.search is None and not state.alone:
        # The search for what a function expects finds out more than is said of it.
        return None
    function = machine.frame.function
    if soft and not claim.batched and function is not None and function.name == "forward":
        return None
    shape: tuple[Dim, ...] | None = None
    if claim.sizes is not None:
        own = _variables(machine, claim, facts=True) if soft else names
        shape = shape_of(claim.sizes, own, _namer(machine, placed))
        if shape is None:
            return None
    state.used = state.used or soft
    dtype = claim.dtype if claim.dtype not in FAMILIES else None
    return Sig(shape, dtype or None, None, None)


def _namer(machine: Machine, placed: Placed) -> Callable[[str], Dim]:
    """Symbols for the names in a claim: one for each name in a function."""
    count = itertools.count()
    function = machine.frame.function if machine.frames else None
    # What nothing calls is run by itself: its names meet no others.
    alone = machine.uncalled or machine.search is not None
    home = 0 if alone or function is None else id(function.node)

    def name_of(name: str) -> Dim:
        if not name:
            return machine.symbol_for(("claim", placed.span, next(count)), "N")
        return machine.symbol_for(("claim", home, name), name)

    return name_of


def _variables(machine: Machine, claim: Claim, facts: bool) -> Names:
    """Names in a comment that are variables of the program, with their values.

    The size of a batch changes, and short names are used again for other sizes: only
    where nothing is known they are taken for the variables of the same function.
    """
    found: Names = {}
    for name in names_in(claim.sizes or ()):
        value = scopes.lookup(machine, name)
        short = len(name) == 1
        if short and not (facts and name in machine.frame.scope.slots):
            continue
        if isinstance(value, SymInt) and facts:
            found[name] = value.expression
        elif isinstance(value, Const) and type(value.value) is int and not is_batch(name):
            found[name] = value.value
    return found


def _check(
    machine: Machine,
    placed: Placed,
    tensors: list[TensorV],
    names: Names,
    node: ast.expr | None,
) -> None:
    """Reports a claim that none of the tensors that may stand here fulfils."""
    from ..rules.sw115_claimed_shape import contradiction

    if machine.quiet:
        return
    soft = placed.claim.kind != "annotation"
    first: Conflict | None = None
    for tensor in tensors:
        variables = _variables(machine, placed.claim, facts=False) if soft else {}
        own = variables if soft else dict(names)
        known = set(variables)
        conflict = _conflict(placed.claim, tensor.sig, own)
        if conflict is not None and conflict.name in known:
            conflict = replace(conflict, kind="size")
        if conflict is None:
            if not soft and len(tensors) == 1:
                names.update(own)
            _agreed(machine, placed)
            return
        first = first or conflict
    if first is None:
        return
    source = placed.name or (machine.frame.chunk.source(node, 40) if node is not None else "")
    problem = contradiction(placed, source, tensors[0], first)
    if machine.search is not None:
        # A rank may be another one than is guessed, and names stand for what is tried.
        if first.kind == "size" and first.name.isdigit():
            machine.search.verdicts.setdefault((placed.span, placed.name), problem)
    elif soft:
        machine.claims.verdicts.setdefault((placed.span, placed.name), Verdict(problem))
    else:
        machine.recorder.problem(problem)


def _agreed(machine: Machine, placed: Placed) -> None:
    """A comment is right at one visit of its place at least."""
    key = (placed.span, placed.name)
    if machine.search is not None:
        machine.search.verdicts[key] = None
        return
    verdict = machine.claims.verdicts.get(key)
    if verdict is not None:
        verdict.agreed = True
    else:
        machine.claims.verdicts[key] = Verdict(None, True)


def _conflict(claim: Claim, sig: Sig, names: Names) -> Conflict | None:
    known = sig.dtype if claim.dtype and not sig.mixed else None
    if known is not None and known not in FAMILIES.get(claim.dtype, (claim.dtype,)):
        return Conflict("dtype", claim.dtype, (known,))
    if claim.sizes is None or sig.shape is None:
        return None
    if not claim.certain and (len(sig.shape) < 2 or _are_elements(claim, sig.shape)):
        return None
    if not claim.batched and claim.kind == "comment" and len(sig.shape) == len(claim.sizes) + 1:
        return None
    return match(claim.sizes, sig.shape, names)


def _are_elements(claim: Claim, shape: tuple[Dim, ...]) -> bool:
    """Whether numbers in brackets may be the elements of a tensor instead of its sizes."""
    return dims.product(shape) == len(claim.sizes or ())


def _may_be_tensor(machine: Machine, node: ast.expr | None) -> bool:
    """Whether an expression that nothing is known of may give a tensor.

    It may not if it is a shape, or what a library gives that has no tensors.
    """
    if isinstance(node, ast.Attribute):
        return node.attr not in ("shape", "size")
    if isinstance(node, (ast.Constant, ast.JoinedStr, ast.Dict, ast.List, ast.Tuple, ast.Set)):
        return False
    if not isinstance(node, ast.Call):
        return True
    function = node.func
    if isinstance(function, ast.Attribute) and function.attr in ("size", "tolist", "item"):
        return False
    while isinstance(function, (ast.Attribute, ast.Call, ast.Subscript)):
        function = function.func if isinstance(function, ast.Call) else function.value
    root = scopes.lookup(machine, function.id) if isinstance(function, ast.Name) else None
    if not isinstance(root, Library):
        return True
    called = node.func.attr if isinstance(node.func, ast.Attribute) else root.name
    gives_function = root.name.partition(".")[0] == "torch" and not isinstance(node.func, ast.Call)
    if gives_function and called.rpartition(".")[2] in _TRANSFORMS:
        return False
    return root.name.partition(".")[0] in _LIBRARIES


_TRANSFORMS = frozenset(
    ["vmap", "grad_and_value", "jacrev", "jacfwd", "hessian", "functionalize", "compile", "script"]
)
"""Functions of torch that give functions: a comment behind them is about what those take."""


def _maker(machine: Machine, node: ast.expr | None) -> str:
    """`torch` or `numpy` for a call that gives their tensor or array, whatever is in it."""
    function = node.func if isinstance(node, ast.Call) else None
    if not isinstance(function, ast.Attribute) or function.attr not in _MAKERS:
        return ""
    owner = function.value
    library = scopes.lookup(machine, owner.id) if isinstance(owner, ast.Name) else None
    known = isinstance(library, Library) and library.name in ("torch", "numpy")
    return library.name if known and isinstance(library, Library) else ""


_MAKERS = frozenset(
    ["array", "asarray", "as_tensor", "cat", "concatenate", "from_numpy", "fromfile"]
    + ["genfromtxt", "load", "loadtxt", "memmap", "stack", "tensor", "vstack", "hstack"]
)


def prepare(machine: Machine, search: Search, function: FunctionV) -> None:
    """Tells a search what is said of the parameters, before it guesses."""
    signature = machine.claims.of(function.chunk).functions.get(id(function.node))
    if signature is None:
        return
    machine.frames, frames = [Frame(function.closure, function.chunk, function)], machine.frames
    before, machine.search = machine.search, search
    names: Names = {}
    for name, placed in signature.parameters.items():
        item = placed[0]
        claim = item.claim
        if claim.kind != "annotation" and not (claim.certain and machine.claims.trusting):
            continue
        shape = None
        if claim.sizes is not None:
            soft = claim.kind != "annotation"
            own = _variables(machine, claim, facts=True) if soft else names
            shape = shape_of(claim.sizes, own, _namer(machine, item))
        dtypes = _GUESSED.get(claim.dtype, (claim.dtype,)) if claim.dtype else ()
        search.claim(name, Claimed(shape, dtypes, origin(item)))
    machine.frames, machine.search = frames, before


_GUESSED = {
    "floating": ("float32",),
    "inexact": ("float32",),
    "integer": ("int64",),
    "number": ("float32", "int64"),
    "complex": ("complex64",),
}


def judged(machine: Machine, search: Search) -> None:
    """Keeps which claims are wrong wherever a function works, if that is certain."""
    if search.ambiguous or search.doubts or search.doubtful is not None:
        return
    for key, problem in search.verdicts.items():
        if problem is not None:
            machine.claims.verdicts.setdefault(key, Verdict(problem))


def run_believing(machine: Machine, function: FunctionV, receiver: InstanceV | None) -> None:
    """Runs a function with what is said of it, where no search finds what goes through.

    What fails then is a mistake if an annotation says so, else it stays silent.
    """
    from .functions import call_uncalled

    signature = machine.claims.of(function.chunk).functions.get(id(function.node))
    if signature is None:
        return
    claims = [item.claim for placed in signature.parameters.values() for item in placed]
    machine.frames, frames = [Frame(function.closure, function.chunk)], machine.frames
    depth, mark = machine.trail.depth, machine.trail.begin()
    quiet = machine.quiet
    machine.quiet += not all(claim.kind == "annotation" for claim in claims)
    machine.uncalled = machine.claims.alone = True
    if receiver is not None:
        forget_changing_attributes(machine, receiver)
    machine.recorder.training.path.append(function)
    guarded(machine, lambda: call_uncalled(machine, function, receiver))
    machine.recorder.training.path.clear()
    machine.uncalled = machine.claims.alone = False
    machine.quiet, machine.frames = quiet, frames
    machine.trail.unwind(mark, depth)


def refuted(machine: Machine, function: FunctionV, found: dict[str, Value]) -> None:
    """Reports the comments on parameters with which a body does not work, and only without."""
    from ..rules.sw115_claimed_shape import contradiction

    signature = machine.claims.of(function.chunk).functions.get(id(function.node))
    for name, placed in (signature.parameters if signature is not None else {}).items():
        value = found.get(name)
        claim = placed[0].claim
        if claim.kind == "annotation" or not isinstance(value, TensorV):
            continue
        conflict = _conflict(claim, value.sig, {})
        if conflict is not None and conflict.kind == "size":
            problem = contradiction(placed[0], name, value, conflict, expected=True)
            machine.claims.verdicts.setdefault((placed[0].span, name), Verdict(problem))
