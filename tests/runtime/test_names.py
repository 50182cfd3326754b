"""Names: what they are, and what may be called."""

from __future__ import annotations

from typing import Any

import pytest
from shapewise.runtime.client import OracleClient
from shapewise.runtime.oracle import wire as w

from .expressions import Wired, request, tensor


def resolved(oracle: OracleClient, name: str) -> dict[str, Any]:
    answer = oracle.ask(w.Request("resolve", name))
    assert isinstance(answer, w.Ok), answer
    return {key[1]: value for key, value in answer.result[1:]}


@pytest.mark.parametrize(
    ("name", "kind", "canonical"),
    [
        ("torch", "module", "torch"),
        ("torch.nn.functional", "module", "torch.nn.functional"),
        ("torch.nn.Linear", "layer", "torch.nn.Linear"),
        ("torch.nn.modules.linear.Linear", "layer", "torch.nn.Linear"),
        ("torch.nn.Module", "layer", "torch.nn.Module"),
        ("torch.relu", "function", "torch.relu"),
        ("torch.nn.functional.relu", "function", "torch.nn.functional.relu"),
        ("torch.Tensor", "class", "torch.Tensor"),
        ("torch.Tensor.view", "function", "torch.Tensor.view"),
        ("torch.optim.Adam", "class", "torch.optim.Adam"),
        ("torch.utils.data.DataLoader", "class", "torch.utils.data.DataLoader"),
        ("torch.float32", "value", "torch.float32"),
        ("torch.long", "value", "torch.long"),
        ("torch.relux", "missing", "torch.relux"),
        ("torch.nn.Liner", "missing", "torch.nn.Liner"),
        ("numpy.ndarray", "class", "numpy.ndarray"),
        ("numpy.random.rand", "function", "numpy.random.rand"),
        ("math.sqrt", "function", "math.sqrt"),
    ],
)
def test_kinds(oracle: OracleClient, name: str, kind: str, canonical: str) -> None:
    found = resolved(oracle, name)
    assert (found["kind"], found["name"]) == (("str", kind), ("str", canonical))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("torch.float32", ("dtype", "float32")),
        ("torch.long", ("dtype", "int64")),
        ("math.pi", ("float", 3.141592653589793)),
        ("torch.inf", ("float", float("inf"))),
        ("torch.strided", ("layout", "strided")),
        ("torch.channels_last", ("memory_format", "channels_last")),
        ("torch.__version__", None),
    ],
)
def test_values(oracle: OracleClient, name: str, value: Any) -> None:
    found = resolved(oracle, name)
    assert found["kind"] == ("str", "value")
    if value is not None:
        assert found["value"] == value


def test_a_signature(oracle: OracleClient) -> None:
    parameters = resolved(oracle, "torch.nn.Linear")["parameters"]
    assert [name for _, name in parameters[1:4]] == ["in_features", "out_features", "bias"]
    parameters = resolved(oracle, "torch.cat")["parameters"]
    assert ("str", "dim") in parameters


def test_members_help_with_a_misspelt_name(oracle: OracleClient) -> None:
    assert ("str", "Linear") in resolved(oracle, "torch.nn.Liner")["members"]


def test_bases(oracle: OracleClient) -> None:
    assert ("str", "torch.nn.Module") in resolved(oracle, "torch.nn.LSTM")["bases"]


@pytest.mark.parametrize("name", ["os.system", "pandas.DataFrame", "subprocess.run"])
def test_other_libraries_are_not_asked(oracle: OracleClient, name: str) -> None:
    assert oracle.ask(w.Request("resolve", name)).reason == "not-allowed"
    assert oracle.ask(w.Request("call", name, (("str", "x"),))).reason == "not-allowed"


