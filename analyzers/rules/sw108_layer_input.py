"""SW108 layer-input: a layer gets another size than it was made for."""

from __future__ import annotations

import re

from ..facts import text
from ..interpreter.failures import Failure
from .base import Case, Finding, Rule, first_case
from .describe import (
    function_name,
    label,
    operand,
    origins,
    sizes_text,
    tensor_of,
    with_last_size,
)


def _find(failure: Failure) -> Finding | None:
    return first_case(failure, _CASES)


def _channels(failure: Failure, found: re.Match[str]) -> Finding:
    """Normalisation by channel."""
    return _say(
        failure,
        "{operand}: axis 1 has size {got}, but `{layer}` wants {wanted}",
        got=found["got"],
        wanted=found["wanted"],
    )


def _weights(failure: Failure, found: re.Match[str]) -> Finding | None:
    """Group normalisation prints the shapes."""
    shape = found["shape"].split(", ")
    if len(shape) < 2:
        return None
    return _say(
        failure,
        "{operand}: axis 1 has size {got}, but `{layer}` wants {wanted}",
        got=shape[1],
        wanted=found["wanted"],
    )


def _groups(failure: Failure, found: re.Match[str]) -> Finding | None:
    shape = found["shape"].split(", ")
    if len(shape) < 2:
        return None
    return _say(
        failure,
        "{operand}: axis 1 has size {got}, which `{layer}` cannot split into {groups} equal groups",
        got=shape[1],
        groups=found["groups"],
    )


def _axes(failure: Failure, found: re.Match[str]) -> Finding:
    numbers = re.findall(r"\d", found.group(1))
    if len(numbers) == 2:
        return _say(
            failure,
            "{operand}, but `{layer}` works on tensors with {low} or {high} axes",
            low=numbers[0],
            high=numbers[1],
        )
    return _say(
        failure, "{operand}, but `{layer}` works on tensors with {count} axes", count=numbers[0]
    )


