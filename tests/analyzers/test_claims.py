"""What counts as a statement about a shape, and what it says."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapewise.analyzers.analyze import analyze
from shapewise.analyzers.claims import asserts, comments, docstrings, jaxtyping
from shapewise.analyzers.claims.dims import (
    ANY,
    ANY_NUMBER,
    Size,
    Sizes,
    of_jaxtyping,
    of_list,
)
from shapewise.analyzers.claims.match import Conflict, Names, match, shape_of
from shapewise.analyzers.claims.model import Claim
from shapewise.analyzers.messages import render
from shapewise.analyzers.source import Source
from shapewise.runtime.client import OracleClient
from shapewise.runtime.oracle import dims as canonical


@pytest.fixture(scope="module")
def oracle() -> Iterator[OracleClient]:
    """One for all programs."""
    client = OracleClient()
    client.start()
    yield client
    client.close()


def written(sizes: Sizes) -> str:
    """Sizes as a shape: `(B, 784)`."""
    words = [_word(size) for size in sizes]
    return f"({words[0]},)" if len(words) == 1 else f"({', '.join(words)})"


def _word(size: Size) -> str:
    if size.many:
        return f"*{size.name}" if size.name else "..."
    return "_" if size.dim is None else str(size.dim)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("b 784", (Size("b"), Size(784))),
        ("", ()),
        ("  b   c ", (Size("b"), Size("c"))),
        ("*batch n+1 2*d", (Size(many=True, name="batch"), Size("n + 1"), Size("2*d"))),
        ("... c", (ANY_NUMBER, Size("c"))),
        ("_ #n ?n {self.n} *_", (ANY, ANY, ANY, ANY, ANY_NUMBER)),
        ("classes=10", (Size(10),)),
        ("h-2 (h-2)//2", (Size("h - 2"), Size("(h - 2)//2"))),
    ],
)
def test_the_dims_of_jaxtyping(text: str, wanted: Sizes) -> None:
    assert of_jaxtyping(text) == wanted


@pytest.mark.parametrize(
    "text", ["b,c", "*a *b", "n**2", "1.5", "-1", "lambda", "f(x)", "a b c " * 5]
)
def test_what_no_dims_are(text: str) -> None:
    assert of_jaxtyping(text) is None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("B, T, C", "(B, T, C)"),
        ("B,", "(B,)"),
        ("B x T x 4", "(B, T, 4)"),
        ("N, C_{in}, H', \\text{len}", "(N, C_in, H_out, len)"),
        ("N, *", "(N, ...)"),
        ("None, ?, 3", "(_, _, 3)"),
        ("B, 2 * T - 1, D/2", "(B, 2*T - 1, D//2)"),
    ],
)
def test_the_dims_of_a_list(text: str, wanted: str) -> None:
    sizes = of_list(text)
    assert sizes is not None
    assert written(sizes) == wanted


@given(st.text(max_size=60) | st.text(alphabet="bBT x*_#?.,+-/()[]{}=0123456789", max_size=40))
def test_any_text_is_read_without_a_crash(text: str) -> None:
    for sizes in (of_jaxtyping(text), of_list(text)):
        for size in sizes or ():
            if size.dim is not None:
                assert canonical.canonical(size.dim) == size.dim
    comments.read(text)
    comments.read(f"# ({text})")
    comments.read(f"# x: ({text}), y: [{text}] -> ({text})")
    docstrings.of_docstring(f"Shape:\n - Input: ({text})\nArgs:\n x: of shape ({text})", ("x",))


_NAMES = st.sampled_from(["b", "t", "c"])


@given(st.lists(st.integers(1, 9) | _NAMES, max_size=5), st.dictionaries(_NAMES, st.integers(1, 9)))
def test_a_shape_fulfils_the_claim_that_it_was_made_from(
    claimed: list[int | str], values: dict[str, int]
) -> None:
    shape = tuple(values.get(d, 7) if isinstance(d, str) else d for d in claimed)
    sizes = tuple(map(Size, claimed))
    names: Names = {}
    assert match(sizes, shape, names) is None
    assert shape_of(sizes, names, lambda name: name or "N") == shape
    assert match((ANY_NUMBER, *sizes), (2, 3, *shape), {}) is None
    assert match(sizes, (*shape, 1), {}) == Conflict("rank")


def test_a_name_is_one_size() -> None:
    names: Names = {}
    assert match((Size("b"), Size("d")), (3, 4), names) is None
    assert match((Size("b"), Size("k")), (3, "N"), names) is None
    assert match((Size("b"),), ("N",), names) is None
    assert match((Size("b"),), (5,), names) == Conflict("name", "b", (3, 5))
    assert match((Size("2*b + 1"),), (7,), names) is None
    assert match((Size("2*b + 1"),), (8,), names) == Conflict("size", "2*b + 1", (7, 8))


def _said(comment: str) -> str:
    """What a comment claims, in a few words; `?` where only a tensor makes it a claim."""
    said = comments.read(comment)
    if said is None:
        return "nothing"
    words = [f"{name}={_words(claim)}" for name, claim in said.named]
    words += [_words(claim) for claim in said.plain]
    return " ".join(words)


def _words(claim: Claim) -> str:
    assert claim.sizes is not None
    mark = "" if claim.certain else "?"
    return written(claim.sizes).replace(" ", "") + claim.dtype + mark


@pytest.mark.parametrize(
    ("comment", "wanted"),
    [
        ("# (B, 784)", "(B,784)"),
        ("#(B,T,C)", "(B,T,C)"),
        ("# [B, T, C]", "(B,T,C)"),
        ("# B x T x C", "(B,T,C)"),
        ("# (64, 784)", "(64,784)?"),
        ("# (64, 784) float32", "(64,784)float32"),
        ("# (B, T), torch.long", "(B,T)int64"),
        ("# shape: (64, 784)", "(64,784)"),
        ("# shape (1, t)", "(1,t)"),
        ("# x: (B, 784)", "x=(B,784)"),
        ("# x : [batch_size x len_q x d_model]", "x=(batch_size,len_q,d_model)"),
        ("# x (batch, time_step, input_size)", "x=(batch,time_step,input_size)"),
        ("# x.shape = (B, 3)", "x=(B,3)"),
        ("# x: (B, 784), y: (B,) int64", "x=(B,784) y=(B,)int64"),
        ("# -> (B, 10)", "(B,10)"),
        ("# (B, T) -> (B, T, C)", "(B,T,C)"),
        ("# (B, nh, T, T) x (B, nh, T, hs) -> (B, nh, T, hs)", "(B,nh,T,hs)"),
        ("# (b, t) @ (t, c) = (b, c)", "(b,c)"),
        ("# out: tensor of shape (batch_size, hidden_size*2)", "out=(batch_size,2*hidden_size)"),
        ("# token embeddings of shape (b, t, n_embd)", "(b,t,n_embd)"),
        ("# torch.Size([64, 100])", "(64,100)"),
        ("# [batch_size, n_step], not one-hot", "(batch_size,n_step)"),
        ("# (B, T, C) the logits", "(B,T,C)"),
        ("# [n_step(=1), batch_size, n_hidden]", "(1,batch_size,n_hidden)"),
        ("# (B, 3)  # noqa: E501", "(B,3)"),
        ("# now (B, T, C)", "(B,T,C)"),
    ],
)
def test_comments_that_claim_a_shape(comment: str, wanted: str) -> None:
    assert _said(comment) == wanted


@pytest.mark.parametrize(
    "comment",
    [
        "# (B, T) or (B, T, C)",
        "# (optional)",
        "# (x, y)",
        "# (h, c)",
        "# (name, score)",
        "# (mean, std)",
        "# (height, width)",
        "# [1, 2, 3]",
        "# (0.5, 1.5)",
        "# [0, 1)",
        "# reshape to (B, T*C)",
        "# x = x.view(B, T, C)",
        "# torch.randn(2, 3)",
        "# if (B, T)",
        "# the same as before (B, T)",
        "# expects (B, T, C)",
        "# 32x32 images",
        "# 2 x 3 = 6",
        "# fetch the next batch (x, y)",
        "# either model_type or (n_layer, n_head, n_embd) must be given",
        "# kernel size (3, 3)",
        "# resize to size (224, 224)",
        "# f(B, T)",
        "# (B, T)[0]",
        "# (B, T).mean()",
        "# TODO",
        "# (B, T) / (T, B)",
        "# [batch_size, number of steps]",
        "# about 8M documents (8,013,769)",
        "# (-1, 784)",
        "# page (3)",
        "# see (1), (2)",
    ],
)
def test_comments_that_claim_none(comment: str) -> None:
    said = comments.read(comment)
    claims = [] if said is None else [*said.plain, *(claim for _, claim in said.named)]
    assert not any(claim.certain for claim in claims), said
    assert said is None or comment in ("# see (1), (2)",)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('Float[Tensor, "b 3"]', ("(b, 3)", "floating", False)),
        ('Int32[torch.Tensor, "b"]', ("(b,)", "int32", False)),
        ('jt.Bool[np.ndarray, "..."]', ("(...,)", "bool", False)),
        ('Optional[Float[Tensor, "b"]]', ("(b,)", "floating", True)),
        ('Float[Tensor, "b"] | None', ("(b,)", "floating", True)),
        ("\"Shaped[Tensor, 'b']\"", ("(b,)", "", False)),
        ("torch.Tensor", ("any", "", False)),
        ("torch.LongTensor", ("any", "int64", False)),
    ],
)
def test_annotations(text: str, wanted: tuple[str, str, bool]) -> None:
    claim = jaxtyping.of_annotation(ast.parse(text, mode="eval").body)
    assert claim is not None
    shape = "any" if claim.sizes is None else written(claim.sizes)
    assert (shape, claim.dtype, claim.optional) == wanted


@pytest.mark.parametrize(
    "text",
    ["int", "list[Tensor]", "Float[Tensor]", 'Float[list, "b"]', 'Literal["b", "c"]', "x[1, 2]"],
)
def test_other_annotations(text: str) -> None:
    assert jaxtyping.of_annotation(ast.parse(text, mode="eval").body) is None


def test_a_docstring_with_two_shapes_for_one_name_claims_none() -> None:
    text = "Args:\n    x: of shape (B, 3)\n    y: of shape (B,)\nShape:\n    - x: (N, 4)\n"
    assert [(s.name, s.line) for s in docstrings.of_docstring(text, ("x", "y"))] == [("y", 2)]


def test_what_an_assert_compares() -> None:
    test = ast.parse("x.shape == (3, 4) and x.size(0) == n and x.ndim == 2", mode="eval").body
    found = [(ast.unparse(a.of), a.aspect, ast.unparse(a.other)) for a in asserts.of_test(test)]
    assert found == [("x", "shape", "(3, 4)"), ("x", "size", "n"), ("x", "rank", "2")]
    assert asserts.is_about_shapes(test)
    other = ast.parse("x.shape == y and ready", mode="eval").body
    assert not asserts.is_about_shapes(other)


DOCUMENTED = '''\
import torch


def pixels(images):
    """Flattens.

    Args:
        images: of shape (B, C, H, W).

    Returns:
        Rows, of shape (B, D, 1).
    """
    return images.flatten(1)


pixels(torch.rand(8, 28, 28))
'''


def test_a_wrong_docstring_is_reported_where_it_says_so(oracle: OracleClient) -> None:
    found = analyze(Source.of_text(DOCUMENTED), oracle).problems
    places = [(p.span.line, p.span.column, p.span.end_column, p.code, p.severity) for p in found]
    assert places == [(8, 26, 38, "SW115", "warning"), (11, 24, 33, "SW115", "warning")]
    assert [render(problem.message) for problem in found] == [
        "the docstring says `(B, C, H, W)`, but `images` is (8, 28, 28)",
        "the docstring says `(B, D, 1)`, but `images.flatten(1)` is (8, 784)",
    ]


def test_what_fails_because_of_a_comment_is_no_error(oracle: OracleClient) -> None:
    program = (
        "import torch\nfrom torch import nn\n"
        "x = torch.load('x.pt')  # (N, 100)\ny = nn.Linear(784, 10)(x)\n"
    )
    (problem,) = analyze(Source.of_text(program), oracle).problems
    assert (problem.code, problem.severity, problem.span.line) == ("SW101", "warning", 4)
    assert render(problem.message).endswith("(if the comments on shapes are right)")


def test_a_comment_in_a_loop_may_be_right_once(oracle: OracleClient) -> None:
    program = "import torch\nfor n in (1, 2, 3):\n    x = torch.rand(n, 2)  # (2, 2)\n"
    assert analyze(Source.of_text(program), oracle).problems == ()


def test_columns_count_characters(oracle: OracleClient) -> None:
    program = "import torch\nç = torch.rand(3, 4)  # ação: (3, 5)\né = torch.rand(3)  # (é, 4)\n"
    assert analyze(Source.of_text(program), oracle).problems == ()
    program = "import torch\nç = 'é😀'; x = torch.rand(3, 4)  # (B, 5)\n"
    (problem,) = analyze(Source.of_text(program), oracle).problems
    assert (problem.span.column, problem.span.end_column) == (33, 41)
