"""What fits in the constructor of a layer: the size that the layer's use works with.

A number that stands nowhere in the program is put in. Where it fails, what torch says of
it and the tensor that met it name the sizes that could be meant; each is put in and the
program analysed again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..facts import Analysis, Problem, Text, Value, text
from ..source import Source
from .base import Analyse, Offer, Trial, problems_of, shape_code, trial_of
from .probe import call_of, constants_around, layer_name, probe_of
from .site import Site


@dataclass(frozen=True, slots=True)
class _Layer:
    """Parameters of a layer by position; what is needed of them, and with what it can be made.

    axis: of the input, the one that the first of `into` is the size of.
    into: sizes of the input. out: sizes of the result.
    """

    parameters: tuple[str, ...]
    required: tuple[str, ...]
    axis: int
    into: tuple[str, ...]
    out: tuple[str, ...] = ()


_LINEAR = ("in_features", "out_features")
_CONV = ("in_channels", "out_channels", "kernel_size")
_RNN = ("input_size", "hidden_size")
_EMBEDDING = ("num_embeddings", "embedding_dim")

LAYERS: dict[str, _Layer] = {
    "Linear": _Layer(_LINEAR, _LINEAR, -1, _LINEAR[:1], _LINEAR[1:]),
    **{
        f"Conv{kind}{n}d": _Layer(_CONV, _CONV, -1 - n, _CONV[:1], _CONV[1:2])
        for kind in ("", "Transpose")
        for n in (1, 2, 3)
    },
    **{
        f"{norm}{n}d": _Layer(("num_features",), ("num_features",), -1 - n, ("num_features",))
        for norm in ("BatchNorm", "InstanceNorm")
        for n in (1, 2, 3)
    },
    "GroupNorm": _Layer(
        ("num_groups", "num_channels"), ("num_groups", "num_channels"), 1, ("num_channels",)
    ),
    "LayerNorm": _Layer(("normalized_shape",), ("normalized_shape",), -1, ("normalized_shape",)),
    "RMSNorm": _Layer(("normalized_shape",), ("normalized_shape",), -1, ("normalized_shape",)),
    "Embedding": _Layer(_EMBEDDING, _EMBEDDING, -1, _EMBEDDING[:1], _EMBEDDING[1:]),
    **{
        name: _Layer(_RNN, _RNN, -1, _RNN[:1], _RNN[1:])
        for name in ("RNN", "LSTM", "GRU", "RNNCell", "LSTMCell", "GRUCell")
    },
}

_FILLERS = {"kernel_size": "1", "num_groups": "1", "num_embeddings": "50021"}
"""What a layer can be made with where nothing is written yet; else a number of its own."""

_PRIMES = (211, 223, 227, 229, 233, 239, 241, 251, 257, 263)
_MOST = 6
"""Candidates that are put in."""

_IDS = "SW114"
_MOST_IDS = 12


def sizes_of_layer(site: Site, source: Source, part: int, analyse: Analyse) -> tuple[Offer, ...]:
    """The sizes that the use of a layer works with."""
    layer = LAYERS[site.callee]
    parameter = _parameter(site, layer)
    if parameter is None or site.inner:
        return ()
    trials = _Trials(site, layer, parameter, source, part, analyse)
    if parameter == "num_embeddings":
        return trials.rows()
    return trials.sizes()


def _parameter(site: Site, layer: _Layer) -> str | None:
    """The size that is being written; None if it is another argument."""
    named = [argument for argument in site.before if re.match(r"\w+\s*=[^=]", argument)]
    if site.keyword:
        parameter = site.keyword
    elif named or len(site.before) >= len(layer.parameters):
        return None
    else:
        parameter = layer.parameters[len(site.before)]
    return parameter if parameter in (*layer.into, *layer.out) else None


class _Trials:
    """Programs with numbers in the place of the argument."""

    def __init__(
        self,
        site: Site,
        layer: _Layer,
        parameter: str,
        source: Source,
        part: int,
        analyse: Analyse,
    ) -> None:
        self._site, self._layer, self._parameter = site, layer, parameter
        self._source, self._part, self._analyse = source, part, analyse
        program = "\n".join(one.text for one in source.parts)
        primes = [n for n in _PRIMES if not re.search(rf"\b{n}\b", program)]
        trial, filler = primes[:2] if len(primes) > 1 else (0, 0)
        # A convolution in groups is made only with sizes that they divide.
        groups = _groups((*site.before, *site.after))
        self._trial, self._filler = trial * groups, filler * groups
        self._build: Callable[[str], Trial | None] = self._first_way()
        self._probe: Callable[[Trial], Source] = lambda trial: trial.source

    def _first_way(self) -> Callable[[str], Trial | None]:
        """The way of repairing the text that parses."""
        more = "".join(f", {name}={value}" for name, value in self._missing())
        start = self._site.start
        line = self._site.text.count("\n", 0, start) + 1
        column = start - self._site.text.rfind("\n", 0, start)

        def way(index: int, argument: str) -> Trial | None:
            found = list(self._site.repaired(argument, more))
            if index >= len(found):
                return None
            return trial_of(self._source, self._part, found[index][0], line, column)

        ways = range(len(list(self._site.repaired("1", more))))
        found = [(index, trial) for index in ways if (trial := way(index, str(self._trial)))]
        # Something else may be broken as well, but a way that parses is surely meant.
        found.sort(key=lambda item: item[1].chunk.parsed.error is not None)
        if not found:
            return lambda argument: None
        return lambda argument: way(found[0][0], argument)

    def _missing(self) -> Iterator[tuple[str, str]]:
        """The parameters that nothing is written for, with what the layer can be made with."""
        arguments = [*self._site.before, self._site.keyword + "=", *self._site.after]
        given = {a.partition("=")[0].strip() for a in arguments if "=" in a}
        positional = [a for a in (*self._site.before, *self._site.after) if "=" not in a]
        count = len(positional) + (not self._site.keyword)
        given.update(self._layer.parameters[:count], [self._parameter])
        for name in self._layer.required:
            if name not in given:
                yield name, _FILLERS.get(name, str(self._filler))

    def sizes(self) -> tuple[Offer, ...]:
        """Offers for a size: those that the failures of a strange number name."""
        trial = self._build(str(self._trial))
        if trial is None or not self._filler:
            return ()
        analysis, faults = self._faults(trial)
        if not faults and (probe := probe_of(trial)) is not None:
            self._probe = probe
            analysis, faults = self._faults(trial)
            # What the input that came farthest fails of need not be the trial.
            below = trial.source.parts[self._part].text.count("\n") + 1
            faults = faults or [p for p in analysis.problems if p.span.line > below]
        if not analysis.complete or not faults:
            return ()
        candidates = self._candidates(faults, analysis)
        if self._trial not in _numbers(faults[0]):
            candidates = constants_around(trial)
        candidates = [n for n in candidates if n > 0 and n not in (self._trial, self._filler)]
        candidates = list(dict.fromkeys(candidates))[:_MOST]
        fitting = [number for number in candidates if self._works(number, faults)]
        # An input that is searched for may adapt: then any number would do.
        adapts = _operand(faults[0], analysis) is None
        if adapts and (len(fitting) != 1 or self._works(fitting[0] + 1, faults)):
            return ()
        return tuple(
            Offer(
                str(number),
                self._site.start,
                self._site.end,
                self._reason(number, faults[0], analysis, trial),
            )
            for number in fitting
        )

    def _faults(self, trial: Trial) -> tuple[Analysis, list[Problem]]:
        """What the trial's number makes fail."""
        analysis = self._analyse(self._probe(trial))
        return analysis, [p for p in problems_of(analysis) if self._trial in _numbers(p)]

    def rows(self) -> tuple[Offer, ...]:
        """Offers for the rows of an embedding: one more than the largest id, if ids are known."""
        count, problem = 1, None
        for _ in range(_MOST_IDS):
            trial = self._build(str(count))
            analysis = self._analyse(trial.source) if trial is not None else None
            if trial is None or analysis is None or not analysis.complete:
                return ()
            found = [p for p in problems_of(analysis) if p.code == _IDS]
            found = [p for p in found if _field(p, "count") == count and _field(p, "id")]
            if not found:
                break
            problem = found[0]
            largest = _field(problem, "id")
            count = largest + 1 if isinstance(largest, int) else 0
        if problem is None or count < 2:
            return ()
        reason = text(
            "`{ids}` holds the id {last}, so {count} rows are needed, 0 to {last}",
            ids=_field(problem, "name"),
            last=count - 1,
            count=count,
        )
        return (Offer(str(count), self._site.start, self._site.end, reason),)

    def _candidates(self, faults: list[Problem], analysis: Analysis) -> list[int]:
        """Sizes that could be meant, the likeliest first."""
        found: list[int] = []
        for problem in faults:
            operand = _operand(problem, analysis)
            shape = operand.facts[0].shape if operand is not None else None
            if shape and self._parameter in self._layer.into:
                axis = self._layer.axis
                if -len(shape) <= axis < len(shape):
                    found += [n for n in (shape[axis],) if isinstance(n, int)]
                found += [n for n in reversed(shape) if isinstance(n, int)]
            found += _numbers(problem)
        return found

    def _works(self, number: int, faults: list[Problem]) -> bool:
        """Whether nothing fails with a number where the trial failed."""
        trial = self._build(str(number))
        if trial is None:
            return False
        analysis = self._analyse(self._probe(trial))
        strange = re.compile(rf"(?<!\d){self._trial}(?!\d)")
        same = {strange.sub(str(number), problem.torch_message) for problem in faults}
        places = {problem.span for problem in faults}
        made = trial.chunk.span(trial.call)
        return analysis.complete and not any(
            (problem.span in places or made.contains(*_start(problem)))
            and problem.severity == "error"
            # What comes after fails by what stands where nothing is written yet.
            and (self._filler not in _numbers(problem) or problem.torch_message in same)
            for problem in problems_of(analysis)
        )

    def _reason(self, number: int, fault: Problem, analysis: Analysis, trial: Trial) -> Text:
        operand = _operand(fault, analysis)
        shapes = [fact.shape or () for fact in operand.facts] if operand is not None else []
        # Of several tensors that come here, in a loop, the one that is meant.
        shape = next((one for one in shapes if self._carries(one, number)), None)
        name = layer_name(trial)
        if self._parameter not in self._layer.into:
            called = call_of(fault, trial)
            if called is None:
                return text("with {count}, what follows `{layer}` fits", count=number, layer=name)
            return text("with {count}, `{call}` works", count=number, call=called)
        if operand is None or not shape:
            arriving = _field(fault, "operand")
            if isinstance(arriving, Text) and self._trial in _numbers(fault):
                return text("{operand}, and `{layer}` comes next", operand=arriving, layer=name)
            return text("with {count}, `{layer}` takes what comes before", count=number, layer=name)
        before = _before(operand, analysis)
        gets = self._gets(number, shape, name)
        if before is None or operand.origin is None or shape != shapes[0]:
            return text(
                "`{source}` is {shape}: {gets}",
                source=operand.source,
                shape=shape_code(shape),
                gets=gets,
            )
        return text(
            "`{source}` is {shape}; after `{step}`, {gets}",
            source=before.source,
            shape=shape_code(before.facts[0].shape or ()),
            step=operand.origin.source,
            gets=gets,
        )

    def _carries(self, shape: tuple[object, ...], number: int) -> bool:
        """Whether a size is where the layer looks for it."""
        return number in (shape[-1:] if self._layer.axis == -1 else shape[1:])

    def _gets(self, count: int, shape: tuple[object, ...], layer: str) -> Text:
        if self._layer.axis != -1 and len(shape) > 2:
            if count == 1:
                return text("`{layer}` gets 1 channel", layer=layer)
            return text("`{layer}` gets {count} channels", layer=layer, count=count)
        if count == 1:
            return text("`{layer}` gets 1 feature", layer=layer)
        return text("`{layer}` gets {count} features", layer=layer, count=count)


