"""Values are told only when they are truly known, shapes only when no value decides them."""

from __future__ import annotations

from typing import Any

import pytest
from shapewise.runtime.client import OracleClient
from shapewise.runtime.oracle import wire as w

from .expressions import Wired, request, tensor

FLOAT, INT, BOOL = ("any", "float"), ("any", "int"), ("any", "bool")


def known(dtype: str, shape: tuple[int, ...], value: Any) -> Wired:
    return Wired(w.TensorSig(shape, dtype, value=value).wire())


NAMES = {
    "x": tensor(3),
    "s": tensor(),
    "i": tensor(3, dtype="int64"),
    "n": tensor(dtype="int64"),
    "k": tensor(3, dtype="bool"),
    "m": tensor(8, 5),
    "mk": tensor(8, 5, dtype="bool"),
    "mi": tensor(8, 5, dtype="int64"),
    "labels": tensor(8, dtype="int64"),
    "sq": tensor(4, 4),
    "c": known("int64", (3,), (1, 2, 3)),
    "f": known("float32", (2,), (0.5, 1.5)),
    "one": known("int64", (), 3),
    "kc": known("bool", (3,), (True, False, True)),
    "a": Wired(("ndarray", (3,), "float64", None)),
    "ac": Wired(("ndarray", (2,), "int64", (4, 5))),
    "u": Wired(FLOAT),
    "ub": Wired(BOOL),
    "text": Wired(("any", "str")),
}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("torch.arange(5)", (0, 1, 2, 3, 4)),
        ("torch.tensor([1, 2])", (1, 2)),
        ("torch.ones(2)", (1.0, 1.0)),
        ("c + 1", (2, 3, 4)),
        ("c * f[0]", (0.5, 1.0, 1.5)),
        ("c.sum()", 6),
        ("c > 1", (False, True, True)),
        ("c[kc]", (1, 3)),
        ("c.view(3, 1)", ((1,), (2,), (3,))),
        ("torch.arange(100)", None),
        ("torch.rand(3)", None),
        ("torch.empty(3)", None),
        ("torch.Tensor(3)", None),
        ("torch.randperm(3)", None),
        ("F.dropout(f)", None),
        ("x + 1", None),
        ("c + x", None),
        ("torch.full((2,), u)", None),
        ("torch.tensor([1.0, u])", None),
    ],
)
def test_values_of_tensors(oracle: OracleClient, expression: str, value: Any) -> None:
    names = dict(NAMES, **{"f[0]": 0.5})
    if expression == "c * f[0]":
        expression = "c * 0.5"
    assert oracle.ask(request(expression, names)).result[5] == value


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("one.item()", 3),
        ("c.tolist()", ("list", 1, 2, 3)),
        ("int(one)", 3),
        ("bool(one)", ("bool", True)),
        ("torch.equal(c, c)", ("bool", True)),
        ("s.item()", FLOAT),
        ("float(s)", FLOAT),
        ("int(n)", INT),
        ("bool(s)", BOOL),
        ("n.item()", INT),
        ("x.tolist()", ("list", FLOAT, FLOAT, FLOAT)),
        ("torch.equal(x, x)", BOOL),
        ("torch.allclose(x, x)", BOOL),
        ("s.is_nonzero()", BOOL),
        ("x.is_floating_point()", ("bool", True)),
        ("x.is_contiguous()", ("bool", True)),
        ("x.size(0)", 3),
        ("x.numel()", 3),
        ("x.element_size()", 4),
        ("len(m)", 8),
        ("len(a)", 3),
        ("a.size", 3),
        ("a.sum()", ("npscalar", "float64", None)),
        ("ac.sum()", ("npscalar", "int64", 9)),
        ("float(a[0])", FLOAT),
        ("a.tolist()", ("list", FLOAT, FLOAT, FLOAT)),
        ("np.random.rand()", FLOAT),
        ("np.random.randint(5)", INT),
        ("np.random.rand(2)", ("ndarray", (2,), "float64", None)),
        ("np.empty(2)", ("ndarray", (2,), "float64", None)),
        ("np.zeros(2)", ("ndarray", (2,), "float64", (0.0, 0.0))),
    ],
)
def test_python_numbers(oracle: OracleClient, expression: str, result: Any) -> None:
    names = dict(NAMES)
    if expression == "float(a[0])":
        names["a0"] = Wired(("npscalar", "float64", None))
        expression = "float(a0)"
    assert oracle.ask(request(expression, names)).result == result