def _ending(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(
        failure,
        "{operand}, but `{layer}` wants a shape that ends with {wanted}",
        wanted=sizes_text(found["wanted"]),
    )


def _last_size(failure: Failure, found: re.Match[str]) -> Finding:
    got = found["got"]
    index = with_last_size(failure, got) + (0 if failure.kind == "forward" else 1)
    return _say(
        failure,
        "{operand}: its last size is {got}, but `{layer}` wants {wanted}",
        at=index,
        shown=index,
        got=got,
        wanted=found["wanted"],
    )


def _state(failure: Failure, found: re.Match[str]) -> Finding:
    got, wanted = found["got"].split(", "), found["wanted"].split(", ")
    tensor = tensor_of(failure.call.args[1])
    if tensor is not None and tensor.sig.shape is not None and len(tensor.sig.shape) == 2:
        # torch adds an axis for the batch to an input that has none, and to its state.
        got, wanted = got[::2], wanted[::2]
    if len(wanted) == 2:
        return _say(
            failure,
            "the hidden state is {got}, but for this input `{layer}` wants {wanted}: (layers, "
            "hidden size)",
            at=2,
            got=sizes_text(", ".join(got)),
            wanted=sizes_text(", ".join(wanted)),
        )
    return _say(
        failure,
        "the hidden state is {got}, but for this input `{layer}` wants {wanted}: (layers, batch, "
        "hidden size)",
        at=2,
        got=sizes_text(", ".join(got)),
        wanted=sizes_text(", ".join(wanted)),
    )


def _cell_state(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(
        failure,
        "the last size of the hidden state is {got}, but `{layer}` wants {wanted}",
        at=2,
        got=found["got"],
        wanted=found["wanted"],
    )


def _batched_state(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(
        failure,
        "{operand}, which is a batch, so the hidden state of `{layer}` must be (layers, batch, "
        "hidden size), with 3 axes",
        at=2,
    )


def _single_state(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(
        failure,
        "{operand}, which is read as one sequence without an axis for the batch, but the hidden "
        "state is made for a batch",
    )


def _mask(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(
        failure,
        "the mask is {got}, but for these sequences `{layer}` wants {wanted}",
        at=None,
        got=sizes_text(found["got"]),
        wanted=sizes_text(found["wanted"]),
    )


def _single(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(
        failure,
        "{operand}: in training, `{layer}` needs more than one value per channel to take a mean of",
    )


def _features(failure: Failure, found: re.Match[str]) -> Finding | None:
    return _both(failure, "{operand} and {other}: both must end with the `d_model` of `{layer}`")


def _batches(failure: Failure, found: re.Match[str]) -> Finding | None:
    return _both(failure, "{operand} and {other}: `{layer}` wants batches of the same size")


def _both(failure: Failure, template: str) -> Finding | None:
    """Says something of the first two inputs."""
    args = failure.call.args
    if len(args) < 3 or tensor_of(args[2]) is None:
        return None
    return _say(failure, template, at=2, other=operand(failure, 2))


def _shuffle(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(
        failure,
        "{operand}: its channels are {got}, but `{layer}` wants a multiple of {wanted}, the square "
        "of its upscale factor",
        got=found["got"],
        wanted=found["wanted"],
    )


def _lengths(failure: Failure, found: re.Match[str]) -> Finding:
    return Finding(
        text(
            "{operand}, but `{layer}` wants one length for each sequence, (N,), on the CPU",
            operand=operand(failure, 1),
            layer=function_name(failure),
        ),
        1,
        origins(failure, 1),
    )


def _resized(failure: Failure, found: re.Match[str]) -> Finding:
    message = text(
        "{operand}: `{function}` leaves the first two axes, (N, C), as they are, and {wanted} is "
        "not one size for each of the others, {sizes}",
        operand=operand(failure, 0),
        function=function_name(failure),
        wanted=sizes_text(found.group(2)),
        sizes=sizes_text(found.group(1)),
    )
    return Finding(message, None, origins(failure, 0))


def _other(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(failure, "{operand}, which is not what `{layer}` was made for")


def _keys(failure: Failure, found: re.Match[str]) -> Finding:
    return _say(
        failure,
        "the keys are {keys} and the values are {values}: `{layer}` wants a value for each key",
        at=3,
        keys=sizes_text(found["keys"]),
        values=sizes_text(found["values"]),
    )


def _say(
    failure: Failure, template: str, at: int | None = 1, shown: int = 1, **fields: object
) -> Finding:
    """A sentence about an input.

    Args:
        at: the argument at fault, counting from 1; None for the whole call.
        shown: the argument that `{operand}` stands for.
    """
    before = 0 if failure.kind == "forward" else 1
    fields |= {"operand": operand(failure, shown - before), "layer": label(failure)}
    named = {name: value for name, value in fields.items() if f"{{{name}}}" in template}
    index = None if at is None else at - before
    places = origins(failure, (at or 1) - before)
    return Finding(text(template, **named), index, places)


_CASES: tuple[Case, ...] = (
    (r"running_mean should contain (?P<got>.+) elements not (?P<wanted>.+)", _channels),
    (r"to match num_features \((?P<wanted>\d+)\), but got: (?P<got>\d+)", _channels),
    (r"parameter numbers = (?P<wanted>\d+) and channel size = (?P<got>\d+)", _channels),
    (
        r"Expected weight to be a vector of size equal to the number of channels in input, but got "
        r"weight of shape \[(?P<wanted>\d+)\] and input of shape \[(?P<shape>.+?)\]",
        _weights,
    ),
    (
        r"Expected number of channels in input to be divisible by num_groups, but got input of "
        r"shape \[(?P<shape>.+?)\] and num_groups=(?P<groups>\d+)",
        _groups,
    ),
    (r"expected (\d+D(?: or \d+D)?) input \(got \d+D input\)", _axes),
    (r"Expected input to be (\d+D(?: or \d+D)?)", _axes),
    (
        r"Given normalized_shape=\[.*?\], expected input with shape \[\*, (?P<wanted>.+?)\]",
        _ending,
    ),
    (
        r"input\.size\(-1\) must be equal to input_size\. Expected (?P<wanted>.+), got (?P<got>.+)",
        _last_size,
    ),
    (r"inconsistent input_size: got (?P<got>.+) expected (?P<wanted>.+)", _last_size),
    (
        r"input\d size does not match weight size: got (?P<got>.+) but expected (?P<wanted>.+)",
        _last_size,
    ),
    (r"inconsistent hidden_size: got (?P<got>.+?),? expected (?P<wanted>.+)", _cell_state),
    (r"was expecting embedding dimension of (?P<wanted>.+), but got (?P<got>.+)", _last_size),
    (
        r"Expected hidden(?:\[\d\])? size \((?P<wanted>.+?)\), got \[(?P<got>.+?)\]",
        _state,
    ),
    (r"For batched .* should also be 3-D", _batched_state),
    (r"For unbatched .* should also be 2-D", _single_state),
    (
        r"attn_mask is torch\.Size\(\[(?P<got>.*?)\]\), but should be \((?P<wanted>.*?)\)",
        _mask,
    ),
    (r"Expected more than 1 (?:value per channel|spatial element) when training", _single),
    (
        r"key shape torch\.Size\(\[(?P<keys>.*?)\]\) does not match value shape "
        r"torch\.Size\(\[(?P<values>.*?)\]\)",
        _keys,
    ),
    (r"the feature number of src and tgt must be equal to d_model", _features),
    (r"the batch number of src and tgt must be equal", _batches),
    (
        r"pixel_shuffle expects .* but input\.size\(-3\)=(?P<got>\d+) is not divisible by "
        r"(?P<wanted>\d+)",
        _shuffle,
    ),
    (r"'lengths' argument should be a 1D CPU int64 tensor", _lengths),
    (r"input with spatial dimensions of (\[.*?\]) and output size of (\(.*?\))", _resized),
    (
        r"embed_dim|key\.size|key's sequence|batch dimension"
        r"|pixel_shuffle expects|Given normalized_shape=|attn_mask is",
        _other,
    ),
)

RULE = Rule("SW108", "layer-input", "error", _find)