def _numbers(problem: Problem) -> list[int]:
    """The numbers in what torch says."""
    return [int(n) for n in re.findall(r"(?<![\d.])\d+(?![\d.]*\d)", problem.torch_message)]


def _start(problem: Problem) -> tuple[int, int, int]:
    return problem.span.part, problem.span.line, problem.span.column


def _field(problem: Problem, name: str) -> object:
    return dict(problem.message.fields).get(name)


def _groups(arguments: tuple[str, ...]) -> int:
    found = [re.fullmatch(r"groups\s*=\s*(\d{1,4})", argument) for argument in arguments]
    return next((max(int(match[1]), 1) for match in found if match is not None), 1)


def _operand(problem: Problem, analysis: Analysis) -> Value | None:
    """The tensor that a problem's range covers, if what is known of it is certain."""
    for value in analysis.values:
        if value.span == problem.span and value.facts and value.facts[0].shape:
            fact = value.facts[0]
            return None if fact.expected and fact.shape != fact.certain_shape else value
    return None


def _before(operand: Value, analysis: Analysis) -> Value | None:
    """The tensor that the step which made an operand began with."""
    origin = operand.origin
    if origin is None:
        return None
    inside = [
        value
        for value in analysis.values
        if value.span != origin.span
        and value.span.part == origin.span.part
        and value.facts
        and value.facts[0].shape
        and (origin.span.line, origin.span.column) <= (value.span.line, value.span.column)
        and (value.span.end_line, value.span.end_column)
        <= (origin.span.end_line, origin.span.end_column)
    ]
    return min(inside, key=lambda value: value.span, default=None)
