"""Columns of Arrow as arrays: nulls are left out or refused, and never become NaN."""

import decimal

import arrcalc
import numpy as np
import pytest

pyarrow = pytest.importorskip("pyarrow")

BIG = 2**53 + 1
NULLS = [BIG, None, 3, 3, None, -7]
THERE = [value for value in NULLS if value is not None]

SKIPPING = [
    "sum", "mean", "var", "std", "min", "max", "ptp", "prod", "median", "norm", "count_nonzero", "any", "all", "count_distinct",
    "mode", "nansum", "nanmax",
]  # fmt: skip


def columns(values, dtype):
    """One array, several pieces with a hole each, a slice, and the only column of a table."""
    whole = pyarrow.array(values, dtype)
    yield whole
    yield pyarrow.chunked_array([whole[:1], whole[1:4], whole[4:]])
    yield pyarrow.array([None, 9, *values, None], dtype)[2:-1]
    yield pyarrow.table({"x": whole})


@pytest.mark.parametrize("name", SKIPPING)
@pytest.mark.parametrize("dtype", ["int64", "uint64", "int16", "float64", "float32"])
def test_reductions_leave_nulls_out(name, dtype):
    values = NULLS if dtype == "int64" else [5, None, 3, 3, None, 7]
    there = np.array([value for value in values if value is not None], dtype)
    if name == "prod":
        values, there = [5, None, 3, 3, None, 7], np.array([5, 3, 3, 7], dtype)
    expected = getattr(arrcalc, name)(there)
    for column in columns(values, getattr(pyarrow, dtype)()):
        found = getattr(arrcalc, name)(column)
        assert found == expected and type(found) is type(expected)


def test_sum_is_exact_with_nulls():
    assert arrcalc.sum(pyarrow.array([BIG, None])) == BIG
    assert arrcalc.mode(pyarrow.array([BIG, None, None])) == BIG
    assert arrcalc.count_distinct(pyarrow.array([BIG, None, BIG - 1])) == 2
    assert arrcalc.quantile(pyarrow.array(NULLS), 0.5) == np.quantile(THERE, 0.5)
    values, counts = arrcalc.value_counts(pyarrow.array(NULLS))
    assert (values.tolist(), counts.tolist()) == ([3, -7, BIG], [2, 1, 1])
    assert arrcalc.nth(pyarrow.array(NULLS), 0) == -7


def test_truth_values_and_times_with_nulls():
    truths = pyarrow.array([True, None, False, True] * 5)[1:]
    assert arrcalc.sum(truths) == 9 and not arrcalc.all(truths)
    days = pyarrow.array([None, 20000, 20003, 20001], pyarrow.date32())
    assert arrcalc.max(days) == np.datetime64(20003, "D")
    moments = pyarrow.array([1, None, 4], pyarrow.timestamp("us", "UTC"))
    assert arrcalc.min(moments) == np.datetime64(1, "us")
    assert arrcalc.sum(pyarrow.array([1, None, 4], pyarrow.duration("ms"))) == np.timedelta64(5, "ms")


def test_nothing_but_nulls_is_empty():
    nulls = pyarrow.array([None, None], pyarrow.int64())
    assert arrcalc.sum(nulls) == 0 and arrcalc.count_distinct(nulls) == 0
    with pytest.raises(arrcalc.InputError, match="empty"):
        arrcalc.min(nulls)


REFUSING = {
    "sort": (), "argsort": (), "unique": (), "cumsum": (), "argmin": (), "argmax": (), "rank": (), "diff": (), "partition": (0,),
    "top_k": (1,), "move_sum": (2,), "searchsorted": (1,), "isin": ([1],), "nonzero": (), "find": (), "filter": (">", 1),
    "take": ([0],), "histogram": (), "digitize": ([1, 2],), "nancumsum": (), "cum_count": (), "shift": (), "bincount": (),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSING)
def test_functions_of_order_refuse_nulls(name):
    for column in columns([BIG, None, 3, 3], pyarrow.int64()):
        with pytest.raises(arrcalc.InputError, match=r"null.*drop.*query") as caught:
            getattr(arrcalc, name)(column, *REFUSING[name])
        assert "\n" not in str(caught.value)


def test_expressions_and_tables_of_columns_refuse_nulls():
    column = pyarrow.array([BIG, None])
    with pytest.raises(arrcalc.InputError, match="null"):
        arrcalc.evaluate("x + 1", x=column)
    with pytest.raises(arrcalc.InputError, match="null"):
        arrcalc.open({"x": column})
    with pytest.raises(arrcalc.InputError, match="null"):
        arrcalc.sum(pyarrow.table({"x": [1, None], "y": [1, 2]}))
    assert arrcalc.open(column).query("sum(values) as s").to_dict() == {"s": [BIG]}


@pytest.mark.parametrize("name", ["sort", "sum", "unique", "argsort", "cumsum"])
def test_columns_without_nulls_are_arrays(name):
    values = [3, BIG, -1]
    expected = getattr(arrcalc, name)(np.array(values))
    for column in columns(values, pyarrow.int64()):
        if column is not None and not isinstance(column, pyarrow.Table):
            np.testing.assert_array_equal(getattr(arrcalc, name)(column), expected, strict=True)


@pytest.mark.parametrize(
    ("column", "named"),
    [
        (pyarrow.array(["a", "b"]), "string"),
        (pyarrow.array(["a", None]), "string"),
        (pyarrow.array([decimal.Decimal("1.5")]), "decimal128"),
        (pyarrow.array([[1], [2]]), "list"),
    ],
)
@pytest.mark.parametrize("name", ["sort", "sum", "unique", "max", "isin"])
def test_other_types_are_named(column, named, name):
    with pytest.raises(arrcalc.DtypeError, match=named) as caught:
        getattr(arrcalc, name)(column, *([[1]] if name == "isin" else []))
    assert "pickled" not in str(caught.value)


def test_polars_and_pandas():
    polars = pytest.importorskip("polars")
    assert arrcalc.sum(polars.Series([BIG, None])) == BIG
    with pytest.raises(arrcalc.InputError, match="null"):
        arrcalc.sort(polars.Series([BIG, None]))
    assert arrcalc.sort(polars.Series([BIG, 1])).tolist() == [1, BIG]
    pandas = pytest.importorskip("pandas")
    # NumPy's floats, in which a NaN is no null.
    assert np.isnan(arrcalc.sum(pandas.Series([1.0, np.nan])))
    assert arrcalc.sum(pandas.Series([1, 2])) == 3
