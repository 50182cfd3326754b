"""scikit-learn's generated and built-in data, splits and metrics.

What is fitted to data (scalers, encoders, decompositions) is in `sklearn_transformers`.

https://scikit-learn.org/stable/api/index.html
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from ...runtime.oracle import dims
from ...runtime.oracle.dims import Dim
from ...runtime.oracle.wire import Error
from ..interpreter import failures
from ..interpreter.call import Call
from ..interpreter.operators import dim_of
from ..values.model import (
    NONE,
    Const,
    InstanceV,
    Items,
    IteratorV,
    Library,
    ListV,
    Scalar,
    Sig,
    TensorV,
    TupleV,
    Unknown,
    Value,
)
from . import pandas_
from .builtin_functions import length_of
from .registry import method, model, prefix_model

DATASETS = "sklearn.datasets."


def array(call: Call, shape: tuple[Dim, ...], dtype: str = "float64") -> TensorV:
    """A NumPy array."""
    return TensorV(Sig(shape, dtype, numpy=True), call.origin)


def number(call: Call, position: int, name: str, default: int) -> Dim:
    """An argument that is a size; a symbol where it is not known."""
    given = call.argument(position, name) or Const(default)
    size = dim_of(given)
    return size if size is not None else call.machine.symbol_for((call.span, name), "n")


def _samples(call: Call, position: int = 0) -> Dim:
    """`n_samples`: one number, or one for each part."""
    given = call.argument(position, "n_samples") or Const(100)
    if isinstance(given, (TupleV, ListV)):
        items = given.items if isinstance(given, TupleV) else given.items.items
        sizes = [dim_of(item) for item in items]
        known = [size for size in sizes if size is not None]
        if len(known) == len(sizes):
            total: Dim = 0
            for size in known:
                total = dims.add(total, size)
            return total
        return call.machine.symbol_for((call.span, "n_samples"), "n")
    return number(call, position, "n_samples", 100)


@dataclass(frozen=True)
class Made:
    """A generator of data: X (samples, features) and y (samples,).

    features: the default of `n_features`; `fixed` if it is no parameter.
    """

    features: int
    label: str
    fixed: bool = False
    samples: int = 100


_MADE = {
    "make_classification": Made(20, "int64"),
    "make_moons": Made(2, "int64", True),
    "make_circles": Made(2, "int64", True),
    "make_swiss_roll": Made(3, "float64", True),
    "make_s_curve": Made(3, "float64", True),
    "make_friedman1": Made(10, "float64"),
    "make_friedman2": Made(4, "float64", True),
    "make_friedman3": Made(4, "float64", True),
    "make_sparse_uncorrelated": Made(10, "float64"),
}


@model(*(DATASETS + name for name in _MADE))
def make(call: Call) -> Value:
    """X and y with the given number of samples and features."""
    if call.incomplete is not None:
        return call.incomplete
    spec = _MADE[call.name.removeprefix(DATASETS)]
    rows = _samples(call)
    columns: Dim = spec.features if spec.fixed else number(call, 1, "n_features", spec.features)
    return TupleV((array(call, (rows, columns)), array(call, (rows,), spec.label)))


@model(DATASETS + "make_gaussian_quantiles", DATASETS + "make_hastie_10_2")
def make_other(call: Call) -> Value:
    """Generators whose arguments come in another order."""
    if call.incomplete is not None:
        return call.incomplete
    if call.name.endswith("make_hastie_10_2"):
        rows = number(call, 0, "n_samples", 12000)
        return TupleV((array(call, (rows, 10)), array(call, (rows,))))
    rows, columns = number(call, 2, "n_samples", 100), number(call, 3, "n_features", 2)
    return TupleV((array(call, (rows, columns)), array(call, (rows,), "int64")))


@model(DATASETS + "make_regression")
def make_regression(call: Call) -> Value:
    """With several targets y has a column for each; `coef=True` adds the coefficients."""
    if call.incomplete is not None:
        return call.incomplete
    rows, columns = number(call, 0, "n_samples", 100), number(call, 1, "n_features", 100)
    targets, coef = number(call, 3, "n_targets", 1), call.argument(9, "coef")
    if not isinstance(targets, int) or coef not in (None, Const(True), Const(False)):
        return call.machine.unknown("the shape of what `{name}` makes is not known", name=call.name)
    more = (targets,) if targets > 1 else ()
    parts = [array(call, (rows, columns)), array(call, (rows, *more))]
    if coef == Const(True):
        parts.append(array(call, (columns, *more)))
    return TupleV(tuple(parts))


@model(DATASETS + "make_blobs")
def make_blobs(call: Call) -> Value:
    """Given the centres, they have the features."""
    if call.incomplete is not None:
        return call.incomplete
    rows, columns = _samples(call), number(call, 1, "n_features", 2)
    centers = call.argument(2, "centers") or NONE
    count: Dim | None = 3
    if isinstance(centers, TensorV) and centers.sig.shape and len(centers.sig.shape) == 2:
        count, columns = centers.sig.shape
    elif isinstance(centers, (ListV, TupleV)):
        items = centers.items if isinstance(centers, TupleV) else centers.items.items
        first = items[0] if items else NONE
        count = len(items)
        if isinstance(first, (ListV, TupleV)):
            columns = len(first.items if isinstance(first, TupleV) else first.items.items)
    elif centers != NONE:
        count = dim_of(centers)
    parts = [array(call, (rows, columns)), array(call, (rows,), "int64")]
    if call.argument(7, "return_centers") == Const(True):
        known = count if count is not None else call.machine.symbol_for((call.span, "centers"), "K")
        parts.append(array(call, (known, columns)))
    return TupleV(tuple(parts))


@model(DATASETS + "make_multilabel_classification")
def make_multilabel(call: Call) -> Value:
    """y has a column of 0 and 1 for each class."""
    if call.incomplete is not None:
        return call.incomplete
    rows, columns = number(call, 0, "n_samples", 100), number(call, 1, "n_features", 20)
    labels = array(call, (rows, number(call, 2, "n_classes", 5)), "int64")
    return TupleV((array(call, (rows, columns)), labels))


@dataclass(frozen=True)
class Stored:
    """A data set that comes with the library or is always the same: its true sizes."""

    rows: int
    columns: int
    label: str
    classes: int = 0
    targets: int = 0
    images: tuple[int, int] | None = None
    dtype: str = "float64"


STORED = {
    "load_iris": Stored(150, 4, "int64", 3),
    "load_wine": Stored(178, 13, "int64", 3),
    "load_breast_cancer": Stored(569, 30, "int64", 2),
    "load_digits": Stored(1797, 64, "int64", 10, images=(8, 8)),
    "load_diabetes": Stored(442, 10, "float64"),
    "load_linnerud": Stored(20, 3, "float64", targets=3),
    "fetch_california_housing": Stored(20640, 8, "float64"),
    "fetch_olivetti_faces": Stored(400, 4096, "int64", images=(64, 64), dtype="float32"),
}
_DIGITS = (178, 182, 177, 183, 181, 182, 181, 179, 174, 180)
"""How often each digit is in `load_digits`."""
_BUNCH = "sklearn.utils.Bunch"


@model(*(DATASETS + name for name in STORED))
def load(call: Call) -> Value:
    """A bunch with `data` and `target`, or both as a tuple."""
    if call.incomplete is not None:
        return call.incomplete
    spec = STORED[call.name.removeprefix(DATASETS)]
    rows: Dim = spec.rows
    if call.name.endswith("load_digits"):
        classes = call.argument(0, "n_class") or Const(10)
        known = isinstance(classes, Const) and isinstance(classes.value, int)
        rows = call.machine.symbol_for((call.span, "rows"), "n")
        rows = sum(_DIGITS[: classes.value]) if known and isinstance(classes, Const) else rows
    data = array(call, (rows, spec.columns), spec.dtype)
    more = (spec.targets,) if spec.targets else ()
    target: Value = array(call, (rows, *more), spec.label)
    table: Value = data
    if call.kwargs.get("as_frame", Const(False)) != Const(False):
        # The names of the columns are left out: only their number and dtypes are known.
        columns = tuple(pandas_.Column(None, "float64") for _ in range(spec.columns))
        table = pandas_.frame(call, pandas_.Table(columns, rows))
        if not more:
            one = pandas_.Table((pandas_.Column("target", spec.label),), rows)
            target = pandas_.series(call, one)
    if call.kwargs.get("return_X_y", Const(False)) != Const(False):
        return TupleV((table, target))
    bunch = InstanceV(Library(_BUNCH), call.origin)
    bunch.slots.update(data=table, target=target)
    names = ListV(Items((), Scalar("str"), spec.columns))
    if spec.images is None or call.name.endswith("load_digits"):
        bunch.slots["feature_names"] = names
    if spec.classes:
        bunch.slots["target_names"] = ListV(Items((), Scalar("str"), spec.classes))
    if spec.images is not None:
        bunch.slots["images"] = array(call, (rows, *spec.images), spec.dtype)
    bunch.slots["DESCR"] = Scalar("str")
    return bunch


@method(_BUNCH, "__getitem__")
def bunch_item(call: Call) -> Value:
    """`bunch["data"]` is `bunch.data`."""
    bunch, key = call.args[0], call.args[1]
    assert isinstance(bunch, InstanceV)
    found = bunch.slots.get(key.value) if isinstance(key, Const) else None
    return found or call.machine.unknown("the key is not in the dict")


@model("sklearn.model_selection.train_test_split")
def train_test_split(call: Call) -> Value:
    """Each array in two parts: train, test.

    A share of the rows is rounded up for the test and down for the training part.
    https://scikit-learn.org/stable/modules/generated/sklearn.model_selection.train_test_split.html
    """
    if call.incomplete is not None:
        return call.incomplete
    lengths = [_rows(call, value) for value in call.args]
    known = [length for length in lengths if isinstance(length, int)]
    if len(set(known)) > 1:
        text = f"Found input variables with inconsistent numbers of samples: {known}"
        return failures.report(call, Error("ValueError", text), "call")
    total = next((length for length in lengths if length is not None), None)
    sizes = _split_sizes(call, known[0] if known else total)
    return ListV(tuple(_part(call, value, size) for value in call.args for size in sizes))


def _rows(call: Call, value: Value) -> Dim | None:
    table = pandas_.table_of(value)
    if table is not None:
        return table.rows
    if isinstance(value, TensorV):
        return value.sig.shape[0] if value.sig.shape else None
    return None if isinstance(value, Unknown) else dim_of(length_of(call.machine, value, call))


def _split_sizes(call: Call, total: Dim | None) -> tuple[Dim, Dim]:
    test, train = (call.kwargs.get(name, NONE) for name in ("test_size", "train_size"))
    if test == NONE and train == NONE:
        test = Const(0.25)
    sizes = [
        _share(value, total, rounding)
        for value, rounding in ((train, math.floor), (test, math.ceil))
    ]
    for index, given in ((0, train), (1, test)):
        other = sizes[1 - index]
        if given == NONE and other is not None and total is not None:
            sizes[index] = dims.sub(total, other)
    named = call.machine.symbol_for
    first = sizes[0] if sizes[0] is not None else named((call.span, "train"), "n")
    return first, sizes[1] if sizes[1] is not None else named((call.span, "test"), "n")


def _share(value: Value, total: Dim | None, rounding: Callable[[float], int]) -> Dim | None:
    """A number of rows, or a share of all; None where it is not given or not known."""
    if isinstance(value, Const) and isinstance(value.value, float):
        return rounding(value.value * total) if isinstance(total, int) else None
    return dim_of(value) if value != NONE else None


def _part(call: Call, value: Value, rows: Dim) -> Value:
    if pandas_.table_of(value) is not None:
        return pandas_.with_rows(call, value, rows)
    if isinstance(value, TensorV) and value.sig.shape:
        sig = value.sig._replace(shape=(rows, *value.sig.shape[1:]), value=None, stride=None)
        return TensorV(sig, call.origin, (value,) if sig.requires_grad else ())
    if isinstance(value, (ListV, TupleV)):
        items = value.items.items if isinstance(value, ListV) else value.items
        rest = value.items.rest if isinstance(value, ListV) else None
        for item in items[:16]:
            rest = item if rest is None else call.machine.joiner.join(rest, item)
        return ListV(Items((), rest, rows))
    if isinstance(value, Unknown):
        return value
    return call.machine.unknown("what is split here is not known")


@model("sklearn.model_selection.KFold")
def k_fold(call: Call) -> Value:
    """`KFold(n_splits=5)`."""
    instance = InstanceV(Library("sklearn.model_selection.KFold"), call.origin)
    instance.slots["n_splits"] = call.argument(0, "n_splits") or Const(5)
    return instance


@method("sklearn.model_selection.KFold", "split")
def k_fold_split(call: Call) -> Value:
    """Pairs of positions: the first folds have one more where it does not come out even."""
    fold, value = call.args[0], call.argument(1, "X") or NONE
    assert isinstance(fold, InstanceV)
    total, count = _rows(call, value), dim_of(fold.slots["n_splits"])
    named = call.machine.symbol_for
    if not isinstance(total, int) or not isinstance(count, int) or not 1 < count <= 32:
        train, test = (array(call, (named((call.span, part), "n"),), "int64")
                       for part in ("train", "test"))  # fmt: skip
        return IteratorV(Items((), TupleV((train, test)), count))
    pairs = []
    for index in range(count):
        size = total // count + (index < total % count)
        parts = (array(call, (total - size,), "int64"), array(call, (size,), "int64"))
        pairs.append(TupleV(parts))
    return IteratorV(Items(tuple(pairs)))


_METRICS = (
    "accuracy_score", "balanced_accuracy_score", "f1_score", "fbeta_score", "precision_score",
    "recall_score", "jaccard_score", "matthews_corrcoef", "cohen_kappa_score", "roc_auc_score",
    "average_precision_score", "log_loss", "hinge_loss", "hamming_loss", "zero_one_loss",
    "brier_score_loss", "mean_squared_error", "mean_absolute_error", "root_mean_squared_error",
    "mean_squared_log_error", "median_absolute_error", "explained_variance_score", "max_error",
    "r2_score", "auc", "silhouette_score",
)  # fmt: skip


@model(*(f"sklearn.metrics.{name}" for name in _METRICS))
def metric(call: Call) -> Value:
    """A number, unless one for each class or each output is asked for."""
    average = call.kwargs.get("average", Const("binary"))
    outputs = call.kwargs.get("multioutput", Const("uniform_average"))
    if average == NONE or not isinstance(average, Const) or outputs == Const("raw_values"):
        return call.machine.unknown("how many classes there are is not known")
    return Scalar("float")


@model("sklearn.metrics.confusion_matrix")
def confusion_matrix(call: Call) -> Value:
    """A row and a column for each class."""
    labels = call.kwargs.get("labels", NONE)
    count = dim_of(length_of(call.machine, labels)) if labels != NONE else None
    if count is None:
        count = call.machine.symbol_for((call.span, "classes"), "K")
    whole = call.kwargs.get("normalize", NONE) == NONE and "sample_weight" not in call.kwargs
    return array(call, (count, count), "int64" if whole else "float64")


@model("sklearn.metrics.classification_report")
def report(call: Call) -> Value:
    """A text, or a dict."""
    if call.kwargs.get("output_dict", Const(False)) == Const(False):
        return Scalar("str")
    return call.machine.unknown("how many classes there are is not known")


@prefix_model("sklearn")
def other(call: Call) -> Value:
    """What is not described here."""
    return call.machine.unknown("`{name}` is not followed", name=call.name)