@pytest.mark.parametrize(
    "name",
    [
        "torch.load",
        "torch.save",
        "torch.from_file",
        "torch.frombuffer",
        "torch.manual_seed",
        "torch.seed",
        "torch.set_default_dtype",
        "torch.set_num_threads",
        "torch.set_grad_enabled",
        "torch.compile",
        "torch.hub.load",
        "torch.jit.load",
        "torch.ops.load_library",
        "torch.classes.load_library",
        "torch.vmap",
        "torch.os.system",
        "torch.sys.exit",
        "torch.utils.cpp_extension.load",
        "torch.multiprocessing.spawn",
        "torch.Tensor.share_memory_",
        "torch.Tensor.data_ptr",
        "torch.Tensor.storage",
        "torch.Tensor.set_",
        "torch.Tensor.apply_",
        "torch.Tensor.register_hook",
        "torch.Tensor.__reduce_ex__",
        "torch.Tensor.__setstate__",
        "torch.Tensor.__class__",
        "torch.nn.functional.torch.load",
        "torch.nn.functional.warnings.warn",
        "torch.nn.functional.handle_torch_function",
        "torch.nn.utils.prune.l1_unstructured",
        "torch.nn.parallel.DataParallel",
        "torch.fft.torch.load",
        "torch.serialization.load",
        "torch._C._load_for_lite_interpreter",
        "torch.cuda.is_available",
        "numpy.load",
        "numpy.save",
        "numpy.fromfile",
        "numpy.memmap",
        "numpy.loadtxt",
        "numpy.genfromtxt",
        "numpy.savetxt",
        "numpy.frombuffer",
        "numpy.vectorize",
        "numpy.fromfunction",
        "numpy.ndarray.tofile",
        "numpy.ndarray.dump",
        "numpy.ndarray.__reduce__",
        "numpy.random.seed",
        "numpy.set_printoptions",
        "numpy.ctypeslib.load_library",
        "numpy.testing.run_module_suite",
        "numpy.f2py.compile",
        "operator.attrgetter",
        "operator.methodcaller",
        "operator.call",
        "builtins.eval",
        "builtins.exec",
        "builtins.open",
        "builtins.__import__",
        "builtins.getattr",
        "builtins.input",
        "builtins.print",
        "builtins.compile",
        "builtins.globals",
        "builtins.setattr",
    ],
)
def test_what_may_not_be_called(oracle: OracleClient, name: str) -> None:
    for args in ((), (("str", "x"),), (tensor(3).wire,)):
        answer = oracle.ask(w.Request("call", name, args))
        assert isinstance(answer, w.Unsure), answer
        assert answer.reason in ("not-allowed", "not-found")


def test_references_to_what_may_not_be_called(oracle: OracleClient) -> None:
    names = {"f": Wired(("ref", "torch.load"))}
    answer = oracle.ask(request("nn.TransformerEncoderLayer(8, 2, activation=f)", names))
    assert answer.reason == "not-allowed"
    names = {"f": Wired(("ref", "torch.nn.functional.gelu"))}
    answer = oracle.ask(request("nn.TransformerEncoderLayer(8, 2, activation=f)", names))
    assert isinstance(answer, w.Ok)


def test_python_arithmetic_cannot_run_for_ever(oracle: OracleClient) -> None:
    for name, args in [
        ("operator.pow", (10, 10**9)),
        ("operator.lshift", (1, 10**12)),
        ("operator.mul", (("list", 0), 10**10)),
        ("math.factorial", (10**9,)),
        ("builtins.sum", (("list", 1, 2),)),
    ]:
        assert oracle.ask(w.Request("call", name, args)).reason == "not-allowed"


@pytest.mark.parametrize(
    "wire",
    [
        ("layer", "torch.load", (), (), (True, None, (), False)),
        ("layer", "os.system", (("str", "x"),), (), (True, None, (), False)),
        ("layer", "torch.optim.SGD", (), (), (True, None, (), False)),
        ("layer", "torch.nn.parallel.DataParallel", (), (), (True, None, (), False)),
    ],
)
def test_what_is_no_layer(oracle: OracleClient, wire: w.Wire) -> None:
    answer = oracle.ask(w.Request("forward", "", (wire, tensor(3).wire)))
    assert answer.reason == "not-found"


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("x.T", tensor(4, 3, stride=(1, 4)).wire),
        ("x.shape", ("size", 3, 4)),
        ("x.dtype", ("dtype", "float32")),
        ("x.grad", w.NONE),
        ("x.view", ("ref", "torch.Tensor.view")),
        ("x.is_leaf", ("bool", True)),
        ("best.values", tensor(3).wire),
        ("nn.Linear(4, 2).in_features", 4),
        ("nn.Linear(4, 2).weight", tensor(2, 4, flags=w.REQUIRES_GRAD | w.PARAMETER).wire),
        ("nn.LSTM(4, 2).batch_first", ("bool", False)),
        ("a.T", ("ndarray", (2, 5), "float64", None)),
    ],
)
def test_attributes(oracle: OracleClient, expression: str, result: w.Wire) -> None:
    best = oracle.ask(request("x.max(1)", {"x": tensor(3, 4)})).result
    names = {
        "x": tensor(3, 4),
        "best": Wired(best),
        "a": Wired(("ndarray", (5, 2), "float64", None)),
    }
    assert oracle.ask(request(expression, names)).result == result


def test_the_limits_of_a_dtype_have_fields(oracle: OracleClient) -> None:
    limits = oracle.ask(request("torch.finfo(torch.float32)", {})).result
    assert dict(zip(limits[2], limits[3:], strict=True))["bits"] == 32


