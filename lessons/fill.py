"""What of a learner's program goes into a snippet's placeholders."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ..analyzers.facts import Analysis, Span, TensorFact, Value
from .statements import Statement

_NAME = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
_LAYER = re.compile(r"([A-Z]\w*)\((.*)\)$")
_OPTIMIZERS = frozenset(
    {"Adadelta", "Adafactor", "Adagrad", "Adam", "AdamW", "Adamax", "ASGD", "LBFGS"}
    | {"NAdam", "RAdam", "RMSprop", "Rprop", "SGD"}
)


def fill(
    analysis: Analysis, part: int, statement: Statement, focus: Span | None = None
) -> dict[str, str]:
    """The values of those placeholders that something is known of.

    Args:
        part: the document or cell.
        focus: a range in the statement, such as a diagnostic's: of several things it is meant.
    """
    values = [value for value in analysis.values if value.span.part == part]
    here = [value for value in values if _within(value.span, statement)]
    tensors = _named_tensors(here, analysis, part, statement, focus)
    if not tensors:
        tensors = _last_before(analysis, part, statement)
    filled: dict[str, str] = {}
    if tensors:
        name, fact = tensors[0]
        filled |= {"tensor": name} | dict(_of_tensor(fact))
    if len(tensors) > 1:
        name, fact = tensors[1]
        filled["other"] = name
        if fact.dtype is not None:
            filled["other_dtype"] = f"torch.{fact.dtype}"
    filled |= _target(analysis, part, statement)
    filled |= _layer(here, focus)
    filled |= _objects(values, statement)
    return filled


def _within(span: Span, statement: Statement) -> bool:
    return statement.line <= span.line and span.end_line <= statement.end_line


def _named_tensors(
    here: Iterable[Value], analysis: Analysis, part: int, statement: Statement, focus: Span | None
) -> list[tuple[str, TensorFact]]:
    """The tensors that a statement names, as they are written; of more than two, those in the
    focus first.

    Names that are merely bound there come last.
    """
    found = [(value.span, value.source, value.facts[0]) for value in here if value.facts]
    found = [item for item in found if _NAME.fullmatch(item[1])]
    found.sort(key=lambda item: item[0])
    if len({name for _, name, _ in found}) > 2:
        # A long line: what the diagnostic speaks of is meant. Of two, both are.
        found.sort(key=lambda item: not _in_focus(item[0], focus))
    bound = [
        (binding.name, binding.facts[0])
        for binding in analysis.bindings
        if binding.span.part == part and _within(binding.span, statement) and binding.facts
    ]
    names: dict[str, TensorFact] = {}
    for name, fact in [*((name, fact) for _, name, fact in found), *bound]:
        names.setdefault(name, fact)
    return list(names.items())


def _last_before(
    analysis: Analysis, part: int, statement: Statement
) -> list[tuple[str, TensorFact]]:
    """The variable that was bound last above a statement that names no tensor."""
    above = [
        binding
        for binding in analysis.bindings
        if binding.span.part == part and binding.span.end_line < statement.line and binding.facts
    ]
    return [(above[-1].name, above[-1].facts[0])] if above else []


def _in_focus(span: Span, focus: Span | None) -> bool:
    if focus is None:
        return False
    start, end = (focus.line, focus.column), (focus.end_line, focus.end_column)
    return start <= (span.line, span.column) and (span.end_line, span.end_column) <= end


def _of_tensor(fact: TensorFact) -> Iterator[tuple[str, str]]:
    if fact.dtype is not None:
        yield "dtype", f"torch.{fact.dtype}"
    if fact.device is not None:
        yield "device", f'"{fact.device}"'
    sizes = [size if isinstance(size, int) else None for size in fact.shape or ()]
    if not sizes:
        return
    named = {"batch": sizes[0], "in_features": sizes[-1], "length": sizes[-1]}
    if len(sizes) > 1:
        named["channels"] = sizes[1]
    for kind, size in named.items():
        if size is not None:
            yield kind, str(size)
    flat = 1
    for size in sizes[1:]:
        if size is None:
            return
        flat *= size
    if len(sizes) > 1:
        yield "flat_features", str(flat)
    if sizes[0] is not None:
        inner = ", ".join(map(str, sizes))
        yield "shape", f"({inner},)" if len(sizes) == 1 else f"({inner})"


def _target(analysis: Analysis, part: int, statement: Statement) -> dict[str, str]:
    bound = [(binding.span, binding.name) for binding in analysis.bindings]
    bound += [(unknown.span, unknown.name) for unknown in analysis.unknowns]
    names = [name for span, name in bound if span.part == part and _within(span, statement)]
    return {"target": names[0]} if names else {}


def _layer(here: Iterable[Value], focus: Span | None) -> dict[str, str]:
    layers = [
        value for value in here if _NAME.fullmatch(value.source) and _LAYER.match(value.summary)
    ]
    layers.sort(key=lambda value: (not _in_focus(value.span, focus), value.span))
    if not layers:
        return {}
    filled = {"layer": layers[0].source}
    found = _LAYER.match(layers[0].summary)
    numbers = [item.strip() for item in found[2].split(",")] if found is not None else []
    if len(numbers) > 1 and numbers[1].isdigit():
        filled["out_features"] = numbers[1]
    return filled


def _objects(values: Iterable[Value], statement: Statement) -> dict[str, str]:
    """A model, an optimiser, a loader and a loss: of each kind the last before the statement."""
    filled: dict[str, str] = {}
    for value in values:
        if value.span.line > statement.end_line and len(filled) == 4:
            break
        kind = _kind_of(value)
        if kind is not None and (kind not in filled or value.span.line <= statement.end_line):
            filled[kind] = value.source
    return filled


def _kind_of(value: Value) -> str | None:
    name = value.summary.partition("(")[0]
    if not _NAME.fullmatch(value.source) or not name[:1].isupper() or value.source == "self":
        return None
    if value.summary.startswith("class ") or value.source.startswith("self."):
        return None
    if name in _OPTIMIZERS:
        return "optimizer"
    if name == "DataLoader":
        return "loader"
    if name.endswith("Loss"):
        return "loss"
    if name == "Sequential" or (value.summary == name and not name.endswith("Dataset")):
        return "model"
    return None
