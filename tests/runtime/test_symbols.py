"""Questions with symbolic sizes: the answer holds for every size, or says that it is unknown."""

from __future__ import annotations

import re
from typing import Any

import pytest
from shapewise.runtime.client import OracleClient
from shapewise.runtime.oracle import dims
from shapewise.runtime.oracle import wire as w

from .expressions import Symbolic, Wired, bound, eager, encode, request, tensor, without_values

DTYPES = {"i": "int64", "k": "bool"}

# operands | expression | shape of the result, or of its parts
SHAPES = """
x=N,4 y=4                 | x + y                                      | N,4
x=N,4 y=N,1               | x * y                                      | N,4
x=N,C y=N,C               | x - y                                      | N,C
x=N,C y=M,C               | x + y                                      | N,C
x=N,C y=M,D               | x + y                                      | N,C
x=N,C y=C                 | x + y                                      | N,C
x=N,C,H,W y=M,D,L,S       | x * y                                      | N,C,H,W
x=N,1 y=N                 | x - y                                      | N,N
x=N,784                   | nn.Linear(784, 10)(x)                      | N,10
x=N,C,H//2,W//2           | x @ x                                      | N,C,H//2,H//2
x=B,T,64                  | nn.Linear(64, 3 * 64)(x)                   | B,T,192
x=N,32*H*W                | nn.Linear(1568, 10)(x)                     | N,10
x=N,C w=64,10             | x @ w                                      | N,10
q=B,L,D v=B,D,S           | q @ v                                      | B,L,S
q=B,L,D v=B,D,S           | torch.bmm(q, v)                            | B,L,S
x=B,3,H,W                 | nn.Conv2d(3, 8, 3)(x)                      | B,8,H-2,W-2
x=B,3,H,W                 | nn.Conv2d(3, 8, 3, padding=1)(x)           | B,8,H,W
x=B,3,H,W                 | nn.Conv2d(3, 8, 3, stride=2, padding=1)(x) | B,8,(H+1)//2,(W+1)//2
x=B,3,H,W                 | nn.Conv2d(3, 8, 7, stride=2, padding=3)(x) | B,8,(H+1)//2,(W+1)//2
x=B,3,H,W                 | nn.Conv2d(3, 8, 11, stride=4, padding=2)(x)| B,8,(H-3)//4,(W-3)//4
x=B,3,H,W                 | nn.Conv2d(3, 8, 16, stride=16)(x)          | B,8,H//16,W//16
x=B,3,H,W                 | nn.Conv2d(3, 8, 3, dilation=2)(x)          | B,8,H-4,W-4
x=B,3,H,W                 | nn.ConvTranspose2d(3, 8, 2, stride=2)(x)   | B,8,2*H,2*W
x=B,3,H,W                 | nn.ConvTranspose2d(3, 8, 4, 2, 1)(x)       | B,8,2*H,2*W
x=B,8,H-2,W-2             | nn.MaxPool2d(2)(x)                         | B,8,(H-2)//2,(W-2)//2
x=B,8,H,W                 | nn.MaxPool2d(3, 2)(x)                      | B,8,(H-1)//2,(W-1)//2
x=4,256,H//4,W//4         | nn.MaxPool2d(2)(x)                         | 4,256,H//8,W//8
x=N,8,H//8,W//8           | nn.MaxPool2d(2)(x)                         | N,8,H//16,W//16
x=B,8,H,W                 | nn.AdaptiveAvgPool2d(1)(x)                 | B,8,1,1
x=B,8,H,W                 | nn.Upsample(scale_factor=2)(x)             | B,8,2*H,2*W
x=B,32,(H-2)//2,(W-2)//2  | torch.flatten(x, 1)                        | B,32*((H-2)//2)*((W-2)//2)
x=B,3,H,W                 | nn.Flatten()(x)                            | B,3*H*W
x=B,3,H,W                 | x.flatten(2)                               | B,3,H*W
x=B,4                     | torch.cat([x, x])                          | 2*B,4
x=B,4 y=M,4               | torch.cat([x, y], 0)                       | B+M,4
x=B,C,H,W y=B,D,H,W       | torch.cat([x, y], dim=1)                   | B,C+D,H,W
x=N,3 y=N,3               | torch.stack([x, y])                        | 2,N,3
x=N,C                     | x.view(N, 4, C // 4)                       | N,4,C//4
x=N,C                     | x.view(N, -1, 4)                           | N,C//4,4
x=N,3,H,W                 | x.view(N, -1)                              | N,3*H*W
x=N,3,H,W                 | x.view(-1, 3)                              | N*H*W,3
x=N,6,4                   | x.reshape(-1, 8)                           | 3*N,8
x=5,N,5                   | x.reshape(5, -1, 3)                        | 5,(5*N)//3,3
x=B,T,C                   | x.view(B * T, C)                           | B*T,C
x=N,8                     | x.view(2, -1)                              | 2,4*N
x=N,H,W                   | x.permute(0, 2, 1)                         | N,W,H
x=N,C                     | x.t()                                      | C,N
x=N,4                     | x[0]                                       | 4
x=N,4                     | x[-1]                                      | 4
x=N,4                     | x[:, 0]                                    | N
x=N,4                     | x[1:]                                      | N-1,4
x=N,4                     | x[:-1]                                     | N-1,4
x=N,4                     | x[10:]                                     | N-10,4
x=N,4                     | x[:, :2]                                   | N,2
x=N,4                     | x[::2]                                     | (N+1)//2,4
x=N,4                     | x[None]                                    | 1,N,4
x=N,T,4                   | x[:, -1, :]                                | N,4
x=N,T,4                   | x[:, -1:, :]                               | N,1,4
x=1024,64                 | x[:T]                                      | T,64
x=N,4 k=N                 | x[k]                                       | ?,4
x=N,4                     | x[:10]                                     | ?,4
i=N x=30,4                | x[i]                                       | N,4
x=N,4                     | x.sum(1)                                   | N
x=N,4                     | x.sum()                                    |
x=N,4                     | x.mean(0, keepdim=True)                    | 1,4
x=N,C                     | x.argmax(1)                                | N
x=N                       | x.unsqueeze(1)                             | N,1
x=N,1                     | x.squeeze(1)                               | N
x=N,1,5                   | x.squeeze()                                | N,5
x=1,3                     | x.expand(N, -1)                            | N,3
x=N,3                     | x.repeat(2, 3)                             | 2*N,9
x=N,3                     | torch.zeros(N, 3)                          | N,3
x=N,3                     | torch.arange(N)                            | N
x=N,3                     | torch.arange(0, N, 2)                      | (N+1)//2
x=N,3                     | torch.ones_like(x)                         | N,3
x=N,3                     | torch.nn.functional.pad(x, (1, 2))         | N,6
x=N,H                     | torch.nn.functional.pad(x, (1, 2))         | N,H+3
i=N                       | F.one_hot(i, 10)                           | N,10
i=N                       | F.one_hot(i)                               | N,?
i=B,T                     | nn.Embedding(100, 32)(i)                   | B,T,32
x=B,10,L                  | nn.Conv1d(10, 4, 3)(x)                     | B,4,L-2
x=N,10                    | nn.BatchNorm1d(10)(x)                      | N,10
x=N,T,10                  | nn.LayerNorm(10)(x)                        | N,T,10
x=N,64                    | nn.Dropout(0.1)(x)                         | N,64
x=N,10 i=N                | F.cross_entropy(x, i)                      |
x=N,10 i=N                | F.cross_entropy(x, i, reduction='none')    | N
x=N,1 y=N,1               | F.mse_loss(x, y)                           |
x=N,1 y=N                 | F.mse_loss(x, y)                           |
q=B,8,T,16                | F.scaled_dot_product_attention(q, q, q)    | B,8,T,16
x=N,4                     | torch.nonzero(x)                           | ?,2
x=N,3,H,W                 | F.interpolate(x, size=(7, 7))              | N,3,7,7
x=N,3,H,W                 | F.unfold(x, 2)                             | N,12,H*W-H-W+1
x=B,N,3                   | torch.cdist(x, x)                          | B,N,N
x=N,N                     | torch.linalg.inv(x)                        | N,N
x=N,N                     | torch.tril(x)                              | N,N
x=N,4                     | torch.randn(N, 4)                          | N,4
"""

