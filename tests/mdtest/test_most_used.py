"""The 40 functions and 25 layers that course programs use most each have their blocks.

`most_used/*.md` has a section for each: one block with numbers, with a mistake among them, and
one with symbols, which a real run fills with numbers.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from .blocks import Program, Spec, programs

FUNCTIONS = [
    "to",
    "item",
    "torch.tensor",
    "view",
    "backward",
    "torch.randn",
    "size",
    "sum",
    "torch.rand",
    "F.relu",
    "torch.zeros",
    "numpy",
    "unsqueeze",
    "mean",
    "transpose",
    "float",
    "squeeze",
    "torch.max",
    "from_numpy",
    "torch.cat",
    "reshape",
    "softmax",
    "matmul",
    "torch.mm",
    "torch.bmm",
    "torch.stack",
    "permute",
    "torch.flatten",
    "torch.arange",
    "torch.linspace",
    "torch.ones",
    "torch.where",
    "gather",
    "torch.einsum",
    "argmax",
    "topk",
    "torch.split",
    "expand",
    "repeat",
    "masked_fill",
    "cumsum",
    "norm",
    "clamp",
    "F.cross_entropy",
    "F.pad",
    "F.interpolate",
    "torch.randint",
    "torch.eye",
    "F.one_hot",
    "detach",
]
LAYERS = [
    "nn.Linear",
    "nn.Conv1d",
    "nn.Conv2d",
    "nn.ConvTranspose2d",
    "nn.ReLU",
    "nn.Sequential",
    "nn.MaxPool2d",
    "nn.AvgPool2d",
    "nn.AdaptiveAvgPool2d",
    "nn.BatchNorm1d",
    "nn.BatchNorm2d",
    "nn.LayerNorm",
    "nn.Dropout",
    "nn.Flatten",
    "nn.Embedding",
    "nn.RNN",
    "nn.LSTM",
    "nn.GRU",
    "nn.MultiheadAttention",
    "nn.TransformerEncoderLayer",
    "nn.CrossEntropyLoss",
    "nn.MSELoss",
    "nn.BCEWithLogitsLoss",
    "nn.Softmax",
    "nn.Upsample",
]
MIN_REVEALED = 3
"""Lines of a block with numbers that say what is there: several ways to write the call."""

BLOCKS = [
    program
    for path in sorted((Path(__file__).parent / "most_used").glob("*.md"))
    for program in programs(path)
]


def _section(name: str) -> list[Program]:
    return [block for block in BLOCKS if block.name.rpartition(" ")[0] == name]


def _specs(block: Program) -> list[Spec]:
    return [spec for item in block.expectations for _, specs in item.specs for spec in specs]


def _has_symbols(block: Program) -> bool:
    dims = (dim for spec in _specs(block) for dim in spec.shape or ())
    return any(not dim.isdigit() for dim in dims)


def test_they_are_40_and_25() -> None:
    assert len(set(FUNCTIONS)) >= 40
    assert len(set(LAYERS)) >= 25


@pytest.mark.parametrize("name", FUNCTIONS + LAYERS)
def test_has_a_block_with_numbers(name: str) -> None:
    block = _section(name)[0]
    kinds = [item.kind for item in block.expectations]
    assert not block.uncalled and not block.static_only
    assert name.rpartition(".")[2] in block.source or name == "matmul"
    assert kinds.count("reveal") >= MIN_REVEALED
    assert "error" in kinds


@pytest.mark.parametrize("name", FUNCTIONS + LAYERS)
def test_has_a_block_with_symbols(name: str) -> None:
    blocks = [block for block in _section(name)[1:] if _has_symbols(block)]
    assert blocks
    assert not any(block.static_only for block in blocks)
