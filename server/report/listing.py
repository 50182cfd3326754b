"""`--show-shapes`: a program with the shapes beside its lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from rich.cells import cell_len
from rich.text import Text as Line

from ...analyzers.facts import Analysis, Binding, TensorFact, Text, text
from ...analyzers.source import Source
from ..wording import shape_code
from .snippet import Paper, lines_of, styled

_MAX_ALTERNATIVES = 3
_NARROW = 24
"""With fewer columns than this for the shapes, they go below their lines."""

Say = Callable[[Text], str]


def draw_listing(source: Source, analysis: Analysis, paper: Paper, say: Say) -> list[Line]:
    """Every line of a program; a line that binds tensors has their shapes at its right."""
    shapes = _by_line(analysis)
    faults = {(p.span.part, p.span.line) for p in analysis.problems}
    longest = max((line for part in source.parts for line in (_count(part.text),)), default=1)
    gutter = len(str(longest))
    room = paper.width - gutter - len(paper.bar) - 5
    code_width = _code_width(source, shapes, room)
    drawn: list[Line] = []
    for index, part in enumerate(source.parts):
        if source.notebook:
            drawn.append(Line(f"  {say(text('cell {cell}', cell=index + 1))}", "dim"))
        for number, code in enumerate(_without_end(lines_of(part.text)), 1):
            place = (index, number)
            drawn += _draw_line(
                code, number, shapes.get(place, []), place in faults, gutter, code_width, paper
            )
    return drawn


def _draw_line(
    code: str,
    number: int,
    shapes: list[str],
    fault: bool,
    gutter: int,
    code_width: int,
    paper: Paper,
) -> list[Line]:
    mark = styled(">" if fault else " ", "bold red")
    line = mark + styled(f" {number:>{gutter}} {paper.bar} ", "dim")
    expanded = code.expandtabs(4).rstrip()
    line += paper.highlight(expanded)
    if not shapes:
        return [line]
    said = f"# {'; '.join(shapes)}"
    beside = paper.width - gutter - len(paper.bar) - 5 - code_width
    if cell_len(expanded) <= code_width and cell_len(said) <= max(beside, _NARROW):
        padding = " " * (code_width - cell_len(expanded))
        return [line + Line(f"{padding}  {said}", "green")]
    indent = len(expanded) - len(expanded.lstrip())
    empty = styled(f"  {'':>{gutter}} {paper.bar} ", "dim")
    return [line, *(empty + Line(f"{' ' * indent}# {shape}", "green") for shape in shapes)]


def _code_width(source: Source, shapes: dict[tuple[int, int], list[str]], room: int) -> int:
    """How wide the code's column is: as the longest line that has shapes, within reason."""
    limit = max(_NARROW, room - max([_NARROW, *(len("; ".join(s)) + 2 for s in shapes.values())]))
    widths = [
        cell_len(line.expandtabs(4).rstrip())
        for index, part in enumerate(source.parts)
        for number, line in enumerate(lines_of(part.text), 1)
        if (index, number) in shapes
    ]
    return max((width for width in widths if width <= limit), default=_NARROW)


def _by_line(analysis: Analysis) -> dict[tuple[int, int], list[str]]:
    shapes: dict[tuple[int, int], list[str]] = defaultdict(list)
    for binding in analysis.bindings:
        shapes[binding.span.part, binding.span.line].append(_shape(binding))
    return shapes


def _shape(binding: Binding) -> str:
    seen = list(dict.fromkeys(_fact(fact) for fact in binding.facts))
    shown = " | ".join(seen[:_MAX_ALTERNATIVES])
    return f"{binding.name}: {shown}{' | …' if len(seen) > _MAX_ALTERNATIVES else ''}"


def _fact(fact: TensorFact) -> str:
    """`(32, 784) float32 cpu`, both devices where an accelerator makes a difference."""
    words = [shape_code(fact.shape), fact.dtype]
    if fact.kind == "ndarray":
        words.append("ndarray")
    elif fact.accelerated_device and fact.accelerated_device != fact.device:
        words.append(f"{fact.device}/{fact.accelerated_device}")
    else:
        words.append(fact.device)
    if fact.requires_grad:
        words.append("requires_grad")
    return " ".join(word for word in words if word)


def _count(program: str) -> int:
    return max(1, len(_without_end(lines_of(program))))


def _without_end(lines: list[str]) -> list[str]:
    """The lines without the empty one behind the last line break."""
    return lines[:-1] if lines and not lines[-1] else lines
