"""An explanation of every kind, and what is said of each: `texts.en.txt`, `texts.pt-BR.txt`.

`python -m tests.explain.cases` writes the texts anew: read the difference before it is
committed.
"""

from __future__ import annotations

import sys
from pathlib import Path

from shapewise.analyzers.explain.blocks import Drawn, Said, markdown
from shapewise.analyzers.explain.model import (
    AxisExplanation,
    BroadcastExplanation,
    CatExplanation,
    DtypeExplanation,
    Explanation,
    IndexExplanation,
    LayerExplanation,
    LossExplanation,
    MatmulExplanation,
    Operand,
    PermuteExplanation,
    ShapeExplanation,
    Step,
    StrideExplanation,
    UnpackExplanation,
    ViewExplanation,
    Way,
    Window,
    WindowExplanation,
)
from shapewise.analyzers.explain.page import blocks_of

LANGUAGES = ("en", "pt-BR")

_CONV = Window("conv", (5, 5), (1, 1), (0, 0), (1, 1))
_POOL = Window("pool", (2, 2), (2, 2), (0, 0), (1, 1))
_WAY = Way(
    Operand("images", (64, 1, 28, 28)),
    (
        Step("self.conv1", "Conv2d", (64, 1, 28, 28), (64, 10, 24, 24), _CONV),
        Step("max_pool2d(2)", "max_pool2d", (64, 10, 24, 24), (64, 10, 12, 12), _POOL),
        Step("flatten(1)", "flatten", (64, 10, 12, 12), (64, 1440)),
    ),
)


def _x(*shape: int | str, name: str = "x", dtype: str | None = None) -> Operand:
    return Operand(name, shape, dtype)