@pytest.mark.parametrize(
    ("expression", "shape"),
    [
        ("m[mk]", ("?",)),
        ("torch.nonzero(m)", ("?", 2)),
        ("torch.masked_select(m, mk)", ("?",)),
        ("torch.unique(mi)", ("?",)),
        ("torch.bincount(labels)", ("?",)),
        ("F.one_hot(labels)", (8, "?")),
        ("F.one_hot(labels, 10)", (8, 10)),
        ("m[labels]", (8, 5)),
        ("torch.repeat_interleave(m, labels, dim=0)", ("?", 5)),
        ("torch.nonzero(c)", (3, 1)),
        ("torch.where(mk, m, 0.0)", (8, 5)),
        ("F.embedding(labels, sq)", (8, 4)),
    ],
)
def test_shapes_that_depend_on_values(
    oracle: OracleClient, expression: str, shape: tuple[Any, ...]
) -> None:
    found = oracle.ask(request(expression, NAMES)).result[1]
    assert tuple("?" if isinstance(dim, str) else dim for dim in found) == shape


def test_parts_of_the_same_unknown_size_share_a_symbol(oracle: OracleClient) -> None:
    rows, columns = oracle.ask(request("torch.nonzero(m, as_tuple=True)", NAMES)).result[1:]
    assert rows[1] == columns[1]


@pytest.mark.parametrize(
    "expression",
    [
        "torch.linalg.cholesky(sq)",
        "torch.linalg.inv(sq)",
        "F.binary_cross_entropy(x, x)",
        "torch.multinomial(x, 2)",
        "F.embedding(labels, m)",
        "F.cross_entropy(m, labels)",
        "m.gather(0, mi)",
        "c // i",
    ],
)
def test_failures_that_depend_on_values_are_no_errors(
    oracle: OracleClient, expression: str
) -> None:
    assert isinstance(oracle.ask(request(expression, NAMES)), w.Ok)


@pytest.mark.parametrize(
    ("expression", "type_"),
    [
        ("F.embedding(c, f2)", "IndexError"),
        ("torch.linalg.inv(zero)", "_LinAlgError"),
        ("F.cross_entropy(f2, c2)", "IndexError"),
    ],
)
def test_failures_of_known_values_are_errors(
    oracle: OracleClient, expression: str, type_: str
) -> None:
    names = dict(
        NAMES,
        f2=known("float32", (2, 2), ((0.5, 0.5), (0.5, 0.5))),
        zero=known("float32", (2, 2), ((0.0, 0.0), (0.0, 0.0))),
        c2=known("int64", (2,), (0, 5)),
    )
    answer = oracle.ask(request(expression, names))
    assert isinstance(answer, w.Error)
    assert answer.type == type_


def test_out_of_range_ids_that_are_not_known_are_silent(oracle: OracleClient) -> None:
    names = {"table": tensor(1, 4), "ids": tensor(5, dtype="int64")}
    assert oracle.ask(request("F.embedding(ids, table)", names)).result[1] == (5, 4)


def test_an_unknown_flag_that_matters(oracle: OracleClient) -> None:
    for expression in ("m.sum(1, keepdim=ub)", "torch.zeros(3, requires_grad=ub)"):
        assert oracle.ask(request(expression, NAMES)).reason == "values"
    both = oracle.ask(request("torch.sort(m, descending=ub)", NAMES))
    assert both == oracle.ask(request("torch.sort(m)", NAMES))


def test_an_unknown_text_cannot_be_sent(oracle: OracleClient) -> None:
    assert oracle.ask(request("torch.einsum(text, m)", NAMES)).reason == "encoding"


