"""Quick fixes: supposed by kind, one file for each, and offered only once proved.

`fixes_for` gives the fixes of a problem; `fixable_codes` the rules that have some.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from ..facts import Analysis, Problem
from ..source import Source
from . import (
    axes,
    comments,
    devices,
    dtypes,
    gradients,
    joining,
    layer_arguments,
    misuse,
    modules,
    scalars,
    sizes,
    states,
    targets,
    training,
)
from .base import Analyse, Candidate, Edit, Fix, Suggest
from .hidden import Hidden
from .prove import Proof, prove
from .site import Program, Site

__all__ = [
    "Analyse",
    "Candidate",
    "Edit",
    "Fix",
    "Program",
    "candidates",
    "fixable_codes",
    "fixes_for",
    "fixes_of",
    "proved",
]

MOST = 3
"""Fixes offered for one problem."""

_TRIES = 16
_TRIES_MORE = 8
"""Candidates that are tried for one problem until one is proved, and after that."""

KINDS: dict[str, tuple[Suggest, ...]] = {
    "SW101": (
        axes.batch_of_one,
        axes.batch_at_call,
        axes.input_of_layer,
        layer_arguments.output_of_previous,
        axes.other_product,
        axes.transpose_factor,
    ),
    "SW102": (axes.column, axes.broadcast),
    "SW103": (sizes.reshape, sizes.free_size),
    "SW104": (joining.join,),
    "SW105": (
        axes.batch_at_call,
        axes.permute,
        axes.merge_first,
        layer_arguments.other_norm,
        axes.unsqueeze,
        layer_arguments.input_size,
        layer_arguments.output_of_previous,
        layer_arguments.padding,
        modules.fewer_layers,
    ),
    "SW106": (joining.join, sizes.dim_in_range, sizes.index_in_range),
    "SW107": (
        sizes.index_in_range,
        sizes.fewer_indices,
        sizes.flipped,
        sizes.index_rank,
    ),
    "SW108": (
        states.batch_of_state,
        states.state,
        states.mask_size,
        modules.batch_statistics,
        axes.batch_of_one,
        axes.batch_at_call,
        layer_arguments.input_size,
        layer_arguments.output_of_previous,
        layer_arguments.other_norm,
        axes.unsqueeze,
    ),
    "SW109": (targets.loss_shapes,),
    "SW110": (axes.batch_at_call, sizes.unpacked),
    "SW111": (axes.all_axes, axes.equation),
    "SW112": (joining.stacked, scalars.condition, scalars.one_number),
    "SW113": (sizes.fitting_slice,),
    "SW114": (layer_arguments.more_rows, targets.smaller_labels),
    "SW201": (dtypes.same_dtype,),
    "SW202": (dtypes.target,),
    "SW203": (dtypes.floating,),
    "SW204": (dtypes.index,),
    "SW205": (dtypes.in_place,),
    "SW206": (dtypes.with_gradient,),
    "SW207": (misuse.tensor_of_array, joining.stacked, misuse.first_of_pair),
    "SW301": (devices.same_device,),
    "SW302": (devices.home,),
    "SW303": (devices.chosen,),
    "SW304": (devices.chosen,),
    "SW401": (devices.detached,),
    "SW402": (scalars.scalar_loss,),
    "SW403": (gradients.out_of_no_grad, gradients.leaf),
    "SW404": (gradients.under_no_grad,),
    "SW405": (gradients.once_more,),
    "SW406": (gradients.unchanged,),
    "SW407": (gradients.gradient_first,),
    "SW408": (gradients.kept_gradient,),
    "SW409": (gradients.called_no_grad,),
    "SW501": (training.zero_grad,),
    "SW502": (targets.loss_input,),
    "SW503": (training.reordered,),
    "SW504": (training.evaluation, training.dropout_mode),
    "SW505": (scalars.number_kept,),
    "SW506": (training.optimizer_behind,),
    "SW507": (devices.kept_result,),
    "SW508": (training.permuted,),
    "SW509": (axes.flatten_image, targets.kept_batch),
    "SW510": (targets.class_axis,),
    "SW511": (axes.column, axes.same_rank),
    "SW512": (layer_arguments.output_size,),
    "SW513": (dtypes.wider,),
    "SW514": (training.swapped_last,),
    "SW515": (scalars.plain_tensor,),
    "SW516": (scalars.copied,),
    "SW517": (states.batch_first, training.flattened_rows, training.batch_of_image),
    "SW601": (modules.returned, joining.padded),
    "SW604": (devices.map_location, devices.loaded_weights),
    "SW605": (misuse.numeric_array,),
    "SW701": (
        layer_arguments.whole_division,
        layer_arguments.known_keyword,
        layer_arguments.divisor,
        modules.sequential,
        targets.made_first,
    ),
    "SW702": (modules.module_list,),
    "SW703": (modules.super_init,),
    "SW704": (modules.sequential, modules.renamed_forward),
    "SW705": (modules.returned,),
    "SW706": (modules.parameters,),
    "SW707": (modules.parameter,),
    "SW708": (misuse.attribute,),
    "SW901": (comments.unused,),
}
"""By rule: what may help, the likeliest first."""


def fixable_codes() -> frozenset[str]:
    """The rules for whose problems fixes are known."""
    return frozenset(KINDS)


def candidates(problem: Problem, program: Program, analysis: Analysis) -> Iterator[Candidate]:
    """What may fix a problem, the likeliest first, nothing twice."""
    site = Site(program, problem, analysis)
    seen: set[tuple[Edit, ...]] = set()
    for suggest in KINDS.get(problem.code, ()):
        for candidate in suggest(site):
            edits = tuple(dict.fromkeys(candidate.edits))
            if edits not in seen:
                seen.add(edits)
                yield candidate


def fixes_for(
    problem: Problem,
    source: Source,
    analysis: Analysis,
    analyse: Analyse,
    program: Program | None = None,
    most: int = MOST,
) -> tuple[Fix, ...]:
    """The proved fixes of a problem, the preferred one first.

    Args:
        analysis: of `source`; the problem is one of its.
        analyse: the same analysis, for edited programs.
        program: the syntax of `source`, if it has been read before.
    """
    return tuple(islice(fixes_of(problem, analysis, analyse, program or Program(source)), most))


def fixes_of(
    problem: Problem, analysis: Analysis, analyse: Analyse, program: Program
) -> Iterator[Fix]:
    """Like `fixes_for`, each as soon as it is proved."""
    for place, (candidate, proof) in enumerate(proved(problem, analysis, analyse, program)):
        yield Fix(candidate.kind, proof.title, candidate.edits, candidate.safe, not place)


def proved(
    problem: Problem, analysis: Analysis, analyse: Analyse, program: Program
) -> Iterator[tuple[Candidate, Proof]]:
    """The candidates for a problem that are fixes, each when the one before has been seen."""
    hidden = Hidden((problem,), program, analysis, analyse)
    found = False
    for tried, candidate in enumerate(candidates(problem, program, analysis)):
        if tried >= (_TRIES_MORE if found else _TRIES):
            break
        proof = prove(candidate, (problem,), program.source, analysis, analyse, hidden.found)
        if proof is not None:
            found = True
            yield candidate, proof
