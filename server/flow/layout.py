"""Where the boxes and arrows of a flow go: in layers, from top to bottom.

The usual four steps of a layered drawing (Sugiyama): a layer for each box, bends
where an arrow passes layers, an order within each layer with few crossings, and
coordinates that keep arrows straight.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

_SWEEPS = 6
_PASSES = 40
_GAP_X = 28.0
_BEND_WIDTH = 18.0
_STRAIGHT = 8.0
"""How much more an arrow's own bends pull than a box's neighbours do."""


@dataclass(frozen=True, slots=True)
class Size:
    """What a box takes, in pixels; its label included."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Placed:
    """The centre of a box's upper edge, in pixels."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Layout:
    """Boxes in the graph's order; each arrow's bends from its source to its target.

    A bend is a stretch of a vertical line: x, where it begins, where it ends.
    """

    boxes: tuple[Placed, ...]
    bends: tuple[tuple[tuple[float, float, float], ...], ...]
    width: float
    height: float


def layers_of(count: int, arrows: Sequence[tuple[int, int]]) -> list[int]:
    """The layer of each box: below all boxes whose arrows it takes.

    Arrows that would lead upwards (there is none but in a loop) are not heeded.
    """
    layers = [0] * count
    forward = sorted((source, target) for source, target in arrows if source < target)
    for source, target in forward:
        layers[target] = max(layers[target], layers[source] + 1)
    # What comes from nowhere stands right above where it is used.
    for box in reversed(range(count)):
        below = [layers[target] for source, target in forward if source == box]
        if below and not any(target == box for _, target in forward):
            layers[box] = max(layers[box], min(below) - 1)
    return layers


def lay_out(sizes: Sequence[Size], arrows: Sequence[tuple[int, int]], gap_y: float) -> Layout:
    """Places boxes that are numbered in the order of the program.

    Args:
        gap_y: between layers, for arrows and their labels.
    """
    if not sizes:
        return Layout((), (), 0.0, 0.0)
    layers = layers_of(len(sizes), arrows)
    # Points are the boxes, then the bends.
    widths = [size.width for size in sizes]
    point_layers = list(layers)
    links: list[tuple[int, int]] = []
    chains: list[list[int]] = []
    for source, target in arrows:
        chain: list[int] = []
        for layer in range(layers[source] + 1, layers[target]):
            chain.append(len(widths))
            widths.append(_BEND_WIDTH)
            point_layers.append(layer)
        chains.append(chain)
        stops = [source, *chain, target]
        links += itertools.pairwise(stops)
    rows: list[list[int]] = [[] for _ in range(max(layers) + 1)]
    for point, layer in enumerate(point_layers):
        rows[layer].append(point)
    above: list[list[int]] = [[] for _ in widths]
    below: list[list[int]] = [[] for _ in widths]
    for upper, lower in links:
        if point_layers[upper] < point_layers[lower]:
            above[lower].append(upper)
            below[upper].append(lower)
    _order(rows, above, below)
    centres = _centres(rows, widths, above, below, chains)
    tops, heights = _rows_down(rows, sizes, gap_y)
    boxes = tuple(Placed(centres[i], tops[layers[i]]) for i in range(len(sizes)))
    bends = tuple(
        tuple(
            (
                centres[point],
                tops[point_layers[point]],
                tops[point_layers[point]] + heights[point_layers[point]],
            )
            for point in chain
        )
        for chain in chains
    )
    width = max(centre + widths[point] / 2 for point, centre in enumerate(centres))
    return Layout(boxes, bends, width, tops[-1] + heights[-1])


def _order(rows: list[list[int]], above: list[list[int]], below: list[list[int]]) -> None:
    """Sorts each row by the mean place of its neighbours, down and up in turn."""
    place: dict[int, float] = {}

    def number(row: list[int]) -> None:
        for index, point in enumerate(row):
            place[point] = index - (len(row) - 1) / 2

    for row in rows:
        number(row)
    for sweep in range(_SWEEPS):
        near = above if sweep % 2 == 0 else below
        for row in rows if sweep % 2 == 0 else reversed(rows):

            def mean(point: int, near: list[list[int]] = near) -> float:
                others = near[point]
                return sum(map(place.__getitem__, others)) / len(others) if others else place[point]

            row.sort(key=mean)
            number(row)


def _centres(
    rows: list[list[int]],
    widths: list[float],
    above: list[list[int]],
    below: list[list[int]],
    chains: list[list[int]],
) -> list[float]:
    """Horizontal centres: each as near to its neighbours as the order allows.

    The bends of one arrow want to stand below one another.
    """
    chain_of = {point: chain for chain in chains for point in chain}
    centres = [0.0] * len(widths)
    for row in rows:
        _settle(row, widths, [0.0] * len(row), [1.0] * len(row), centres)
    for sweep in range(_PASSES):
        for row in rows if sweep % 2 == 0 else reversed(rows):
            wanted, weights = [], []
            for point in row:
                near = [*above[point], *below[point]]
                chain = chain_of.get(point, [])
                places = [centres[n] for n in near if n not in chain]
                pull = float(len(places))
                if chain:
                    pull += _STRAIGHT
                    places.append(_STRAIGHT * sum(centres[n] for n in chain) / len(chain))
                wanted.append(sum(places) / pull if pull else centres[point])
                weights.append(max(pull, 0.1))
            _settle(row, widths, wanted, weights, centres)
    left = min(centre - widths[point] / 2 for point, centre in enumerate(centres))
    return [centre - left for centre in centres]


def _settle(
    row: list[int],
    widths: list[float],
    wanted: list[float],
    weights: list[float],
    centres: list[float],
) -> None:
    """Puts a row where it wants to be, without overlaps (pool adjacent violators)."""
    offsets = [0.0]
    for left, right in itertools.pairwise(row):
        offsets.append(offsets[-1] + (widths[left] + widths[right]) / 2 + _GAP_X)
    blocks: list[list[float]] = []  # mean, weight, count
    for want, weight, offset in zip(wanted, weights, offsets):
        blocks.append([want - offset, weight, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            mean, heavy, count = blocks.pop()
            last = blocks[-1]
            last[0] = (last[0] * last[1] + mean * heavy) / (last[1] + heavy)
            last[1] += heavy
            last[2] += count
    index = 0
    for mean, _, count in blocks:
        for _ in range(int(count)):
            centres[row[index]] = mean + offsets[index]
            index += 1


def _rows_down(
    rows: list[list[int]], sizes: Sequence[Size], gap_y: float
) -> tuple[list[float], list[float]]:
    tops, heights = [], []
    y = 0.0
    for row in rows:
        height = max((sizes[point].height for point in row if point < len(sizes)), default=0.0)
        tops.append(y)
        heights.append(height)
        y += height + gap_y
    return tops, heights