CASES: dict[str, Explanation] = {
    "product of two matrices": MatmulExplanation(_x(2, 3, name="a"), _x(2, 3, name="b"), "@"),
    "matrix and vector": MatmulExplanation(_x(3, 4, name="m"), _x(3, name="v"), "@"),
    "batches that differ": MatmulExplanation(
        _x(8, 10, 64, name="queries"), _x(4, 64, 10, name="keys"), "@"
    ),
    "keys not turned round": MatmulExplanation(
        _x("B", 10, 64, name="queries"), _x("B", 10, 64, name="keys"), "bmm"
    ),
    "axes that bmm does not take": MatmulExplanation(_x(3, 4, name="a"), _x(4, 5, name="b"), "bmm"),
    "linear layer, not flattened": MatmulExplanation(
        _x(64, 1, 28, 28, name="images"), _x(784, 10, name="fc.weight.T"), "@", "fc"
    ),
    "linear layer behind convolutions": MatmulExplanation(
        _x(64, 1440), _x(512, 10, name="self.fc.weight.T"), "@", "self.fc", _WAY
    ),
    "linear layer, no batch": MatmulExplanation(
        _x(28, 28, name="digit"), _x(784, 10, name="fc.weight.T"), "@", "fc"
    ),
    "linear layer, axes mixed up": MatmulExplanation(
        _x(8, 16, 100, name="signal"), _x(16, 4, name="fc.weight.T"), "@", "fc"
    ),
    "broadcasting": BroadcastExplanation(_x(5, 4, name="heights"), _x(5, name="means"), "-"),
    "broadcasting by chance": BroadcastExplanation(
        _x(32, 1, name="prediction"), _x(32, name="prices"), "-"
    ),
    "broadcasting in place": BroadcastExplanation(
        _x(3, name="total"), _x(2, 3, name="part"), "+=", (3,)
    ),
    "broadcasting of symbols": BroadcastExplanation(_x("N", 3), _x("M", 1, name="y"), "+"),
    "view": ViewExplanation(_x(2, 3, 4), (5, 5), "view"),
    "view with a size that is free": ViewExplanation(_x(2, 3, 4), (5, -1), "view"),
    "view with two": ViewExplanation(_x(4, 6), (-1, -1), "view"),
    "view of many": ViewExplanation(_x(64, 20, 4, 4), (64, 512), "reshape"),
    "strides": StrideExplanation(_x(3, 2, name="x.t()"), (1, 3), "view"),
    "strides of many": StrideExplanation(_x("N", 10, 64), (64, 6400, 1), "view"),
    "permute": PermuteExplanation(_x(8, 32, 32, 3, name="photos"), (0, 3, 1, 2), "permute"),
    "permute without an axis": PermuteExplanation(_x(2, 3, 4), (1, 0), "permute"),
    "view for permute": PermuteExplanation(
        _x(8, 32, 32, 3, name="photos"), (0, 3, 1, 2), "view", viewed=True
    ),
    "cat": CatExplanation((_x(1, 8, 56, 56, name="maps"), _x(1, 8, 57, 57, name="skip")), 1, "cat"),
    "cat of many": CatExplanation(
        tuple(_x(2, 3, name=f"x[{i}]") for i in range(8)) + (_x(2, 4, name="x[8]"),), 0, "cat"
    ),
    "stack": CatExplanation((_x(3, name="a"), _x(4, name="b")), 0, "stack", new_axis=True),
    "convolution, channels last": WindowExplanation(
        _x(8, 32, 32, 3, name="photos"), "conv", Window("conv", *[(3, 3), (1, 1)] * 2), 2, 3
    ),
    "convolution, channels missing": WindowExplanation(
        _x(64, 28, 28, name="digits"), "conv", Window("conv", *[(3, 3), (1, 1)] * 2), 2, 1
    ),
    "convolution, kernel too large": WindowExplanation(
        _x(8, 16, 5, 4, name="small"),
        "conv",
        Window("conv", (7, 7), (1, 1), (1, 0), (1, 1)),
        2,
        16,
    ),
    "pooling of nothing": WindowExplanation(_x(1, 16, 1, 1, name="maps"), "pool", _POOL, 2),
    "layer": LayerExplanation(_x(4, 7, 12, name="series"), "lstm", -1, 10),
    "layer behind convolutions": LayerExplanation(_x(64, 1440), "norm", 1, 512, _WAY),
    "shape": ShapeExplanation(_x(1, 7, 20, name="h0"), (1, 4, 20), "gru", ("L", "N", "H")),
    "shape of any sizes": ShapeExplanation(
        _x(3, 4, name="a"), (None, None, None), "bij", ("b", "i", "j")
    ),
    "loss of classes": LossExplanation(
        _x(4, 3, name="scores"), _x(4, 1, name="labels"), "cross_entropy", "classes"
    ),
    "loss of classes at places": LossExplanation(
        _x(4, 7, 100, name="logits"), _x(4, 7, name="words"), "cross_entropy", "classes"
    ),
    "loss, rows lost on the way": LossExplanation(
        _x(400, 10, name="scores"),
        _x(64, name="labels"),
        "cross_entropy",
        "classes",
        Way(
            _x(64, 16, 10, 10),
            (
                Step("view(-1, 256)", "view", (64, 16, 10, 10), (400, 256)),
                Step("self.fc", "Linear", (400, 256), (400, 10)),
            ),
        ),
    ),
    "loss of twins": LossExplanation(
        _x("N", 1, name="chance"), _x("N", name="truth"), "MSELoss", "twins"
    ),
    "index": IndexExplanation(_x(3, name="colours"), 0, 3, 3),
    "index before the first": IndexExplanation(_x(20, 2), 0, 20, -21),
    "id": IndexExplanation(_x(10, 4, name="Embedding"), 0, 10, 10, signed=False),
    "axis": AxisExplanation(_x(2, 3, 4), 3, "softmax"),
    "names and sizes": UnpackExplanation(Operand("image.shape", None), (3, 32, 32), 4),
    "dtypes of a product": DtypeExplanation(
        _x(2, 3, name="a", dtype="float64"),
        _x(name="fc.weight", dtype="float32"),
        "fc",
        "same",
        "float64",
    ),
    "dtype of classes": DtypeExplanation(
        _x(name="scores", dtype="float32"),
        _x(name="labels", dtype="float32"),
        "cross_entropy",
        "classes",
    ),
    "dtype of probabilities": DtypeExplanation(
        _x(name="scores", dtype="float32"),
        _x(name="labels", dtype="int64"),
        "cross_entropy",
        "probabilities",
    ),
    "dtype of fractions": DtypeExplanation(
        _x(name="ages", dtype="int64"), Operand("", None), "mean", "floating"
    ),
    "dtype of an index": DtypeExplanation(
        _x(name="rows", dtype="float32"), Operand("", None), "[]", "index"
    ),
    "dtype of a mask": DtypeExplanation(
        _x(name="mask", dtype="int64"), Operand("", None), "masked_fill", "mask"
    ),
    "dtype in place": DtypeExplanation(
        _x(name="counts", dtype="int64"), Operand("", None), "+=", "keeps"
    ),
}


def texts_file(language: str) -> Path:
    """Where the texts in a language are."""
    return Path(__file__).with_name(f"texts.{language}.txt")


def written(language: str) -> str:
    """All explanations as Markdown, and what is told of their pictures to who cannot see them."""
    parts = []
    for name, explanation in CASES.items():
        blocks = blocks_of(explanation, language)
        lines = markdown(blocks, images=False)
        said = [
            line
            if isinstance(block, Said) or not isinstance(block, Drawn)
            else f"{line}\n[{block.picture.alt}]"
            for block, line in zip(blocks, lines, strict=True)
        ]
        parts.append("\n\n".join([f"=== {name} ===", *said]))
    return "\n\n\n".join(parts) + "\n"


def main() -> int:
    """Writes the texts anew."""
    for language in LANGUAGES:
        texts_file(language).write_text(written(language), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
