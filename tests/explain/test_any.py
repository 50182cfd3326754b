"""Whatever the names and sizes are: something is said, and pictures are XML of a bounded size."""

from __future__ import annotations

import dataclasses
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapewise.analyzers.explain import model
from shapewise.analyzers.explain.blocks import fits_encoding, markdown, plain
from shapewise.analyzers.explain.page import blocks_of, pictures_of
from shapewise.runtime.oracle import dims

_MOST = 100_000
"""VS Code cuts a longer hover."""

SYMBOLS = ["N", "B", "2*B", "2*B + 1", "(H - 2)//2", "-N", "n_embd"]
SIZES = st.one_of(
    st.integers(0, 12), st.sampled_from([28, 784, 1352, 10**6, 10**12]), st.sampled_from(SYMBOLS)
)
SHAPES = st.one_of(st.none(), st.lists(SIZES, max_size=7).map(tuple))
NAMES = st.one_of(
    st.sampled_from(
        [
            "",
            "x",
            "\ufffe\x00\x7f",
            "self.fc",
            'f(a, b)[0] < g(`y`) & "z"',
            "]]></style><script>alert(1)</script>",
            "maçã",
            "𝐱😀表",
            "```",
            "a\x00b\x1b[31m\n\tc",
            "x" * 300,
            "\ud800",
        ]
    ),
    st.text(max_size=12),
)
OPERANDS = st.builds(model.Operand, NAMES, SHAPES, st.sampled_from([None, "float32", "int64"]))
NUMBERS = st.lists(st.integers(0, 9), min_size=2, max_size=2).map(tuple)
WINDOWS = st.builds(
    model.Window,
    st.sampled_from(["conv", "pool", "transposed"]),
    NUMBERS,
    NUMBERS,
    NUMBERS,
    NUMBERS,
    st.one_of(st.just(()), NUMBERS),
    st.booleans(),
)
KNOWN = st.lists(SIZES, max_size=5).map(tuple)
STEPS = st.builds(model.Step, NAMES, NAMES, KNOWN, KNOWN, st.one_of(st.none(), WINDOWS))
WAYS = st.one_of(st.none(), st.builds(model.Way, OPERANDS, st.lists(STEPS, max_size=12).map(tuple)))
SMALL = st.integers(-9, 9)
EXPLANATIONS = st.one_of(
    st.builds(model.MatmulExplanation, OPERANDS, OPERANDS, NAMES, NAMES, WAYS),
    st.builds(
        model.MatmulExplanation, OPERANDS, OPERANDS, st.sampled_from(["mm", "bmm", "mv", "dot"])
    ),
    st.builds(model.BroadcastExplanation, OPERANDS, OPERANDS, NAMES, SHAPES, WAYS),
    st.builds(
        model.ViewExplanation,
        OPERANDS,
        st.lists(st.one_of(SIZES, st.just(-1)), max_size=5).map(tuple),
        NAMES,
        WAYS,
    ),
    st.builds(model.StrideExplanation, OPERANDS, KNOWN, NAMES),
    st.builds(
        model.PermuteExplanation,
        OPERANDS,
        st.lists(SMALL, max_size=5).map(tuple),
        NAMES,
        st.booleans(),
    ),
    st.builds(
        model.CatExplanation,
        st.lists(OPERANDS, max_size=9).map(tuple),
        st.integers(-2, 2),
        NAMES,
        st.booleans(),
    ),
    st.builds(
        model.WindowExplanation,
        OPERANDS,
        NAMES,
        WINDOWS,
        st.just(2),
        st.one_of(st.none(), SIZES),
        WAYS,
    ),
    st.builds(model.LayerExplanation, OPERANDS, NAMES, SMALL, SIZES, WAYS),
    st.builds(
        model.ShapeExplanation,
        OPERANDS,
        st.lists(st.one_of(st.none(), SIZES), max_size=5).map(tuple),
        NAMES,
        st.lists(st.sampled_from("NCHWL"), max_size=4).map(tuple),
    ),
    st.builds(
        model.LossExplanation,
        OPERANDS,
        OPERANDS,
        NAMES,
        st.sampled_from(["classes", "twins"]),
        WAYS,
    ),
    st.builds(model.IndexExplanation, OPERANDS, SMALL, SIZES, st.integers(), st.booleans()),
    st.builds(model.AxisExplanation, OPERANDS, SMALL, NAMES, st.integers(0, 1)),
    st.builds(model.UnpackExplanation, OPERANDS, KNOWN, st.integers(0, 40)),
    st.builds(
        model.DtypeExplanation,
        OPERANDS,
        OPERANDS,
        NAMES,
        st.sampled_from(["same", "classes", "probabilities", "floating", "index", "mask", "keeps"]),
        st.sampled_from(["", "float64"]),
    ),
)


