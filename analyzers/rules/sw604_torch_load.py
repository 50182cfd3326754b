"""SW604 torch-load: a file that `torch.load` cannot read here, or not everywhere."""

from __future__ import annotations

from ..facts import text
from ..interpreter.call import Call
from ..interpreter.failures import Failure
from ..values.model import Const, DictV, InstanceV, TensorV, Value
from .base import Finding, Rule, matches
from .watch import warn, watch


def _find(failure: Failure) -> Finding | None:
    if not matches(failure, r"^Weights only load failed"):
        return None
    return Finding(
        text(
            "this file holds a whole model, and `torch.load` reads only weights: save "
            "`model.state_dict()`, and load it into a new model"
        )
    )


RULE = Rule("SW604", "torch-load", "error", _find)


@watch("load")
def from_elsewhere(call: Call, result: Value) -> None:
    """Catalogue row 35: what lay on a GPU when it was saved goes back there."""
    path = call.argument(0, "f")
    if call.name != "torch.load" or call.argument(1, "map_location") is not None:
        return
    if not isinstance(path, Const) or not _on_accelerator(
        call.machine.recorder.training.saved.get(str(path.value))
    ):
        return
    message = text(
        "what was saved on a GPU is loaded onto a GPU, and fails where there is none: "
        "`map_location=device` says where to put it"
    )
    raised = (
        "RuntimeError: Attempting to deserialize object on a CUDA device but "
        "torch.cuda.is_available() is False."
    )
    warn(RULE, call, message, severity="hint", torch_message=raised)


def _on_accelerator(value: Value | None) -> bool:
    if isinstance(value, TensorV):
        return (value.sig.device or "cpu").startswith("cuda")
    if isinstance(value, InstanceV):
        return str(value.slots.get("$device", "cpu")).startswith("cuda")
    if isinstance(value, DictV):
        return any(_on_accelerator(item) for item in value.slots["items"].values())
    return False