RAISES = """
x=N,784          | nn.Linear(512, 10)(x)      | mat1 and mat2 shapes cannot be multiplied (Nx784 and 512x10)
x=N,32*H*W       | nn.Linear(1569, 10)(x)     | mat1 and mat2 shapes cannot be multiplied (Nx(32*H*W) and 1569x10)
x=B,T,64         | nn.Linear(32, 8)(x)        | mat1 and mat2 shapes cannot be multiplied ((B*T)x64 and 32x8)
x=N,10 w=12,3    | x @ w                      | mat1 and mat2 shapes cannot be multiplied (Nx10 and 12x3)
x=N,10 y=N,12    | x + y                      | The size of tensor a (10) must match the size of tensor b (12) at non-singleton dimension 1
x=N,4            | x.view(N, 5)               | shape '[N, 5]' is invalid for input of size 4*N
x=B,1,H,W        | nn.Conv2d(3, 8, 3)(x)      | Given groups=1, weight of size [8, 3, 3, 3], expected input[B, 1, H, W] to have 3 channels, but got 1 channels instead
x=B,3,H,W        | nn.BatchNorm2d(4)(x)       | running_mean should contain 3 elements not 4
x=N,3,H,W        | nn.BatchNorm1d(3)(x)       | expected 2D or 3D input (got 4D input)
x=N,4 y=N,5      | torch.cat([x, y])          | Sizes of tensors must match except in dimension 0. Expected size 4 but got size 5 for tensor number 1 in the list.
x=N,4 y=N,5      | torch.stack([x, y])        | stack expects each tensor to be equal size, but got [N, 4] at entry 0 and [N, 5] at entry 1
x=N,C,H y=N,C,H-1| torch.cat([x, y], 1)       | Sizes of tensors must match except in dimension 1. Expected size H but got size H - 1 for tensor number 1 in the list.
x=N,4            | x[:, 4]                    | index 4 is out of bounds for dimension 1 with size 4
x=N,4            | x[0, 0, 0]                 | too many indices for tensor of dimension 2
x=N,4            | x.sum(2)                   | Dimension out of range (expected to be in range of [-2, 1], but got 2)
i=N              | i.mean()                   | mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: Long
i=N,4            | nn.Linear(4, 2)(i)         | mat1 and mat2 must have the same dtype, but got Long and Float
x=N,T,9          | nn.LSTM(10, 20)(x)         | input.size(-1) must be equal to input_size. Expected 10, got 9
x=N,10 y=N       | F.cross_entropy(x, y)      | expected target dtype to be Long or Byte, but got Float
x=N,10 i=N,1     | F.cross_entropy(x, i)      | 0D or 1D target tensor expected, multi-target not supported
x=N,1 y=N        | F.binary_cross_entropy_with_logits(x, y) | Target size (torch.Size([N])) must be the same as input size (torch.Size([N, 1]))
x=N,4 y=N,4,3    | torch.bmm(x, y)            | batch1 must be a 3D tensor
x=L,N,32         | nn.MultiheadAttention(64, 8)(x, x, x) | was expecting embedding dimension of 64, but got 32
"""

