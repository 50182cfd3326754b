"""Completion that knows the number: what fits where a layer or a shape is being written.

The text at that moment is half typed. It is repaired with a trial in the place of the
argument (`site`), analysed, and what the analysis says of the trial names candidates
(`layers`, `shapes`). A candidate is offered only if the program with it was analysed and
the call works.
"""

from __future__ import annotations

from collections.abc import Callable

from ..facts import Analysis
from ..source import Source
from .base import Offer
from .layers import LAYERS, sizes_of_layer
from .shapes import SHAPES, sizes_of_shape
from .site import Site, site_at

__all__ = ["Analyse", "Offer", "Site", "offers_at", "wanted_at"]

Analyse = Callable[[Source], Analysis]
"""Analyses a repaired program."""

MOST = 4
"""Values offered at one place."""


def wanted_at(text: str, offset: int) -> Site | None:
    """The call at a place of a text for which something may be offered; costs nothing."""
    site = site_at(text, offset)
    return site if site is not None and (site.callee in LAYERS or site.callee in SHAPES) else None


def offers_at(source: Source, part: int, site: Site, analyse: Analyse) -> tuple[Offer, ...]:
    """What fits at a place of the text, the likeliest first; empty if nothing is known.

    Args:
        source: the program as it is, however broken.
        part: which part of it the place is in.
    """
    find = sizes_of_layer if site.callee in LAYERS else sizes_of_shape
    return find(site, source, part, analyse)[:MOST]
