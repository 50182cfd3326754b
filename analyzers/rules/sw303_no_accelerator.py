"""SW303 no-accelerator: "cuda" is written down, and this PyTorch has none."""

from __future__ import annotations

import ast

from ..facts import text
from ..interpreter.call import Call
from ..source.chunks import Chunk
from ..values.model import Value
from .base import Rule
from .watch import warn_late, watch

RULE = Rule("SW303", "no-accelerator", "warning")


@watch("to device", "cuda")
def hard_coded(call: Call, result: Value) -> None:
    """Catalogue row 10: reported where nothing in the program asks what there is."""
    machine = call.machine
    node: ast.expr | None = None
    if call.name.endswith("cuda"):
        if len(call.args) > 1 or call.kwargs:
            return
    else:
        node = next((n for n in (*call.nodes[1:], *call.keyword_nodes.values()) if _cuda(n)), None)
        if node is None:
            return
    surely = not machine.recorder.training.path and not machine.uncalled
    if machine.world is not None or not surely or machine.catches("AssertionError"):
        return
    message = text(
        'this fails where there is no GPU, as here: `device = "cuda" if torch.cuda.is_available() '
        'else "cpu"` asks first'
    )
    warn_late(
        RULE,
        call,
        message,
        machine.span(node) if node is not None else None,
        unless=lambda chunks: machine.asked_accelerator or _asks(chunks),
        torch_message="AssertionError: Torch not compiled with CUDA enabled",
    )


def _cuda(node: ast.expr | None) -> bool:
    text_ = node.value if isinstance(node, ast.Constant) else None
    return isinstance(text_, str) and text_.partition(":")[0] == "cuda"


def _asks(chunks: list[Chunk]) -> bool:
    return any("is_available" in ast.dump(node) for chunk in chunks for node in chunk.parsed.body)