def described(oracle: OracleClient, expression: str) -> dict[str, Any]:
    answer = oracle.ask(request(expression, {}))
    assert isinstance(answer, w.Ok), answer
    return {
        key[1]: {k[1]: v for k, v in value[1:]} if value[0] == "dict" else value
        for key, value in answer.result[1:]
    }


def test_the_description_of_a_layer(oracle: OracleClient) -> None:
    layer = described(oracle, "nn.BatchNorm2d(16)")
    parameter = w.REQUIRES_GRAD | w.PARAMETER
    assert layer["class"] == ("str", "torch.nn.BatchNorm2d")
    assert layer["parameters"] == {
        "weight": tensor(16, flags=parameter).wire,
        "bias": tensor(16, flags=parameter).wire,
    }
    assert set(layer["buffers"]) == {"running_mean", "running_var", "num_batches_tracked"}
    assert layer["attributes"]["num_features"] == 16
    assert layer["forward"] == ("tuple", ("str", "input"))


def test_children_can_be_asked_in_turn(oracle: OracleClient) -> None:
    children = described(oracle, "nn.Sequential(nn.Linear(4, 3, bias=False), nn.ReLU())")[
        "children"
    ]
    x = tensor(2, 4).wire
    for child in children.values():
        x = oracle.ask(w.Request("forward", child[1], (child, x))).result
    assert x[1] == (2, 3)


def test_children_of_a_compound_layer(oracle: OracleClient) -> None:
    children = described(oracle, "nn.TransformerEncoderLayer(16, 4, dim_feedforward=32)")[
        "children"
    ]
    hidden = oracle.ask(
        w.Request("forward", "torch.nn.Linear", (children["linear1"], tensor(5, 16).wire))
    )
    assert hidden.result[1] == (5, 32)
    assert children["self_attn"][0] in ("layer", "opaque")


def test_overrides_training_dtype_and_freezing(oracle: OracleClient) -> None:
    weight = w.TensorSig((7, 4), "float32", w.REQUIRES_GRAD | w.PARAMETER).wire()
    bias = w.TensorSig((7,), "float32", w.REQUIRES_GRAD | w.PARAMETER).wire()
    layer = w.layer("torch.nn.Linear", (4, 2), overrides=(("bias", bias), ("weight", weight)))
    x = tensor(3, 4).wire
    assert oracle.ask(w.Request("forward", "", (layer, x))).result[1] == (3, 7)
    frozen = w.layer("torch.nn.Linear", (4, 2), frozen=True)
    assert oracle.ask(w.Request("forward", "", (frozen, x))).result[3] == 0
    double = w.layer("torch.nn.Linear", (4, 2), dtype="float64")
    wide = tensor(3, 4, dtype="float64").wire
    assert oracle.ask(w.Request("forward", "", (double, wide))).result[2] == "float64"
    norm = w.layer("torch.nn.BatchNorm1d", (4,), training=False)
    assert isinstance(oracle.ask(w.Request("forward", "", (norm, tensor(1, 4).wire))), w.Ok)


def test_the_same_question_has_the_same_answer(oracle: OracleClient) -> None:
    """Running statistics and lazy parameters of one call are not seen by the next."""
    from shapewise.runtime.client import OracleClient as Client

    other = Client(deadline=60.0)
    other.start()
    try:
        for expression in ("nn.LazyLinear(5)(x)", "nn.BatchNorm1d(4)(x)", "nn.LazyLinear(5)(y)"):
            asked = request(expression, {"x": tensor(3, 4), "y": tensor(3, 9)})
            assert oracle.ask(asked) == other.ask(asked)
    finally:
        other.close()


@pytest.mark.parametrize(
    "wire",
    [
        ("tensor", (2,), "float32", 0, None, (1.0, 2.0, 3.0)),
        ("tensor", (2,), "float99", 0, None, None),
        ("tensor", ("H//(W - W)",), "float32", 0, None, None),
        ("tensor", (2,), "int64", 1, None, None),
        ("tensor",),
        ("nonsense", 1),
        ("dtype", "load"),
        ("ref", "os.system"),
        ("sym", "__import__('os')"),
    ],
)
def test_wire_values_that_make_no_sense_are_no_errors(oracle: OracleClient, wire: w.Wire) -> None:
    assert isinstance(oracle.ask(w.Request("call", "torch.relu", (wire,))), w.Unsure)
    assert isinstance(oracle.ask(w.Request("nonsense", "torch.relu", (wire,))), w.Unsure)
    assert isinstance(oracle.ask(request("x + 1", {"x": tensor(2)})), w.Ok)
