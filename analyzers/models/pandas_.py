"""pandas: frames and series that are built in place, and the arrays they turn into.

A frame is known by the names and dtypes of its columns and by its number of rows.
What comes from a file is not known.

https://pandas.pydata.org/docs/reference/frame.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ...runtime.oracle.dims import Dim
from ..interpreter.ask import ask
from ..interpreter.call import Call
from ..interpreter.operators import dim_of, int_value
from ..values.model import (
    NONE,
    Const,
    DictV,
    DtypeV,
    InstanceV,
    Items,
    Library,
    ListV,
    Plain,
    RangeV,
    Scalar,
    Sig,
    SliceV,
    TensorV,
    TupleV,
    Unknown,
    Value,
)
from .builtin_functions import length_of
from .registry import method, model, prefix_model

FRAME, SERIES = "pandas.DataFrame", "pandas.Series"
_ILOC = "pandas.core.indexing._iLocIndexer"
_TABLE = "$table"


class Column(NamedTuple):
    """One column. name: None when not known. dtype: NumPy's name, None when not known."""

    name: object
    dtype: str | None


class Table(NamedTuple):
    """The columns of a frame (of a series: one), and the number of rows."""

    columns: tuple[Column, ...]
    rows: Dim


def frame(call: Call, table: Table) -> InstanceV:
    """A new `DataFrame`."""
    return _instance(call, FRAME, table)


def series(call: Call, table: Table) -> InstanceV:
    """A new `Series`."""
    return _instance(call, SERIES, table)


def _instance(call: Call, name: str, table: Table) -> InstanceV:
    instance = InstanceV(Library(name), call.origin)
    instance.slots.update(_attributes(call, table, name == SERIES))
    return instance


def _attributes(call: Call, table: Table, one: bool) -> dict[str, Value]:
    """`values`, `shape`, `iloc`; of a frame `columns`, and each column by its name."""
    indexer = InstanceV(Library(_ILOC), call.origin)
    indexer.slots.update({_TABLE: Plain(table), "$series": Const(one)})
    rows = int_value(table.rows, ())
    found: dict[str, Value] = {
        _TABLE: Plain(table),
        "values": _array(call, table, one, common_dtype(table.columns)),
        "iloc": indexer,
        "shape": TupleV((rows,) if one else (rows, Const(len(table.columns)))),
    }
    if one:
        return found
    found["columns"] = ListV(tuple(Const(column.name) for column in table.columns))
    for column in table.columns:
        if isinstance(column.name, str) and column.name not in found:
            found[column.name] = series(call, table._replace(columns=(column,)))
    return found


def _change(call: Call, receiver: InstanceV, table: Table | None) -> Value:
    """Changes a frame in place; None: it is not known any more."""
    for name in list(receiver.slots):
        call.machine.trail.set(receiver.slots, name, _not_known(call))
    if table is not None:
        for name, value in _attributes(call, table, is_series(receiver)).items():
            call.machine.trail.set(receiver.slots, name, value)
    return NONE


def table_of(value: Value) -> Table | None:
    """What is known of a frame or series; None if the value is none."""
    if not isinstance(value, InstanceV):
        return None
    held = value.slots.get(_TABLE)
    return held.wire if isinstance(held, Plain) and isinstance(held.wire, Table) else None


def is_series(value: Value) -> bool:
    """Whether a value is a `Series`."""
    return isinstance(value, InstanceV) and value.cls == Library(SERIES)


def with_rows(call: Call, value: Value, rows: Dim) -> Value:
    """The same columns with another number of rows."""
    table = table_of(value)
    assert table is not None and isinstance(value, InstanceV)
    return _like(call, value, table._replace(rows=rows))


def _like(call: Call, value: Value, table: Table) -> InstanceV:
    return series(call, table) if is_series(value) else frame(call, table)


def _receiver(call: Call) -> tuple[Value, Table | None]:
    return call.args[0], table_of(call.args[0])


def _not_known(call: Call) -> Unknown:
    return call.machine.unknown("what this frame holds is not known")


def _some_rows(call: Call) -> Dim:
    return call.machine.symbol_for((call.span, "rows"), "n")


def element_dtype(items: Sequence[Value]) -> str | None:
    """The dtype of a column that is made of some Python values."""
    kinds = set()
    for item in items:
        if isinstance(item, Const):
            kinds.add(type(item.value).__name__)
        elif isinstance(item, Scalar):
            kinds.add(item.type)
        else:
            return None
    if kinds == {"int"}:
        return "int64"
    if kinds and kinds <= {"int", "float"}:
        return "float64"
    return {"bool": "bool", "str": "object"}.get(kinds.pop()) if len(kinds) == 1 else None