@settings(deadline=None, max_examples=600)
@given(EXPLANATIONS, st.sampled_from(["en", "pt-BR"]))
def test_nothing_breaks_it(explanation: model.Explanation, language: str) -> None:
    blocks = blocks_of(explanation, language)
    for picture in pictures_of(explanation, language):
        ElementTree.fromstring(picture.svg)
        assert "\n\n\n\n" not in picture.text
        assert all(line == line.rstrip() for line in picture.text.split("\n"))
    for images in (True, False):
        assert len("\n\n".join(markdown(blocks, images=images)).encode(errors="replace")) < _MOST
    for line in plain(blocks):
        fits_encoding(line, "ascii").encode("ascii", "replace")


@given(NAMES)
def test_names_are_only_text_in_a_picture(name: str) -> None:
    pair = model.BroadcastExplanation(model.Operand(name, (2, 3)), model.Operand("y", (4,)), "+")
    (picture,) = pictures_of(pair, "en")
    root = ElementTree.fromstring(picture.svg)
    assert {element.tag.rpartition("}")[2] for element in root.iter()} <= {
        "svg",
        "style",
        "rect",
        "line",
        "path",
        "text",
    }


@pytest.mark.parametrize("name", ["```", "x\n```\nend", "a````b"])
def test_a_name_ends_no_block_of_code(name: str) -> None:
    shape = model.LayerExplanation(model.Operand(name, (2, 3)), "fc", -1, 4)
    _, code = markdown(blocks_of(shape, "en"), images=False)
    fence = code.split("text\n")[0]
    assert set(fence) == {"`"} and code.endswith(f"\n{fence}")
    assert fence not in code[len(fence) : -len(fence)]


@settings(deadline=None)
@given(
    st.lists(st.integers(1, 30), min_size=2, max_size=2).map(tuple),
    st.integers(1, 5),
    st.integers(1, 4),
    st.integers(0, 2),
    st.integers(1, 3),
    st.booleans(),
)
def test_the_arithmetic_is_torchs(
    sizes: tuple[int, ...], kernel: int, stride: int, padding: int, dilation: int, ceil: bool
) -> None:
    import torch
    from shapewise.analyzers.explain.arithmetic import window_lines, window_size

    padding = min(padding, kernel // 2)
    pool = torch.nn.MaxPool2d(kernel, stride, padding, dilation, ceil_mode=ceil)
    window = model.Window(
        "pool", *((number,) * 2 for number in (kernel, stride, padding, dilation)), ceil=ceil
    )
    mine = [window_size(size, window, axis) for axis, size in enumerate(sizes)]
    try:
        made = list(pool(torch.zeros(1, 1, *sizes)).shape[2:])
    except RuntimeError:
        assert any(isinstance(size, int) and size < 1 for size in mine)
        return
    assert mine == made
    lines = window_lines(sizes, window)
    told = [int(line.rpartition("= ")[2]) for line in lines]
    # Where both axes are alike, one line stands for them.
    assert told == (mine if sizes[0] != sizes[1] else mine[:1])


@given(st.lists(SIZES, max_size=5).map(tuple))
def test_products_are_written_as_they_are(shape: tuple[dims.Dim, ...]) -> None:
    from shapewise.analyzers.explain.words import product_text

    written = product_text(shape).replace("·", "*")
    assert dims.canonical(written) == dims.product(shape)


def test_explanations_are_plain_data() -> None:
    for kind in model.Explanation.__args__:
        assert dataclasses.is_dataclass(kind) and kind.__dataclass_params__.frozen
