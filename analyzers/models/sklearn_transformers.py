"""scikit-learn's objects that are fitted to data and change it: scalers, encoders, projections.

https://scikit-learn.org/stable/api/sklearn.preprocessing.html
"""

from __future__ import annotations

from ...runtime.oracle.dims import Dim
from ...runtime.oracle.wire import Error
from ..interpreter import failures
from ..interpreter.ask import ask
from ..interpreter.call import Call
from ..interpreter.operators import dim_of, int_value
from ..values.model import NONE, Const, InstanceV, Library, ListV, Sig, TensorV, Unknown, Value
from .builtin_functions import length_of
from .numpy_ import as_array
from .registry import method, model
from .sklearn_ import array

_SCALERS = tuple(
    f"sklearn.preprocessing.{name}"
    for name in ("StandardScaler", "MinMaxScaler", "MaxAbsScaler", "RobustScaler", "Normalizer",
                 "PowerTransformer", "QuantileTransformer")
)  # fmt: skip
_LABELS = "sklearn.preprocessing.LabelEncoder"
_ONE_HOT = "sklearn.preprocessing.OneHotEncoder"
_SPARSE = "scipy.sparse.csr_matrix"
_PROJECTIONS = {
    "sklearn.decomposition.PCA": None,
    "sklearn.decomposition.TruncatedSVD": 2,
    "sklearn.manifold.TSNE": 2,
}
"""By name, the default of `n_components`; None: as many as there can be."""


@model(*_SCALERS, _LABELS, _ONE_HOT, *_PROJECTIONS)
def construct(call: Call) -> Value:
    """A new object; some of its arguments are kept."""
    instance = InstanceV(Library(call.name), call.origin)
    kept = dict(call.kwargs)
    if call.name in _PROJECTIONS and call.args:
        kept["n_components"] = call.args[0]
    for name in ("n_components", "sparse_output", "sparse", "drop", "categories"):
        if name in kept:
            instance.slots[f"${name}"] = kept[name]
    return instance


def _receiver(call: Call) -> InstanceV:
    receiver = call.args[0]
    assert isinstance(receiver, InstanceV)
    return receiver


def _data(call: Call) -> Value:
    """The array that is passed, of numbers of the dtype that scikit-learn works on."""
    value = as_array(call, call.args[1] if len(call.args) > 1 else call.kwargs.get("X", NONE))
    if isinstance(value, ListV):
        value = ask(Call(call.machine, call.node, "numpy.array", [value], nodes=[None]))
    if isinstance(value, Unknown):
        return value
    if not isinstance(value, TensorV) or value.sig.shape is None or value.sig.dtype is None:
        return call.machine.unknown("what `{name}` gets is not known", name=call.name)
    dtype = value.sig.dtype if value.sig.dtype in ("float16", "float32") else "float64"
    return array(call, value.sig.shape, dtype)


def _matrix(call: Call) -> Value:
    """The data, if it has rows and columns, and as many columns as what was fitted."""
    value = _data(call)
    if not isinstance(value, TensorV) or value.sig.shape is None:
        return value
    shape = value.sig.shape
    if len(shape) == 1:
        text = "Expected 2D array, got 1D array instead"
        return failures.report(call, Error("ValueError", text), "call")
    if len(shape) != 2:
        owner = _receiver(call).class_name
        text = f"Found array with dim {len(shape)}, while dim <= 2 is required by {owner}."
        return failures.report(call, Error("ValueError", text), "call")
    return value


def _fit(call: Call, value: Value) -> Value:
    """Remembers the number of columns."""
    receiver = _receiver(call)
    shape = value.sig.shape if isinstance(value, TensorV) else None
    set_ = call.machine.trail.set
    if shape is None or len(shape) != 2:
        set_(receiver.slots, "$columns", NONE)
        return value
    set_(receiver.slots, "$columns", int_value(shape[1], ()))
    set_(receiver.slots, "n_features_in_", int_value(shape[1], ()))
    for name in ("mean_", "var_", "scale_", "min_", "data_min_", "data_max_"):
        set_(receiver.slots, name, array(call, (shape[1],)))
    return value