# Whether these fail depends on sizes or values.
SILENT = """
x=N              | x.item()
x=N              | x[5]
x=N,C,H,W        | x.view(N, 3136)
x=N,M            | torch.linalg.inv(x)
x=N,H,W y=N,W,H  | x @ x
x=N,N,3          | x.reshape(N, 4, T)
x=2*((N+2)//3) y=N | x + y
"""


def _rows(text: str) -> list[Any]:
    rows = [[part.strip() for part in line.split("|")] for line in text.strip().splitlines()]
    return [pytest.param(*row, id=" ".join(row[:2])) for row in rows]


def _operands(text: str, sizes: dict[str, int] | None = None) -> dict[str, Any]:
    """The tensors and sizes of a case: symbolic, or real with these sizes."""
    import torch

    names: dict[str, Any] = {}
    for symbol in re.findall(r"\b[A-Z]\b", text) + ["N", "T"]:
        names[symbol] = Symbolic(symbol) if sizes is None else sizes[symbol]
    for operand in text.split():
        name, _, shape = operand.partition("=")
        expressions = [dims.canonical(dim) for dim in shape.split(",")]
        dtype = DTYPES.get(name, "float32")
        if sizes is None:
            names[name] = tensor(*(Symbolic(dim) for dim in expressions), dtype=dtype)
        else:
            known = [dims.evaluate(dim, sizes) for dim in expressions]
            names[name] = torch.full(known, 0.5 if dtype == "float32" else 0).to(
                getattr(torch, dtype)
            )
    return names


