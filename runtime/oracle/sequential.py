"""`nn.Sequential` with symbolic sizes: one layer after the other.

Asked as a whole, `32*((H - 2)//2)*((W - 2)//2)` would have to be guessed from
`H` and `W` alone; step by step each layer's output is an expression in the
next one's question.
"""

from typing import Callable, List, Optional, Tuple

from .dims import Dim
from .wire import Answer, Ok, Request, Wire, substitute

_NAME = "torch.nn.Sequential"


def steps(request: Request) -> Optional[List[Wire]]:
    """The layers of an `nn.Sequential` that is called with one argument; None for others."""
    if request.kind != "forward" or len(request.args) != 2 or request.kwargs:
        return None
    layer = request.args[0]
    if not (isinstance(layer, tuple) and layer[:2] == ("layer", _NAME)) or layer[3]:
        return None
    training, dtype, overrides, frozen = layer[4]
    if overrides:
        return None
    children = layer[2]
    if len(children) == 1 and children[0][0] == "dict":
        children = tuple(item for _, item in children[0][1:])
    if not children or any(child[0] != "layer" for child in children):
        return None
    return [_with_state(child, training, dtype, frozen) for child in children]


def _with_state(child: Wire, training: bool, dtype: Optional[str], frozen: bool) -> Wire:
    own_training, own_dtype, overrides, own_frozen = child[4]
    state = (own_training and training, dtype or own_dtype, overrides, own_frozen or frozen)
    return child[:4] + (state,)


def ask(request: Request, layers: List[Wire], answer: Callable[[Request], Answer]) -> Answer:
    """The answer of the last layer, or of the first one that has no result."""
    value: Wire = request.args[1]
    is_argument = True
    changed: Tuple[Tuple[object, Wire], ...] = ()
    requires: Tuple[Tuple[str, Dim], ...] = ()
    for layer in layers:
        found = answer(request._replace(name=layer[1], args=(layer, value)))
        if not isinstance(found, Ok):
            return found
        if found.requires:
            requires += found.requires
            value = substitute(value, dict(found.requires))
        new = dict(found.changed).get(1)
        if new is not None:
            value = new
            if is_argument:
                changed = ((1, new),)
        if found.result != ("argument", 1):
            value, is_argument = found.result, False
    return Ok(("argument", 1) if is_argument else value, changed, requires)
