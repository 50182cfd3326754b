"""Tensors too large to be made: the same answers and the same words, and no memory."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from shapewise.runtime.client import OracleClient
from shapewise.runtime.oracle import wire as w

from .expressions import Symbolic, Wired, request, tensor

IMAGES = tensor(64, 3, 224, 224)
NAMES = {
    "x": IMAGES,
    "x64": tensor(64, 3, 224, 224, dtype="float64"),
    "bytes_": tensor(64, 3, 224, 224, dtype="uint8"),
    "gray": tensor(64, 1, 224, 224),
    "wide": tensor(64, 3, 224, 225),
    "nhwc": tensor(64, 3, 224, 224, stride=(150528, 1, 672, 3)),
    "flat": tensor(64, 150528),
    "flat64": tensor(64, 150528, dtype="float64"),
    "a": tensor(100_000, 784),
    "b": tensor(784, 10),
    "b64": tensor(784, 10, dtype="float64"),
    "bad": tensor(512, 10),
    "ids": tensor(8, 1024, dtype="int64"),
    "floats": tensor(8, 1024),
    "logits": tensor(10_000, 5_000),
    "labels": tensor(10_000, dtype="int64"),
    "soft": tensor(10_000),
    "mask": tensor(60_000, dtype="bool"),
    "digits": tensor(60_000, 28, 28),
    "array": Wired(("ndarray", (60_000, 28, 28), "uint8", None)),
    "vector": Wired(("ndarray", (784,), "float64", None)),
    "seq": tensor(64, 50, 512),
    "N": Symbolic("N"),
}


@pytest.mark.parametrize(
    ("expression", "shape"),
    [
        ("torch.rand(10**6, 10**6)", (10**6, 10**6)),
        ("torch.arange(10**10)", (10**10,)),
        ("torch.eye(10**5)", (10**5, 10**5)),
        ("torch.diag(soft)", (10_000, 10_000)),
        ("a @ b", (100_000, 10)),
        ("x + 1", (64, 3, 224, 224)),
        ("x.mean((2, 3))", (64, 3)),
        ("x.view(64, -1)", (64, 150528)),
        ("x.repeat(100, 1, 1, 1)", (6400, 3, 224, 224)),
        ("nhwc.permute(0, 2, 3, 1)", (64, 224, 224, 3)),
        ("nn.Conv2d(3, 64, 7, stride=2, padding=3)(x)", (64, 64, 112, 112)),
        ("nn.BatchNorm2d(3)(x)", (64, 3, 224, 224)),
        ("nn.MaxPool2d(2)(x)", (64, 3, 112, 112)),
        ("nn.Flatten()(x)", (64, 150528)),
        ("nn.Linear(150528, 4096)(flat)", (64, 4096)),
        ("nn.Embedding(50_000, 768)(ids)", (8, 1024, 768)),
        ("nn.CrossEntropyLoss()(logits, labels)", ()),
        ("nn.TransformerEncoderLayer(512, 8, batch_first=True)(seq)", (64, 50, 512)),
        ("logits.argmax(1)", (10_000,)),
        ("torch.topk(logits, 5)", None),
        ("digits[mask]", ("_0", 28, 28)),
        ("digits[:100]", (100, 28, 28)),
        ("np.zeros((60_000, 784))", (60_000, 784)),
        ("array / 255.0", (60_000, 28, 28)),
        ("array.reshape(60_000, 784)", (60_000, 784)),
        ("array[:1000]", (1000, 28, 28)),
        ("array.mean(axis=0)", (28, 28)),
        ("array.astype(np.float32)", (60_000, 28, 28)),
        ("torch.from_numpy(array)", (60_000, 28, 28)),
        ("torch.tensor(array)", (60_000, 28, 28)),
        ("nn.Linear(150528, 10)(torch_n)", ("N", 10)),
    ],
)
def test_shapes(oracle: OracleClient, expression: str, shape: object) -> None:
    names = dict(NAMES, torch_n=tensor(Symbolic("N"), 150528))
    answer = oracle.ask(request(expression, names))
    assert isinstance(answer, w.Ok), answer
    if shape is None:
        assert [part[1] for part in answer.result[3:]] == [(10_000, 5), (10_000, 5)]
    else:
        assert answer.result[1] == shape


def small(expression: str, **names: torch.Tensor) -> str:
    """What eager torch says of the same kind of failure at small sizes."""
    from .expressions import eager

    return str(eager(expression, names))


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("a @ bad", "mat1 and mat2 shapes cannot be multiplied (100000x784 and 512x10)"),
        (
            "a @ b64",
            small("a @ b", a=torch.rand(2, 3), b=torch.rand(3, 2).double()),
        ),
        (
            "nn.Linear(9216, 4096)(flat)",
            "mat1 and mat2 shapes cannot be multiplied (64x150528 and 9216x4096)",
        ),
        (
            "nn.Linear(150528, 4096)(flat64)",
            small("nn.Linear(3, 2)(x)", x=torch.rand(2, 3).double()),
        ),
        (
            "nn.Conv2d(3, 64, 7)(gray)",
            "Given groups=1, weight of size [64, 3, 7, 7], expected input[64, 1, 224, 224] to "
            "have 3 channels, but got 1 channels instead",
        ),
        (
            "nn.ConvTranspose2d(4, 64, 2, stride=2)(x)",
            "Given transposed=1, weight of size [4, 64, 2, 2], expected input[64, 3, 224, 224] to "
            "have 4 channels, but got 3 channels instead",
        ),
        (
            "nn.Conv2d(3, 64, 7)(x64)",
            small("nn.Conv2d(1, 1, 1)(x)", x=torch.rand(1, 1, 2, 2).double()),
        ),
        (
            "nn.Conv2d(3, 64, 7)(bytes_)",
            small("nn.Conv2d(1, 1, 1)(x)", x=torch.rand(1, 1, 2, 2).byte()),
        ),
        (
            "nn.Embedding(50_000, 768)(floats)",
            small("nn.Embedding(3, 2)(x)", x=torch.rand(2)),
        ),
        (
            "x + wide",
            "The size of tensor a (224) must match the size of tensor b (225) at non-singleton "
            "dimension 3",
        ),
        (
            "torch.cat([x, wide])",
            "Sizes of tensors must match except in dimension 0. Expected size 224 but got size "
            "225 for tensor number 1 in the list.",
        ),
        (
            "torch.stack([x, wide])",
            "stack expects each tensor to be equal size, but got [64, 3, 224, 224] at entry 0 "
            "and [64, 3, 224, 225] at entry 1",
        ),
        ("torch.softmax(x, dim=-5)", "Dimension out of range (expected to be in range of [-4, 3], "
         "but got -5)"),
        ("bytes_.mean()", small("x.mean()", x=torch.zeros(2).byte())),
        ("x.view(64, 100)", "shape '[64, 100]' is invalid for input of size 9633792"),
        ("nhwc.view(64, -1)", small("x.view(-1)", x=torch.rand(2, 3).T)),
        ("nn.BatchNorm2d(4)(x)", "running_mean should contain 3 elements not 4"),
        ("F.softmax(ids2, dim=1)", small("F.softmax(x, dim=0)", x=torch.zeros(2).long())),
        ("nn.CrossEntropyLoss()(logits, soft)", small(
            "F.cross_entropy(x, y)", x=torch.rand(2, 3), y=torch.rand(2))),
        ("nn.LSTM(512, 1024)(flat3)", "input.size(-1) must be equal to input_size. "
         "Expected 512, got 511"),
        ("digits[60_000]", "index 60000 is out of bounds for dimension 0 with size 60000"),
        ("torch.bmm(big, big)", "Expected size for first two dimensions of batch2 tensor to be: "
         "[64, 512] but got: [64, 1000]."),
    ],
)  # fmt: skip
def test_errors_in_eager_words(oracle: OracleClient, expression: str, text: str) -> None:
    names = dict(
        NAMES,
        ids2=tensor(10_000, 5_000, dtype="int64"),
        flat3=tensor(64, 100, 511),
        big=tensor(64, 1000, 512),
    )
    assert oracle.ask(request(expression, names)).text == text


def test_no_memory_is_taken(oracle: OracleClient) -> None:
    status = Path(f"/proc/{oracle.pid}/status")
    if not status.exists():
        pytest.skip("needs /proc")
    oracle.ask(request("nn.Linear(150528, 4096)(flat)", NAMES))
    for number in range(5):
        names = dict(NAMES, y=tensor(64, 3, 1000 + number, 1000))
        oracle.ask(request("nn.Conv2d(3, 64, 3)(y)", names))
        oracle.ask(request("y * 2", names))
        oracle.ask(request("torch.ones(20_000 + n, 20_000)", {"n": number}))
    peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    assert int(peak.split()[1]) < 900_000  # kB; torch itself takes 250,000


def test_quantized_tensors_are_not_claimed(oracle: OracleClient) -> None:
    # On the meta device the result of this is not quantized.
    name = "torch.quantize_per_tensor(x, 1.0, 0, torch.quint8)"
    assert isinstance(oracle.ask(request(name, NAMES)), w.Unsure)