CHANGES = [
    ("c.add_(1)", ("argument", 0), 0, known("int64", (3,), (2, 3, 4))),
    ("operator.iadd(c, 1)", ("argument", 0), 0, known("int64", (3,), (2, 3, 4))),
    ("operator.setitem(c, 0, 9)", w.NONE, 0, known("int64", (3,), (9, 2, 3))),
    ("operator.setitem(ac, 0, 9)", w.NONE, 0, Wired(("ndarray", (2,), "int64", (9, 5)))),
    ("x.unsqueeze_(0)", ("argument", 0), 0, tensor(1, 3)),
    ("x.requires_grad_()", ("argument", 0), 0, tensor(3, flags=w.REQUIRES_GRAD)),
    ("m.t_()", ("argument", 0), 0, tensor(5, 8, stride=(1, 5))),
    ("m.resize_(4)", ("argument", 0), 0, tensor(4)),
    ("torch.add(x, x, out=i2)", ("argument", "out"), "out", tensor(3)),
    ("nn.ReLU(inplace=True)(f)", ("argument", 1), 1, known("float32", (2,), (0.5, 1.5))),
    ("nn.init.zeros_(f)", ("argument", 0), 0, known("float32", (2,), (0.0, 0.0))),
    ("nn.init.normal_(f)", ("argument", 0), 0, tensor(2)),
]


@pytest.mark.parametrize(("expression", "result", "path", "after"), CHANGES)
def test_changes_in_place(
    oracle: OracleClient, expression: str, result: w.Wire, path: Any, after: Wired
) -> None:
    answer = oracle.ask(request(expression, dict(NAMES, i2=tensor(3))))
    assert answer == w.Ok(result, ((path, after.wire),))


def test_a_change_inside_a_list(oracle: OracleClient) -> None:
    names = {"g": Wired(w.TensorSig((3,), "float32", w.REQUIRES_GRAD | w.PARAMETER).wire())}
    answer = oracle.ask(request("torch._foreach_add_([g], 1)", names))
    assert answer.reason == "not-allowed"
    answer = oracle.ask(request("torch.cat([x, x], out=y)", {"x": tensor(3), "y": tensor(2)}))
    assert answer.changed == (("out", tensor(6).wire),)


def test_what_does_not_change_is_not_told(oracle: OracleClient) -> None:
    assert oracle.ask(request("x.add(1)", NAMES)).changed == ()
    assert oracle.ask(request("nn.Linear(3, 2)(x)", NAMES)).changed == ()


@pytest.mark.parametrize("grad", [True, False])
def test_gradients(oracle: OracleClient, grad: bool) -> None:
    leaf = {"w": Wired(w.TensorSig((3,), "float32", w.REQUIRES_GRAD).wire())}
    flags = oracle.ask(request("w * 2", leaf, grad=grad)).result[3]
    assert flags == (w.REQUIRES_GRAD | w.NOT_LEAF if grad else 0)
    changed = oracle.ask(request("w.add_(1)", leaf, grad=grad))
    assert isinstance(changed, w.Error if grad else w.Ok)


def test_the_default_dtype(oracle: OracleClient) -> None:
    asked = request("torch.zeros(3)", {})
    assert oracle.ask(asked._replace(default_dtype="float64")).result[2] == "float64"
    assert oracle.ask(asked).result[2] == "float32"


def test_packed_sequences_go_through_an_lstm(oracle: OracleClient) -> None:
    names: dict[str, Any] = {"x": tensor(5, 3, 4)}
    call = "nn.utils.rnn.pack_padded_sequence(x, [5, 3, 2])"
    names["packed"] = Wired(oracle.ask(request(call, names)).result)
    names["out"] = Wired(oracle.ask(request("nn.LSTM(4, 7)(packed)", names)).result[1])
    padded, lengths = oracle.ask(request("nn.utils.rnn.pad_packed_sequence(out)", names)).result[1:]
    assert padded[1] == (5, 3, 7)
    assert lengths[1] == (3,)