def _checked(call: Call, value: Value) -> Value:
    receiver = _receiver(call)
    fitted = dim_of(receiver.slots.get("$columns", NONE))
    shape = value.sig.shape if isinstance(value, TensorV) else None
    if shape is None or len(shape) != 2:
        return value
    if isinstance(fitted, int) and isinstance(shape[1], int) and fitted != shape[1]:
        text = (
            f"X has {shape[1]} features, but {receiver.class_name} is expecting "
            f"{fitted} features as input."
        )
        return failures.report(call, Error("ValueError", text), "call")
    return value


def scaler_fit(call: Call) -> Value:
    """Learns from the data; returns the object itself."""
    _fit(call, _matrix(call))
    return _receiver(call)


def scaler_fit_transform(call: Call) -> Value:
    """The data scaled: as it was, in floats."""
    return _output(call, _fit(call, _matrix(call)))


def scaler_transform(call: Call) -> Value:
    """Other data, scaled in the same way."""
    return _output(call, _checked(call, _matrix(call)))


def _output(call: Call, value: Value) -> Value:
    if "$output" in _receiver(call).slots:
        return call.machine.unknown("`{name}` is not followed", name=call.name)
    return value


def set_output(call: Call) -> Value:
    """From now on it may give frames."""
    call.machine.trail.set(_receiver(call).slots, "$output", NONE)
    return _receiver(call)


for _owner in _SCALERS:
    method(_owner, "fit", "partial_fit")(scaler_fit)
    method(_owner, "fit_transform")(scaler_fit_transform)
    method(_owner, "transform", "inverse_transform")(scaler_transform)
    method(_owner, "set_output")(set_output)


@method(_LABELS, "fit")
@method(_ONE_HOT, "fit")
def fit_only(call: Call) -> Value:
    """Learns which classes there are."""
    return _receiver(call)


@method(_LABELS, "fit_transform", "transform")
def encode_labels(call: Call) -> Value:
    """A number for each label."""
    value = call.args[1] if len(call.args) > 1 else call.kwargs.get("y", NONE)
    rows = _rows_of(call, value, 1)
    return rows if isinstance(rows, Unknown) else array(call, (rows,), "int64")


def _rows_of(call: Call, value: Value, rank: int) -> Dim | Unknown:
    if isinstance(value, Unknown):
        return value
    if isinstance(value, TensorV):
        shape = value.sig.shape
        if shape is not None and len(shape) == rank:
            return shape[0]
        return call.machine.unknown("what `{name}` gets is not known", name=call.name)
    size = dim_of(length_of(call.machine, value, call))
    return size if size is not None else call.machine.symbol_for((call.span, "rows"), "n")


@method(_ONE_HOT, "fit_transform", "transform")
def one_hot(call: Call) -> Value:
    """A column for each class of each column; sparse unless something else was asked for."""
    receiver = _receiver(call)
    rows = _rows_of(call, call.args[1] if len(call.args) > 1 else NONE, 2)
    if isinstance(rows, Unknown):
        return rows
    dense = array(call, (rows, call.machine.symbol_for((receiver.origin, "classes"), "K")))
    for name in ("$sparse_output", "$sparse"):
        if receiver.slots.get(name) == Const(False):
            return dense
    sparse = InstanceV(Library(_SPARSE), call.origin)
    sparse.slots["$dense"] = dense
    return sparse


@method(_SPARSE, "toarray")
def toarray(call: Call) -> Value:
    """The same as an array."""
    dense: Value = _receiver(call).slots["$dense"]
    return dense


def project(call: Call) -> Value:
    """`n_components` columns."""
    value = _matrix(call)
    if not isinstance(value, TensorV) or value.sig.shape is None:
        return value
    receiver = _receiver(call)
    name = receiver.cls.name
    default = _PROJECTIONS[name]
    wanted = receiver.slots.get("$n_components", Const(default))
    count = dim_of(wanted) if wanted != NONE else None
    if wanted == NONE and all(isinstance(dim, int) for dim in value.sig.shape):
        count = min(dim for dim in value.sig.shape if isinstance(dim, int))
    if count is None:
        count = call.machine.symbol_for((receiver.origin, "components"), "K")
    dtype = "float32" if name.endswith("TSNE") else value.sig.dtype
    return TensorV(Sig((value.sig.shape[0], count), dtype, numpy=True), call.origin)


for _owner in _PROJECTIONS:
    method(_owner, "fit")(scaler_fit)
    method(_owner, "fit_transform")(project)
    if not _owner.endswith("TSNE"):
        method(_owner, "transform")(project)
