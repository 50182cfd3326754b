"""SW108 layer-input: a layer gets another size than it was made for."""

from __future__ import annotations

from ..facts import text
from ..interpreter.failures import Failure
from .base import Finding, Rule, matches
from .describe import function_name, name_of, origins, shape_of


def _find(failure: Failure) -> Finding | None:
    if not matches(
        failure,
        r"running_mean should contain (.+) elements not (.+)",
        r"expected \d+D(?: or \d+D)? input \(got \d+D input\)",
        r"Given normalized_shape=",
        r"input\.size\(-1\) must be equal to input_size",
        r"Expected hidden(?:\[\d\])? size",
        r"hx (?:and cx )?should also be \d-D",
        r"was expecting embedding dimension of",
        r"embed_dim",
        r"has inconsistent (?:input|hidden)_size",
        r"attn_mask is",
        r"Expected number of channels in input to be divisible",
        r"Expected weight to be a vector of size equal to the number of channels",
        r"Expected more than 1 value per channel when training",
        r"(?:LSTM|GRU|RNN): Expected input to be 2D or 3D",
        r"Mismatch of parameter numbers and input channel size",
        r"the (?:feature number|batch number) of src and tgt must be equal",
        r"pixel_shuffle expects",
        r"key\.size|key's sequence|batch dimension",
    ):
        return None
    index = 1 if failure.kind == "forward" else 0
    message = text(
        "`{name}` is {shape}, and `{layer}` was made for something else",
        name=name_of(failure, index),
        shape=shape_of(failure, index),
        layer=function_name(failure),
    )
    return Finding(message, index, origins(failure, index))


RULE = Rule("SW108", "layer-input", "error", _find)