def _column(call: Call, value: Value) -> tuple[str | None, Dim | None]:
    """(dtype, length) of what a column is made of; no length for a single value."""
    table = table_of(value)
    if table is not None and is_series(value):
        return table.columns[0].dtype, table.rows
    if isinstance(value, TensorV) and value.sig.shape is not None and len(value.sig.shape) == 1:
        return (value.sig.dtype if value.sig.numpy else None), value.sig.shape[0]
    if isinstance(value, RangeV):
        return "int64", dim_of(length_of(call.machine, value))
    if isinstance(value, ListV):
        items = [*value.items.items, *([] if value.items.rest is None else [value.items.rest])]
        return element_dtype(items), dim_of(length_of(call.machine, value))
    return element_dtype([value]), None


@model(FRAME, "pandas.core.frame.DataFrame")
def construct(call: Call) -> Value:
    """`DataFrame(data, index=None, columns=None, dtype=None)`."""
    data, columns = call.argument(0, "data") or NONE, call.argument(2, "columns") or NONE
    names = _names(columns)
    if call.incomplete is not None or isinstance(data, Unknown):
        return call.incomplete or data
    if isinstance(data, DictV) and data.slots["rest"] is None:
        return _from_columns(call, data.slots["items"])
    if isinstance(data, ListV):
        nodes = call.nodes[:1] or [None]
        data = ask(Call(call.machine, call.node, "numpy.array", [data], nodes=nodes))
    if isinstance(data, TensorV) and data.sig.shape is not None and len(data.sig.shape) == 2:
        rows, count = data.sig.shape
        if isinstance(count, int):
            known = names if names is not None and len(names) == count else range(count)
            dtype = data.sig.dtype if columns == NONE or names is not None else None
            return frame(call, Table(tuple(Column(name, dtype) for name in known), rows))
    return _not_known(call)


def _from_columns(call: Call, items: dict[object, Value]) -> Value:
    columns, rows = [], None
    for name, value in items.items():
        dtype, length = _column(call, value)
        columns.append(Column(name, dtype))
        rows = length if rows is None else rows
    return frame(call, Table(tuple(columns), rows)) if rows is not None else _not_known(call)


def _names(value: Value) -> list[object] | None:
    """Constant column names in a list; None for anything else."""
    items: Sequence[Value] = ()
    if isinstance(value, ListV) and value.items.rest is None:
        items = value.items.items
    elif isinstance(value, TupleV):
        items = value.items
    else:
        return None
    found = [item.value for item in items if isinstance(item, Const)]
    return found if len(found) == len(items) else None


@model(SERIES, "pandas.core.series.Series")
def construct_series(call: Call) -> Value:
    """`Series(data)`."""
    dtype, rows = _column(call, call.argument(0, "data") or NONE)
    if rows is None or call.argument(2, "dtype") not in (None, NONE):
        return _not_known(call)
    return series(call, Table((Column(None, dtype),), rows))


_FLOATS = ("float16", "float32", "float64")
_SMALL = ("int8", "uint8", "int16", "uint16")


def common_dtype(columns: Sequence[Column]) -> str | None:
    """The dtype of the array that some columns turn into together; None if not known.

    https://pandas.pydata.org/docs/reference/api/pandas.DataFrame.to_numpy.html
    """
    dtypes = {column.dtype for column in columns}
    if len(dtypes) == 1:
        return next(iter(dtypes))
    if None in dtypes:
        return None
    if "bool" in dtypes or "object" in dtypes:
        return "object"
    floats = [dtype for dtype in _FLOATS if dtype in dtypes]
    integers = [str(dtype) for dtype in dtypes if dtype not in _FLOATS]
    if not floats:
        return (
            "int64"
            if all(name.startswith("int") for name in integers) and ("int64" in integers)
            else None
        )
    wide = any(dtype not in _SMALL for dtype in integers)
    return "float64" if wide or floats[-1] == "float16" else floats[-1]


def _array(call: Call, table: Table, one: bool, dtype: str | None) -> Value:
    if dtype == "object":
        return call.machine.unknown("an array of Python objects is not followed")
    if dtype is None:
        return call.machine.unknown("the dtype of the columns is not known")
    shape: tuple[Dim, ...] = (table.rows,)
    if not one:
        shape = (table.rows, len(table.columns))
    return TensorV(Sig(shape, dtype, numpy=True), call.origin)