@pytest.mark.parametrize(("operands", "expression", "shape"), _rows(SHAPES))
def test_shapes(oracle: OracleClient, operands: str, expression: str, shape: str) -> None:
    answer = oracle.ask(request(expression, _operands(operands)))
    assert isinstance(answer, w.Ok), answer
    expected = [dims.canonical(dim) if dim != "?" else "?" for dim in shape.split(",") if dim]
    found = ["?" if str(dim).startswith("_") else dim for dim in answer.result[1]]
    assert found == expected


SIZES = [
    {"B": 2, "C": 12, "D": 5, "H": 37, "L": 9, "M": 2, "N": 2, "S": 11, "T": 19, "W": 40},
    {"B": 19, "C": 24, "D": 6, "H": 64, "L": 40, "M": 19, "N": 19, "S": 3, "T": 6, "W": 51},
]


@pytest.mark.parametrize(("operands", "expression", "shape"), [
    row for row in _rows(SHAPES) if "?" not in row.values[2]
])  # fmt: skip
@pytest.mark.parametrize("sizes", SIZES)
def test_shapes_hold_for_real_sizes(
    oracle: OracleClient, operands: str, expression: str, shape: str, sizes: dict[str, int]
) -> None:
    names = _operands(operands, sizes)
    real = eager(expression, names)
    if isinstance(real, Exception) or 0 in real.shape:
        pytest.skip("these sizes do not fit")
    answer = oracle.ask(request(expression, _operands(operands)))
    assert isinstance(answer, w.Ok), answer
    found, expected = bound(answer.result, sizes), encode(real)
    # Strides and history are of no interest here.
    assert found[:3] == without_values(expected)[:3]


@pytest.mark.parametrize(("operands", "expression", "text"), _rows(RAISES))
def test_errors(oracle: OracleClient, operands: str, expression: str, text: str) -> None:
    answer = oracle.ask(request(expression, _operands(operands)))
    assert isinstance(answer, w.Error), answer
    assert answer.text == text


@pytest.mark.parametrize(("operands", "expression"), _rows(SILENT))
def test_no_error_without_certainty(oracle: OracleClient, operands: str, expression: str) -> None:
    answer = oracle.ask(request(expression, _operands(operands)))
    assert not isinstance(answer, w.Error), answer


FREE = Wired(("any", "int", "n"))


@pytest.mark.parametrize(
    ("expression", "shape"),
    [
        ("x.sum(n)", ("_0",)),
        ("torch.zeros(n)", ("n",)),
        ("torch.zeros(n, 3)", ("n", 3)),
        ("torch.arange(n)", ("n",)),
        ("x[n]", (5,)),
        ("x.view(n, -1)", ("n", "50//n")),
        ("x[n:n]", (0, 5)),
    ],
)
def test_ints_that_nothing_is_known_about(
    oracle: OracleClient, expression: str, shape: Any
) -> None:
    answer = oracle.ask(request(expression, {"n": FREE, "x": tensor(10, 5)}))
    assert answer.result[1] == shape


def test_an_unknown_int_never_makes_an_error(oracle: OracleClient) -> None:
    answer = oracle.ask(request("x.view(n, 7)", {"n": FREE, "x": tensor(10, 5)}))
    assert answer.reason == "symbols"


def test_sizes_of_a_symbolic_tensor_are_symbols(oracle: OracleClient) -> None:
    names = _operands("x=N,3,H")
    assert oracle.ask(request("x.size(0)", names)).result == ("sym", "N")
    assert oracle.ask(request("x.shape", names)).result == (
        "size", ("sym", "N"), 3, ("sym", "H"),
    )  # fmt: skip
    assert oracle.ask(request("x.numel()", names)).result == ("sym", dims.canonical("3*N*H"))
    assert oracle.ask(request("len(x)", names)).result == ("sym", "N")


