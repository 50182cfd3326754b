"""A mistake of ours must not cost the learner the rest of the file."""

from __future__ import annotations

from collections.abc import Callable

from .machine import Machine, OutOfBudget, Raised


def guarded(machine: Machine, step: Callable[[], object]) -> None:
    """Runs one step; what it leaves half done is tidied up.

    Raises:
        OutOfBudget: the analysis is over.
    """
    frames, depth = list(machine.frames), len(machine.catching)
    speculations = machine.trail.depth
    try:
        step()
    except Raised:
        pass
    except RecursionError:
        machine.recorder.notes.append("RecursionError")
    except OutOfBudget:
        raise
    except Exception as error:  # the invariant: analysis never raises
        machine.recorder.notes.append(f"{type(error).__name__}: {error}")
        if machine.debug:
            raise
    machine.frames = frames
    del machine.catching[depth:]
    machine.trail.settle(speculations)
    machine.loops.clear()