def _dtype(value: Value | None) -> str | None:
    """The dtype that an argument names; None if it names none that is known."""
    if isinstance(value, DtypeV):
        return value.name
    name = value.value if isinstance(value, Const) else None
    if isinstance(value, Library):
        name = value.name.rpartition(".")[2]
    name = {"int": "int64", "float": "float64"}.get(str(name), name)
    known = ("bool", "int8", "int16", "int32", "int64", "uint8", *_FLOATS)
    return name if isinstance(name, str) and name in known else None


@method(FRAME, "to_numpy", "__array__")
@method(SERIES, "to_numpy", "__array__")
def to_numpy(call: Call) -> Value:
    """The array of all columns: (rows, columns), of a series (rows,)."""
    value, table = _receiver(call)
    if table is None:
        return _not_known(call)
    wanted = call.argument(1, "dtype")
    dtype = common_dtype(table.columns) if wanted in (None, NONE) else _dtype(wanted)
    return _array(call, table, is_series(value), dtype)


@method(FRAME, "astype")
@method(SERIES, "astype")
def astype(call: Call) -> Value:
    """The same columns with another dtype, or with one for each of some columns."""
    value, table = _receiver(call)
    wanted = call.argument(1, "dtype")
    if table is None:
        return _not_known(call)
    named: dict[object, Value] = {}
    if isinstance(wanted, DictV):
        named = wanted.slots["items"]
    columns = tuple(
        column._replace(dtype=_dtype(named[column.name]) if column.name in named else column.dtype)
        if isinstance(wanted, DictV)
        else column._replace(dtype=_dtype(wanted))
        for column in table.columns
    )
    return _like(call, value, table._replace(columns=columns))


@method(FRAME, "__len__")
@method(SERIES, "__len__")
def length(call: Call) -> Value:
    """The number of rows."""
    _, table = _receiver(call)
    return int_value(table.rows, ()) if table is not None else Scalar("int")


@method(FRAME, "__getitem__")
def get_item(call: Call) -> Value:
    """`df["a"]` is a series, `df[["a", "b"]]` a frame, `df[mask]` some of the rows."""
    value, table = _receiver(call)
    key = call.args[1]
    if table is None:
        return _not_known(call)
    names = _names(key)
    if isinstance(key, Const):
        found = [column for column in table.columns if column.name == key.value]
        if len(found) == 1:
            return series(call, table._replace(columns=(found[0],)))
        return call.machine.unknown("the key is not in the dict")
    if names is not None:
        known = {column.name: column for column in table.columns}
        if all(name in known for name in names):
            return frame(call, table._replace(columns=tuple(known[name] for name in names)))
        return call.machine.unknown("the key is not in the dict")
    # A comparison of a column gives some truth value, and so does an array of them.
    mask = isinstance(key, Scalar) and key.type == "bool"
    if mask or isinstance(key, (TensorV, InstanceV, SliceV)):
        return with_rows(call, value, _some_rows(call))
    return _not_known(call)


@method(FRAME, "__setitem__")
def set_item(call: Call) -> Value:
    """`df["a"] = values` sets or adds a column."""
    receiver, table = _receiver(call)
    assert isinstance(receiver, InstanceV)
    key, (dtype, _) = call.args[1], _column(call, call.args[2])
    if table is None or not isinstance(key, Const):
        return _change(call, receiver, None)
    column = Column(key.value, dtype)
    columns = [column if old.name == key.value else old for old in table.columns]
    columns += [] if column in columns else [column]
    return _change(call, receiver, table._replace(columns=tuple(columns)))


@method(FRAME, "drop")
def drop(call: Call) -> Value:
    """`df.drop("y", axis=1)`, `df.drop(columns=["y"])`."""
    receiver, table = _receiver(call)
    labels, axis = call.argument(1, "labels"), call.argument(2, "axis")
    columns = call.kwargs.get("columns")
    if columns is None and axis in (Const(1), Const("columns")):
        columns = labels
    if table is None or columns is None or not isinstance(receiver, InstanceV):
        return with_rows(call, receiver, _some_rows(call)) if table else _not_known(call)
    names = [columns.value] if isinstance(columns, Const) else _names(columns)
    if names is None:
        return _not_known(call)
    kept = tuple(column for column in table.columns if column.name not in names)
    if call.kwargs.get("inplace") == Const(True):
        return _change(call, receiver, table._replace(columns=kept))
    return frame(call, table._replace(columns=kept))