def test_a_layer_with_a_symbolic_size(oracle: OracleClient) -> None:
    names = {"n": Symbolic("F"), "x": tensor(Symbolic("N"), Symbolic("F"))}
    answer = oracle.ask(request("nn.Linear(n, 10)(x)", names))
    assert answer.result[1] == ("N", 10)


def test_the_parameters_of_a_layer_with_a_symbolic_size(oracle: OracleClient) -> None:
    answer = oracle.ask(w.Request("layer", "torch.nn.Linear", (("sym", "F"), 10)))
    described = {key[1]: value for key, value in answer.result[1:]}
    parameters = {key[1]: value for key, value in described["parameters"][1:]}
    assert parameters["weight"][1] == (10, "F")
    attributes = {key[1]: value for key, value in described["attributes"][1:]}
    assert attributes["in_features"] == ("sym", "F")


def test_what_works_at_size_1_only_has_no_shape(oracle: OracleClient) -> None:
    height, width = Symbolic("H"), Symbolic("W")
    nhwc = tensor(Symbolic("N"), 3, height, width, stride=(3 * height * width, 1, 3 * width, 3))
    answer = oracle.ask(request("x.view(n, -1)", {"x": nhwc, "n": Symbolic("N")}))
    assert isinstance(answer, w.Unsure)


def test_symbols_that_the_oracle_invents_differ_from_those_in_the_question(
    oracle: OracleClient,
) -> None:
    names = {"x": tensor(Symbolic("_0"), 4), "k": tensor(Symbolic("_0"), dtype="bool")}
    answer = oracle.ask(request("x[k]", names))
    assert answer.result[1] == ("_1", 4)


IMAGES = (
    "nn.MaxPool2d(2, 2)(x)",
    "nn.MaxPool2d(2)(x)",
    "nn.MaxPool2d(3, 2, padding=1)(x)",
    "nn.MaxPool2d(2, 2, dilation=2, ceil_mode=True)(x)",
    "nn.AvgPool2d(2, 2)(x)",
    "nn.AvgPool2d(3, 3, ceil_mode=True)(x)",
    "nn.LPPool2d(2, 3, stride=2)(x)",
    "nn.Conv2d(3, 4, 2, stride=2, padding=2)(x)",
    "nn.Conv2d(3, 4, 4, stride=2)(x)",
    "nn.Conv2d(3, 4, 7, stride=2, dilation=2)(x)",
    "nn.Conv2d(3, 4, 5, stride=4, padding=1)(x)",
    "nn.Conv2d(3, 6, (3, 5), stride=(2, 1), padding=(1, 0))(x)",
    "nn.ConvTranspose2d(3, 4, 3, stride=2, padding=1)(x)",
    "F.unfold(x, 3, padding=1)",
    "F.interpolate(x, scale_factor=0.5)",
    "F.interpolate(x, scale_factor=1.5)",
    "nn.Upsample(scale_factor=2.5, mode='bilinear')(x)",
    "F.pixel_unshuffle(x, 2)",
    "F.pixel_unshuffle(x, 3)",
    "x[:, :, ::2, ::3]",
    "torch.fft.rfft2(x)",
)


@pytest.mark.parametrize("count", ["1", "N"])
@pytest.mark.parametrize("expression", IMAGES)
def test_images_of_every_size(oracle: OracleClient, expression: str, count: str) -> None:
    """The sizes fitted are torch's own at all residues, for one image and for several."""
    answer = oracle.ask(request(expression, _operands(f"x={count},3,H,W")))
    assert isinstance(answer, w.Ok), answer
    compared = 0
    for height, width in [(h, n) for h in range(1, 26) for n in (12, 13)] + [(12, 7), (97, 224)]:
        sizes = {"N": 3, "T": 1, "H": height, "W": width}
        real = eager(expression, _operands(f"x={count},3,H,W", sizes))
        if isinstance(real, Exception) or 0 in real.shape:
            continue
        compared += 1
        found = [dims.evaluate(dim, sizes) for dim in answer.result[1]]
        assert found == list(real.shape), (answer.result[1], sizes)
    assert compared >= 8