@method(FRAME, "copy", "reset_index", "sample", "sort_values", "sort_index")
@method(SERIES, "copy", "sample", "sort_values", "sort_index")
def same(call: Call) -> Value:
    """As many rows and the same columns, in some order."""
    value, table = _receiver(call)
    name = call.name.rpartition(".")[2]
    if table is None:
        return _not_known(call)
    if name == "reset_index" and call.kwargs.get("drop") != Const(True):
        return frame(call, table._replace(columns=(Column("index", "int64"), *table.columns)))
    whole = call.kwargs.get("frac") in (Const(1), Const(1.0))
    if name == "sample" and not whole:
        count = dim_of(call.argument(1, "n") or Const(1)) if "frac" not in call.kwargs else None
        return with_rows(call, value, count if count is not None else _some_rows(call))
    if call.kwargs.get("inplace") == Const(True):
        return NONE
    return with_rows(call, value, table.rows)


@method(FRAME, "head", "tail")
@method(SERIES, "head", "tail")
def head(call: Call) -> Value:
    """The first or last rows, as many as there are."""
    value, table = _receiver(call)
    count = dim_of(call.argument(1, "n") or Const(5))
    if table is None:
        return _not_known(call)
    if isinstance(count, int) and isinstance(table.rows, int) and count >= 0:
        return with_rows(call, value, min(count, table.rows))
    return with_rows(call, value, _some_rows(call))


@method(FRAME, "dropna", "drop_duplicates", "query")
@method(SERIES, "dropna", "drop_duplicates")
def fewer(call: Call) -> Value:
    """How many rows are left depends on what they hold."""
    receiver, table = _receiver(call)
    if table is None or not isinstance(receiver, InstanceV):
        return _not_known(call)
    left = _some_rows(call)
    if call.kwargs.get("inplace") == Const(True):
        return _change(call, receiver, table._replace(rows=left))
    return with_rows(call, receiver, left)


@method(SERIES, "tolist", "to_list")
def tolist(call: Call) -> Value:
    """A list of Python values."""
    _, table = _receiver(call)
    if table is None:
        return _not_known(call)
    dtype = table.columns[0].dtype or ""
    kinds = {"object": "str", "bool": "bool"}
    kind = kinds.get(dtype) or ("float" if dtype.startswith("float") else "int")
    element: Value = Scalar(kind) if dtype else _not_known(call)
    return ListV(Items((), element, table.rows))


@method(SERIES, "mean", "std", "var", "median", "sum", "min", "max", "nunique")
def reduce(call: Call) -> Value:
    """A number."""
    return Scalar("int" if call.name.endswith("nunique") else "float")


@method(FRAME, "info", "plot", "hist", "to_csv", "to_parquet", "to_pickle")
@method(SERIES, "plot", "hist", "to_csv")
def nothing(call: Call) -> Value:
    """Nothing that is tracked depends on it."""
    return NONE


@method(_ILOC, "__getitem__")
def iloc(call: Call) -> Value:
    """`df.iloc[rows, columns]` by position."""
    indexer, table = _receiver(call)
    assert isinstance(indexer, InstanceV)
    key = call.args[1]
    parts = key.items if isinstance(key, TupleV) else (key,)
    if table is None or isinstance(parts[0], (Const, Scalar)):
        return _not_known(call)
    rows = _positions(parts[0], table.rows)
    left = rows if rows is not None else _some_rows(call)
    if indexer.slots["$series"] == Const(True):
        return series(call, table._replace(rows=left))
    if len(parts) == 1:
        return frame(call, table._replace(rows=left))
    columns = parts[1]
    if isinstance(columns, Const) and isinstance(columns.value, int):
        if -len(table.columns) <= columns.value < len(table.columns):
            return series(call, Table((table.columns[columns.value],), left))
        return call.machine.unknown("the index is out of range")
    bounds = _bounds(columns)
    if bounds is None:
        return _not_known(call)
    return frame(call, Table(table.columns[bounds], left))


def _bounds(value: Value) -> slice | None:
    if not isinstance(value, SliceV):
        return None
    parts = [
        part.value for part in (value.start, value.stop, value.step) if isinstance(part, Const)
    ]
    return slice(*parts) if len(parts) == 3 else None


def _positions(value: Value, rows: Dim) -> Dim | None:
    """How many rows a slice or an array of positions takes; None if not known."""
    bounds = _bounds(value)
    if bounds is not None:
        if bounds == slice(None):
            return rows
        return len(range(rows)[bounds]) if isinstance(rows, int) else None
    if isinstance(value, TensorV) and value.sig.shape and (value.sig.dtype or "").startswith("int"):
        return value.sig.shape[0]
    if isinstance(value, ListV) and value.items.rest is None:
        return len(value.items.items)
    return None


@prefix_model("pandas")
def other(call: Call) -> Value:
    """Frames from files, and what is not described here."""
    name = call.name.rpartition(".")[2]
    if name.startswith("read_"):
        return call.machine.unknown("what a file holds is not known before the program runs")
    return call.machine.unknown("`{name}` is not followed", name=call.name)
